"""Holds combine as a union, whatever their order, and time on hold counts for nothing."""

from datetime import datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.holds import Hold, add_time_off_hold, last_end, time_on_hold
from tests.domain.builders import day, days, hold
from tests.domain.oracle import covered

_MOMENTS = st.floats(0, 100, allow_nan=False)


@st.composite
def some_holds(draw: st.DrawFn) -> list[Hold]:
    """Holds with an end, some of them ended early, even before they began."""
    drawn = []
    for number in range(draw(st.integers(0, 6))):
        since, length = draw(_MOMENTS), draw(st.floats(0, 40, allow_nan=False))
        made = hold(since, since + length, f"h{number}")
        drawn.append(made.ended(day(draw(_MOMENTS))) if draw(st.booleans()) else made)
    return drawn


@given(some_holds(), _MOMENTS, _MOMENTS)
def test_time_under_several_holds_counts_once(holds: list[Hold], start: float, length: float) -> None:
    begin, end = day(start), day(start) + days(length)
    assert time_on_hold(holds, begin, end) == covered(_spans(holds), begin, end)


@given(some_holds(), _MOMENTS, _MOMENTS)
def test_a_due_time_moves_by_exactly_the_time_on_hold_before_it(holds: list[Hold], start: float, length: float) -> None:
    begin, off_hold = day(start), days(length)
    due = add_time_off_hold(holds, begin, off_hold)
    assert due - begin - covered(_spans(holds), begin, due) == off_hold


@given(some_holds(), _MOMENTS)
def test_the_order_in_which_holds_became_known_plays_no_part(holds: list[Hold], start: float) -> None:
    answers = {add_time_off_hold(each, day(start), days(30)) for each in (holds, holds[::-1])}
    assert len(answers) == 1


def test_a_stored_pause_and_all_that_overlap_it_are_one_hold_whose_days_count_once() -> None:
    pauses = [hold(*span, f"{span}") for span in ((5, 10), (1, 20), (1, 10), (5, 12), (7, 8))]
    for told in permutations(pauses):
        assert time_on_hold(told, day(0), day(30)) == days(19)
        assert add_time_off_hold(told, day(0), days(7)) == day(26)
        assert last_end(told, day(30)) == day(20)


def test_a_hold_without_an_end_puts_nothing_off_until_it_ends() -> None:
    endless = hold(2)
    assert add_time_off_hold([endless], day(0), days(7)) == day(7)
    assert add_time_off_hold([endless.ended(day(5))], day(0), days(7)) == day(10)


def test_a_hold_called_off_before_it_began_stops_nothing() -> None:
    called_off = hold(10, 20).ended(day(5))
    assert not any(called_off.open_at(day(number)) for number in range(30))
    assert time_on_hold([called_off], day(0), day(30)) == timedelta(0)
    assert add_time_off_hold([called_off], day(1), days(10)) == day(11)


@pytest.mark.parametrize(("moment", "is_open"), [(4.99, False), (5, True), (9.99, True), (10, False)])
def test_a_hold_stops_from_its_first_instant_up_to_but_not_at_its_last(moment: float, is_open: bool) -> None:
    assert hold(5, 10).open_at(day(moment)) is is_open


def test_a_hold_that_has_ended_keeps_its_end() -> None:
    ended = hold(5, 10).ended(day(7))
    assert ended.ended(day(9)).ends_at == day(7)
    assert hold(5, 10).ended(day(12)).ends_at == day(10)


def _spans(holds: list[Hold]) -> list[tuple[datetime, datetime]]:
    return [(each.since, each.ends_at) for each in holds if each.ends_at is not None]
