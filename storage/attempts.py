"""The attempt log of a person: every contact that left, may have left or is about to, over all of their accounts."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from storage.tables import Contact, ContactStatus

_NEVER_LEFT = (ContactStatus.RELEASED, ContactStatus.REJECTED)


def counted_contacts(session: Session, debtor_id: str, since: datetime) -> Sequence[Contact]:
    """What counts against the caps from that moment on, oldest first."""
    chosen = select(Contact).where(
        col(Contact.debtor_id) == debtor_id,
        col(Contact.attempted_at) >= since,
        col(Contact.status).not_in(_NEVER_LEFT),
    )
    return session.exec(chosen.order_by(col(Contact.attempted_at))).all()
