"""What each request does in the records and to the case, and the answer that its caller gets."""

from functools import singledispatch
from typing import Any

from activities.booking_hardship import grant_grace, offer_at_end
from activities.booking_plans import agree_plan, counter_plan, propose_plan
from activities.booking_waivers import decide_waiver, request_waiver
from activities.complaints import complete_task, extend_complaint, resolve_complaint
from activities.contact_preferences import end_preference
from activities.counsel_notices import note_withdrawal
from activities.credit_reports import announce
from activities.debt_verification import verify_debt
from activities.desk import Desk, RefusedError
from activities.duties import note_given_otherwise
from activities.effects import Effect
from activities.stop_of_contact import carry_out_choice
from activities.times import ends_at
from activities.track_choice import set_track
from domain.admission import circumstance_hold
from domain.case import Case
from domain.events import (
    CaseClosed,
    HoldEnded,
    HoldPlaced,
    ReferralDecided,
)
from domain.facts import AgreePlan, LegalOutcome, Message
from domain.holds import Hold
from domain.requests import (
    AnnounceCreditReport,
    CloseCase,
    CompleteTask,
    CounterPlan,
    DecideLegalReferral,
    DecideStoppedCase,
    DecideWaiver,
    EndCircumstance,
    EndContactPreference,
    ExtendComplaint,
    GrantGrace,
    HoldCase,
    ProposePlan,
    RecordDutyDone,
    Request,
    RequestWaiver,
    ResolveComplaint,
    ResumeCase,
    SetTrack,
    VerifyDebt,
    WithdrawReferral,
)
from domain.terms import PERSON_WIDE_HOLDS, ClosedReason, HoldKind
from storage.agents import authority_of
from storage.people import end_hold, record_hold
from storage.tables import LegalReferral


def book_request(desk: Desk, request: Message, case: Case | None) -> Effect:
    """Book a request, or an agreed plan, which like a request needs its case.

    Raises:
        RefusedError: if the records or the policy do not allow it.
    """
    if case is None:
        raise RefusedError(
            "not_collected",
            "the account is not being collected: start it if it never was; a case that has ended takes no requests",
        )
    return _book(request, desk, case)


@singledispatch
def _book(request: Message, _desk: Desk, _case: Case) -> Effect:
    raise TypeError(f"{type(request).__name__} is not booked")


@_book.register
def _(fact: AgreePlan, desk: Desk, case: Case) -> Effect:
    return agree_plan(desk, fact, case)


@_book.register
def _(request: ProposePlan, desk: Desk, _case: Case) -> Effect:
    return propose_plan(desk, request)


@_book.register
def _(request: CounterPlan, desk: Desk, _case: Case) -> Effect:
    return counter_plan(desk, request)


@_book.register
def _(request: ResolveComplaint, desk: Desk, case: Case) -> Effect:
    return resolve_complaint(desk, request, case)


@_book.register
def _(request: ExtendComplaint, desk: Desk, case: Case) -> Effect:
    return extend_complaint(desk, request, case)


@_book.register
def _(request: CompleteTask, desk: Desk, _case: Case) -> Effect:
    return complete_task(desk, request)


@_book.register
def _(request: GrantGrace, desk: Desk, _case: Case) -> Effect:
    return grant_grace(desk, request)


@_book.register
def _(request: RequestWaiver, desk: Desk, case: Case) -> Effect:
    return request_waiver(desk, request, case)


@_book.register
def _(request: DecideWaiver, desk: Desk, case: Case) -> Effect:
    return decide_waiver(desk, request, case)


@_book.register
def _(request: SetTrack, desk: Desk, case: Case) -> Effect:
    return set_track(desk, request, case)


@_book.register
def _(request: DecideLegalReferral, desk: Desk, case: Case) -> Effect:
    referral = desk.session.get(LegalReferral, request.referral_id)
    if referral is None or referral.checklist_digest != request.checklist_digest:
        raise RefusedError("checklist_changed", "the checklist has changed; read it and decide again")
    authority = _authority_to_refer(desk, request.decided_by) if request.approve else None
    referral.approved_by = request.decided_by if request.approve else None
    desk.session.add(referral)
    again_at = desk.now + case.timetable.review_within
    event = ReferralDecided(request.approve, request.decided_by, again_at)
    answer = {"referral_id": request.referral_id, "approved": request.approve}
    return Effect((event,), answer, trail={"authority": authority})


@_book.register
def _(request: WithdrawReferral, desk: Desk, _case: Case) -> Effect:
    authority = _authority_to_refer(desk, request.withdrawn_by)
    referral = desk.session.get_one(LegalReferral, request.referral_id)
    referral.outcome = LegalOutcome.WITHDRAWN
    desk.session.add(referral)
    note_withdrawal(desk, referral, request.reason_code)
    event = CaseClosed(ClosedReason.LEGAL_OUTCOME, desk.now, LegalOutcome.WITHDRAWN)
    answer = {"referral_id": request.referral_id, "status": "withdrawn"}
    return Effect((event,), answer, trail={"authority": authority})


@_book.register
def _(request: HoldCase, desk: Desk, _case: Case) -> Effect:
    until = ends_at(request.until, desk) if request.until is not None else None
    return _hold_account(desk, Hold(HoldKind.MANUAL, request.hold_id, desk.now, until, reason=request.reason_code))


@_book.register
def _(request: ResumeCase, desk: Desk, _case: Case) -> Effect:
    _end_hold(desk, HoldKind.MANUAL, request.hold_id)
    return Effect(
        (HoldEnded(HoldKind.MANUAL, request.hold_id, desk.now),), {"hold_id": request.hold_id, "status": "ended"}
    )


@_book.register
def _(request: EndCircumstance, desk: Desk, case: Case) -> Effect:
    hold = circumstance_hold(case, request.circumstance_id, desk.now)
    if hold is None:
        raise RefusedError("unknown_circumstance", f"no open circumstance {request.circumstance_id} on this account")
    _end_hold(desk, hold.kind, hold.hold_id)
    events = (HoldEnded(hold.kind, hold.hold_id, desk.now), *offer_at_end(desk, hold.kind, hold.hold_id))
    answer = {"circumstance_id": hold.hold_id, "status": "ended"}
    if hold.kind not in PERSON_WIDE_HOLDS:
        return Effect(events, answer)
    return Effect(events, answer, tell=_lift(desk, request, hold.kind, hold.hold_id))


@_book.register
def _(request: VerifyDebt, desk: Desk, case: Case) -> Effect:
    return verify_debt(desk, request, case)


@_book.register
def _(request: AnnounceCreditReport, desk: Desk, _case: Case) -> Effect:
    return announce(desk, request)


@_book.register
def _(request: RecordDutyDone, desk: Desk, _case: Case) -> Effect:
    note_given_otherwise(desk, request)
    return Effect(answer={"message_id": request.message_id, "status": "given"})


@_book.register
def _(request: DecideStoppedCase, desk: Desk, _case: Case) -> Effect:
    waits = None
    if request.until is not None:
        until = ends_at(request.until, desk)
        waits = Hold(HoldKind.MANUAL, f"wait-{request.request_id}", desk.now, until, reason=request.reason_code)
    return carry_out_choice(desk, request, waits)


@_book.register
def _(request: EndContactPreference, desk: Desk, _case: Case) -> Effect:
    return end_preference(desk, request.preference_id)


@_book.register
def _(request: CloseCase, desk: Desk, _case: Case) -> Effect:
    event = CaseClosed(ClosedReason.WRITTEN_OFF, desk.now, request.reason_code)
    return Effect((event,), {"status": "closed"})


def _authority_to_refer(desk: Desk, decided_by: str) -> int:
    """The authority of who approves or withdraws a referral, which must be what the policy asks for."""
    needed, authority = desk.policy.legal_review.authority, authority_of(desk.session, decided_by)
    if needed is not None and authority < needed:
        who = f"{decided_by} has authority {authority}"
        words = f"{who}; a referral is approved and withdrawn by somebody with {needed} or more"
        raise RefusedError("no_authority", words)
    return authority


def _hold_account(desk: Desk, hold: Hold) -> Effect:
    record_hold(desk.session, desk.account.debtor_id, desk.account.account_id, hold)
    until = hold.until.isoformat() if hold.until is not None else None
    return Effect((HoldPlaced(hold),), {"hold_id": hold.hold_id, "until": until})


def _end_hold(desk: Desk, kind: HoldKind, hold_id: str) -> None:
    end_hold(desk.session, desk.account.debtor_id, desk.account.account_id, kind, hold_id, desk.now)


def _lift(desk: Desk, request: Request, kind: HoldKind, hold_id: str) -> tuple[str, dict[str, Any]]:
    """The fact by which the person's other cases learn that a hold on the person has ended."""
    body = {"event_id": request.request_id, "occurred_at": desk.now.isoformat(), "hold_kind": kind, "hold_id": hold_id}
    return "lift_hold", body
