"""What must hold in every life: properties over generated timetables, debts, habits and scripts.

What stopped contact is judged by ``oracle`` from what was told, and never from what the case made of it.
"""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import find, given, settings
from pydantic import TypeAdapter

from domain.case import Case
from domain.events import (
    CallEnded,
    CallPermitted,
    ComplaintFiled,
    ComplaintResolved,
    DebtChanged,
    HoldEnded,
    HoldPlaced,
    PlanAgreed,
    PromiseTaken,
    ReferralDecided,
    Referred,
    WaiverDecided,
    WaiverRequested,
    apply,
)
from domain.facts import Message
from domain.next_step import StepKind, needs_person, next_step
from domain.requests import DecideLegalReferral
from domain.terms import CaseState, ClosedReason, Stage
from tests.domain.chronicle import (
    CONTACTS,
    PRESSING,
    STAGES,
    changes,
    closed_spans,
    deeds,
    left,
    milestones,
    stage_changes,
    stays,
)
from tests.domain.lives import LIFE, Script, scripts
from tests.domain.oracle import covered, in_force, stops

_TOLD_ONCE = (HoldPlaced, HoldEnded, PromiseTaken, PlanAgreed, ComplaintFiled, ComplaintResolved, DebtChanged)
_DECIDED_ONCE = (WaiverRequested, WaiverDecided, ReferralDecided, CallEnded, CallPermitted)
_CASES: TypeAdapter[Case] = TypeAdapter(Case)


@given(scripts())
def test_nobody_is_pressed_while_anything_stops_contact(script: Script) -> None:
    life = script.live()
    known = stops(life)
    for deed in deeds(life, PRESSING):
        assert not in_force(known, deed.at), deed.step


@given(scripts())
def test_no_agent_is_let_to_call_while_anything_stops_contact(script: Script) -> None:
    life = script.live()
    known = stops(life)
    for change in changes(life, CallPermitted):
        assert not in_force(known, change.at)


@given(scripts())
def test_no_stage_gives_way_to_the_next_while_anything_stops_contact(script: Script) -> None:
    life = script.live()
    known = stops(life)
    for change in stage_changes(life):
        assert change.after.stage is Stage.LEGAL or not in_force(known, change.at)


@given(scripts())
def test_after_the_last_hold_contact_pauses_as_the_policy_says(script: Script) -> None:
    life = script.live()
    ends = [stop.until for stop in stops(life) if stop.until is not None]
    for deed in deeds(life, CONTACTS):
        ended = [each for each in ends if each <= deed.at]
        assert not ended or deed.at >= max(ended) + deed.case.timetable.resume_after


@given(scripts())
def test_contacts_that_left_are_never_closer_than_the_quickest_cadence(script: Script) -> None:
    life = script.live()
    pace = min(life.case.timetable.track_pace.values())
    for earlier, later in pairwise(left(life)):
        cadence = min(earlier.case.stage_plan.cadence, later.case.stage_plan.cadence)
        assert later.at - earlier.at >= cadence * pace


@given(scripts())
def test_time_on_hold_never_ages_a_stage(script: Script) -> None:
    life = script.live()
    held = [(each.since, each.until or life.now) for each in stops(life)]
    for stay in stays(life):
        stopped = covered([*held, *closed_spans(life)], stay.entered, stay.left)
        assert stay.left - stay.entered - stopped >= stay.case.stage_plan.minimum


@given(scripts())
def test_no_stage_is_skipped(script: Script) -> None:
    life = script.live()
    for change in stage_changes(life):
        before, after = STAGES.index(change.before.stage), STAGES.index(change.after.stage)
        assert after == before + 1 or "reopened" in milestones(change)


@given(scripts())
def test_no_stage_is_left_before_its_contacts_have_left(script: Script) -> None:
    life = script.live()
    went = list(left(life))
    for stay in stays(life):
        here = [each for each in went if each.certain and stay.entered <= each.at <= stay.left]
        assert len(here) >= stay.case.stage_plan.attempts


@given(scripts())
def test_a_stage_asks_for_nothing_before_the_oldest_unpaid_instalment_is_that_old(script: Script) -> None:
    life = script.live()
    for deed in deeds(life, PRESSING):
        overdue_since = deed.case.debt.overdue_since(deed.at)
        assert overdue_since is not None
        assert deed.at - overdue_since >= deed.case.stage_plan.starts_after


@given(scripts())
def test_nobody_is_pressed_for_nothing_or_after_the_end_or_beside_counsel(script: Script) -> None:
    life = script.live()
    for deed in deeds(life, PRESSING):
        assert deed.case.debt.arrears_minor(deed.at) > 0
        assert deed.case.closed is None
        assert deed.case.stage is not Stage.LEGAL


@given(scripts())
def test_an_account_is_referred_once_at_most_and_only_as_a_person_approved(script: Script) -> None:
    life = script.live()
    handed_over = list(changes(life, Referred))
    assert len(handed_over) <= 1
    for change in handed_over:
        deed = [each for each in deeds(life, frozenset({StepKind.REFER})) if each.at <= change.at][-1]
        referral = deed.case.referral
        assert referral is not None
        assert deed.case.next_stage_plan is None
        assert not referral.missing
        assert any(_approves(each.message, referral.checklist_digest) for each in life.booked if each.at <= deed.at)


@given(scripts())
def test_the_case_knows_what_the_ledger_says(script: Script) -> None:
    life = script.live()
    assert life.case.debt == life.office.statement().debt()


@given(scripts())
def test_what_was_told_before_changes_nothing_when_told_again(script: Script) -> None:
    life = script.live()
    for change in changes(life, *_TOLD_ONCE, *_DECIDED_ONCE):
        assert apply(change.after, change.event) == change.after, change.event
    for change in changes(life, *_TOLD_ONCE, WaiverRequested, WaiverDecided, CallEnded):
        assert apply(life.case, change.event) == life.case, change.event


@given(scripts())
def test_there_is_always_a_next_step_with_a_time_and_a_reason(script: Script) -> None:
    life = script.live()
    for change in life.changes:
        assert next_step(change.after, change.at).reason
    for wait in life.waits:
        assert wait.at < wait.step.due_at <= wait.at + timedelta(days=LIFE)


@given(scripts())
def test_whoever_must_decide_has_been_asked_and_has_a_deadline(script: Script) -> None:
    life = script.live()
    for wait in life.waits:
        if wait.step.kind is StepKind.AWAIT_PERSON:
            deadlines = [wait.case.asked[subject] for subject in needs_person(wait.case, wait.at)]
            assert deadlines
            assert wait.step.due_at <= min(deadlines)


@given(scripts())
def test_a_plan_or_promise_is_judged_on_its_own_date(script: Script) -> None:
    life = script.live()
    late, spans = max(script.habits.takes), closed_spans(life)
    for stop in stops(life):
        kind, until = stop.reason.partition(" ")[0], stop.until
        if kind not in ("plan", "promise") or until is None or until + late >= life.now or _within(spans, until):
            continue
        judged = [change.at for change in life.changes if any(each.startswith(kind) for each in milestones(change))]
        assert any(until <= at <= until + late for at in judged), stop


@given(scripts())
def test_a_plan_that_breaks_resumes_in_the_stage_that_it_left(script: Script) -> None:
    life = script.live()
    for change in life.changes:
        if "plan_broken" in milestones(change) and not closed_spans(life):
            agreed = [each for each in changes(life, PlanAgreed) if each.at <= change.at][-1]
            assert change.after.stage in (agreed.after.stage, Stage.LEGAL)


@given(scripts())
def test_a_case_comes_back_whole_from_what_one_run_hands_to_the_next(script: Script) -> None:
    case = script.live().case
    assert _CASES.validate_json(_CASES.dump_json(case)) == case


@given(scripts())
def test_a_case_ends_as_paid_only_when_nothing_is_overdue(script: Script) -> None:
    life = script.live()
    for deed in deeds(life, frozenset({StepKind.CLOSE})):
        assert deed.case.debt.arrears_minor(deed.at) == 0
        assert (deed.step.closing is ClosedReason.SETTLED) == (deed.case.debt.balance_minor == 0)


@pytest.mark.parametrize("state", list(CaseState))
def test_the_generated_lives_reach_every_state(state: CaseState) -> None:
    def reached(script: Script) -> bool:
        return any(change.after.state(change.at) is state for change in script.live().changes)

    find(scripts(), reached, settings=settings(max_examples=2_000, database=None))


def _approves(message: Message, digest: str) -> bool:
    return isinstance(message, DecideLegalReferral) and message.approve and message.checklist_digest == digest


def _within(spans: list[tuple[datetime, datetime]], moment: datetime) -> bool:
    return any(since <= moment <= until for since, until in spans)
