"""The account's ledger as the records would keep it: bookings, late charges by holds, and waivers on a condition."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from fractions import Fraction

from domain.case import Case
from domain.events import CaseEvent, DebtChanged, WaiverSettled
from domain.holds import Hold
from domain.late_charges import Accrual, RateLimit, Terms
from domain.ledger import DEFAULT_ORDER, Component, Debt, Entry, EntryKind, Instalment, Statement
from domain.orders import ContactOrder
from domain.statements import statement
from domain.terms import HoldKind

_IN_HARDSHIP = frozenset({HoldKind.HARDSHIP, HoldKind.GRACE})


@dataclass(frozen=True)
class Charging:
    """What a contract asks for lateness, and what law and policy make of it."""

    order: tuple[Component, ...] = DEFAULT_ORDER
    """How payments are used."""
    terms: Terms | None = None
    """None: being late costs nothing."""
    cap_percent: Fraction | None = None
    in_plan: Fraction | None = None
    """The highest rate during a plan; none leaves the contract's own."""
    in_hardship: Fraction | None = None


@dataclass
class Offer:
    """A waiver that waits for money."""

    waiver_id: str
    amount_minor: int
    pay_minor: int
    pay_by: datetime
    offered_at: datetime
    booked_as: str = ""
    times: int = 0


@dataclass
class Books:
    """The ledger of one account."""

    instalments: Sequence[Instalment]
    charging: Charging = field(default_factory=Charging)
    entries: list[Entry] = field(default_factory=list)
    booked_at: list[datetime] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    holds: dict[tuple[HoldKind, str], Hold] = field(default_factory=dict)
    """What stopped the case, since when and until when, whatever the case forgets or moves."""

    def statement(self, now: datetime) -> Statement:
        """The account as its ledger has it on that day."""
        return statement(self.instalments, self.entries, self.charging.order, self.accrual(now))

    def accrual(self, now: datetime) -> Accrual | None:
        """By what late charges accrue up to that day."""
        terms = self.charging.terms
        if terms is None:
            return None
        return Accrual(terms, now.date(), "UTC", tuple(self._limits()), self.charging.cap_percent)

    def debt(self, now: datetime) -> Debt:
        """What a case is told of it."""
        return self.statement(now).debt()

    def debt_if_changed(self, order: ContactOrder, now: datetime) -> Debt | None:
        """What a case is told with a contact, if it is news."""
        if self.charging.terms is None:
            return None
        debt = self.debt(now)
        return None if order.owed == (debt.arrears_minor(now), debt.balance_minor) else debt

    def standing_payments(self) -> list[Entry]:
        """Payments that were not taken back."""
        taken_back = {each.reverses for each in self.entries}
        return [e for e in self.entries if e.kind is EntryKind.PAYMENT and e.entry_id not in taken_back]

    def book(self, entry: Entry, now: datetime) -> tuple[CaseEvent, ...]:
        """Book one entry, settle the offers that it touches, and tell the case."""
        self._add(entry, now)
        settled = tuple(event for offer in self.offers if (event := self._settled(offer, now)) is not None)
        return (*settled, DebtChanged(self.debt(now)))

    def note_holds(self, case: Case, now: datetime) -> None:
        """Keep what has begun or ended."""
        for hold in case.holds:
            key = (hold.kind, hold.hold_id)
            known = self.holds.setdefault(key, hold)
            if hold.ended_at is not None and known.ended_at is None:
                self.holds[key] = replace(known, ended_at=now)

    def _add(self, entry: Entry, now: datetime) -> None:
        self.entries.append(replace(entry, effective_at=now))
        self.booked_at.append(now)

    def _settled(self, offer: Offer, now: datetime) -> WaiverSettled | None:
        times = dict(zip((each.entry_id for each in self.entries), self.booked_at, strict=True))
        paid = [e for e in self.standing_payments() if offer.offered_at <= times[e.entry_id] < offer.pay_by]
        met = sum(each.amount_minor for each in paid) >= offer.pay_minor
        if met and not offer.booked_as:
            offer.times += 1
            offer.booked_as = f"{offer.waiver_id}.{offer.times}"
            waiver = Entry(offer.booked_as, EntryKind.WAIVER, offer.amount_minor, before=paid[0].entry_id)
            self._add(waiver, now)
            return WaiverSettled(offer.waiver_id, "booked")
        if offer.booked_as and not met:
            self._add(Entry(f"r-{offer.booked_as}", EntryKind.REVERSAL, 0, reverses=offer.booked_as), now)
            offer.booked_as = ""
            return WaiverSettled(offer.waiver_id, "lapsed" if offer.pay_by <= now else "")
        return None

    def _limits(self) -> Iterator[RateLimit]:
        """A moratorium stops interest by law from its first day on, what the policy stops it stops from the next."""
        for hold in self.holds.values():
            first, last = hold.since.date(), _last_day(hold.ends_at)
            if hold.kind is HoldKind.BREATHING_SPACE:
                yield RateLimit(first, last)
            by_policy = self._by_policy(hold.kind)
            if by_policy is not None:
                yield RateLimit(first + timedelta(days=1), last, by_policy)

    def _by_policy(self, kind: HoldKind) -> Fraction | None:
        if kind is HoldKind.PLAN:
            return self.charging.in_plan
        return self.charging.in_hardship if kind in _IN_HARDSHIP else None


def _last_day(until: datetime | None) -> date | None:
    return None if until is None else (until - timedelta(microseconds=1)).date()
