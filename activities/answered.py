"""Which questions to people a booked message answers, so that each decision takes its task off their list."""

from collections.abc import Iterator, Sequence

from activities.desk import Desk
from domain.complaints import overdue_subject
from domain.events import (
    CaseClosed,
    CaseEvent,
    ChannelOpened,
    ComplaintResolved,
    HoldEnded,
    PlanAgreed,
    ReferralDecided,
    TaskCompleted,
    TrackSet,
    WaiverDecided,
)
from domain.facts import Message
from domain.requests import DecideLegalReferral
from domain.tracks import FIRM_SUBJECT
from domain.vulnerability import vulnerable_subject
from storage import person_tasks

_SAID_BY = (
    "decided_by",
    "resolved_by",
    "ended_by",
    "resumed_by",
    "closed_by",
    "set_by",
    "granted_by",
    "completed_by",
    "agreed_by",
    "withdrawn_by",
)
"""The fields of a message that name the person whose decision it is."""


def close_answered(desk: Desk, message: Message, events: Sequence[CaseEvent]) -> None:
    """Take off the list what the message has decided, under the name of who decided it."""
    if any(isinstance(each, CaseClosed) for each in events):
        person_tasks.close_all(desk.session, desk.account.account_id, desk.now, decider_of(message))
        return
    subjects = [subject for event in events for subject in _answered_by(event, message)]
    if subjects:
        person_tasks.close(desk.session, desk.account.account_id, subjects, desk.now, decider_of(message))


def decider_of(message: Message) -> str | None:
    """Who decided, as far as the message names somebody."""
    named = (getattr(message, field, None) for field in _SAID_BY)
    return next((each for each in named if isinstance(each, str)), None)


def _answered_by(event: CaseEvent, message: Message) -> Iterator[str]:
    match event:
        case HoldEnded():
            yield from (f"hold:{event.hold_id}", vulnerable_subject(event.hold_id))
        case ComplaintResolved():
            yield from (f"hold:{event.complaint_id}", overdue_subject(event.complaint_id))
        case TaskCompleted():
            yield event.subject
        case ReferralDecided() if isinstance(message, DecideLegalReferral):
            yield f"referral:{message.referral_id}"
        case PlanAgreed(replaces=replaced) if replaced:
            yield f"plan:{replaced}"
        case WaiverDecided():
            yield f"waiver:{event.waiver_id}"
        case ChannelOpened():
            yield "address"
        case TrackSet():
            yield FIRM_SUBJECT
        case _:
            pass
