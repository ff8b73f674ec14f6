"""What is owed: instalments, what was paid and waived, and the statement that follows from them.

Money is conserved for every component: owed = paid + waived + still owed, to the minor unit; what is paid beyond the
balance is credit owed back.
"""

from collections.abc import Iterable, Sequence
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
    """A payment that did not hold is taken back."""
    WAIVER = "waiver"
    """Interest or fees given up; never principal."""


DEFAULT_ORDER = (Component.FEES, Component.INTEREST, Component.PRINCIPAL)
"""Costs, then interest, then principal, unless agreed otherwise (PRC Civil Code art. 561)."""

_WAIVABLE = (Component.FEES, Component.INTEREST)


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
    """For a reversal, the payment's ``entry_id``."""


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


@dataclass(frozen=True, slots=True)
class Statement:
    """The account as its ledger has it."""

    instalments: tuple[InstalmentBalance, ...]
    paid_minor: int
    """Payments received and not reversed."""
    waived: Sums
    credit_minor: int
    """Paid beyond the balance: owed back to the person."""
    bookings: int = 0
    """How many entries it stands on."""

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


def statement(
    instalments: Sequence[Instalment], entries: Iterable[Entry], order: Sequence[Component] = DEFAULT_ORDER
) -> Statement:
    """The account after all entries: each fills the oldest instalment first, within it by the policy's order.

    Raises:
        ValueError: if a reversal names no payment, or a waiver exceeds the interest and fees left.
    """
    booked = tuple(entries)
    reversed_ids = _reversed_payments(booked)
    left = [_components(each) for each in sorted(instalments, key=lambda each: (each.overdue_from, each.number))]
    paid = credit = 0
    waived = dict.fromkeys(Component, 0)
    for entry in booked:
        match entry.kind:
            case EntryKind.PAYMENT if entry.entry_id not in reversed_ids:
                paid += entry.amount_minor
                credit += entry.amount_minor - _allocate(left, entry.amount_minor, order, None)
            case EntryKind.WAIVER:
                if _allocate(left, entry.amount_minor, _WAIVABLE, waived) != entry.amount_minor:
                    raise ValueError(f"waiver {entry.entry_id} exceeds the interest and fees left")
            case EntryKind.PAYMENT | EntryKind.REVERSAL:
                pass
    ordered = sorted(instalments, key=lambda each: (each.overdue_from, each.number))
    balances = tuple(InstalmentBalance(each, _sums(parts)) for each, parts in zip(ordered, left, strict=True))
    return Statement(balances, paid, _sums(waived), credit, len(booked))


def _reversed_payments(entries: Sequence[Entry]) -> frozenset[str]:
    payments = {entry.entry_id for entry in entries if entry.kind is EntryKind.PAYMENT}
    reversed_ids = {entry.reverses for entry in entries if entry.kind is EntryKind.REVERSAL}
    unknown = reversed_ids - payments
    if unknown:
        raise ValueError(f"reversal of a payment that was never booked: {sorted(map(str, unknown))}")
    return frozenset(each for each in reversed_ids if each is not None)


def _allocate(
    left: list[dict[Component, int]],
    amount_minor: int,
    order: Sequence[Component],
    taken: dict[Component, int] | None,
) -> int:
    """Fill what is left, oldest first; returns what was used, and adds it by component to ``taken``."""
    remaining = amount_minor
    for parts in left:
        for component in order:
            used = min(remaining, parts[component])
            parts[component] -= used
            remaining -= used
            if taken is not None:
                taken[component] += used
    return amount_minor - remaining


def _components(instalment: Instalment) -> dict[Component, int]:
    return {
        Component.PRINCIPAL: instalment.principal_minor,
        Component.INTEREST: instalment.interest_minor,
        Component.FEES: instalment.fees_minor,
    }


def _sums(parts: dict[Component, int]) -> Sums:
    return Sums(parts[Component.PRINCIPAL], parts[Component.INTEREST], parts[Component.FEES])
