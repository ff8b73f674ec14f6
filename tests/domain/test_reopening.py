"""A case that ended as paid goes on when something is owed again: with what was settled, or from the start."""

from domain.next_step import StepKind
from domain.terms import ClosedReason, Stage
from tests.domain.builders import case, day, days, instalment
from tests.domain.chronicle import CONTACTS, deeds
from tests.domain.happenings import ClosedByHand, HeldByHand, PaymentBounces, Pays
from tests.domain.simulator import Life, Tell


def live(*told: tuple[float, Tell], until: float, overdue_on: tuple[float, ...] = (0,)) -> Life:
    """A life in which that is told on those days."""
    owed = [instalment(each) for each in overdue_on]
    life = Life(case(*owed), owed)
    for number, happening in told:
        life.tell(day(number), happening)
    return life.live(day(until))


def contacted_on(life: Life) -> list[float]:
    """The days of all contacts."""
    return [(each.at - day(0)) / days(1) for each in deeds(life, CONTACTS)]


def test_a_payment_in_full_ends_the_case_at_once() -> None:
    life = live((5, Pays()), until=100)
    assert life.case.closed is not None
    assert (life.case.closed.reason, life.case.closed.at) == (ClosedReason.SETTLED, day(5))
    assert contacted_on(life) == [1]


def test_a_payment_of_all_that_is_overdue_cures_the_case_until_more_is() -> None:
    life = live((5, Pays()), until=29, overdue_on=(0, 30))
    assert life.case.closed is not None
    assert life.case.closed.reason is ClosedReason.CURED


def test_a_bounced_payment_reopens_what_it_had_settled_where_it_ended() -> None:
    life = live((16, Pays()), (40, PaymentBounces()), until=48)
    assert life.case.closed is None
    assert life.case.stage is Stage.GENTLE_REMINDER
    assert contacted_on(life) == [1, 8, 15, 46]


def test_the_time_for_which_a_case_was_closed_ages_no_stage() -> None:
    life = live((3, Pays()), (40, PaymentBounces()), until=41)
    assert life.case.stage_age(day(41)) == days(4)


def test_a_hold_before_the_end_is_still_not_counted_after_reopening() -> None:
    life = live((1, HeldByHand(days=10)), (12, Pays()), (112, PaymentBounces()), until=113)
    assert life.case.stage_age(day(113)) == days(3)


def test_a_hold_that_outlasts_the_end_still_stops_a_reopened_case() -> None:
    life = live((1, HeldByHand(days=60)), (12, Pays()), (42, PaymentBounces()), until=70)
    assert contacted_on(life) == [64]
    assert life.case.stage_age(day(70)) == days(1 + 9)


def test_another_instalment_after_a_cure_begins_with_the_first_reminder() -> None:
    life = live((20, Pays()), until=114, overdue_on=(0, 100))
    assert life.case.stage is Stage.FIRST_REMINDER
    assert contacted_on(life) == [1, 8, 15, 102, 109]


def test_a_debt_that_a_person_gave_up_stays_closed() -> None:
    life = live((5, Pays(50)), (6, ClosedByHand()), (7, PaymentBounces()), until=100)
    assert life.case.closed is not None
    assert life.case.closed.reason is ClosedReason.WRITTEN_OFF
    assert not [each for each in life.deeds if each.at > day(6) and each.step.kind is StepKind.CONTACT]
