"""What is owed after everything that was booked, and after every day that passed: late charges included.

The statement is reckoned anew from the instalments and entries whenever it is read; nothing is posted by time alone.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from domain.late_charges import Accrual, Charged, LateCharges, Lent
from domain.ledger import (
    DEFAULT_ORDER,
    Component,
    Entry,
    EntryKind,
    Instalment,
    InstalmentBalance,
    Posting,
    PostingKind,
    Statement,
    Sums,
)
from domain.local_days import local_day

_Parts = dict[Component, int]
_WAIVABLE = (Component.FEES, Component.INTEREST)


def statement(
    instalments: Sequence[Instalment],
    entries: Iterable[Entry],
    order: Sequence[Component] = DEFAULT_ORDER,
    accrual: Accrual | None = None,
) -> Statement:
    """The account after all entries: each fills the oldest instalment first, within it by the policy's order.

    With ``accrual``, late charges accrue by the account's terms up to the day that it names, and entries count by the
    day on which the money moved, however late they were told; else in the order in which they were booked. A waiver
    that finds less than it gives up goes on with the interest and fees that come next.

    Raises:
        ValueError: if a reversal names neither a payment nor a waiver.
    """
    booked = tuple(entries)
    replay = _Replay(instalments, booked, order, accrual)
    for day, entry in _in_effect(booked, accrual):
        replay.accrue(day)
        replay.take(entry)
    if accrual is not None:
        replay.accrue(accrual.until)
    return replay.result()


def paid_minor(entries: Sequence[Entry]) -> int:
    """What was paid and stands, whatever it filled, in minor units."""
    return sum(_kept(entries).values())


class _Replay:
    """The account as it stands while its entries are gone through."""

    def __init__(
        self,
        instalments: Sequence[Instalment],
        entries: Sequence[Entry],
        order: Sequence[Component],
        accrual: Accrual | None,
    ) -> None:
        self._instalments = sorted(instalments, key=lambda each: (each.overdue_from, each.number))
        self._entries, self._order = entries, order
        self._taken_back, self._kept = _taken_back(entries), _kept(entries)
        self._left = [_components(each) for each in self._instalments]
        self._charged = [_nothing() for _ in self._instalments]
        self._waived, self._to_waive, self._paid = _nothing(), 0, 0
        self._not_counted: dict[str, int] = {}
        self._postings: list[Posting] = []
        self._late = _late_charges(self._instalments, accrual)
        self._accrued = min((each.due_date for each in instalments), default=date.min)

    def accrue(self, day: date) -> None:
        """Add the late charges of the days through that one; while a waiver waits for them, one day after the other."""
        if self._late is None:
            return
        while self._to_waive and self._late.day < day:
            self._accrue(self._late, self._late.day + timedelta(days=1))
        self._accrue(self._late, day)

    def take(self, entry: Entry) -> None:
        """Do what an entry does. What was taken back later fills nothing, and stands there until then."""
        if entry.entry_id in self._taken_back:
            self._not_counted[entry.entry_id] = entry.amount_minor
            self._post(entry, Sums(), -entry.amount_minor)
            return
        match entry.kind:
            case EntryKind.PAYMENT:
                self._pay(entry)
            case EntryKind.WAIVER:
                self._waive(entry)
            case EntryKind.REVERSAL:
                self._post(entry, Sums(), self._not_counted.pop(entry.reverses or "", 0))
            case EntryKind.CORRECTION:
                self._correct(entry)
            case EntryKind.REFUND:
                self._post(entry, Sums(), entry.amount_minor)

    def result(self) -> Statement:
        """The account as it stands now."""
        each_instalment = zip(self._instalments, self._left, self._charged, strict=True)
        return Statement(
            instalments=tuple(
                InstalmentBalance(instalment, _sums(left), _sums(charged))
                for instalment, left, charged in each_instalment
            ),
            paid_minor=self._paid,
            waived=_sums(self._waived),
            credit_minor=-sum(each.unallocated_minor for each in self._postings),
            bookings=len(self._entries),
            postings=tuple(self._postings),
        )

    def _accrue(self, late: LateCharges, day: date) -> None:
        principal = [parts[Component.PRINCIPAL] for parts in self._left]
        new = late.up_to(day, principal, [any(parts.values()) for parts in self._left])
        for parts in (self._left, self._charged):
            _add(parts, new)
        self._post_late(PostingKind.LATE_INTEREST, Sums(interest_minor=sum(each.interest_minor for each in new)), day)
        self._post_late(PostingKind.LATE_FEE, Sums(fees_minor=sum(each.fees_minor for each in new)), day)
        self._accrued = max(self._accrued, day)
        if self._to_waive:
            self._give_up(_nothing(), "")

    def _pay(self, entry: Entry) -> None:
        kept, filled = self._kept[entry.entry_id], _nothing()
        used = _allocate(self._left, kept, self._order, filled)
        self._paid += kept
        self._post(entry, _lowered_by(filled), used - entry.amount_minor)

    def _waive(self, entry: Entry) -> None:
        given = _nothing()
        _allocate(self._left, entry.principal_minor, (Component.PRINCIPAL,), given)
        self._to_waive += entry.amount_minor - entry.principal_minor
        self._give_up(given, entry.entry_id)

    def _correct(self, entry: Entry) -> None:
        """What has been paid already of what was never owed is owed back."""
        given = _nothing()
        components = (entry.component,) if entry.component is not None else ()
        used = _allocate(self._left, entry.amount_minor, components, given)
        self._post(entry, _lowered_by(given), used - entry.amount_minor)

    def _give_up(self, given: _Parts, entry_id: str) -> None:
        self._to_waive -= _allocate(self._left, self._to_waive, _WAIVABLE, given)
        if not any(given.values()):
            return
        for component, minor in given.items():
            self._waived[component] += minor
        self._postings.append(Posting(PostingKind.WAIVER, _lowered_by(given), entry_id=entry_id))

    def _post(self, entry: Entry, amounts: Sums, unallocated_minor: int) -> None:
        self._postings.append(Posting(PostingKind(entry.kind), amounts, unallocated_minor, entry.entry_id))

    def _post_late(self, kind: PostingKind, amounts: Sums, day: date) -> None:
        if amounts.total_minor:
            since = self._accrued + timedelta(days=1)
            self._postings.append(Posting(kind, amounts, since=since, until=day))


def _in_effect(entries: Sequence[Entry], accrual: Accrual | None) -> list[tuple[date, Entry]]:
    """The entries in the order in which they count, each with its day."""
    days = {each.entry_id: _day(each, accrual) for each in entries}
    numbers = {each.entry_id: number for number, each in enumerate(entries)}

    def place(entry: Entry) -> tuple[date, int, int]:
        number = numbers[entry.entry_id]
        if entry.before in numbers:
            return days[entry.before or ""], numbers[entry.before or ""], 0
        told_later = (days[each.entry_id] for each in entries[number:] if each.kind is EntryKind.PAYMENT)
        if entry.kind is EntryKind.WAIVER:
            return min([days[entry.entry_id], *told_later]), number, 1
        return max(days[entry.entry_id], days.get(entry.reverses or "", date.min)), number, 1

    return [(place(each)[0], each) for each in sorted(entries, key=place)]


def _day(entry: Entry, accrual: Accrual | None) -> date:
    """The day on which an entry counts; without late charges every day is the same."""
    if accrual is None:
        return date.min
    return min(local_day(entry.effective_at, accrual.time_zone), accrual.until) if entry.effective_at else accrual.until


def _taken_back(entries: Sequence[Entry]) -> frozenset[str]:
    known = {each.entry_id for each in entries if each.kind in (EntryKind.PAYMENT, EntryKind.WAIVER)}
    taken_back = {each.reverses for each in entries if each.kind is EntryKind.REVERSAL}
    unknown = taken_back - known
    if unknown:
        raise ValueError(f"reversal of what was never booked: {sorted(map(str, unknown))}")
    return frozenset(each for each in taken_back if each is not None)


def _kept(entries: Sequence[Entry]) -> dict[str, int]:
    """What stays of each payment: a refund takes from the latest payments before it, then from those that follow."""
    taken_back = _taken_back(entries)
    payments = [each for each in entries if each.kind is EntryKind.PAYMENT and each.entry_id not in taken_back]
    kept = {each.entry_id: each.amount_minor for each in payments}
    for number, entry in enumerate(entries):
        if entry.kind is EntryKind.REFUND:
            earlier = [each.entry_id for each in entries[:number] if each.entry_id in kept]
            later = [each.entry_id for each in entries[number:] if each.entry_id in kept]
            _take_off(kept, [*reversed(earlier), *later], entry.amount_minor)
    return kept


def _take_off(kept: dict[str, int], from_which: Sequence[str], amount_minor: int) -> None:
    for entry_id in from_which:
        used = min(amount_minor, kept[entry_id])
        kept[entry_id] -= used
        amount_minor -= used


def _late_charges(instalments: Sequence[Instalment], accrual: Accrual | None) -> LateCharges | None:
    if accrual is None:
        return None
    return LateCharges(accrual, [Lent(each.due_date, each.interest_minor + each.fees_minor) for each in instalments])


def _allocate(left: list[_Parts], amount_minor: int, order: Sequence[Component], taken: _Parts) -> int:
    """Fill what is left, oldest first; returns what was used, and adds it by component to ``taken``."""
    remaining = amount_minor
    for parts in left:
        for component in order:
            used = min(remaining, parts[component])
            parts[component] -= used
            remaining -= used
            taken[component] += used
    return amount_minor - remaining


def _add(parts: list[_Parts], charged: Sequence[Charged]) -> None:
    for each, new in zip(parts, charged, strict=True):
        each[Component.INTEREST] += new.interest_minor
        each[Component.FEES] += new.fees_minor


def _nothing() -> _Parts:
    return dict.fromkeys(Component, 0)


def _components(instalment: Instalment) -> _Parts:
    return {
        Component.PRINCIPAL: instalment.principal_minor,
        Component.INTEREST: instalment.interest_minor,
        Component.FEES: instalment.fees_minor,
    }


def _sums(parts: _Parts) -> Sums:
    return Sums(parts[Component.PRINCIPAL], parts[Component.INTEREST], parts[Component.FEES])


def _lowered_by(parts: _Parts) -> Sums:
    return Sums(-parts[Component.PRINCIPAL], -parts[Component.INTEREST], -parts[Component.FEES])
