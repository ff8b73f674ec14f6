"""Plans by their limits: what is beyond one is said in words, and the nearest schedule to any wish keeps them all."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.plan_schedules import (
    DatedAmount,
    PlanBounds,
    Schedule,
    beyond_limits,
    beyond_order,
    even_schedule,
    is_within,
    months_from,
    nearest_schedule,
    total_of,
)

TODAY = date(2027, 3, 1)
BOUNDS = PlanBounds(
    currency="CNY",
    covers_minor=(120_000, 360_000),
    today=TODAY,
    most_instalments=12,
    smallest_minor=5_000,
    longest_days=366,
)


def monthly(*amounts: int, first: date = date(2027, 3, 31)) -> Schedule:
    days = months_from(first, len(amounts))
    return tuple(DatedAmount(day, amount) for day, amount in zip(days, amounts, strict=True))


def codes(schedule: Schedule, bounds: PlanBounds = BOUNDS) -> list[str]:
    return [each.code for each in (*beyond_order(schedule, bounds), *beyond_limits(schedule, bounds))]


@pytest.mark.parametrize(
    ("schedule", "code", "words"),
    [
        (monthly(*[9_230] * 12, 9_240, first=TODAY), "plan_too_many", "at most 12 instalments, not 13"),
        (monthly(119_000, 1_000), "plan_too_small", "no instalment may be below 50.00 CNY"),
        (
            monthly(120_000, first=date(2028, 3, 2)),
            "plan_too_long",
            "would end on 2028-03-02; the policy allows 366 days",
        ),
        (monthly(60_000, 60_001), "plan_sum", "add up to 1200.01 CNY; they must cover the arrears of 1200.00 CNY"),
        (monthly(120_000, first=date(2027, 2, 28)), "date_in_past", "2027-02-28 is in the past"),
        ((DatedAmount(TODAY, 60_000), DatedAmount(TODAY, 60_000)), "plan_dates", "later than the one before it"),
    ],
)
def test_what_is_beyond_a_limit_is_said_in_words(schedule: Schedule, code: str, words: str) -> None:
    found = [*beyond_order(schedule, BOUNDS), *beyond_limits(schedule, BOUNDS)]
    assert [each.code for each in found] == [code]
    assert words in found[0].words


def test_the_first_instalment_is_at_least_the_down_payment() -> None:
    bounds = replace(BOUNDS, down_payment_percent=30)
    assert codes(monthly(30_000, 30_000, 30_000, 30_000), bounds) == ["plan_down_payment"]
    assert codes(monthly(36_000, 28_000, 28_000, 28_000), bounds) == []
    offered = even_schedule(months_from(date(2027, 3, 31), 4), 120_000, bounds)
    assert [each.amount_minor for each in offered] == [36_000, 28_000, 28_000, 28_000]


def test_the_instalments_of_a_month_together_keep_to_the_share_of_the_stated_income() -> None:
    bounds = replace(BOUNDS, most_a_month_minor=30_000)
    assert codes(monthly(30_000, 30_000, 30_000, 30_000), bounds) == []
    weekly = tuple(DatedAmount(date(2027, 4, 1) + timedelta(days=7 * n), 20_000) for n in range(6))
    assert codes(weekly, bounds) == ["plan_beyond_income"]


def test_a_wish_within_the_limits_is_granted_as_it_is() -> None:
    wish = monthly(20_000, 40_000, 60_000)
    assert nearest_schedule(wish, BOUNDS) == wish


def test_a_wish_in_too_many_instalments_is_answered_with_as_many_of_its_dates_as_there_may_be() -> None:
    wish = tuple(DatedAmount(TODAY + timedelta(days=7 * n), 6_000) for n in range(1, 21))
    nearest = nearest_schedule(wish, BOUNDS)
    assert nearest is not None
    assert [each.due_date for each in nearest] == [each.due_date for each in wish[:12]]


def test_a_wish_beyond_the_income_is_answered_with_more_months() -> None:
    nearest = nearest_schedule(monthly(60_000, 60_000), replace(BOUNDS, most_a_month_minor=25_000))
    assert nearest is not None
    assert [each.amount_minor for each in nearest] == [24_000] * 5
    assert [each.due_date.month for each in nearest] == [3, 4, 5, 6, 7]


@pytest.mark.parametrize("instalments", [1, 3])
def test_a_wish_too_far_away_is_answered_with_its_dates_as_late_as_there_may_be(instalments: int) -> None:
    wish = monthly(*[120_000 // instalments] * instalments, first=date(2031, 1, 31))
    nearest = nearest_schedule(wish, BOUNDS)
    assert nearest is not None
    assert (len(nearest), nearest[-1].due_date) == (instalments, BOUNDS.last_date)
    assert total_of(nearest) == 120_000


def test_where_no_schedule_keeps_the_limits_there_is_no_nearest() -> None:
    assert nearest_schedule(monthly(60_000, 60_000), replace(BOUNDS, most_a_month_minor=4_999)) is None


WISHES = st.lists(
    st.builds(DatedAmount, st.dates(date(2027, 1, 1), date(2029, 1, 1)), st.integers(1, 200_000)), max_size=20
).map(tuple)
LIMITS = st.builds(
    PlanBounds,
    currency=st.just("CNY"),
    covers_minor=st.tuples(st.integers(1, 500_000), st.integers(1, 500_000)),
    today=st.just(TODAY),
    most_instalments=st.integers(1, 24),
    smallest_minor=st.integers(1, 20_000),
    longest_days=st.integers(1, 800),
    down_payment_percent=st.integers(0, 100),
    most_a_month_minor=st.none() | st.integers(1, 200_000),
)


@given(WISHES, LIMITS)
def test_the_nearest_schedule_keeps_every_limit_and_covers_what_is_owed(wish: Schedule, bounds: PlanBounds) -> None:
    nearest = nearest_schedule(wish, bounds)
    if nearest is None:
        assert not is_within(wish, bounds)
    else:
        assert codes(nearest, bounds) == []
        assert total_of(nearest) in bounds.covers_minor


@given(st.integers(1, 24), st.integers(1, 10**9), st.integers(0, 100))
def test_an_even_schedule_adds_up_to_what_it_covers(number: int, total: int, down: int) -> None:
    bounds = replace(BOUNDS, down_payment_percent=down)
    schedule = even_schedule(months_from(TODAY, number), total, bounds)
    if schedule:
        assert total_of(schedule) == total
        assert schedule[0].amount_minor >= bounds.first_minor(total)
        later = {each.amount_minor for each in schedule[1:]}
        assert not later or max(later) - min(later) <= 1
