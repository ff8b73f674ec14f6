"""When a debt becomes time-barred, what makes the period run anew, and when a person is told that it runs out."""

from datetime import timedelta

import pytest

from domain.case import Case, LimitationWatch
from domain.events import LimitationSet, PersonAsked, TaskCompleted, TimePassed, apply
from domain.jurisdiction import Limitation, RestartedBy
from domain.limitation import Expiry, Interruption, expiry, warnings
from domain.next_step import StepKind, next_step
from domain.terms import ClosedReason
from tests.domain.builders import case, day, hold

CHINA = Limitation.model_validate(
    {
        "rule": "XX-01",
        "years": 3,
        "restarted_by": ["delivered_demand", "part_payment", "agreed_plan"],
        "warn_days_before": [180, 60],
        "source": "A law.",
        "verified": True,
    }
)
THREE_YEARS = timedelta(days=3 * 365)


def interrupted(kind: RestartedBy, at: float) -> Interruption:
    return Interruption(kind, day(at), f"{kind}-1")


def test_the_period_runs_from_the_last_due_date() -> None:
    assert expiry(CHINA, "", day(60), ()) == Expiry(day(60) + THREE_YEARS)


@pytest.mark.parametrize("kind", list(RestartedBy))
def test_what_the_law_names_makes_it_run_anew_and_is_kept_with_its_proof(kind: RestartedBy) -> None:
    found = expiry(CHINA, "", day(0), [interrupted(kind, 200)])
    assert found == Expiry(day(200) + THREE_YEARS, interrupted(kind, 200))


def test_where_the_law_names_nothing_nothing_does() -> None:
    nothing = CHINA.model_copy(update={"restarted_by": ()})
    assert expiry(nothing, "", day(0), [interrupted(RestartedBy.PART_PAYMENT, 200)]) == Expiry(day(0) + THREE_YEARS)


def test_what_comes_after_the_period_is_over_revives_nothing() -> None:
    late = interrupted(RestartedBy.PART_PAYMENT, 3 * 365)
    assert expiry(CHINA, "", day(0), [late]) == Expiry(day(0) + THREE_YEARS)


def test_each_interruption_before_the_end_of_the_one_before_counts_in_whatever_order_they_are_told() -> None:
    first, second = interrupted(RestartedBy.PART_PAYMENT, 1000), interrupted(RestartedBy.AGREED_PLAN, 2000)
    assert expiry(CHINA, "", day(0), [second, first]) == Expiry(day(2000) + THREE_YEARS, second)


def watched(expires: float = 250, *, extinguishes: bool = False, **changes: object) -> Case:
    watch = LimitationWatch(day(expires), warnings(CHINA, day(expires)), extinguishes=extinguishes)
    held = case(holds=(hold(since=0),), **changes)
    return apply(held, LimitationSet(watch))


def test_a_person_is_told_once_at_each_moment_although_the_case_is_on_hold() -> None:
    running = watched()
    asked = next_step(apply(running, PersonAsked("hold:h1", day(400))), day(10))
    assert (asked.due_at, asked.kind) == (day(70), StepKind.ASK_PERSON)
    told = apply(apply(running, PersonAsked("hold:h1", day(400))), PersonAsked(asked.subject or "", day(75)))
    later = next_step(told, day(80))
    assert (later.due_at, later.kind) == (day(190), StepKind.ASK_PERSON)
    assert later.subject != asked.subject


def test_who_has_dealt_with_it_is_not_told_again() -> None:
    running = apply(watched(), PersonAsked("hold:h1", day(400)))
    subject = next_step(running, day(70)).subject or ""
    done = apply(apply(running, PersonAsked(subject, day(75))), TaskCompleted(subject, day(71)))
    assert next_step(done, day(72)).subject != subject


def test_of_several_moments_that_have_passed_only_the_last_is_told() -> None:
    running = apply(watched(), PersonAsked("hold:h1", day(400)))
    step = next_step(running, day(200))
    told = apply(running, PersonAsked(step.subject or "", day(205)))
    assert (step.kind, step.due_at) == (StepKind.ASK_PERSON, day(190))
    assert next_step(told, day(201)).kind is StepKind.AWAIT_PERSON


def test_where_the_debt_ends_with_the_period_its_case_closes() -> None:
    running = apply(watched(extinguishes=True), PersonAsked("hold:h1", day(400)))
    step = next_step(apply(running, TimePassed(day(250))), day(250))
    assert (step.kind, step.closing) == (StepKind.CLOSE, ClosedReason.EXTINGUISHED)
    assert next_step(apply(watched(), PersonAsked("hold:h1", day(400))), day(250)).kind is not StepKind.CLOSE


def test_a_case_of_an_earlier_release_knows_of_no_period() -> None:
    assert case().limitation is None
