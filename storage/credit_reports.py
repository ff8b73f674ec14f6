"""What a lender that reports to credit bureaus has to know of its accounts, in order, to be read on from a number."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from storage.tables import CreditReportEvent


class CreditReportKind(StrEnum):
    """What has happened."""

    ANNOUNCED = "announced"
    """The lender means to report the debt."""
    MAY_BE_REPORTED = "may_be_reported"
    """The notice before it was given, and its period ends at ``from_at``."""
    NOTICE_LOST = "notice_lost"
    """The notice did not arrive after all; it must not be reported before another has been given."""
    DISPUTED = "disputed"
    """The person disputes the debt; what was reported must say so."""
    DISPUTE_DECIDED = "dispute_decided"
    """The dispute is decided; what was reported is corrected or its mark removed."""
    CURED = "cured"
    """Nothing is overdue any more."""


def append(
    session: Session,
    account_id: str,
    kind: CreditReportKind,
    reference: str,
    at: datetime,
    from_at: datetime | None = None,
) -> bool:
    """Write an event, once for what it is about; tells whether it is new."""
    known = select(CreditReportEvent).where(
        col(CreditReportEvent.account_id) == account_id,
        col(CreditReportEvent.kind) == kind,
        col(CreditReportEvent.reference) == reference,
    )
    if session.exec(known).first() is not None:
        return False
    session.add(CreditReportEvent(account_id=account_id, kind=kind, reference=reference, at=at, from_at=from_at))
    session.flush()
    return True


def events_after(session: Session, number: int, limit: int) -> Sequence[CreditReportEvent]:
    """The events that follow a number, in the order in which they were written."""
    chosen = select(CreditReportEvent).where(col(CreditReportEvent.number) > number)
    return session.exec(chosen.order_by(col(CreditReportEvent.number)).limit(limit)).all()


def events_of(session: Session, account_id: str) -> Sequence[CreditReportEvent]:
    """Everything that the lender was told of an account."""
    chosen = select(CreditReportEvent).where(col(CreditReportEvent.account_id) == account_id)
    return session.exec(chosen.order_by(col(CreditReportEvent.number))).all()
