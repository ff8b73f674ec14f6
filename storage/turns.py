"""What the records know of the contacts that a person's other accounts have planned."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from storage.tables import Account, AccountState, PlannedMessage, RecordedDuty


def open_beside(session: Session, account: Account) -> Sequence[Account]:
    """The person's other accounts under collection."""
    chosen = select(Account).where(
        col(Account.debtor_id) == account.debtor_id,
        col(Account.account_id) != account.account_id,
        col(Account.state) == AccountState.OPEN,
    )
    return session.exec(chosen.order_by(col(Account.account_id))).all()


def notices_due(
    session: Session, account_ids: Sequence[str], since: datetime, before: datetime, owed: str
) -> Sequence[RecordedDuty]:
    """The notices that accounts owe, due in a span of time."""
    chosen = select(RecordedDuty).where(
        col(RecordedDuty.account_id).in_(account_ids),
        col(RecordedDuty.state) == owed,
        col(RecordedDuty.due_at) >= since,
        col(RecordedDuty.due_at) < before,
    )
    return session.exec(chosen.order_by(col(RecordedDuty.account_id), col(RecordedDuty.duty_id))).all()


def services_due(
    session: Session, account_ids: Sequence[str], since: datetime, before: datetime
) -> Sequence[PlannedMessage]:
    """The service messages that accounts have planned, due in a span of time."""
    chosen = select(PlannedMessage).where(
        col(PlannedMessage.account_id).in_(account_ids),
        col(PlannedMessage.due_at) >= since,
        col(PlannedMessage.due_at) < before,
    )
    return session.exec(chosen.order_by(col(PlannedMessage.account_id), col(PlannedMessage.message_id))).all()


def plan_service(session: Session, message: PlannedMessage) -> None:
    """Keep when a service message is planned."""
    session.merge(message)
    session.flush()


def drop_service(session: Session, account_id: str, message_id: str) -> None:
    """Keep that a service message is planned no more."""
    known = session.get(PlannedMessage, (account_id, message_id))
    if known is not None:
        session.delete(known)
        session.flush()
