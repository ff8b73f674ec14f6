"""Which calls are reviewed, and when one passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.call_quality import ReviewRefused, is_sampled, judge
from tests.training import small_course

CARD = small_course().score_card
"""Identity first, critical, 40; listened, 60; 80 passes."""

_MARKS = st.integers(0, 100)


def test_none_and_all_are_sampled_at_the_ends() -> None:
    calls = [f"acc-1.{number}" for number in range(500)]
    assert not any(is_sampled(each, 0) for each in calls)
    assert all(is_sampled(each, 100) for each in calls)


@pytest.mark.parametrize("percent", [5, 10, 30, 50])
def test_about_as_many_are_sampled_as_the_policy_says(percent: int) -> None:
    sampled = sum(is_sampled(f"acc-{number}.permit", percent) for number in range(10_000))
    assert abs(sampled - percent * 100) < 200


@given(contact_id=st.text(min_size=1), percent=st.integers(0, 99))
def test_a_call_that_is_sampled_stays_so_when_more_are(contact_id: str, percent: int) -> None:
    assert is_sampled(contact_id, percent) <= is_sampled(contact_id, percent + 1)


def test_the_score_is_the_weighted_sum() -> None:
    judged = judge(CARD, {"identity_first": 100, "listened": 67})
    assert (judged.score_percent, judged.passed, judged.failed_critical) == (80, True, ())


def test_a_call_below_the_mark_fails() -> None:
    judged = judge(CARD, {"identity_first": 100, "listened": 66})
    assert (judged.score_percent, judged.passed) == (79, False)


@given(listened=_MARKS, identity=st.integers(0, 99))
def test_a_critical_criterion_that_is_not_met_in_full_fails_the_call_whatever_its_score(
    listened: int, identity: int
) -> None:
    judged = judge(CARD, {"identity_first": identity, "listened": listened})
    assert (judged.passed, judged.failed_critical) == (False, ("identity_first",))


@pytest.mark.parametrize(
    ("marks", "words"),
    [
        ({"listened": 80}, "identity_first has no mark"),
        (
            {"identity_first": 100, "listened": 80, "sang": 100},
            "sang is no criterion of this card; it has identity_first",
        ),
        ({"identity_first": 100, "listened": 101}, "listened must be a percentage from 0 to 100, not 101"),
    ],
)
def test_marks_that_are_not_the_cards_are_refused(marks: dict[str, int], words: str) -> None:
    with pytest.raises(ReviewRefused, match=words):
        judge(CARD, marks)
