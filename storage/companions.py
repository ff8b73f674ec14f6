"""What the records keep of accounts that were told of by another account's contact: one row of the log for each.

Such a row has no words of its own and counts for its own account's rules alone. It shares the fate of the contact that
carried it.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, delete, or_, select

from storage import audit
from storage.tables import Account, Contact, ContactStatus

_ON_THE_WAY = (ContactStatus.SENDING, ContactStatus.SENT, ContactStatus.DELIVERED, ContactStatus.UNKNOWN)
_PROVED = (ContactStatus.DELIVERED, ContactStatus.FAILED)


def told_with(session: Session, contact_id: str) -> Sequence[Contact]:
    """The rows of the other accounts that a contact tells of."""
    return session.exec(
        select(Contact).where(col(Contact.told_with) == contact_id).order_by(col(Contact.contact_id))
    ).all()


def carrier_of(session: Session, contact: Contact) -> Contact:
    """The contact whose words a row tells: itself, or the one that told of its account too."""
    return session.get_one(Contact, contact.told_with) if contact.told_with is not None else contact


def forget_told_with(session: Session, contact_id: str) -> None:
    """Drop the rows of a contact that never left, before it is tried again with words of then."""
    session.execute(delete(Contact).where(col(Contact.told_with) == contact_id))


def told_for(session: Session, account: Account, order_id: str) -> Contact | None:
    """The row by which an account was told and that stands for this order of its case: counted for it, or not yet."""
    if not account.shares_contacts:
        return None
    waiting = col(Contact.counted_as).is_(None) & col(Contact.status).in_(_ON_THE_WAY)
    chosen = select(Contact).where(
        col(Contact.account_id) == account.account_id,
        col(Contact.told_with).is_not(None),
        or_(col(Contact.counted_as) == order_id, waiting),
    )
    rows = session.exec(chosen.order_by(col(Contact.attempted_at))).all()
    return next((each for each in rows if each.counted_as == order_id), next(iter(rows), None))


def proofs_for(session: Session, account: Account, order_id: str) -> Sequence[Contact]:
    """Counted rows whose arrival or loss the account's case learns with this order."""
    if not account.shares_contacts:
        return ()
    chosen = select(Contact).where(
        col(Contact.account_id) == account.account_id,
        col(Contact.counted_as).is_not(None),
        col(Contact.status).in_(_PROVED),
        or_(col(Contact.proof_told_in).is_(None), col(Contact.proof_told_in) == order_id),
    )
    return session.exec(chosen.order_by(col(Contact.attempted_at))).all()


def share_fate(session: Session, contact: Contact, at: datetime) -> None:
    """Let the rows of the other accounts that a contact tells of say what became of it."""
    for row in told_with(session, contact.contact_id):
        row.status, row.code = contact.status, contact.code
        row.settled_at, row.delivered_at = contact.settled_at, contact.delivered_at
        row.provider, row.provider_ref, row.simulated = contact.provider, contact.provider_ref, contact.simulated
        session.add(row)
        audit.append(
            session,
            row.account_id,
            at,
            f"contact_{contact.status}",
            row.contact_id,
            channel=row.channel,
            told_with=contact.contact_id,
            policy_version=row.policy_version,
            pack_version=row.pack_version,
            rules=[verdict["rule"] for verdict in row.verdicts],
        )
    session.flush()
