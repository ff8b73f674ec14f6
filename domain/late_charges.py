"""What an overdue instalment costs by its contract, day by day, never more than law and cap allow.

Exact: interest is simple, on overdue principal only, kept as fractions and rounded down to the minor unit over the
whole time, so that nothing is lost or gained by how often it is read. Nothing is posted: it follows from the days.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

_DAY = timedelta(days=1)
DAYS_OF_CAP = 365
"""A cap is for a year; a leap year's day more is not charged for."""


class DayCount(StrEnum):
    """By how many days a year's rate is divided."""

    ACTUAL_360 = "actual/360"
    """Calendar days of a year of 360."""
    ACTUAL_365 = "actual/365"
    """Calendar days of a year of 365."""

    @property
    def days(self) -> int:
        """The days of its year."""
        return 360 if self is DayCount.ACTUAL_360 else 365


@dataclass(frozen=True, slots=True)
class Terms:
    """What the contract says of paying late."""

    annual_percent: Fraction
    """Of the overdue principal, from the day after the due date through the day on which it is paid."""
    contract_date: date
    """From that day on the principal was lent."""
    lender_type: str = ""
    """As the jurisdiction's caps name it; empty when it is not known."""
    day_count: DayCount = DayCount.ACTUAL_365
    fee_minor: int = 0
    """Once for each instalment that is still unpaid after ``fee_after_days``."""
    fee_after_days: int = 0
    """Days after the due date on which no fee is charged yet."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """For some days, both ends included, interest runs at no more than a rate, and no late fee is charged."""

    first_day: date
    last_day: date | None
    """None: until further notice."""
    annual_percent: Fraction = Fraction(0)
    """Zero: nothing runs."""
    reason: str = ""
    """Why, in a word."""

    def covers(self, day: date) -> bool:
        """Whether it binds on that day."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True, slots=True)
class Accrual:
    """Everything by which late charges are reckoned up to a day, on the calendar of where the person lives."""

    terms: Terms
    until: date
    """The last day that counts."""
    time_zone: str
    limits: tuple[RateLimit, ...] = ()
    cap_percent: Fraction | None = None
    """The most that the loan may cost in a year, everything together; none where no law caps it."""


@dataclass(frozen=True, slots=True)
class Lent:
    """One instalment as its contract has it: when it is due, and what it costs until then, in minor units."""

    due_date: date
    cost_minor: int


@dataclass(frozen=True, slots=True)
class Charged:
    """What is new on one instalment, in minor units."""

    interest_minor: int = 0
    fees_minor: int = 0

    def __add__(self, other: "Charged") -> "Charged":
        return Charged(self.interest_minor + other.interest_minor, self.fees_minor + other.fees_minor)

    @property
    def total_minor(self) -> int:
        """Both together."""
        return self.interest_minor + self.fees_minor


@dataclass(frozen=True, slots=True)
class _Meter:
    """What one instalment has cost since it was due, and what of that has been charged."""

    interest: Fraction = Fraction(0)
    fee: int = 0
    allowed_late: Fraction = Fraction(0)
    """What the cap allows since it was due."""
    allowed: Fraction = Fraction(0)
    """What the cap allows since the contract."""
    charged: Charged = Charged()


@dataclass
class LateCharges:
    """Reckons the late charges of one account's instalments, from day to day.

    With a cap, neither what an instalment has cost since it was due, nor what the whole loan has cost since the
    contract, ever exceeds the cap's rate on the principal that was outstanding. What a contract itself asks for is
    never cut, but counts: where it alone uses up the cap, nothing is added to it.
    """

    accrual: Accrual
    lent: Sequence[Lent]
    day: date = field(init=False)
    """The last day that is counted."""
    _meters: list[_Meter] = field(init=False)

    def __post_init__(self) -> None:
        self.day = self.accrual.terms.contract_date
        self._meters = [_Meter() for _ in self.lent]

    def up_to(self, day: date, principal: Sequence[int], unpaid: Sequence[bool]) -> list[Charged]:
        """What the days through that one add.

        Args:
            day: the last day to count; those before an earlier call's are counted already.
            principal: what was left of each instalment's principal on those days, in minor units.
            unpaid: whether anything at all was left of each.
        """
        before = [each.charged for each in self._meters]
        for first, last in self._stretches(day):
            self._count(first, last, principal, unpaid)
        after = [each.charged for each in self._meters]
        return [
            Charged(new.interest_minor - old.interest_minor, new.fees_minor - old.fees_minor)
            for old, new in zip(before, after, strict=True)
        ]

    def _count(self, first: date, last: date, principal: Sequence[int], unpaid: Sequence[bool]) -> None:
        """Count some days at once, or, where the whole loan comes to its cap in them, one by one."""
        cost = sum(each.cost_minor for each in self.lent if each.due_date < first)
        at_once = self._counted(first, last, principal, unpaid)
        if self._wanted(at_once) <= _room(at_once, cost) or self.accrual.cap_percent is None:
            self._meters = self._charge(at_once, self._wanted(at_once))
        else:
            for day in _days(first, last):
                meters = self._counted(day, day, principal, unpaid)
                self._meters = self._charge(meters, _room(meters, cost))
        self.day = last

    def _stretches(self, day: date) -> Iterator[tuple[date, date]]:
        """The days not yet counted, cut where a rate, a limit or an instalment begins to count or ends."""
        begins = sorted(each for each in self._cuts() if self.day + _DAY < each <= day)
        for first, following in zip([self.day + _DAY, *begins], [*begins, day + _DAY], strict=True):
            if first < following:
                yield first, following - _DAY

    def _cuts(self) -> set[date]:
        cuts = {each.due_date + _DAY for each in self.lent} | {self._fee_day(each) for each in self.lent}
        for limit in self.accrual.limits:
            cuts.add(limit.first_day)
            if limit.last_day is not None:
                cuts.add(limit.last_day + _DAY)
        return cuts

    def _fee_day(self, lent: Lent) -> date:
        return lent.due_date + (1 + self.accrual.terms.fee_after_days) * _DAY

    def _counted(self, first: date, last: date, principal: Sequence[int], unpaid: Sequence[bool]) -> list[_Meter]:
        terms, cap = self.accrual.terms, self.accrual.cap_percent
        limit = min((each.annual_percent for each in self.accrual.limits if each.covers(first)), default=None)
        days = Fraction((last - first).days + 1, 100)
        late = days * _least(terms.annual_percent, limit) / terms.day_count.days
        capped = days * _least(cap, limit) / DAYS_OF_CAP if cap is not None else Fraction(0)
        meters = []
        for lent, meter, left, owing in zip(self.lent, self._meters, principal, unpaid, strict=True):
            meter = replace(meter, allowed=meter.allowed + left * capped)
            if first > lent.due_date:
                fee = terms.fee_minor if first == self._fee_day(lent) and owing and limit is None else 0
                meter = replace(
                    meter,
                    interest=meter.interest + left * late,
                    fee=meter.fee + fee,
                    allowed_late=meter.allowed_late + left * capped,
                )
            meters.append(meter)
        return meters

    def _wanted(self, meters: Sequence[_Meter]) -> int:
        """What there is to charge, whatever the whole loan may cost."""
        return sum(self._more(each).total_minor for each in meters)

    def _more(self, meter: _Meter) -> Charged:
        """What an instalment's own cap leaves to charge; what was charged before stays charged."""
        interest, fee = meter.interest, Fraction(meter.fee)
        if self.accrual.cap_percent is not None:
            interest = min(interest, meter.allowed_late)
            fee = min(fee, meter.allowed_late - interest)
        return Charged(
            max(0, int(interest) - meter.charged.interest_minor), max(0, int(fee) - meter.charged.fees_minor)
        )

    def _charge(self, meters: Sequence[_Meter], room_minor: int) -> list[_Meter]:
        """Charge what there is, the oldest instalment first, as far as there is room."""
        charged = []
        for meter in meters:
            more = self._more(meter)
            interest = min(more.interest_minor, room_minor)
            fee = min(more.fees_minor, room_minor - interest)
            room_minor -= interest + fee
            charged.append(replace(meter, charged=meter.charged + Charged(interest, fee)))
        return charged


def _room(meters: Sequence[_Meter], cost_minor: int) -> int:
    """How much more the whole loan may cost, in minor units."""
    allowed = int(sum((each.allowed for each in meters), Fraction(0)))
    return max(0, allowed - cost_minor - sum(each.charged.total_minor for each in meters))


def _least(percent: Fraction, limit: Fraction | None) -> Fraction:
    return percent if limit is None else min(percent, limit)


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + number * _DAY
