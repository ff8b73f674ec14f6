"""What broke other collection systems, each a scenario here as far as the pure core decides it.

That a batch run again or a file imported twice sends nothing twice is decided by workflow ids and the records' keys,
and is tested there; here it is that waking a case twice at one moment does nothing twice.
"""

from itertools import permutations
from pathlib import Path

import pytest

from config.policy_files import load_policies
from domain.events import CaseClosed, HoldPlaced, MomentFound, TimePassed, apply
from domain.ledger import Instalment
from domain.next_step import StepKind, next_step, wanted_at
from domain.policy import Policy
from domain.terms import Channel, ClosedReason, Stage
from domain.timetable import Timetable
from tests.domain.builders import case, day, days, hold, instalment, stage_plan, timetable
from tests.domain.chronicle import CONTACTS, deeds, milestones, stage_changes, stays
from tests.domain.happenings import (
    AgentCalls,
    HeldByHand,
    PaymentBounces,
    Pays,
    PaysOldest,
    Promises,
    ReceiptArrives,
    ReferralJudged,
    ReportsHardship,
)
from tests.domain.simulator import Answer, Habits, Life, Tell

POLICIES = Path(__file__).parents[2] / "config" / "policies"
FOR_REAL_PEOPLE = [each for each in load_policies(POLICIES).values() if not each.demonstration]
THRESHOLDS = timetable(
    stage_plan(Stage.FIRST_REMINDER, 5, cadence=days(1), minimum=days(1)),
    stage_plan(Stage.GENTLE_REMINDER, 7, cadence=days(1), minimum=days(1)),
    stage_plan(Stage.ESCALATION, 11, cadence=days(1), minimum=days(1)),
    stage_plan(Stage.PRE_LEGAL, 30, cadence=days(1), minimum=days(1)),
)
DILIGENT = Habits(
    after_contact=(ReceiptArrives(),), after_call_request=(AgentCalls(),), after_review=(ReferralJudged(),)
)


def live(
    *told: tuple[float, Tell],
    until: float,
    owed: tuple[Instalment, ...] = (instalment(),),
    table: Timetable | None = None,
    habits: Habits | None = None,
) -> Life:
    """A life in which that is told on those days."""
    life = Life(case(*owed, timetable=table or timetable()), owed, habits or Habits())
    for number, happening in told:
        life.tell(day(number), happening)
    return life.live(day(until))


def contacts(life: Life) -> list[tuple[float, Stage, Channel | None]]:
    """Day, stage and channel of every contact."""
    return [((each.at - day(0)) / days(1), each.case.stage, each.step.channel) for each in deeds(life, CONTACTS)]


def contacted_on(life: Life) -> list[float]:
    """The days of all contacts."""
    return [number for number, _, _ in contacts(life)]


def test_no_stage_is_skipped_when_the_two_oldest_of_three_instalments_are_paid_between_thresholds() -> None:
    owed = (instalment(0), instalment(1), instalment(2))
    life = live((6, PaysOldest()), (6, PaysOldest()), until=13.5, owed=owed, table=THRESHOLDS)
    assert [(number, stage) for number, stage, _ in contacts(life)] == [
        (5, Stage.FIRST_REMINDER),
        (7, Stage.FIRST_REMINDER),
        (8, Stage.FIRST_REMINDER),
        (9, Stage.GENTLE_REMINDER),
        (10, Stage.GENTLE_REMINDER),
        (11, Stage.GENTLE_REMINDER),
        (12, Stage.GENTLE_REMINDER),
        (13, Stage.ESCALATION),
    ]


def test_an_account_that_is_opened_late_still_goes_through_every_stage() -> None:
    owed = (instalment(0),)
    life = Life(case(*owed, opened_at=day(100), stage_entered_at=day(100)), owed).live(day(150))
    assert [stay.stage for stay in stays(life)] == [Stage.FIRST_REMINDER, Stage.GENTLE_REMINDER]
    assert all(stay.left - stay.entered >= days(10) for stay in stays(life))


def test_a_stored_pause_and_four_that_overlap_it_stop_the_case_once_from_the_first_to_the_last_day() -> None:
    for told in permutations([(5, 10), (1, 20), (1, 10), (5, 12), (7, 8)]):
        paused = case(last_touch_at=day(0))
        for number, span in enumerate(told):
            paused = apply(paused, HoldPlaced(hold(*span, hold_id=f"pause-{number}")))
        assert [number for number in range(30) if paused.open_holds(day(number))] == list(range(1, 20))
        assert paused.stage_age(day(30)) == days(11)
        assert wanted_at(paused, day(20)) == day(26)


def test_a_contact_whose_hand_off_fails_goes_by_another_channel_and_uses_up_no_attempt() -> None:
    life = live(until=2, habits=Habits(answers=(Answer.FAILED, Answer.LEFT)))
    assert [channel for _, _, channel in contacts(life)] == [Channel.SMS, Channel.VOICE]
    assert contacted_on(life) == [1, 1]
    assert (life.case.attempts, life.case.contacts) == (1, {Channel.VOICE: 1})


def test_a_channel_without_an_address_is_passed_over_from_then_on() -> None:
    life = live(until=9, habits=Habits(answers=(Answer.GONE, Answer.LEFT, Answer.LEFT)))
    assert [channel for _, _, channel in contacts(life)] == [Channel.SMS, Channel.VOICE, Channel.VOICE]
    assert life.case.attempts == 2


def test_a_contact_that_no_channel_carried_waits_for_the_cadence_and_uses_up_no_attempt() -> None:
    life = live(until=9, habits=Habits(answers=(Answer.FAILED, Answer.FAILED, Answer.FAILED, Answer.LEFT)))
    assert contacted_on(life) == [1, 1, 1, 8]
    assert life.case.attempts == 1


def test_a_stage_in_which_nothing_ever_leaves_is_not_passed() -> None:
    life = live(until=200, habits=Habits(answers=(Answer.FAILED,)))
    assert life.case.stage is Stage.FIRST_REMINDER


def test_a_person_whom_nothing_reaches_becomes_somebodys_task() -> None:
    life = live(until=10, habits=Habits(answers=(Answer.GONE,)))
    asked = [each.at for each in life.deeds if each.step.kind is StepKind.ASK_PERSON]
    assert contacted_on(life) == [1, 1, 1]
    assert asked == [day(1), day(6)]


def test_a_case_in_hardship_is_not_reminded_until_it_is_over() -> None:
    life = live((5, ReportsHardship(days=20)), until=30)
    assert contacted_on(life) == [1, 28]


def test_a_promise_stops_reminders_and_if_it_is_broken_that_is_noticed_on_its_own_date() -> None:
    life = live((5, Promises(in_days=7)), until=20)
    broken = [change.at for change in life.changes if "promise_broken" in milestones(change)]
    assert broken == [day(15)]
    assert contacted_on(life) == [1, 18]


def test_a_promise_that_is_kept_in_part_is_not_taken_for_kept() -> None:
    life = live((5, Promises(100, in_days=7)), (8, Pays(99)), until=16)
    assert [change.at for change in life.changes if "promise_partly_kept" in milestones(change)] == [day(15)]
    assert not any("promise_kept" in milestones(change) for change in life.changes)


def test_a_promise_of_a_part_that_is_kept_lets_the_case_go_on_with_the_rest() -> None:
    life = live((5, Promises(50, in_days=7)), (8, Pays(50)), until=16)
    assert [change.at for change in life.changes if "promise_kept" in milestones(change)] == [day(8)]
    assert contacted_on(life) == [1, 11]


def test_a_part_payment_is_not_taken_for_a_full_one() -> None:
    life = live((3, Pays(99)), until=9)
    assert life.case.closed is None
    assert contacted_on(life) == [1, 8]


def test_a_payment_that_is_taken_back_reopens_what_it_had_settled() -> None:
    life = live((3, Pays()), (5, PaymentBounces()), until=20)
    assert life.case.closed is None
    assert life.case.debt.arrears_minor(life.now) == 10_000
    assert contacted_on(life) == [1, 10, 17]


def test_waking_a_case_twice_at_one_moment_does_nothing_twice() -> None:
    life = live(until=40)
    for change in life.changes:
        if isinstance(change.event, TimePassed):
            assert apply(change.after, change.event) == change.after


def test_a_contact_that_left_is_not_due_again_however_often_the_case_is_asked() -> None:
    life = live(until=1.5)
    for hours in range(24):
        asked_at = day(1) + days(hours / 24)
        assert next_step(apply(life.case, TimePassed(asked_at)), asked_at).due_at == day(8)


def test_a_paused_case_resumes_by_itself_on_its_date_with_one_contact_and_no_burst() -> None:
    life = live((2, HeldByHand(days=50)), until=66)
    assert contacted_on(life) == [1, 58, 65]


def test_the_end_of_a_case_is_told_once() -> None:
    ended = CaseClosed(ClosedReason.WRITTEN_OFF, day(5))
    closed = apply(apply(apply(case(), ended), ended), CaseClosed(ClosedReason.SETTLED, day(6)))
    assert [each.kind for each in closed.milestones] == ["closed"]
    assert closed.closed is not None
    assert closed.closed.reason is ClosedReason.WRITTEN_OFF


def test_a_moment_that_was_found_is_kept_as_long_as_nothing_changes() -> None:
    life = live(until=200, habits=DILIGENT)
    found = [change for change in life.changes if isinstance(change.event, MomentFound)]
    assert len(found) < len(list(deeds(life, CONTACTS)))


@pytest.mark.parametrize("policy", FOR_REAL_PEOPLE, ids=lambda each: each.name)
def test_every_shipped_policy_leads_from_the_due_date_to_the_referral_stage_by_stage(policy: Policy) -> None:
    life = live(until=400, habits=DILIGENT, table=policy.timetable())
    assert [change.after.stage for change in stage_changes(life)] == list(Stage)[1:]
    for stay in stays(life):
        plan = stay.case.stage_plan
        assert stay.left - stay.entered >= plan.minimum
        assert stay.case.attempts >= plan.attempts
