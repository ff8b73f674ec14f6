"""What is owed: instalments, what was booked on them, and what a case needs to know of it.

How the one follows from the other is in ``statements``. Money is conserved for every component: owed = paid + waived +
corrected + still owed, to the minor unit; what is paid beyond the balance is credit owed back.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Component(StrEnum):
    """A part of what is owed."""

    PRINCIPAL = "principal"
    """The sum lent."""
    INTEREST = "interest"
    """What the loan costs by its rate."""
    FEES = "fees"
    """Charges that the contract allows."""


class EntryKind(StrEnum):
    """What a ledger entry does."""

    PAYMENT = "payment"
    """Money received."""
    REVERSAL = "reversal"
    """A payment that did not hold is taken back, or a waiver whose condition fell away with it."""
    WAIVER = "waiver"
    """Interest or fees given up, and principal where the policy allows it."""
    REFUND = "refund"
    """Money paid back to the person."""
    CORRECTION = "correction"
    """Taken off one component because it was never owed."""


DEFAULT_ORDER = (Component.FEES, Component.INTEREST, Component.PRINCIPAL)
"""Costs, then interest, then principal, unless agreed otherwise (PRC Civil Code art. 561)."""


@dataclass(frozen=True, slots=True)
class Instalment:
    """One instalment as the contract has it, in minor units."""

    number: int
    due_date: date
    overdue_from: datetime
    """The UTC instant at which its due date has passed where the debtor lives."""
    principal_minor: int
    interest_minor: int
    fees_minor: int

    @property
    def total_minor(self) -> int:
        """All that this instalment asks for."""
        return self.principal_minor + self.interest_minor + self.fees_minor


@dataclass(frozen=True, slots=True)
class Entry:
    """One booking on the account, in the order in which they were booked."""

    entry_id: str
    kind: EntryKind
    amount_minor: int
    reverses: str | None = None
    """For a reversal, the ``entry_id`` of the payment or waiver."""
    effective_at: datetime | None = None
    """When the money moved; only accounts with late charges ask for it."""
    before: str | None = None
    """For a waiver that a payment earned, that payment's ``entry_id``: it counts just before it."""
    principal_minor: int = 0
    """For a waiver, how much of it gives up principal."""
    component: Component | None = None
    """For a correction, what it is taken off."""


@dataclass(frozen=True, slots=True)
class Sums:
    """An amount by its components, in minor units."""

    principal_minor: int = 0
    interest_minor: int = 0
    fees_minor: int = 0

    @property
    def total_minor(self) -> int:
        """The components together."""
        return self.principal_minor + self.interest_minor + self.fees_minor

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.principal_minor + other.principal_minor,
            self.interest_minor + other.interest_minor,
            self.fees_minor + other.fees_minor,
        )


@dataclass(frozen=True, slots=True)
class InstalmentBalance:
    """What is left of one instalment."""

    instalment: Instalment
    left: Sums
    charged: Sums = Sums()
    """Late interest and fees that were added to it, of which some may be left."""

    @property
    def left_of_contract_minor(self) -> int:
        """What is left, but no more than the payment that the contract asks for: late charges are no payment missed."""
        return min(self.left.total_minor, self.instalment.total_minor)


class PostingKind(StrEnum):
    """What a line of a statement is about."""

    LATE_INTEREST = "late_interest"
    """Interest on overdue principal over some days."""
    LATE_FEE = "late_fee"
    """The fee for an instalment that stayed unpaid."""
    PAYMENT = "payment"
    """Money received."""
    REVERSAL = "reversal"
    """A payment or waiver taken back."""
    WAIVER = "waiver"
    """Given up."""
    REFUND = "refund"
    """Money paid back."""
    CORRECTION = "correction"
    """Never owed."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of a statement: what it adds to what is owed, in minor units; negative amounts lower it."""

    kind: PostingKind
    amounts: Sums
    unallocated_minor: int = 0
    """Money that fills nothing: credit, or a payment that was taken back later."""
    entry_id: str = ""
    """Empty for late charges, which nobody books."""
    since: date | None = None
    """The first day of late charges."""
    until: date | None = None
    """Their last day."""

    @property
    def total_minor(self) -> int:
        """By how much it changes what the person owes."""
        return self.amounts.total_minor + self.unallocated_minor


@dataclass(frozen=True, slots=True)
class Statement:
    """The account as its ledger has it."""

    instalments: tuple[InstalmentBalance, ...]
    paid_minor: int
    """Payments received, neither reversed nor paid back."""
    waived: Sums
    credit_minor: int
    """Paid beyond the balance: owed back to the person. Below zero only if more was paid back than ever stayed."""
    bookings: int = 0
    """How many entries it stands on."""
    postings: tuple[Posting, ...] = ()
    """How what is owed came about, from the instalments as the contract has them."""

    @property
    def charged(self) -> Sums:
        """Late interest and fees, over the whole time."""
        return sum((each.charged for each in self.instalments), Sums())

    @property
    def balance(self) -> Sums:
        """All that remains under the contract."""
        return sum((each.left for each in self.instalments), Sums())

    def arrears(self, as_of: datetime) -> Sums:
        """What is due and unpaid at that moment."""
        return sum((each.left for each in self.instalments if each.instalment.overdue_from <= as_of), Sums())

    def oldest_unpaid(self, as_of: datetime) -> Instalment | None:
        """The overdue instalment that has waited longest, or none."""
        return next(
            (
                each.instalment
                for each in self._by_age()
                if each.left.total_minor and each.instalment.overdue_from <= as_of
            ),
            None,
        )

    def debt(self) -> "Debt":
        """The short form that a case carries."""
        unpaid = (
            OpenInstalment(each.instalment.overdue_from, each.left.total_minor)
            for each in self._by_age()
            if each.left.total_minor
        )
        return Debt(tuple(unpaid), self.paid_minor, self.waived.total_minor, self.credit_minor, self.bookings)

    def _by_age(self) -> list[InstalmentBalance]:
        return sorted(self.instalments, key=lambda each: (each.instalment.overdue_from, each.instalment.number))


@dataclass(frozen=True, slots=True)
class OpenInstalment:
    """An instalment with something left on it."""

    overdue_from: datetime
    left_minor: int


@dataclass(frozen=True, slots=True)
class Debt:
    """What a case needs to know of its ledger: what is left, from when, and what came in."""

    open: tuple[OpenInstalment, ...]
    """Oldest first."""
    paid_minor: int = 0
    waived_minor: int = 0
    credit_minor: int = 0
    bookings: int = 0
    """How many ledger entries it stands on: of two readings, the one with more is the later."""

    @property
    def balance_minor(self) -> int:
        """All that remains under the contract."""
        return sum(each.left_minor for each in self.open)

    def arrears_minor(self, as_of: datetime) -> int:
        """What is due and unpaid at that moment."""
        return sum(each.left_minor for each in self.open if each.overdue_from <= as_of)

    def overdue_since(self, as_of: datetime) -> datetime | None:
        """Since when the oldest unpaid instalment has been overdue, or none if nothing is."""
        if self.open and self.open[0].overdue_from <= as_of:
            return self.open[0].overdue_from
        return None
