"""An account's duties in the records: the notices that it owes or has given."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, and_, col, func, or_, select

from domain.duties import DutyRecord, DutyState
from domain.interest_gaps import InterestGap, interest_gaps
from domain.terms import Channel
from storage.tables import Account, Contact, ContactStatus, Debtor, RecordedDuty

_CHANNELS = frozenset(each.value for each in Channel)
"""A notice may have been given in another way, such as by hand."""
_LEFT = (ContactStatus.SENT, ContactStatus.DELIVERED, ContactStatus.UNKNOWN)


def recorded_duties(session: Session, account_id: str) -> Sequence[RecordedDuty]:
    """Every notice of the account, in the order of its duty and number."""
    chosen = select(RecordedDuty).where(col(RecordedDuty.account_id) == account_id)
    return session.exec(chosen.order_by(col(RecordedDuty.duty_id), col(RecordedDuty.number))).all()


def as_record(row: RecordedDuty) -> DutyRecord:
    """The notice as the rules on duties know it."""
    return DutyRecord(
        duty_id=row.duty_id,
        number=row.number,
        state=DutyState(row.state),
        since=row.since,
        channel=Channel(row.channel) if row.channel in _CHANNELS else None,
        sent_at=row.sent_at,
        arrived_at=row.arrived_at,
        deadline=row.deadline,
        settled_at=row.settled_at,
        stops_interest=row.stops_interest,
    )


def interest_stopped(session: Session, account_id: str, as_of: datetime) -> tuple[InterestGap, ...]:
    """The spans for which the account bears no interest and no default sum, as far as they have begun by a moment."""
    stopping = (each for each in recorded_duties(session, account_id) if each.stops_interest)
    records = tuple(map(as_record, stopping))
    if not records:
        return ()
    account = session.get_one(Account, account_id)
    time_zone = session.get_one(Debtor, account.debtor_id).time_zone
    return interest_gaps(records, time_zone, as_of)


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
