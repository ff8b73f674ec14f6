"""The attempt log of a person: every contact that left, may have left or is about to, over all of their accounts."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session, col

from domain.contact_facts import Attempt, Direction
from domain.terms import Channel, MessageClass
from storage.tables import Contact, ContactStatus

_NEVER_LEFT = (ContactStatus.RELEASED, ContactStatus.REJECTED)

# Not whole rows: the words of every message of months past would be read and decrypted with them.
_COLUMNS = (
    col(Contact.contact_id),
    col(Contact.account_id),
    col(Contact.channel),
    col(Contact.message_class),
    col(Contact.attempted_at),
    col(Contact.address_ref),
    col(Contact.connected),
    col(Contact.conversation),
    col(Contact.direction),
    col(Contact.occasion),
    col(Contact.told_with),
)


def counted_contacts(session: Session, debtor_id: str, since: datetime) -> tuple[Attempt, ...]:
    """What counts against the caps from that moment on, oldest first."""
    chosen = select(*_COLUMNS).where(
        col(Contact.debtor_id) == debtor_id,
        col(Contact.attempted_at) >= since,
        col(Contact.status).not_in(_NEVER_LEFT),
    )
    return tuple(_attempt(row) for row in session.execute(chosen.order_by(col(Contact.attempted_at))))


def _attempt(row: Row[Any]) -> Attempt:
    return Attempt(
        contact_id=row.contact_id,
        account_id=row.account_id,
        channel=Channel(row.channel),
        message_class=MessageClass(row.message_class),
        at=row.attempted_at,
        address_ref=row.address_ref or "",
        connected=row.connected,
        conversation=row.conversation,
        direction=Direction(row.direction),
        occasion=row.occasion,
        told_along=row.told_with is not None,
    )
