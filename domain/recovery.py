"""Recovery against a policy's goal: how much of what fell due was paid, within the goal's time and after it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.ledger import Entry, EntryKind, Instalment
from domain.policy import Goal


class GoalStanding(StrEnum):
    """How recovery stands to a goal."""

    MET = "met"
    """The goal's share was paid in time."""
    RUNNING = "running"
    """Not yet, and there is time left."""
    MISSED = "missed"
    """The time is over, and less was paid."""


@dataclass(frozen=True, slots=True)
class Aim:
    """What a policy's goal asks of one account."""

    recover_percent: int
    since: datetime
    """When the goal's time began: the account was overdue and its case was open."""
    until: datetime
    """When it ends."""

    @property
    def within(self) -> timedelta:
        """The goal's time."""
        return self.until - self.since


@dataclass(frozen=True, slots=True)
class Received:
    """A payment that held; below zero, money that was paid back."""

    at: datetime
    amount_minor: int

    @property
    def came_in(self) -> bool:
        """Whether it is a payment."""
        return self.amount_minor > 0


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was recovered of some accounts in one currency, in its minor units."""

    accounts: int = 0
    due_minor: int = 0
    """What had fallen due by the end of the goal's time, or until now while that runs, as the contracts have it; what
    was found never to be owed is taken off."""
    recovered_minor: int = 0
    """What was paid of it within the goal's time."""
    later_minor: int = 0
    """What was paid of it after that."""
    waived_minor: int = 0
    """What was given up."""
    goal_hundredths: int = 0
    """What the goal asks for, in hundredths of a minor unit, so that sums stay exact."""
    until: datetime | None = None
    """When the goal's time is over for the last of the accounts."""

    def __add__(self, other: "Recovery") -> "Recovery":
        return Recovery(
            self.accounts + other.accounts,
            self.due_minor + other.due_minor,
            self.recovered_minor + other.recovered_minor,
            self.later_minor + other.later_minor,
            self.waived_minor + other.waived_minor,
            self.goal_hundredths + other.goal_hundredths,
            max((each for each in (self.until, other.until) if each is not None), default=None),
        )

    @property
    def goal_minor(self) -> int:
        """What the goal asks for, rounded up."""
        return -(-self.goal_hundredths // 100)

    @property
    def recovered_percent(self) -> float | None:
        """The share that was paid in time; none where nothing has fallen due."""
        return percent(self.recovered_minor, self.due_minor)

    @property
    def goal_percent(self) -> float | None:
        """The share that the goal asks for; between those of several goals where accounts have different ones."""
        return percent(self.goal_hundredths, 100 * self.due_minor)

    def standing(self, as_of: datetime) -> GoalStanding:
        """How it stands to the goal."""
        if 100 * self.recovered_minor >= self.goal_hundredths:
            return GoalStanding.MET
        return GoalStanding.RUNNING if self.until is not None and as_of < self.until else GoalStanding.MISSED


def aim_of(goal: Goal, instalments: Sequence[Instalment], opened_at: datetime) -> Aim:
    """The goal of an account: its time begins when the account is overdue, or its case opens if that is later."""
    since = max(opened_at, min(each.overdue_from for each in instalments))
    return Aim(goal.recover_percent, since, since + goal.within)


def recovery_of(aim: Aim, instalments: Iterable[Instalment], entries: Sequence[Entry], as_of: datetime) -> Recovery:
    """What was recovered of one account by a moment, with an eye on its goal."""
    ends = min(as_of, aim.until)
    fallen_due = sum(each.total_minor for each in instalments if each.overdue_from <= ends)
    due = max(0, fallen_due - _total(entries, as_of, EntryKind.CORRECTION))
    money = received(entries, as_of)
    in_time = _paid_of(due, money, ends)
    return Recovery(
        accounts=1,
        due_minor=due,
        recovered_minor=in_time,
        later_minor=max(0, _paid_of(due, money, as_of) - in_time),
        waived_minor=_total(entries, as_of, EntryKind.WAIVER),
        goal_hundredths=due * aim.recover_percent,
        until=aim.until,
    )


def received(entries: Sequence[Entry], as_of: datetime) -> tuple[Received, ...]:
    """The payments that held, and what was paid back, as known at a moment."""
    payments = _standing(entries, as_of, EntryKind.PAYMENT)
    refunds = _standing(entries, as_of, EntryKind.REFUND)
    return (
        *(Received(_moment(each), each.amount_minor) for each in payments),
        *(Received(_moment(each), -each.amount_minor) for each in refunds),
    )


def percent(part: int, whole: int) -> float | None:
    """A share to a tenth of a percent; none of nothing."""
    return round(100 * part / whole, 1) if whole else None


def _paid_of(due_minor: int, money: Iterable[Received], until: datetime) -> int:
    paid = sum(each.amount_minor for each in money if each.at <= until)
    return max(0, min(due_minor, paid))


def _total(entries: Sequence[Entry], as_of: datetime, kind: EntryKind) -> int:
    return sum(each.amount_minor for each in _standing(entries, as_of, kind))


def _standing(entries: Sequence[Entry], as_of: datetime, kind: EntryKind) -> list[Entry]:
    """The entries of a kind up to a moment that were not taken back until then."""
    known = [each for each in entries if _moment(each) <= as_of]
    taken_back = {each.reverses for each in known if each.kind is EntryKind.REVERSAL}
    return [each for each in known if each.kind is kind and each.entry_id not in taken_back]


def _moment(entry: Entry) -> datetime:
    if entry.effective_at is None:
        raise ValueError(f"entry {entry.entry_id} says not when the money moved; read it with its time")
    return entry.effective_at
