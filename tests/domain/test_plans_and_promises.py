"""Plans and promises: nobody who keeps one is chased, and who breaks one is where the case was left."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from domain.case import Plan, PlanInstalment
from domain.events import DebtChanged, PlanAgreed, TimePassed, apply
from domain.facts import CircumstanceKind
from domain.ledger import Debt, OpenInstalment
from domain.next_step import Step, StepKind, next_step
from domain.progress import plan_check_at
from domain.terms import CaseState, ClosedReason, Stage
from tests.domain.builders import case, day, days, instalment, timetable
from tests.domain.chronicle import CONTACTS, deeds, milestones
from tests.domain.happenings import (
    AgreesPlan,
    CircumstanceReported,
    Complains,
    ComplaintDecided,
    HeldByHand,
    KeepsPlan,
    PaymentBounces,
    Pays,
    PaysExactly,
    Promises,
    ReportsHardship,
    WaiverAsked,
    WaiverGranted,
)
from tests.domain.simulator import Life, Tell

PLAN = AgreesPlan(parts=2, first_in_days=9, every_days=14)
"""Agreed on day 16: due on the 25th and the 39th, each until the day is over, with five days to make good."""


def live(*told: tuple[float, Tell], until: float, overdue_on: tuple[float, ...] = (0,), renegotiate: float = 0) -> Life:
    """A life in which that is told on those days."""
    owed = [instalment(each) for each in overdue_on]
    life = Life(case(*owed, timetable=timetable(plan_renegotiate_within=days(renegotiate))), owed)
    for number, happening in told:
        life.tell(day(number), happening)
    return life.live(day(until))


def contacted_on(life: Life) -> list[float]:
    """The days of all contacts."""
    return [(each.at - day(0)) / days(1) for each in deeds(life, CONTACTS)]


def decided(life: Life) -> list[tuple[str, float]]:
    """What the case decided by itself about plans and promises, and on which days."""
    return [
        (kind, (change.at - day(0)) / days(1))
        for change in life.changes
        for kind in milestones(change)
        if kind.startswith(("plan", "promise"))
    ]


def asked(life: Life) -> list[Step]:
    """What people were asked."""
    return [each.step for each in deeds(life, frozenset({StepKind.ASK_PERSON}))]


def test_a_plan_kept_is_never_chased_and_its_end_ends_the_case() -> None:
    life = live((16, PLAN), (25, KeepsPlan()), (39, KeepsPlan()), until=100)
    assert contacted_on(life) == [1, 8, 15]
    assert decided(life) == [("plan_kept", 39)]
    assert life.case.closed is not None
    assert life.case.closed.reason is ClosedReason.SETTLED


def test_a_missed_instalment_breaks_the_plan_when_its_cure_is_over_and_the_stage_goes_on_as_it_was() -> None:
    life = live((16, PLAN), (25, KeepsPlan()), until=52)
    assert decided(life) == [("plan_broken", 45)]
    assert contacted_on(life) == [1, 8, 15, 51]
    assert (life.case.stage, life.case.stage_age(day(52))) == (Stage.GENTLE_REMINDER, days(1 + 7))


def test_an_instalment_made_good_within_the_cure_keeps_the_plan() -> None:
    life = live((16, PLAN), (30.5, KeepsPlan()), (44.5, KeepsPlan()), until=100)
    assert decided(life) == [("plan_kept", 44.5)]


def test_instalments_count_by_their_sum_whatever_the_size_of_the_payments() -> None:
    life = live((16, PLAN), (20, PaysExactly(1)), (21, PaysExactly(9_000)), (43, PaysExactly(999)), until=100)
    assert decided(life) == [("plan_kept", 43)]


def test_a_plan_waits_once_for_another_after_a_missed_instalment_and_is_broken_when_none_is_agreed() -> None:
    life = live((16, PLAN), until=50, renegotiate=7)
    assert decided(life) == [("plan_missed", 31), ("plan_broken", 38)]
    assert [(each.subject, each.due_at) for each in asked(life)] == [("plan:plan-0", day(31)), ("plan:plan-0", day(36))]
    assert not life.case.asked
    assert contacted_on(life) == [1, 8, 15, 44]


def test_a_new_plan_replaces_the_missed_one_and_the_case_is_not_chased_between() -> None:
    life = live((16, PLAN), (33, PLAN), (42, KeepsPlan()), (56, KeepsPlan()), until=100, renegotiate=7)
    assert decided(life) == [("plan_missed", 31), ("plan_replaced", 33), ("plan_kept", 56)]
    assert contacted_on(life) == [1, 8, 15]
    assert life.case.closed is not None


def test_there_is_no_second_renegotiation() -> None:
    life = live((16, PLAN), (33, PLAN), until=55, renegotiate=7)
    assert decided(life) == [("plan_missed", 31), ("plan_replaced", 33), ("plan_broken", 48)]
    assert (life.case.stage, contacted_on(life)[3]) == (Stage.GENTLE_REMINDER, 54)


def test_what_was_missed_may_be_caught_up_while_a_new_plan_is_awaited() -> None:
    life = live((16, PLAN), (33, KeepsPlan()), (39, KeepsPlan()), until=100, renegotiate=7)
    assert decided(life) == [("plan_missed", 31), ("plan_caught_up", 33), ("plan_kept", 39)]
    assert len(asked(life)) == 1


def test_a_plan_that_was_caught_up_once_is_broken_by_the_next_miss() -> None:
    life = live((16, PLAN), (33, KeepsPlan()), until=100, renegotiate=7)
    assert decided(life) == [("plan_missed", 31), ("plan_caught_up", 33), ("plan_broken", 45)]


def test_a_plan_in_good_standing_is_not_replaced() -> None:
    life = live((16, PLAN), (20, PLAN), until=24, renegotiate=7)
    assert [refusal.code for _, refusal in life.refused] == ["plan_in_force"]


def test_a_payment_of_a_plan_that_bounces_breaks_it_once_the_cure_is_over() -> None:
    life = live((16, PLAN), (25, KeepsPlan()), (28, PaymentBounces()), until=40)
    assert decided(life) == [("plan_broken", 31)]


def test_a_plan_whose_instalment_is_missed_in_a_hold_is_broken_only_when_the_whole_cure_has_passed_after_it() -> None:
    life = live((16, PLAN), (20, ReportsHardship(days=20)), until=55)
    assert decided(life) == [("plan_broken", 45)]
    assert contacted_on(life) == [1, 8, 15, 51]


def test_what_is_left_of_the_cure_runs_on_when_the_hold_is_over() -> None:
    life = live((16, PLAN), (28, CircumstanceReported(CircumstanceKind.BREATHING_SPACE, days=10)), until=50)
    assert decided(life) == [("plan_broken", 41)]


def test_the_cure_waits_for_a_hold_that_only_a_person_can_end() -> None:
    waiting = live((16, PLAN), (26, Complains()), until=60)
    assert not decided(waiting)
    life = live((16, PLAN), (26, Complains()), (40, ComplaintDecided()), until=55)
    assert decided(life) == [("plan_broken", 45)]
    assert contacted_on(life) == [1, 8, 15, 51]


def test_an_instalment_missed_in_a_hold_may_be_made_good_after_it() -> None:
    life = live((16, PLAN), (20, ReportsHardship(days=14)), (37, KeepsPlan()), (38.5, KeepsPlan()), until=60)
    assert decided(life) == [("plan_kept", 38.5)]


def test_the_time_for_another_plan_stands_still_in_a_hold() -> None:
    life = live((16, PLAN), (33, HeldByHand(days=10)), (47, PLAN), until=48, renegotiate=7)
    assert decided(life) == [("plan_missed", 31), ("plan_replaced", 47)]
    broken = live((16, PLAN), (33, HeldByHand(days=10)), until=50, renegotiate=7)
    assert decided(broken) == [("plan_missed", 31), ("plan_broken", 48)]


def test_holds_that_overlap_stop_the_cure_once_and_a_stop_of_contact_does_not_stop_it() -> None:
    life = live((16, PLAN), (20, ReportsHardship(days=10)), (25, HeldByHand(days=10)), until=50)
    assert decided(life) == [("plan_broken", 40)]
    stopped = CircumstanceReported(CircumstanceKind.CEASE_CONTACT)
    assert decided(live((16, PLAN), (20, stopped), until=50)) == [("plan_broken", 31)]


def test_a_payment_that_bounces_in_a_hold_after_the_cure_breaks_the_plan_when_the_hold_is_over() -> None:
    life = live((16, PLAN), (25, KeepsPlan()), (32, ReportsHardship(days=3)), (33, PaymentBounces()), until=40)
    assert decided(life) == [("plan_broken", 35)]


def test_the_case_wakes_when_the_cure_is_over_and_not_before() -> None:
    life = live((16, PLAN), (20, CircumstanceReported(CircumstanceKind.BREATHING_SPACE, days=20)), until=41)
    assert [(each.kind, each.due_at) for each in (next_step(life.case, day(35)), next_step(life.case, day(41)))] == [
        (StepKind.WAIT, day(40)),
        (StepKind.WAIT, day(45)),
    ]


def test_a_case_of_an_older_timetable_breaks_its_plan_in_the_hold_as_it_always_did() -> None:
    owed = [instalment()]
    life = Life(case(*owed, timetable=timetable(plan_waits_in_holds=False)), owed)
    life.tell(day(16), PLAN)
    life.tell(day(20), ReportsHardship(days=20))
    assert decided(life.live(day(60))) == [("plan_broken", 31)]


def test_a_plan_in_good_standing_beside_another_hold_waits_for_its_dates_and_for_nobody() -> None:
    life = live((16, PLAN), (17, HeldByHand(days=3)), until=18)
    step = next_step(life.case, day(18))
    assert (step.kind, step.due_at) == (StepKind.WAIT, day(20))
    assert life.case.state(day(18)) is CaseState.ON_HOLD
    assert life.case.state(day(21)) is CaseState.IN_PLAN


def test_a_plan_is_broken_only_by_what_it_covers_and_not_by_instalments_that_fell_due_since() -> None:
    life = live((16, PLAN), (25, KeepsPlan()), (39, KeepsPlan()), until=60, overdue_on=(0, 30))
    assert decided(life) == [("plan_kept", 39)]
    assert life.case.closed is None
    assert contacted_on(life) == [1, 8, 15, 45, 52, 59]


def test_a_promise_paid_before_its_date_is_kept_on_that_day() -> None:
    life = live((5, Promises(in_days=7)), (9, Pays()), until=30)
    assert decided(life) == [("promise_kept", 9)]


def test_what_was_paid_before_a_promise_does_not_count_towards_it() -> None:
    life = live((3, Pays(60)), (5, Promises(in_days=7)), until=16)
    assert decided(life) == [("promise_broken", 15)]


def test_a_promise_of_more_than_a_waiver_leaves_is_kept_by_paying_the_rest() -> None:
    life = live((5, Promises(in_days=7)), (6, WaiverAsked(1_000)), (7, WaiverGranted()), (8, Pays()), until=30)
    assert life.case.closed is not None
    assert contacted_on(life) == [1]
    assert life.case.debt.waived_minor == 1_000


def test_no_more_than_two_promises_are_open_each_for_a_later_day() -> None:
    half, rest = Promises(percent=50, in_days=7), Promises(percent=25, in_days=14)
    life = live(
        (5, half), (6, Promises(percent=25, in_days=2)), (6, rest), (7, Promises(percent=1, in_days=30)), until=8
    )
    assert [refusal.code for _, refusal in life.refused] == ["promise_conflict", "promises_open"]
    assert life.case.promise is not None
    assert [each.amount_minor for each in (life.case.promise, *life.case.later_promises)] == [5_000, 2_500]


def test_what_is_paid_for_one_promise_does_not_keep_the_other() -> None:
    half, rest = Promises(percent=50, in_days=7), Promises(percent=25, in_days=14)
    life = live((5, half), (6, rest), (9, PaysExactly(5_000)), until=30)
    assert decided(life) == [("promise_kept", 9), ("promise_broken", 23)]
    assert contacted_on(life)[:2] == [1, 26]


def test_a_promise_paid_in_part_is_partly_kept_and_the_share_is_told() -> None:
    life = live((5, Promises(percent=50, in_days=7)), (9, PaysExactly(2_000)), until=16)
    assert decided(life) == [("promise_partly_kept", 15)]
    assert [each.amount_minor for each in life.case.milestones if each.kind == "promise_partly_kept"] == [2_000]


def test_promises_together_are_no_more_than_is_owed() -> None:
    life = live((5, Promises(percent=60, in_days=7)), (6, Promises(percent=60, in_days=14)), until=8)
    assert [refusal.code for _, refusal in life.refused] == ["promise_conflict"]


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(1, 5_000)), min_size=1, max_size=6), st.integers(0, 20_000))
def test_a_plan_asks_next_for_the_first_instalment_that_the_money_does_not_reach(
    parts: list[tuple[int, int]], paid: int
) -> None:
    instalments = tuple(PlanInstalment(day(number), amount) for number, amount in sorted(parts))
    agreed = Plan("plan-1", instalments, agreed_at=day(0), paid_before_minor=700)
    check_at = plan_check_at(agreed, Debt((), paid_minor=700 + paid), days(5))
    due = [each.due_at + days(5) for index, each in enumerate(instalments) if _sum(instalments[: index + 1]) > paid]
    assert check_at == next(iter(due), None)
    assert (check_at is None) == (paid >= agreed.total_minor)


def test_what_was_paid_before_a_plan_does_not_count_towards_it() -> None:
    paid = Debt((OpenInstalment(day(0), 6_000),), paid_minor=4_000, bookings=1)
    agreed = apply(apply(case(), DebtChanged(paid)), PlanAgreed("plan-1", (PlanInstalment(day(20), 6_000),), day(10)))
    assert apply(agreed, TimePassed(day(25))).plan is None
    kept = apply(agreed, DebtChanged(replace(paid, open=(), paid_minor=10_000, bookings=2)))
    assert [each.kind for each in apply(kept, TimePassed(day(15))).milestones] == ["plan_kept"]


def _sum(instalments: tuple[PlanInstalment, ...]) -> int:
    return sum(each.amount_minor for each in instalments)
