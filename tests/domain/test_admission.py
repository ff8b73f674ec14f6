"""Which well-formed messages a case refuses because of its own state: each refusal's code and words."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.admission import refusal_of
from domain.case import CallTask, Case, Complaint, Plan, PlanInstalment, Referral, Waiver
from domain.events import ComplaintFiled, HoldPlaced, PlanAgreed, TimePassed, apply
from domain.facts import (
    AgreePlan,
    FileComplaint,
    Message,
    RecordCallOutcome,
    RecordLegalOutcome,
    RecordPayment,
    ReportHardship,
)
from domain.orders import Refusal
from domain.requests import (
    BeginCall,
    CloseCase,
    DecideLegalReferral,
    DecideWaiver,
    EndCircumstance,
    GrantGrace,
    HoldCase,
    ProposePlan,
    ResolveComplaint,
    ResumeCase,
)
from domain.terms import HoldKind
from tests.domain.builders import case, day, hold

NOW = day(10)
TODAY = NOW.date()
FACT = {"event_id": "e-1", "occurred_at": NOW}
IN_FORCE = Plan("plan-1", (PlanInstalment(day(20), 10_000),), agreed_at=day(5))
COMPLAINED = apply(case(), ComplaintFiled(Complaint("c-1", "conduct", day(15), agent_id="agent-1"), day(2)))
REVIEWED = replace(case(), referral=Referral("ref-1", "digest-1"))


def refused(case: Case, message: Message) -> Refusal | None:
    """Why the case refuses a message on day 10."""
    return refusal_of(case, message, NOW)


def code(case: Case, message: Message) -> str | None:
    """The refusal's code."""
    refusal = refused(case, message)
    return refusal.code if refusal is not None else None


def agreeing(plan_id: str = "plan-2", **changes: Any) -> AgreePlan:
    """An agreement to a plan of one instalment in ten days."""
    instalments = [{"due_date": day(20).date(), "amount": "100.00"}]
    body = {**FACT, "plan_id": plan_id, "agreed_by": "agent-1", "instalments": instalments, **changes}
    return AgreePlan.model_validate(body)


def proposing(first_due_date: object = day(20).date()) -> ProposePlan:
    """A proposal of three instalments."""
    body = {"request_id": "r-1", "instalment_count": 3, "first_due_date": first_due_date, "proposed_by": "agent-1"}
    return ProposePlan.model_validate(body)


def calling(outcome: str, promise: object = None) -> RecordCallOutcome:
    """What came of a call, with a promise or without."""
    body = {
        **FACT,
        "call_id": "call-1",
        "outcome": outcome,
        "agent_id": "agent-1",
        "direction": "inbound",
        "number_ref": "number-1",
        "dialled_at": NOW,
        "connected": True,
        "promise": promise,
    }
    return RecordCallOutcome.model_validate(body)


def resolving(complaint_id: str = "c-1", resolved_by: str = "ombudsman") -> ResolveComplaint:
    """A decision on a complaint."""
    return ResolveComplaint.model_validate(
        {
            "request_id": "r-1",
            "complaint_id": complaint_id,
            "outcome": "rejected",
            "resolved_by": resolved_by,
            "explanation_ref": "words-1",
        }
    )


def deciding(approve: bool = True, digest: str = "digest-1", referral_id: str = "ref-1") -> DecideLegalReferral:
    """A decision on a referral."""
    return DecideLegalReferral(
        request_id="r-1",
        referral_id=referral_id,
        checklist_digest=digest,
        approve=approve,
        reason_code="reviewed",
        decided_by="counsel-1",
    )


def holding(hold_id: str = "m-1", until: object = None) -> HoldCase:
    """A hold by hand."""
    body = {"request_id": "r-1", "hold_id": hold_id, "reason_code": "asked", "held_by": "lead-1", "until": until}
    return HoldCase.model_validate(body)


CLOSING = CloseCase(request_id="r-1", reason_code="too_small", closed_by="lead-1")
RESUMING = ResumeCase(request_id="r-1", hold_id="h1", reason_code="done", resumed_by="lead-1")
ENDING = EndCircumstance(request_id="r-1", circumstance_id="h1", reason_code="is_over", ended_by="lead-1")


def test_what_has_nothing_to_do_with_the_state_is_taken() -> None:
    payment = RecordPayment.model_validate(
        {**FACT, "payment_id": "p-1", "amount": "1.00", "currency": "CNY", "received_at": NOW}
    )
    complaint = FileComplaint.model_validate({**FACT, "complaint_id": "c-1", "category": "conduct"})
    assert refused(case(), payment) is None
    assert refused(case(), complaint) is None


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        (NOW, "date_in_past"),
        (day(9), "date_in_past"),
        (day(10.001), None),
        (day(8).date(), "date_in_past"),
        (day(9).date(), None),
        (TODAY, None),
        (None, None),
    ],
)
def test_time_is_given_to_a_later_moment_or_to_a_day_that_may_not_have_passed_everywhere(
    until: object, expected: str | None
) -> None:
    hardship = {**FACT, "hardship_id": "h-1", "reason_code": "job_lost", "until": until}
    assert code(case(), ReportHardship.model_validate(hardship)) == expected
    assert code(case(), holding(until=until)) == expected
    if until is not None:
        grace = {"request_id": "r-1", "until": until, "reason_code": "illness", "granted_by": "agent-1"}
        assert code(case(), GrantGrace.model_validate(grace)) == expected


def test_a_day_has_passed_when_it_has_passed_everywhere_on_earth() -> None:
    last_of_may = {**FACT, "hardship_id": "h-1", "reason_code": "job_lost", "until": "2026-05-31"}
    fact = ReportHardship.model_validate(last_of_may)
    assert refusal_of(case(), fact, datetime(2026, 6, 1, 23, 59, tzinfo=UTC)) is None
    assert refusal_of(case(), fact, datetime(2026, 6, 2, 0, 0, tzinfo=UTC)) is not None


def test_one_plan_is_in_force_at_a_time() -> None:
    in_force = replace(case(), plan=IN_FORCE)
    assert code(in_force, agreeing()) == "plan_in_force"
    assert code(in_force, proposing()) == "plan_in_force"
    again = refusal_of(in_force, agreeing(IN_FORCE.plan_id), NOW)
    assert again is not None
    assert again.words == "plan plan-1 was agreed already and is in force; nothing is left to do"
    assert code(case(), agreeing()) is None
    assert code(case(), proposing()) is None


def test_a_plan_without_instalments_is_the_one_that_was_proposed() -> None:
    proposed = replace(case(), plan=replace(IN_FORCE, agreed_at=None))
    assert code(proposed, agreeing("plan-1", instalments=[])) is None
    assert code(proposed, agreeing("plan-2", instalments=[])) == "unknown_plan"
    assert code(case(), agreeing("plan-1", instalments=[])) == "unknown_plan"
    replaced = refusal_of(proposed, agreeing("plan-2", instalments=[]), NOW)
    assert replaced is not None
    assert replaced.words == "no plan plan-2 is on offer, the last is plan-1; propose it anew or send its instalments"


def test_a_plan_that_was_in_force_before_is_not_agreed_again_under_its_id() -> None:
    broken = apply(apply(case(), PlanAgreed("plan-1", IN_FORCE.instalments, day(1))), TimePassed(day(26)))
    assert broken.plan is None
    assert code(broken, agreeing("plan-1")) == "plan_reused"
    assert code(broken, agreeing("plan-2")) is None


def test_a_plan_begins_later_than_now() -> None:
    gone_by = [{"due_date": day(5).date(), "amount": "50.00"}, {"due_date": day(20).date(), "amount": "50.00"}]
    assert code(case(), agreeing(instalments=gone_by)) == "date_in_past"
    assert code(case(), proposing(day(5).date())) == "date_in_past"


def test_a_promise_comes_with_the_outcome_promised_and_only_then() -> None:
    promise = {"amount": "50.00", "date": day(20).date()}
    assert code(case(), calling("promised", promise)) is None
    assert code(case(), calling("promised")) == "promise_mismatch"
    assert code(case(), calling("reached", promise)) == "promise_mismatch"
    assert code(case(), calling("promised", {**promise, "date": day(5).date()})) == "date_in_past"


def test_counsel_reports_on_the_referral_that_was_handed_over() -> None:
    report = RecordLegalOutcome.model_validate({**FACT, "referral_id": "ref-1", "outcome": "settled"})
    handed_over = Referral("ref-1", "digest-1", approved_by="counsel-1", referred_at=day(9))
    assert code(replace(case(), referral=handed_over), report) is None
    assert code(replace(case(), referral=replace(handed_over, referral_id="ref-2")), report) == "unknown_referral"
    assert code(REVIEWED, report) == "unknown_referral"
    assert code(case(), report) == "unknown_referral"


def test_a_complaint_is_decided_once_by_somebody_else_than_the_agent_it_names() -> None:
    assert code(COMPLAINED, resolving()) is None
    assert code(COMPLAINED, resolving(resolved_by="agent-1")) == "conflict_of_interest"
    assert code(COMPLAINED, resolving("c-2")) == "unknown_complaint"
    decided = replace(COMPLAINED, complaints=(replace(COMPLAINED.complaints[0], outcome="upheld"),))
    assert code(decided, resolving()) == "unknown_complaint"


def test_a_waiver_is_decided_once_by_somebody_else_than_who_asked_for_it() -> None:
    asked = replace(case(), waivers=(Waiver("w-1", 100, "agent-1"),))
    decision = DecideWaiver(request_id="r-1", waiver_id="w-1", approve=True, decided_by="lead-1")
    assert code(asked, decision) is None
    assert code(asked, decision.model_copy(update={"decided_by": "agent-1"})) == "conflict_of_interest"
    assert code(case(), decision) == "unknown_waiver"
    assert code(replace(case(), waivers=(Waiver("w-1", 100, "agent-1", approved=False),)), decision) == "unknown_waiver"


def test_a_referral_is_decided_once_by_whoever_read_its_very_checklist_and_approved_only_if_it_is_complete() -> None:
    incomplete = replace(case(), referral=Referral("ref-1", "digest-1", missing=("final_notice_sent",)))
    decided = replace(case(), referral=Referral("ref-1", "digest-1", approved_by="counsel-2"))
    assert code(REVIEWED, deciding()) is None
    assert code(REVIEWED, deciding(digest="digest-0")) == "checklist_changed"
    assert code(REVIEWED, deciding(referral_id="ref-0")) == "unknown_referral"
    assert code(decided, deciding()) == "unknown_referral"
    assert code(case(), deciding()) == "unknown_referral"
    assert code(incomplete, deciding()) == "checklist_incomplete"
    assert code(incomplete, deciding(approve=False)) is None


def test_a_call_is_begun_while_it_waits_and_by_one_agent_at_a_time() -> None:
    begin = BeginCall(request_id="r-1", call_id="call-1", agent_id="agent-1")
    waiting = replace(case(), call=CallTask("call-1", day(12)))
    dialling = replace(case(), call=CallTask("call-1", day(12), permit_until=day(10.001)))
    lapsed = replace(case(), call=CallTask("call-1", day(12), permit_until=day(9.999)))
    assert code(waiting, begin) is None
    assert code(lapsed, begin) is None
    assert code(dialling, begin) == "call_in_progress"
    assert code(replace(case(), call=CallTask("call-2", day(12))), begin) == "unknown_call"
    assert code(case(), begin) == "unknown_call"


def test_a_hold_by_hand_has_an_id_of_its_own_and_is_ended_by_it() -> None:
    held = replace(case(), holds=(hold(2, hold_id="h1"),))
    assert code(held, holding("h1")) == "hold_exists"
    assert code(held, holding("h2")) is None
    assert code(held, RESUMING) is None
    assert code(case(), RESUMING) == "unknown_hold"
    assert code(replace(case(), holds=(hold(2, 5, "h1"),)), RESUMING) == "unknown_hold"


def test_a_hold_that_is_not_by_hand_is_not_resumed_by_hand() -> None:
    refusal = refused(replace(case(), holds=(hold(2, hold_id="m-2"), hold(2, kind=HoldKind.COMPLAINT))), RESUMING)
    assert refusal == Refusal("unknown_hold", "no open manual hold h1; open manual holds: m-2")


@pytest.mark.parametrize("kind", list(HoldKind))
def test_a_person_ends_a_circumstance_but_not_what_has_an_end_of_its_own(kind: HoldKind) -> None:
    held = apply(case(), HoldPlaced(hold(2, kind=kind)))
    ended_otherwise = kind in ("complaint", "dispute", "plan", "promise", "manual")
    assert (code(held, ENDING) == "unknown_circumstance") is ended_otherwise
    assert code(case(), ENDING) == "unknown_circumstance"


def test_a_debt_is_not_given_up_over_an_open_complaint_or_while_counsel_has_it() -> None:
    approved = replace(case(), referral=Referral("ref-1", "digest-1", approved_by="counsel-1"))
    assert code(case(), CLOSING) is None
    assert code(REVIEWED, CLOSING) is None
    assert code(COMPLAINED, CLOSING) == "complaint_open"
    assert code(approved, CLOSING) == "referred"
