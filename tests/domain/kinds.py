"""Which kinds of things came to pass in a life: generated lives must have met every one of them often enough."""

from collections.abc import Iterator

from domain.events import ContactSent, ReferralDecided, ReferralVoided, Referred, TrackSet
from domain.requests import DecideStoppedCase, ResolveComplaint
from domain.terms import Track
from tests.domain.chronicle import changes, milestones
from tests.domain.simulator import Life

KINDS = frozenset(
    {
        *(f"state {each}" for each in ("collecting", "on_hold", "in_plan", "awaiting_call", "legal_review", "legal")),
        *(f"closed {each}" for each in ("cured", "settled", "written_off", "extinguished")),
        *(f"counsel {each}" for each in ("settled", "judgment", "withdrawn")),
        *(f"promise_{each}" for each in ("kept", "partly_kept", "broken")),
        *(f"plan_{each}" for each in ("kept", "broken", "missed", "replaced", "caught_up")),
        *(f"waiver {each}" for each in ("booked", "lapsed", "taken back")),
        *(f"remedy {each}" for each in ("correct_balance", "waive", "apologise", "restart_gentler", "cease_contact")),
        *(f"left {each}" for each in ("check_in", "offer", "plan_agreement", "plan_reminder", "promise_reminder")),
        *(f"left {each}" for each in ("complaint_acknowledgement", "complaint_outcome", "track_finding")),
        *(f"choice {each}" for each in ("close", "wait", "legal_review")),
        *(f"hold {each}" for each in ("complaint", "dispute", "hardship", "grace", "manual", "cease_contact")),
        *(f"refused {each}" for each in ("conflict_of_interest", "plan_in_force", "promises_open", "promise_conflict")),
        *(f"refused {each}" for each in ("checklist_incomplete", "limitation_pleaded", "agent_suspended")),
        *("late interest", "late fee", "interest at its cap", "two promises", "reopened", "stage_entered", "referred"),
        *("remedy retrain_agent", "complaint_overdue", "waiver_lapsed", "firm_proposed", "track_changed", "made firm"),
        *("referral voided", "referral refused", "referred after a chosen review", "told again"),
    }
)
"""What generated lives must meet."""


def kinds_of(life: Life) -> set[str]:
    """What of it came to pass."""
    return {*_of_changes(life), *_of_messages(life), *_of_money(life)} & KINDS


def _of_changes(life: Life) -> Iterator[str]:
    for change in life.changes:
        yield from milestones(change)
        yield f"state {change.after.state(change.at)}"
        yield from (f"hold {hold.kind}" for hold in change.after.open_holds(change.at))
        yield "two promises" if change.after.later_promises else ""
        yield from _of_event(change.event)
        closed = change.after.closed
        if closed is not None:
            yield f"closed {closed.reason}"
            yield f"counsel {closed.detail}"
    referred = next(changes(life, Referred), None)
    yield "referred" if referred is not None else ""
    yield "referred after a chosen review" if referred is not None and referred.before.chosen_review else ""


def _of_event(event: object) -> Iterator[str]:
    match event:
        case ContactSent(message_id=message_id):
            yield f"left {message_id.partition('.')[0]}"
        case TrackSet(track=Track.FIRM):
            yield "made firm"
        case ReferralDecided(approve=False):
            yield "referral refused"
        case ReferralVoided():
            yield "referral voided"


def _of_messages(life: Life) -> Iterator[str]:
    for booked in life.booked:
        match booked.message:
            case ResolveComplaint(remedies=remedies):
                yield from (f"remedy {each.kind}" for each in remedies)
            case DecideStoppedCase(choice=choice):
                yield f"choice {choice}"
    yield from (f"refused {refusal.code}" for _, refusal in life.refused)
    yield "told again" if len(life.told) > len(life.booked) + len(life.refused) else ""


def _of_money(life: Life) -> Iterator[str]:
    books = life.office.books
    for waiver in life.case.waivers:
        yield f"waiver {waiver.outcome}"
    yield "waiver taken back" if any(each.times and not each.booked_as for each in books.offers) else ""
    charged = books.statement(life.now).charged
    yield "late interest" if charged.interest_minor else ""
    yield "late fee" if charged.fees_minor else ""
    terms, cap = books.charging.terms, books.charging.cap_percent
    yield "interest at its cap" if charged.interest_minor and terms and cap and cap < terms.annual_percent else ""
