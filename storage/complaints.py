"""Complaints in the records: their holds, and what was decided about them on whichever account of the person."""

from datetime import datetime

from sqlmodel import Session, col, or_, select

from domain.complaints import COMPLAINT_HOLDS
from domain.facts import FileComplaint
from storage.booked_messages import booked_for, booked_on
from storage.people import EVERY_ACCOUNT
from storage.tables import Account, BookedMessage, PersonFact, RecordedHold


def open_complaint_hold(
    session: Session, account: Account, complaint_id: str, *, also_ended: bool = False
) -> RecordedHold | None:
    """The hold that a complaint placed on the account or its person, unless it has ended."""
    chosen = select(RecordedHold).where(
        col(RecordedHold.debtor_id) == account.debtor_id,
        col(RecordedHold.hold_id) == complaint_id,
        col(RecordedHold.kind).in_(sorted(COMPLAINT_HOLDS)),
        or_(col(RecordedHold.scope) == account.account_id, col(RecordedHold.scope) == EVERY_ACCOUNT),
    )
    if not also_ended:
        chosen = chosen.where(col(RecordedHold.ended_at).is_(None))
    return session.exec(chosen.order_by(col(RecordedHold.number).desc())).first()


def resolved_before(session: Session, account: Account, complaint_id: str) -> BookedMessage | None:
    """The decision on a complaint, whichever account of the person it was made on."""
    return _told_of(session, account.debtor_id, "resolve_complaint", complaint_id)


def filing_of(session: Session, debtor_id: str, complaint_id: str) -> BookedMessage | None:
    """How a complaint was filed first."""
    return _told_of(session, debtor_id, "file_complaint", complaint_id)


def filing_for(session: Session, account: Account, complaint_id: str) -> BookedMessage | None:
    """How a complaint was filed on an account, or else first on another of the person's."""
    told = session.exec(booked_on(account.account_id, "file_complaint").order_by(col(BookedMessage.received_at)))
    own = next((each for each in told if each.body.get("complaint_id") == complaint_id), None)
    return own or filing_of(session, account.debtor_id, complaint_id)


def heard_first_by(session: Session, account: Account, filed: FileComplaint) -> bool:
    """Whether a complaint is the account's own matter, and not one that it heard of from another account."""
    of_the_person = session.get(PersonFact, (account.debtor_id, filed.event_id))
    return of_the_person is None or of_the_person.heard_by == account.account_id


def filed_under_other_event(
    session: Session, account: Account, complaint_id: str, category: str, event_id: str
) -> BookedMessage | None:
    """How another complaint of that id was filed. Disputes, which bind one account, may share an id over several."""
    filed = booked_for(account.debtor_id, "file_complaint").where(col(BookedMessage.message_id) != event_id)
    for each in session.exec(filed):
        both_dispute = category == each.body.get("category") == "dispute"
        meets = each.account_id == account.account_id or not both_dispute
        if each.body.get("complaint_id") == complaint_id and meets:
            return each
    return None


def extensions_of(session: Session, account_id: str, complaint_id: str) -> list[BookedMessage]:
    """The extensions of a complaint, the first one first."""
    rows = session.exec(booked_on(account_id, "extend_complaint").order_by(col(BookedMessage.booked_at)))
    return [each for each in rows if each.body.get("complaint_id") == complaint_id]


def decided_by(session: Session, account: Account, filed: BookedMessage, complaint_id: str) -> datetime | None:
    """By when a complaint must be decided, its extensions included."""
    told = [filed, *extensions_of(session, account.account_id, complaint_id)]
    answers = [(each.booking or {}).get("answer") or {} for each in told]
    return max((datetime.fromisoformat(each["decide_by"]) for each in answers if "decide_by" in each), default=None)


def _told_of(session: Session, debtor_id: str, name: str, complaint_id: str) -> BookedMessage | None:
    told = booked_for(debtor_id, name).order_by(col(BookedMessage.received_at))
    return next((each for each in session.exec(told) if each.body.get("complaint_id") == complaint_id), None)
