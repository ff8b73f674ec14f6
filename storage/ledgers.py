"""An account's ledger in the records: its instalments and entries, and the statement that follows from them."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

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


def read_entries(session: Session, account_id: str) -> list[Entry]:
    """Every booking on the account, in the order in which they were booked."""
    chosen = select(LedgerEntry).where(col(LedgerEntry.account_id) == account_id)
    rows = session.exec(chosen.order_by(col(LedgerEntry.number)))
    return [_entry(row) for row in rows]


def _entry(row: LedgerEntry) -> Entry:
    component = Component(row.component) if row.component is not None else None
    return Entry(row.entry_id, EntryKind(row.kind), row.amount_minor, row.reverses, component=component)


def read_statement(session: Session, account_id: str, order: Sequence[Component] = DEFAULT_ORDER) -> Statement:
    """The account as its ledger has it now."""
    return statement(read_instalments(session, account_id), read_entries(session, account_id), order)


def book_entry(session: Session, account_id: str, entry: Entry, effective_at: datetime, booked_at: datetime) -> None:
    """Write one booking; a second one of the same ``entry_id`` breaks the constraint."""
    session.add(
        LedgerEntry(
            account_id=account_id,
            entry_id=entry.entry_id,
            kind=entry.kind,
            amount_minor=entry.amount_minor,
            reverses=entry.reverses,
            component=entry.component,
            effective_at=effective_at,
            booked_at=booked_at,
        )
    )
    session.flush()
