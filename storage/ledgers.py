"""An account's ledger in the records: its instalments and entries, and the statement that follows from them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from domain.late_charges import Accrual
from domain.ledger import DEFAULT_ORDER, Component, Entry, EntryKind, Instalment, Statement
from domain.statements import statement
from storage.tables import AccountInstalment, LedgerEntry


def read_instalments(session: Session, account_id: str) -> list[Instalment]:
    """The instalments as the contract has them, oldest first."""
    chosen = select(AccountInstalment).where(col(AccountInstalment.account_id) == account_id)
    rows = session.exec(chosen.order_by(col(AccountInstalment.overdue_from), col(AccountInstalment.number)))
    return [
        Instalment(
            number=row.number,
            due_date=row.due_date,
            overdue_from=row.overdue_from,
            principal_minor=row.principal_minor,
            interest_minor=row.interest_minor,
            fees_minor=row.fees_minor,
        )
        for row in rows
    ]


def read_entries(session: Session, account_id: str, booked_by: datetime | None = None) -> list[Entry]:
    """Every booking on the account, in the order in which they were booked, up to a moment if one is given."""
    chosen = select(LedgerEntry).where(col(LedgerEntry.account_id) == account_id)
    if booked_by is not None:
        chosen = chosen.where(col(LedgerEntry.booked_at) <= booked_by)
    rows = session.exec(chosen.order_by(col(LedgerEntry.number)))
    return [_entry(row) for row in rows]


def payments_booked_after(session: Session, account_id: str, moment: datetime) -> list[Entry]:
    """The payments that stand and were booked only after a moment, in the order in which they were booked."""
    entries = read_entries(session, account_id)
    left_out = {each.reverses for each in entries}
    left_out |= {each.entry_id for each in read_entries(session, account_id, booked_by=moment)}
    return [each for each in entries if each.kind is EntryKind.PAYMENT and each.entry_id not in left_out]


def _entry(row: LedgerEntry) -> Entry:
    return Entry(
        entry_id=row.entry_id,
        kind=EntryKind(row.kind),
        amount_minor=row.amount_minor,
        reverses=row.reverses,
        effective_at=row.effective_at,
        before=row.before,
        principal_minor=row.principal_minor,
        component=Component(row.component) if row.component is not None else None,
    )


def read_statement(
    session: Session,
    account_id: str,
    order: Sequence[Component] = DEFAULT_ORDER,
    accrual: Accrual | None = None,
    booked_by: datetime | None = None,
) -> Statement:
    """The account as its ledger has it now, or had it at a moment; with late charges where ``accrual`` is given."""
    entries = read_entries(session, account_id, booked_by)
    return statement(read_instalments(session, account_id), entries, order, accrual)


def book_entry(session: Session, account_id: str, entry: Entry, effective_at: datetime, booked_at: datetime) -> None:
    """Write one booking; a second one of the same ``entry_id`` breaks the constraint.

    Args:
        session: of a writing transaction.
        account_id: whose account.
        entry: what is booked.
        effective_at: when the money moved, which late charges go by.
        booked_at: when we learned of it; by a clock that is behind, no sooner than of the booking before.
    """
    chosen = select(func.max(col(LedgerEntry.booked_at))).where(col(LedgerEntry.account_id) == account_id)
    last = session.exec(chosen).one()
    session.add(
        LedgerEntry(
            account_id=account_id,
            entry_id=entry.entry_id,
            kind=entry.kind,
            amount_minor=entry.amount_minor,
            reverses=entry.reverses,
            component=entry.component,
            before=entry.before,
            principal_minor=entry.principal_minor,
            effective_at=effective_at,
            booked_at=max(booked_at, last or booked_at),
        )
    )
    session.flush()
