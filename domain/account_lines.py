"""A statement of account, line by line: what was owed by the contract, what changed it, and what that leaves."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from domain.ledger import Entry, Posting, PostingKind, Statement, Sums
from domain.local_days import local_day


@dataclass(frozen=True, slots=True)
class Line:
    """One change of what is owed, in minor units; negative amounts lower it."""

    day: date
    """On the person's calendar: of the money, or the last day of late charges."""
    since: date | None
    """The first day of late charges."""
    kind: PostingKind
    entry_id: str
    amounts: Sums
    unallocated_minor: int
    """Money that fills nothing: credit, or a payment or waiver that was taken back."""
    balance_minor: int
    """What is owed after it, credit taken off."""


@dataclass(frozen=True, slots=True)
class AccountLines:
    """Everything that leads from the contract to what is owed."""

    opening: Sums
    """All instalments as the contract has them, due or not."""
    lines: tuple[Line, ...]


def account_lines(statement: Statement, entries: Iterable[Entry], time_zone: str) -> AccountLines:
    """The lines of a statement, in the order in which they count."""
    contract = (each.instalment for each in statement.instalments)
    opening = sum((Sums(each.principal_minor, each.interest_minor, each.fees_minor) for each in contract), Sums())
    days = {each.entry_id: local_day(each.effective_at, time_zone) for each in entries if each.effective_at is not None}
    return AccountLines(opening, tuple(_lines(opening.total_minor, statement.postings, days)))


def _lines(balance_minor: int, postings: Iterable[Posting], days: dict[str, date]) -> Iterator[Line]:
    last = date.min
    for each in postings:
        balance_minor += each.total_minor
        last = each.until or days.get(each.entry_id, last)
        yield Line(last, each.since, each.kind, each.entry_id, each.amounts, each.unallocated_minor, balance_minor)
