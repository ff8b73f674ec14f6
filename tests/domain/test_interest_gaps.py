"""For how long no interest runs because a notice came late or not at all."""

from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.duties import DutyRecord, DutyState
from domain.interest_gaps import InterestGap, interest_gaps
from tests.domain.builders import day

LONDON = "Europe/London"


def notice(state: DutyState, deadline: float | None, ended: float | None = None, *, stops: bool = True) -> DutyRecord:
    """A notice owed from day 0, given or settled on a day."""
    given_on = day(ended) if ended is not None and state is not DutyState.NOT_NEEDED else None
    settled_on = day(ended) if ended is not None and state is DutyState.NOT_NEEDED else None
    return DutyRecord(
        "arrears_notice",
        1,
        state,
        day(0),
        sent_at=given_on,
        deadline=None if deadline is None else day(deadline),
        settled_at=settled_on,
        stops_interest=stops,
    )


def gaps(*records: DutyRecord, as_of: float = 100) -> tuple[InterestGap, ...]:
    return interest_gaps(records, LONDON, day(as_of))


def midnight_after(moment: float) -> datetime:
    """When the day of a moment is over in London, in winter."""
    whole = day(moment).replace(hour=0, minute=0, second=0, microsecond=0)
    return whole + (day(1) - day(0))


def test_a_notice_given_in_time_stops_no_interest() -> None:
    assert gaps(notice(DutyState.GIVEN, 14, 14)) == ()


def test_interest_stops_from_the_deadline_to_the_end_of_the_day_on_which_the_notice_is_given() -> None:
    (gap,) = gaps(notice(DutyState.GIVEN, 14, 20))
    assert gap == InterestGap(day(14), midnight_after(20))


def test_while_a_late_notice_is_owed_the_gap_has_no_end() -> None:
    assert gaps(notice(DutyState.OWED, 14)) == (InterestGap(day(14), None),)


def test_a_deadline_that_is_still_to_come_has_stopped_nothing_yet() -> None:
    assert gaps(notice(DutyState.OWED, 14), as_of=14) == ()


def test_the_gap_ends_when_nothing_asks_for_the_notice_any_more() -> None:
    (gap,) = gaps(notice(DutyState.NOT_NEEDED, 14, 30))
    assert gap == InterestGap(day(14), midnight_after(30))
    assert gaps(notice(DutyState.NOT_NEEDED, 14, 10)) == ()


def test_a_notice_that_was_lost_does_not_end_the_gap_of_the_one_that_follows_it() -> None:
    lost, following = notice(DutyState.LOST, 14, 13), notice(DutyState.OWED, 14)
    assert gaps(lost, following) == (InterestGap(day(14), None),)


def test_other_notices_stop_no_interest() -> None:
    assert gaps(notice(DutyState.OWED, 14, stops=False), notice(DutyState.OWED, None)) == ()


def test_gaps_that_overlap_are_one_and_others_stay_apart() -> None:
    found = gaps(notice(DutyState.GIVEN, 14, 20), notice(DutyState.NOT_NEEDED, 16, 25), notice(DutyState.GIVEN, 50, 60))
    assert found == (InterestGap(day(14), midnight_after(25)), InterestGap(day(50), midnight_after(60)))


def test_a_day_ends_where_the_person_lives() -> None:
    given_at = datetime(2027, 7, 1, 23, 30, tzinfo=UTC)
    late = DutyRecord(
        "arrears_notice",
        1,
        DutyState.GIVEN,
        given_at,
        sent_at=given_at,
        deadline=datetime(2027, 6, 1, tzinfo=UTC),
        stops_interest=True,
    )
    (gap,) = interest_gaps([late], LONDON, datetime(2027, 8, 1, tzinfo=UTC))
    assert gap.until == datetime(2027, 7, 2, 23, tzinfo=UTC), "in British summer it was 00:30 of 2 July"


@given(
    st.lists(st.tuples(st.sampled_from(DutyState), st.integers(0, 90), st.none() | st.integers(0, 120))),
)
def test_gaps_never_touch_and_cover_every_late_notice(drawn: list[tuple[DutyState, int, int | None]]) -> None:
    records = [notice(state, deadline, ended) for state, deadline, ended in drawn]
    found = gaps(*records)
    for earlier, later in pairwise(found):
        assert earlier.until is not None
        assert earlier.until < later.since
    alone = [gap for each in records for gap in gaps(each)]
    for one in alone:
        assert any(
            each.since <= one.since and (each.until is None or (one.until is not None and one.until <= each.until))
            for each in found
        )
