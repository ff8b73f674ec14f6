"""An account's duties in the records: the notices that it owes or has given."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, and_, col, func, or_, select

from domain.terms import Channel
from storage.tables import Contact, ContactStatus, RecordedDuty

_LEFT = (ContactStatus.SENT, ContactStatus.DELIVERED, ContactStatus.UNKNOWN)


def recorded_duties(session: Session, account_id: str) -> Sequence[RecordedDuty]:
    """Every notice of the account, in the order of its duty and number."""
    chosen = select(RecordedDuty).where(col(RecordedDuty.account_id) == account_id)
    return session.exec(chosen.order_by(col(RecordedDuty.duty_id), col(RecordedDuty.number))).all()


def duty_of_contact(session: Session, contact_id: str) -> RecordedDuty | None:
    """The notice that went by a contact."""
    return session.exec(select(RecordedDuty).where(col(RecordedDuty.contact_id) == contact_id)).one_or_none()


def first_communication_at(session: Session, account_id: str) -> datetime | None:
    """When the person first heard of the account from us, or may have: by a message that left or a conversation."""
    by_call = col(Contact.channel) == Channel.CALL
    heard = or_(
        and_(~by_call, col(Contact.status).in_(_LEFT)),
        and_(by_call, col(Contact.conversation).is_(True)),
    )
    chosen = select(func.min(Contact.attempted_at)).where(col(Contact.account_id) == account_id, heard)
    return session.exec(chosen).one()
