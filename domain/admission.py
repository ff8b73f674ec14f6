"""Which well-formed messages a case refuses because of its own state, and in which words."""

from datetime import date, datetime
from functools import singledispatch
from typing import assert_never

from domain.case import Case, Referral
from domain.facts import (
    AgreePlan,
    CallOutcome,
    Message,
    RecordCallOutcome,
    RecordLegalOutcome,
    RecordPromise,
    ReportHardship,
)
from domain.holds import LIMITATION_PLEADED, Hold
from domain.orders import Refusal
from domain.progress import may_be_renegotiated
from domain.requests import (
    REQUESTS,
    BeginCall,
    CloseCase,
    CounterPlan,
    DecideLegalReferral,
    DecideStoppedCase,
    DecideWaiver,
    EndCircumstance,
    GrantGrace,
    HoldCase,
    ProposePlan,
    Request,
    ResolveComplaint,
    ResumeCase,
    StoppedChoice,
    WithdrawReferral,
)
from domain.terms import HoldKind, Stage

REQUESTS_AFTER_THE_END = frozenset({"resolve_complaint", "end_circumstance", "end_contact_preference", "complete_task"})
"""Requests that are still carried out when the case has ended: what stops contact with the person must be ended."""

_TAKEN_AFTER_THE_END = tuple(REQUESTS[name] for name in sorted(REQUESTS_AFTER_THE_END))
_IN_ERROR = "reported_in_error"
_NO_MORE_DEMANDS = (
    "the person has pleaded that the debt is too old, so its demands do not go on; close the case, "
    f"or if nobody has pleaded it, resume with the reason {_IN_ERROR}"
)
_ENDED_BY_OTHER_MEANS = frozenset(
    {HoldKind.COMPLAINT, HoldKind.DISPUTE, HoldKind.PLAN, HoldKind.PROMISE, HoldKind.MANUAL}
)


def circumstance_hold(case: Case, circumstance_id: str, now: datetime) -> Hold | None:
    """The open hold of that id that a person may end because it is over."""
    holds = (hold for hold in case.open_holds(now) if hold.kind not in _ENDED_BY_OTHER_MEANS)
    return next((hold for hold in holds if hold.hold_id == circumstance_id), None)


def refusal_of(case: Case, message: Message, now: datetime) -> Refusal | None:
    """Why the case does not take the message, or none if it does."""
    return _refusal_after_the_end(case, message) or _refusal(message, case, now)


def _refusal_after_the_end(case: Case, message: Message) -> Refusal | None:
    """Why a case that has ended, and only sends its last answers, does not take a request; facts it takes."""
    asks = isinstance(message, Request | AgreePlan) and not isinstance(message, _TAKEN_AFTER_THE_END)
    if case.closed is None or not case.answers_after_end or not asks:
        return None
    return Refusal("closed", f"the case has ended ({case.closed.reason}) and takes no such request any more")


@singledispatch
def _refusal(_message: Message, _case: Case, _now: datetime) -> Refusal | None:
    return None


@_refusal.register
def _(message: ReportHardship, _case: Case, now: datetime) -> Refusal | None:
    return _past(message.until, now)


@_refusal.register
def _(message: GrantGrace, _case: Case, now: datetime) -> Refusal | None:
    return _past(message.until, now)


@_refusal.register
def _(message: AgreePlan, case: Case, now: datetime) -> Refusal | None:
    if _plan_stands(case, now):
        return _plan_in_force(case, "agreed", again=case.plan is not None and case.plan.plan_id == message.plan_id)
    plan = case.new_plan if may_be_renegotiated(case, now) else case.plan
    if any(hold.kind is HoldKind.PLAN and hold.hold_id == message.plan_id for hold in case.holds):
        return Refusal("plan_reused", f"plan {message.plan_id} was in force before; agree another under its own id")
    if not message.instalments and (plan is None or plan.plan_id != message.plan_id):
        last = f"no plan {message.plan_id} is on offer" + (f", the last is {plan.plan_id}" if plan is not None else "")
        return Refusal("unknown_plan", f"{last}; propose it anew or send its instalments")
    return _past(min((each.due_date for each in message.instalments), default=None), now)


@_refusal.register
def _(message: ProposePlan, case: Case, now: datetime) -> Refusal | None:
    if _plan_stands(case, now):
        return _plan_in_force(case, "proposed")
    return _past(message.first_due_date, now)


@_refusal.register
def _(_message: CounterPlan, case: Case, now: datetime) -> Refusal | None:
    return _plan_in_force(case, "proposed") if _plan_stands(case, now) else None


@_refusal.register
def _(message: RecordCallOutcome, _case: Case, now: datetime) -> Refusal | None:
    if (message.outcome is CallOutcome.PROMISED) != (message.promise is not None):
        return Refusal("promise_mismatch", "a promise is given with outcome 'promised', and only then")
    return _past(message.promise.date, now) if message.promise is not None else None


@_refusal.register
def _(message: RecordPromise, _case: Case, now: datetime) -> Refusal | None:
    return _past(message.date, now)


@_refusal.register
def _(message: RecordLegalOutcome | WithdrawReferral, case: Case, _now: datetime) -> Refusal | None:
    referral = case.referral
    if referral is None or referral.referral_id != message.referral_id or referral.referred_at is None:
        words = f"referral {message.referral_id} was not handed over for this account"
        mend = "; whoever wants to stop one that is approved holds the case (hold_case), which makes the approval void"
        return Refusal("unknown_referral", words + (mend if _is_approved(referral, message.referral_id) else ""))
    return None


@_refusal.register
def _(message: ResolveComplaint, case: Case, _now: datetime) -> Refusal | None:
    complaint = case.open_complaint(message.complaint_id)
    if complaint is None:
        return Refusal("unknown_complaint", f"no undecided complaint {message.complaint_id} on this account")
    if complaint.agent_id is not None and complaint.agent_id == message.resolved_by:
        return Refusal("conflict_of_interest", "a complaint is decided by somebody else than the agent it names")
    return None


@_refusal.register
def _(message: DecideWaiver, case: Case, _now: datetime) -> Refusal | None:
    waiver = next((each for each in case.waivers if each.waiver_id == message.waiver_id), None)
    if waiver is None or not waiver.undecided:
        undecided = ", ".join(each.waiver_id for each in case.waivers if each.undecided) or "none"
        return Refusal("unknown_waiver", f"no undecided waiver {message.waiver_id}; undecided waivers: {undecided}")
    if waiver.requested_by == message.decided_by:
        return Refusal("conflict_of_interest", "a waiver is decided by somebody else than who requested it")
    return None


@_refusal.register
def _(message: DecideLegalReferral, case: Case, _now: datetime) -> Refusal | None:
    referral = case.referral
    if referral is None or referral.referral_id != message.referral_id or referral.approved_by is not None:
        return Refusal("unknown_referral", f"no undecided referral {message.referral_id} on this account")
    if referral.checklist_digest != message.checklist_digest:
        return Refusal(
            "checklist_changed", f"the checklist is now {referral.checklist_digest}; read it and decide again"
        )
    if message.approve and referral.missing:
        return Refusal("checklist_incomplete", f"cannot be approved while missing: {', '.join(referral.missing)}")
    return None


@_refusal.register
def _(message: BeginCall, case: Case, now: datetime) -> Refusal | None:
    call = case.call
    if call is None or call.call_id != message.call_id:
        return Refusal("unknown_call", f"no call {message.call_id} is waiting on this account")
    if call.permit_until is not None and now < call.permit_until:
        return Refusal("call_in_progress", f"a permit for this call runs until {call.permit_until:%Y-%m-%dT%H:%M:%SZ}")
    return None


@_refusal.register
def _(message: HoldCase, case: Case, now: datetime) -> Refusal | None:
    if any(hold.kind is HoldKind.MANUAL and hold.hold_id == message.hold_id for hold in case.holds):
        return Refusal("hold_exists", f"hold {message.hold_id} exists already; use another id")
    return _past(message.until, now)


@_refusal.register
def _(message: ResumeCase, case: Case, now: datetime) -> Refusal | None:
    holds = {hold.hold_id: hold for hold in case.open_holds(now) if hold.kind is HoldKind.MANUAL}
    hold = holds.get(message.hold_id)
    if hold is None:
        known = ", ".join(holds) or "none"
        return Refusal("unknown_hold", f"no open manual hold {message.hold_id}; open manual holds: {known}")
    if hold.reason == LIMITATION_PLEADED and message.reason_code != _IN_ERROR:
        return Refusal(LIMITATION_PLEADED, _NO_MORE_DEMANDS)
    return None


@_refusal.register
def _(message: EndCircumstance, case: Case, now: datetime) -> Refusal | None:
    if circumstance_hold(case, message.circumstance_id, now) is None:
        words = f"no open circumstance, hardship or grace {message.circumstance_id} on this account"
        return Refusal("unknown_circumstance", words)
    return None


@_refusal.register
def _(message: DecideStoppedCase, case: Case, now: datetime) -> Refusal | None:
    if not any(hold.kind is HoldKind.CEASE_CONTACT for hold in case.open_holds(now)):
        return Refusal("not_stopped", "the person has not stopped all contact, so that there is nothing to choose")
    match message.choice:
        case StoppedChoice.CLOSE:
            return _not_to_be_closed(case)
        case StoppedChoice.WAIT:
            return _past(message.until, now)
        case StoppedChoice.LEGAL_REVIEW if case.stage is Stage.LEGAL:
            return _with_counsel()
        case StoppedChoice.LEGAL_REVIEW:
            return None
        case _:
            assert_never(message.choice)


@_refusal.register
def _(_message: CloseCase, case: Case, _now: datetime) -> Refusal | None:
    return _not_to_be_closed(case)


def _not_to_be_closed(case: Case) -> Refusal | None:
    if any(complaint.outcome is None for complaint in case.complaints):
        return Refusal("complaint_open", "an undecided complaint keeps the case open; resolve it first")
    if case.referral is not None and case.referral.approved_by is not None:
        return _with_counsel()
    return None


def _is_approved(referral: Referral | None, referral_id: str) -> bool:
    return referral is not None and referral.referral_id == referral_id and referral.approved_by is not None


def _plan_stands(case: Case, now: datetime) -> bool:
    """Whether a plan is in force and no new one may replace it."""
    return case.plan is not None and case.plan.agreed_at is not None and not may_be_renegotiated(case, now)


def _plan_in_force(case: Case, done: str, *, again: bool = False) -> Refusal:
    plan_id = case.plan.plan_id if case.plan is not None else ""
    if again:
        return Refusal("plan_in_force", f"plan {plan_id} was agreed already and is in force; nothing is left to do")
    return Refusal("plan_in_force", f"plan {plan_id} is in force; it must end before another is {done}")


def _with_counsel() -> Refusal:
    return Refusal("referred", "the account is with counsel; record the legal outcome instead")


def _past(when: date | datetime | None, now: datetime) -> Refusal | None:
    """A day has passed when it has passed everywhere on earth; the records judge it in the debtor's own zone."""
    if when is None:
        return None
    passed = when <= now if isinstance(when, datetime) else (now.date() - when).days > 1
    return Refusal("date_in_past", f"{when.isoformat()} is in the past; give a later date") if passed else None
