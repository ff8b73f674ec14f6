"""When a debt becomes time-barred, what makes the period run anew, and when a person is told that it runs out."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.case import Case, LimitationWatch
from domain.events import LimitationSet, PersonAsked, TaskCompleted, TimePassed, apply
from domain.jurisdiction import Limitation, RestartedBy
from domain.limitation import Expiry, Interruption, Period, expiry, warnings
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
BRITAIN = CHINA.model_copy(update={"years": 5, "years_by_region": {"ENG": 6, "SCT": 5}, "restarted_by": ()})
IN_UTC = Period(CHINA, "", "UTC")
DUE = date(2027, 1, 4)
RESTART = RestartedBy.PART_PAYMENT


def midnight(written: str, hour: int = 0) -> datetime:
    """The moment in UTC at which a date begins there, or so many hours later."""
    return datetime.combine(date.fromisoformat(written), datetime.min.time(), UTC) + timedelta(hours=hour)


def interrupted(at: datetime, kind: RestartedBy = RESTART) -> Interruption:
    return Interruption(kind, at, f"{kind}-1")


@pytest.mark.parametrize(
    ("due", "over"),
    [
        ("2027-01-04", "2030-01-05"),
        ("2025-03-01", "2028-03-02"),
        ("2026-12-31", "2030-01-01"),
        ("2028-02-29", "2031-03-01"),
        ("2028-02-28", "2031-03-01"),
        ("2025-02-28", "2028-02-29"),
    ],
    ids=["over a leap day", "past a leap day", "at a year's end", "from 29 February", "from the 28th", "to the 28th"],
)
def test_the_period_is_over_with_the_last_due_dates_day_so_many_calendar_years_later(due: str, over: str) -> None:
    assert expiry(IN_UTC, date.fromisoformat(due), ()) == Expiry(midnight(over))


def test_a_period_from_29_february_to_a_leap_year_keeps_its_last_day() -> None:
    four_years = Period(CHINA.model_copy(update={"years": 4}), "", "UTC")
    assert four_years.ends_at(date(2024, 2, 29)) == midnight("2028-03-01")


def test_each_region_has_its_own_years_which_end_in_the_persons_time_zone() -> None:
    ends = [Period(BRITAIN, region, "Europe/London").ends_at(date(2021, 7, 15)) for region in ("SCT", "ENG", "")]
    assert ends == [midnight("2026-07-15", 23), midnight("2027-07-15", 23), midnight("2026-07-15", 23)]


@pytest.mark.parametrize("kind", list(RestartedBy))
def test_what_the_law_names_makes_it_run_anew_and_is_kept_with_its_proof(kind: RestartedBy) -> None:
    proof = interrupted(midnight("2027-07-23", 15), kind)
    assert expiry(IN_UTC, DUE, [proof]) == Expiry(midnight("2030-07-24"), proof)


@pytest.mark.parametrize(
    ("paid_at", "over_at"),
    [
        (midnight("2027-12-31", 15), midnight("2030-12-31", 16)),
        (midnight("2027-12-31", 17), midnight("2031-01-01", 16)),
        (midnight("2028-02-29", 9), midnight("2031-02-28", 16)),
    ],
    ids=["before midnight in Beijing", "after midnight in Beijing", "on 29 February"],
)
def test_a_payment_begins_it_anew_from_its_date_where_the_person_lives(paid_at: datetime, over_at: datetime) -> None:
    paid = interrupted(paid_at)
    assert expiry(Period(CHINA, "", "Asia/Shanghai"), DUE, [paid]) == Expiry(over_at, paid)


def test_where_the_law_names_nothing_nothing_does() -> None:
    nothing = Period(CHINA.model_copy(update={"restarted_by": ()}), "", "UTC")
    assert expiry(nothing, DUE, [interrupted(midnight("2027-07-23"))]) == Expiry(midnight("2030-01-05"))


def test_what_comes_before_the_last_due_date_is_over_begins_nothing_anew() -> None:
    early = interrupted(midnight("2027-01-04", 23))
    assert expiry(IN_UTC, DUE, [early]) == Expiry(midnight("2030-01-05"))


def test_what_comes_on_the_last_day_still_counts_and_after_it_revives_nothing() -> None:
    late, just_in_time = interrupted(midnight("2030-01-05")), interrupted(midnight("2030-01-04", 23))
    assert expiry(IN_UTC, DUE, [late]) == Expiry(midnight("2030-01-05"))
    assert expiry(IN_UTC, DUE, [just_in_time]) == Expiry(midnight("2033-01-05"), just_in_time)


def test_each_interruption_before_the_end_of_the_one_before_counts_in_whatever_order_they_are_told() -> None:
    first, second = interrupted(midnight("2029-10-01")), interrupted(midnight("2032-06-27"), RestartedBy.AGREED_PLAN)
    assert expiry(IN_UTC, DUE, [second, first]) == Expiry(midnight("2035-06-28"), second)


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
