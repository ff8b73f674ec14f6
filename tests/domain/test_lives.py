"""What must hold in every life, whatever its timetable, its debt, the habits of the world and what people do.

Each rule is a function that looks at a lived life; all of them look at every life, because living is what takes time.
What stopped contact is judged by ``oracle`` from what was told, and never from what the case made of it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import Phase, find, given, settings
from pydantic import TypeAdapter

from domain.case import Case
from domain.events import (
    CallEnded,
    CallPermitted,
    ComplaintFiled,
    ComplaintResolved,
    ContactSent,
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
from domain.owed_messages import Barred
from domain.requests import DecideLegalReferral
from domain.terms import CaseState, ClosedReason, HoldKind, Stage
from tests.domain.chronicle import (
    CONTACTS,
    PRESSING,
    REVIEWING,
    STAGES,
    changes,
    closed_spans,
    deeds,
    left,
    milestones,
    owed_deeds,
    stage_changes,
    stays,
)
from tests.domain.lives import LIFE, Script, scripts
from tests.domain.oracle import covered, in_force, review_was_chosen, stops
from tests.domain.simulator import Life

_TOLD_ONCE = (HoldPlaced, HoldEnded, PromiseTaken, PlanAgreed, ComplaintFiled, ComplaintResolved, DebtChanged)
_UNTIL_FOUND = settings(max_examples=2_000, database=None, phases=[Phase.generate])
_DECIDED_ONCE = (WaiverRequested, WaiverDecided, ReferralDecided, CallEnded, CallPermitted)
_CASES: TypeAdapter[Case] = TypeAdapter(Case)

Rule = Callable[[Life], None]
RULES: list[Rule] = []


def rule(judge: Rule) -> Rule:
    """A rule that every life is held against."""
    RULES.append(judge)
    return judge


@rule
def nobody_is_pressed_while_anything_stops_contact(life: Life) -> None:
    known = stops(life)
    for deed in deeds(life, PRESSING):
        stopping = in_force(known, deed.at)
        if deed.step.kind in REVIEWING and review_was_chosen(life, deed.at):
            stopping = [each for each in stopping if not each.reason.startswith(HoldKind.CEASE_CONTACT)]
        assert not stopping, deed.step


@rule
def no_agent_is_let_to_call_while_anything_stops_contact(life: Life) -> None:
    known = stops(life)
    for change in changes(life, CallPermitted):
        assert not in_force(known, change.at)


@rule
def no_stage_gives_way_to_the_next_while_anything_stops_contact(life: Life) -> None:
    known = stops(life)
    for stay in stays(life):
        assert stay.stage is Stage.PRE_LEGAL or not in_force(known, stay.left)


@rule
def after_the_last_hold_contact_pauses_as_the_policy_says(life: Life) -> None:
    ends = [stop.until for stop in stops(life) if stop.until is not None]
    for deed in deeds(life, CONTACTS):
        ended = [each for each in ends if each <= deed.at]
        assert not ended or deed.at >= max(ended) + deed.case.timetable.resume_after


@rule
def contacts_that_left_are_never_closer_than_the_quickest_cadence(life: Life) -> None:
    pace = min(life.case.timetable.track_pace.values())
    for earlier, later in pairwise(left(life)):
        cadence = min(earlier.case.stage_plan.cadence, later.case.stage_plan.cadence)
        assert later.at - earlier.at >= cadence * pace


@rule
def time_on_hold_never_ages_a_stage(life: Life) -> None:
    held = [(each.since, each.until or life.now) for each in stops(life)]
    for stay in stays(life):
        stopped = covered([*held, *closed_spans(life)], stay.entered, stay.left)
        assert stay.left - stay.entered - stopped >= stay.case.stage_plan.minimum


@rule
def no_stage_is_skipped(life: Life) -> None:
    for change in stage_changes(life):
        before, after = STAGES.index(change.before.stage), STAGES.index(change.after.stage)
        chosen = change.after.stage is Stage.LEGAL and review_was_chosen(life, change.at)
        assert after == before + 1 or chosen or "reopened" in milestones(change)


@rule
def no_stage_is_left_before_its_contacts_have_left(life: Life) -> None:
    went = list(left(life))
    for stay in stays(life):
        here = [each for each in went if each.certain and stay.entered <= each.at <= stay.left]
        assert len(here) >= stay.case.stage_plan.attempts


@rule
def a_stage_asks_for_nothing_before_the_oldest_unpaid_instalment_is_that_old(life: Life) -> None:
    for deed in deeds(life, PRESSING):
        if deed.step.kind in REVIEWING and review_was_chosen(life, deed.at):
            continue
        overdue_since = deed.case.debt.overdue_since(deed.at)
        assert overdue_since is not None
        assert deed.at - overdue_since >= deed.case.stage_plan.starts_after


@rule
def nobody_is_pressed_for_nothing_or_after_the_end_or_beside_counsel(life: Life) -> None:
    for deed in deeds(life, PRESSING):
        assert deed.case.debt.arrears_minor(deed.at) > 0
        assert deed.case.closed is None
        assert deed.case.stage is not Stage.LEGAL


@rule
def a_message_that_is_owed_goes_in_no_hold_that_forbids_it_and_not_after_the_end(life: Life) -> None:
    for deed, message in owed_deeds(life):
        assert deed.case.closed is None
        assert message.due_at <= deed.at
        assert {hold.kind for hold in deed.case.open_holds(deed.at)} <= set(message.allowed_in)


@rule
def a_message_that_is_owed_leaves_once_at_most(life: Life) -> None:
    events = [change.event for change in changes(life, ContactSent)]
    gone = [each.message_id for each in events if isinstance(each, ContactSent) and each.message_id]
    assert len(gone) == len(set(gone))


@rule
def nothing_begins_that_is_barred(life: Life) -> None:
    for change in stage_changes(life):
        if change.after.stage is Stage.PRE_LEGAL:
            assert change.before.bar_on(Barred.PRE_LEGAL, now=change.at) is None
    for deed in deeds(life, REVIEWING):
        assert deed.case.bar_on(*Barred, now=deed.at) is None


@rule
def an_account_is_referred_once_at_most_and_only_as_a_person_approved(life: Life) -> None:
    handed_over = list(changes(life, Referred))
    assert len(handed_over) <= 1
    for change in handed_over:
        deed = [each for each in deeds(life, frozenset({StepKind.REFER})) if each.at <= change.at][-1]
        referral = deed.case.referral
        assert referral is not None
        assert deed.case.next_stage_plan is None or review_was_chosen(life, deed.at)
        assert not referral.missing
        assert any(_approves(each.message, referral.checklist_digest) for each in life.booked if each.at <= deed.at)


@rule
def the_case_knows_what_the_ledger_says(life: Life) -> None:
    assert life.case.debt == life.office.statement().debt()


@rule
def what_was_told_before_changes_nothing_when_told_again(life: Life) -> None:
    for change in changes(life, *_TOLD_ONCE, *_DECIDED_ONCE):
        assert apply(change.after, change.event) == change.after, change.event
    for change in changes(life, *_TOLD_ONCE, WaiverRequested, WaiverDecided, CallEnded):
        assert apply(life.case, change.event) == life.case, change.event


@rule
def there_is_always_a_next_step_with_a_time_and_a_reason(life: Life) -> None:
    for change in life.changes:
        assert next_step(change.after, change.at).reason
    for wait in life.waits:
        assert wait.at < wait.step.due_at <= wait.at + timedelta(days=LIFE)


@rule
def whoever_must_decide_has_been_asked_and_has_a_deadline(life: Life) -> None:
    for wait in life.waits:
        if wait.step.kind is StepKind.AWAIT_PERSON:
            deadlines = [wait.case.asked[subject] for subject in needs_person(wait.case, wait.at)]
            assert deadlines
            assert wait.step.due_at <= min(deadlines)


@rule
def a_plan_or_promise_is_judged_on_its_own_date(life: Life) -> None:
    late, spans = max(life.habits.takes), closed_spans(life)
    for stop in stops(life):
        kind, until = stop.reason.partition(" ")[0], stop.until
        if kind not in ("plan", "promise") or until is None or until + late >= life.now or _within(spans, until):
            continue
        judged = [change.at for change in life.changes if any(each.startswith(kind) for each in milestones(change))]
        assert any(until <= at <= until + late for at in judged), stop


@rule
def a_plan_that_breaks_resumes_in_the_stage_that_it_left(life: Life) -> None:
    for change in life.changes:
        if "plan_broken" in milestones(change) and not closed_spans(life):
            agreed = [each for each in changes(life, PlanAgreed) if each.at <= change.at][-1]
            assert change.after.stage in (agreed.after.stage, Stage.LEGAL)


@rule
def a_case_comes_back_whole_from_what_one_run_hands_to_the_next(life: Life) -> None:
    assert _CASES.validate_json(_CASES.dump_json(life.case)) == life.case


@rule
def a_case_ends_as_paid_only_when_nothing_is_overdue(life: Life) -> None:
    for deed in deeds(life, frozenset({StepKind.CLOSE})):
        assert deed.case.debt.arrears_minor(deed.at) == 0
        assert (deed.step.closing is ClosedReason.SETTLED) == (deed.case.debt.balance_minor == 0)


@settings(max_examples=5 * settings().max_examples)
@given(scripts())
def test_every_rule_holds_in_every_life(script: Script) -> None:
    life = script.live()
    for judge in RULES:
        judge(life)


@pytest.mark.parametrize("state", list(CaseState))
def test_the_generated_lives_reach_every_state(state: CaseState) -> None:
    def reached(script: Script) -> bool:
        return any(change.after.state(change.at) is state for change in script.live().changes)

    find(scripts(), reached, settings=_UNTIL_FOUND)


@pytest.mark.parametrize("kind", ["promise_kept", "promise_broken", "plan_kept", "plan_broken", "reopened"])
def test_the_generated_lives_reach_every_turn(kind: str) -> None:
    def reached(script: Script) -> bool:
        return any(kind in milestones(change) for change in script.live().changes)

    find(scripts(), reached, settings=_UNTIL_FOUND)


def _approves(message: Message, digest: str) -> bool:
    return isinstance(message, DecideLegalReferral) and message.approve and message.checklist_digest == digest


def _within(spans: list[tuple[datetime, datetime]], moment: datetime) -> bool:
    return any(since <= moment <= until for since, until in spans)
