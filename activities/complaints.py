"""Complaints and disputes in the records: filed, which stops contact at once, extended, decided, and told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from activities.debt_verification import require_verification
from activities.desk import Desk, RefusedError
from activities.effects import Effect
from activities.occasions import owe
from activities.others import spread
from activities.remedies import carry_out
from activities.times import ends_at
from domain.agents import same_person
from domain.calendars import HolidayCalendar
from domain.case import Case, Complaint
from domain.complaint_deadlines import ComplaintTimes, deadlines, longest_extension, reminder
from domain.complaints import hold_kind_of, message_to_tell, tell_subject, told_of
from domain.contact_facts import ReplyOccasion
from domain.events import (
    CaseEvent,
    ComplaintExtended,
    ComplaintFiled,
    ComplaintResolved,
    ComplaintTold,
    MessagesOwed,
    TaskCompleted,
)
from domain.facts import FileComplaint
from domain.holds import Hold
from domain.requests import CompleteTask, ExtendComplaint, ResolveComplaint
from domain.terms import HoldKind
from storage import person_tasks
from storage.complaints import filed_under_other_event, open_complaint_hold, resolved_before
from storage.people import EVERY_ACCOUNT, end_hold, record_hold
from storage.tables import LEFT_AND_NOT_LOST, Contact, PersonFact, RecordedHold, StoredText

_TELL_WITHIN = timedelta(days=30)
"""An answer that has not left by then is told by a person."""

_ABOUT_COMPLAINTS = frozenset(
    {
        ReplyOccasion.COMPLAINT_ACKNOWLEDGEMENT,
        ReplyOccasion.COMPLAINT_EXTENSION,
        ReplyOccasion.COMPLAINT_OUTCOME,
    }
)


def file_complaint(desk: Desk, fact: FileComplaint) -> Effect:
    """Stop contact, and owe the acknowledgement and the decision. Only the case that heard it first acknowledges.

    Raises:
        RefusedError: if its text is not stored, or another complaint has its id.
    """
    _refuse_known(desk, fact)
    if fact.text_ref is not None and desk.session.get(StoredText, fact.text_ref) is None:
        raise RefusedError("unknown_text", f"no text is stored under {fact.text_ref}; store it first")
    kind = hold_kind_of(fact.category)
    scope = desk.account.account_id if kind is HoldKind.DISPUTE else EVERY_ACCOUNT
    heard_elsewhere = desk.session.get(PersonFact, (desk.account.debtor_id, fact.event_id)) is not None
    record_hold(
        desk.session,
        desk.account.debtor_id,
        scope,
        Hold(kind, fact.complaint_id, desk.now, reason=fact.category),
    )
    times = _times(desk)
    by = deadlines(times, desk.now, desk.debtor.time_zone, _calendar(desk))
    remind_at = None if heard_elsewhere else by.remind_at
    complaint = Complaint(fact.complaint_id, fact.category, by.decide_by, fact.agent_id, remind_at=remind_at)
    answer = {"status": "applied", "decide_by": by.decide_by.isoformat()}
    filed = ComplaintFiled(complaint, desk.now)
    if heard_elsewhere:
        return Effect((filed,), answer)
    owed = _owed(desk, ReplyOccasion.COMPLAINT_ACKNOWLEDGEMENT, fact.complaint_id, by.acknowledge_by)
    return Effect((filed, *owed), answer | {"acknowledge_by": by.acknowledge_by.isoformat()})


def extend_complaint(desk: Desk, request: ExtendComplaint, case: Case) -> Effect:
    """Give a complaint more time, as far as the jurisdiction lets, and tell the person.

    Raises:
        RefusedError: if it is decided or late, or asks for more than the jurisdiction gives, or the agent whom it names
            asks.
    """
    complaint, hold = _undecided(desk, request.complaint_id, case)
    _require_somebody_else(complaint, request.extended_by)
    until, rules = ends_at(request.until, desk), desk.pack.complaints
    latest = longest_extension(hold.since, rules.extended_days, complaint.extensions)
    if latest is None:
        raise RefusedError("no_extension", _no_more_time(desk.pack.jurisdiction, rules.extended_days))
    if desk.now >= complaint.decide_by:
        raise RefusedError("complaint_overdue", "its time has passed, which no extension mends; decide the complaint")
    if not complaint.decide_by < until <= latest:
        words = f"it may be extended from {complaint.decide_by:%Y-%m-%d} to {latest:%Y-%m-%d}, not to {until:%Y-%m-%d}"
        raise RefusedError("extension_too_long" if until > latest else "no_extension", words)
    event = ComplaintExtended(complaint.complaint_id, until, reminder(until, desk.now, _times(desk)))
    subject = f"{complaint.complaint_id}.{complaint.extensions + 1}"
    told = _owed(desk, ReplyOccasion.COMPLAINT_EXTENSION, subject, complaint.decide_by)
    answer = {"complaint_id": complaint.complaint_id, "decide_by": until.isoformat()}
    return Effect((event, *told), answer)


def resolve_complaint(desk: Desk, request: ResolveComplaint, case: Case) -> Effect:
    """Decide a complaint and carry its remedies out. Its hold goes on until the person has been told.

    The person's other cases know the decision at once, and their hold goes on like this one's.
    Where the reasons are not stored here it ends at once, and a person is asked to tell.

    Raises:
        RefusedError: if it was decided before or by the agent whom it names, gives no reasons, a remedy is beyond its
            limits, or a disputed debt is not verified yet.
    """
    complaint, hold = _undecided(desk, request.complaint_id, case)
    _require_somebody_else(complaint, request.resolved_by)
    explanation = desk.session.get(StoredText, request.explanation_ref)
    if explanation is not None and not explanation.text.strip():
        raise RefusedError("no_explanation", "explanation_ref: the text is empty; store the reasons for the person")
    require_verification(desk, hold, request, case)
    done = carry_out(desk, request, complaint, case)
    answer = {"complaint_id": complaint.complaint_id, "outcome": request.outcome.value, **done.answer}
    until, can_write = desk.now + _TELL_WITHIN, explanation is not None
    owed = _owed(desk, ReplyOccasion.COMPLAINT_OUTCOME, complaint.complaint_id, until, by_message=can_write)
    resolved = ComplaintResolved(complaint.complaint_id, request.outcome, desk.now, to_tell=bool(owed))
    events = (resolved, *done.events, *owed)
    told = _heard(desk, request, complaint) if owed else _lift(desk, request, complaint)
    return Effect(events, answer, tell=told, trail=done.trail, others=done.others)


def complete_task(desk: Desk, request: CompleteTask) -> Effect:
    """Take in that a person did what they were asked, such as telling an answer that no message could.

    Raises:
        RefusedError: if nothing of that subject waits.
    """
    waiting = {each.subject for each in person_tasks.open_tasks(desk.session, desk.account.account_id)}
    message_id = message_to_tell(request.subject)
    complaint_id = told_of(message_id) if message_id is not None else None
    held = complaint_id is not None and open_complaint_hold(desk.session, desk.account, complaint_id) is not None
    if request.subject not in waiting and not held:
        known = ", ".join(sorted(waiting)) or "nothing"
        raise RefusedError("unknown_task", f"nobody was asked about {request.subject} here; what waits: {known}")
    if complaint_id is not None and resolved_before(desk.session, desk.account, complaint_id) is None:
        raise RefusedError("complaint_open", f"complaint {complaint_id} is not decided; there is nothing to tell yet")
    if complaint_id is not None:
        end_complaint(desk, complaint_id)
    event = TaskCompleted(request.subject, desk.now)
    return Effect((event,), {"subject": request.subject, "status": "completed"})


def told_by_contact(desk: Desk, contact: Contact) -> tuple[tuple[CaseEvent, ...], str]:
    """What follows from an answer that has left: its complaint's hold ends.

    Returns:
        The events, and the id of the fact that the person's other cases must hear, empty if none must.
    """
    complaint_id = told_of(contact.message_id) if contact.message_id is not None else None
    if complaint_id is None or contact.status not in LEFT_AND_NOT_LOST:
        return (), ""
    return (ComplaintTold(complaint_id, desk.now),), end_complaint(desk, complaint_id)


def ask_to_tell(desk: Desk, contact: Contact) -> None:
    """Ask a person to tell what a message about a complaint said that left and did not arrive."""
    if contact.occasion in _ABOUT_COMPLAINTS and contact.message_id is not None:
        subject, deadline = tell_subject(contact.message_id), desk.now + desk.policy.review_within
        person_tasks.ask(desk.session, desk.account.account_id, subject, desk.now, deadline)


def end_complaint(desk: Desk, complaint_id: str) -> str:
    """End the hold of a complaint in the records; answers the id of the fact that the other cases must hear, if any.

    Ended again it answers the same.
    """
    hold = open_complaint_hold(desk.session, desk.account, complaint_id, also_ended=True)
    if hold is None:
        return ""
    end_hold(desk.session, desk.account.debtor_id, desk.account.account_id, HoldKind(hold.kind), complaint_id, desk.now)
    if hold.scope != EVERY_ACCOUNT:
        return ""
    event_id = f"told-{hold.number}"
    body = {"event_id": event_id, "occurred_at": desk.now.isoformat(), "hold_kind": hold.kind, "hold_id": complaint_id}
    spread(desk, event_id, "lift_hold", body)
    return event_id


def _heard(desk: Desk, request: ResolveComplaint, complaint: Complaint) -> tuple[str, dict[str, Any]] | None:
    """The fact by which the person's other cases know at once that a complaint is decided; their hold goes on."""
    if hold_kind_of(complaint.category) is not HoldKind.COMPLAINT:
        return None
    ids = {"event_id": request.request_id, "occurred_at": desk.now.isoformat()}
    return "hear_decision", {**ids, "complaint_id": complaint.complaint_id, "outcome": request.outcome.value}


def _lift(desk: Desk, request: ResolveComplaint, complaint: Complaint) -> tuple[str, dict[str, Any]] | None:
    """End the hold of a complaint at once; answers the fact that the person's other cases must hear."""
    kind, hold_id = hold_kind_of(complaint.category), complaint.complaint_id
    end_hold(desk.session, desk.account.debtor_id, desk.account.account_id, kind, hold_id, desk.now)
    ids = {"event_id": request.request_id, "occurred_at": desk.now.isoformat()}
    return ("lift_hold", {**ids, "hold_kind": kind, "hold_id": hold_id}) if kind is HoldKind.COMPLAINT else None


def _owed(
    desk: Desk, occasion: ReplyOccasion, subject: str, deadline: datetime, *, by_message: bool = True
) -> tuple[MessagesOwed, ...]:
    """A message that a person tells if it cannot go; where nothing can be written, a person is asked at once."""
    message = owe(desk, occasion, subject, desk.now, deadline)
    if by_message:
        return (MessagesOwed((replace(message, by_person=True),)),)
    person_tasks.ask(desk.session, desk.account.account_id, tell_subject(message.message_id), desk.now, deadline)
    return ()


def _undecided(desk: Desk, complaint_id: str, case: Case) -> tuple[Complaint, RecordedHold]:
    complaint = case.open_complaint(complaint_id)
    hold = open_complaint_hold(desk.session, desk.account, complaint_id)
    if complaint is None or hold is None:
        raise RefusedError("unknown_complaint", f"no undecided complaint {complaint_id} on this account")
    if resolved_before(desk.session, desk.account, complaint_id) is not None:
        raise RefusedError("unknown_complaint", f"complaint {complaint_id} was decided before")
    return complaint, hold


def _refuse_known(desk: Desk, fact: FileComplaint) -> None:
    """Two complaints under one id would be one to everybody, and the second never answered."""
    known = filed_under_other_event(desk.session, desk.account, fact.complaint_id, fact.category, fact.event_id)
    if known is not None:
        words = f"complaint {fact.complaint_id} was filed before, by event {known.message_id}"
        raise RefusedError("complaint_known", f"{words}; give a new complaint an id of its own")


def _require_somebody_else(complaint: Complaint, by: str) -> None:
    if complaint.agent_id is not None and same_person(complaint.agent_id, by):
        words = f"a complaint is dealt with by somebody else than the agent it names, {complaint.agent_id}"
        raise RefusedError("conflict_of_interest", words)


def _no_more_time(jurisdiction: str, extended_days: Sequence[int]) -> str:
    if not extended_days:
        return f"the rules of {jurisdiction} know no extensions; decide the complaint"
    known = " and then to ".join(map(str, extended_days))
    return f"it has all the time that the rules of {jurisdiction} give, extended to {known} days; decide the complaint"


def _times(desk: Desk) -> ComplaintTimes:
    rules, policy = desk.pack.complaints, desk.policy.complaints
    lawful = timedelta(days=rules.decide_within_days)
    return ComplaintTimes(
        rules.acknowledge_within_working_days, min(policy.decide_within, lawful), policy.remind_before
    )


def _calendar(desk: Desk) -> HolidayCalendar:
    return desk.pack.holidays.calendar(desk.pack.known_region(desk.account.jurisdiction.partition("-")[2]))
