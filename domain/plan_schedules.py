"""What an instalment plan may look like: a policy's limits in words, and the schedule within them nearest to a wish.

Pure: dates are those of the person's own calendar, amounts minor units of the account's currency.
"""

import calendar
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from domain.money import format_minor, split_evenly


@dataclass(frozen=True, slots=True)
class DatedAmount:
    """One instalment of a schedule."""

    due_date: date
    amount_minor: int


_NOTHING_OWED = "nothing is owed, so that no plan is needed"
Schedule = tuple[DatedAmount, ...]
"""Instalments in the order of their dates."""


@dataclass(frozen=True, slots=True)
class PlanBounds:
    """The limits for one account at one moment."""

    currency: str
    covers_minor: tuple[int, ...]
    """Sums of which the instalments must make up one: the arrears, or the balance."""
    today: date
    most_instalments: int
    smallest_minor: int
    longest_days: int
    down_payment_percent: int = 0
    """The least share of the whole that is paid first."""
    most_a_month_minor: int | None = None
    """What the stated income allows in a calendar month; none when no income was stated."""

    @property
    def last_date(self) -> date:
        """The latest date of an instalment."""
        return self.today + timedelta(days=self.longest_days)

    def first_minor(self, total_minor: int) -> int:
        """The least first instalment of a plan over that much, rounded up."""
        return -(-total_minor * self.down_payment_percent // 100)

    def amount(self, minor: int) -> str:
        """An amount for a sentence."""
        return f"{format_minor(minor, self.currency)} {self.currency}"


@dataclass(frozen=True, slots=True)
class BeyondLimit:
    """A limit that a schedule is beyond: a code for machines, words for people."""

    code: str
    words: str


def beyond_order(schedule: Schedule, bounds: PlanBounds) -> Iterator[BeyondLimit]:
    """What makes a schedule no plan at all, whoever approves of it."""
    if any(later.due_date <= earlier.due_date for earlier, later in pairwise(schedule)):
        yield BeyondLimit("plan_dates", "each instalment's date must be later than the one before it")
    if schedule and schedule[0].due_date < bounds.today:
        yield BeyondLimit("date_in_past", f"{schedule[0].due_date.isoformat()} is in the past; give a later date")
    total = total_of(schedule)
    if total not in bounds.covers_minor:
        covers = " or the balance of ".join(map(bounds.amount, dict.fromkeys(bounds.covers_minor)))
        words = f"the instalments add up to {bounds.amount(total)}; they must cover the arrears of {covers}"
        yield BeyondLimit("plan_sum", words if any(bounds.covers_minor) else _NOTHING_OWED)


def beyond_limits(schedule: Schedule, bounds: PlanBounds) -> Iterator[BeyondLimit]:
    """Each limit of the policy that a schedule is beyond, unless a person approves of it."""
    if len(schedule) > bounds.most_instalments:
        words = f"the policy allows at most {bounds.most_instalments} instalments, not {len(schedule)}"
        yield BeyondLimit("plan_too_many", words)
    if any(each.amount_minor < bounds.smallest_minor for each in schedule):
        words = f"no instalment may be below {bounds.amount(bounds.smallest_minor)}; propose fewer"
        yield BeyondLimit("plan_too_small", words)
    if schedule and schedule[-1].due_date > bounds.last_date:
        ends = schedule[-1].due_date.isoformat()
        words = f"the plan would end on {ends}; the policy allows {bounds.longest_days} days"
        yield BeyondLimit("plan_too_long", words)
    first = bounds.first_minor(total_of(schedule))
    if schedule and schedule[0].amount_minor < first:
        words = f"the first instalment must be at least {bounds.amount(first)}, {bounds.down_payment_percent} percent"
        yield BeyondLimit("plan_down_payment", words)
    most = bounds.most_a_month_minor
    if most is not None and any(each > most for each in _by_month(schedule)):
        words = (
            f"the stated income allows at most {bounds.amount(most)} a month; propose more instalments, or give time"
        )
        yield BeyondLimit("plan_beyond_income", words)


def even_schedule(dates: Sequence[date], total_minor: int, bounds: PlanBounds) -> Schedule:
    """The total over these dates: the least first instalment or an even share, whichever is more, then even shares.

    Empty where that leaves less than one minor unit for a date.
    """
    later, first = len(dates) - 1, bounds.first_minor(total_minor)
    if total_minor < len(dates) or (later and total_minor - first < later):
        return ()
    amounts = split_evenly(total_minor, len(dates))
    if later and first > amounts[0]:
        amounts = (first, *split_evenly(total_minor - first, later))
    return tuple(DatedAmount(day, amount) for day, amount in zip(dates, amounts, strict=True))


def nearest_schedule(wish: Schedule, bounds: PlanBounds) -> Schedule | None:
    """The schedule within the limits that is nearest to what the person wishes, or none if there is none.

    Of several the first of these: the wish itself; its dates in even amounts, or, if all are too late, so much earlier
    that the last is allowed; fewer of its dates; months from its first date on, as many as it has, or more, or fewer.
    """
    return next((each for each in _candidates(wish, bounds) if each and is_within(each, bounds)), None)


def is_within(schedule: Schedule, bounds: PlanBounds) -> bool:
    """Whether a schedule needs nobody's approval."""
    return not any((*beyond_order(schedule, bounds), *beyond_limits(schedule, bounds)))


def total_of(schedule: Iterable[DatedAmount]) -> int:
    """What a schedule covers, in minor units."""
    return sum(each.amount_minor for each in schedule)


def months_from(first: date, number: int) -> list[date]:
    """That many dates a calendar month apart, on the first one's day or the month's last."""
    return [_month_after(first, months) for months in range(number)]


def _candidates(wish: Schedule, bounds: PlanBounds) -> Iterator[Schedule]:
    yield wish
    total = bounds.covers_minor[0]
    days = sorted({each.due_date for each in wish if bounds.today <= each.due_date <= bounds.last_date})
    days = days or _moved_earlier(wish, bounds)
    for number in range(len(days), 0, -1):
        yield even_schedule(days[:number], total, bounds)
    first = days[0] if days else bounds.today + timedelta(days=1)
    for number in (*range(len(wish), bounds.most_instalments + 1), *range(len(wish) - 1, 0, -1)):
        yield even_schedule(months_from(first, number), total, bounds) if number else ()


def _moved_earlier(wish: Schedule, bounds: PlanBounds) -> list[date]:
    """The dates of a wish that are too late, all so much earlier that the last is the latest allowed."""
    too_late = sorted({each.due_date for each in wish if each.due_date > bounds.last_date})
    moved = [day - (too_late[-1] - bounds.last_date) for day in too_late]
    return [day for day in moved if day >= bounds.today]


def _by_month(schedule: Schedule) -> Iterable[int]:
    months: dict[tuple[int, int], int] = defaultdict(int)
    for each in schedule:
        months[each.due_date.year, each.due_date.month] += each.amount_minor
    return months.values()


def _month_after(first: date, months: int) -> date:
    year, month = divmod(first.month - 1 + months, 12)
    year, month = first.year + year, month + 1
    return date(year, month, min(first.day, calendar.monthrange(year, month)[1]))
