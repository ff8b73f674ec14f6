"""Which calls are reviewed, and when one passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.call_quality import ReviewRefused, judge, review_draw
from tests.training import small_course

CARD = small_course().score_card
"""Identity first, critical, 40; listened, 60; 80 passes."""

_MARKS = st.integers(0, 100)


@given(contact_id=st.text(min_size=1))
def test_every_call_draws_a_number_below_a_hundred(contact_id: str) -> None:
    assert 0 <= review_draw(contact_id) < 100


@pytest.mark.parametrize("percent", [5, 10, 30, 50])
def test_about_as_many_are_drawn_as_the_policy_says(percent: int) -> None:
    drawn = sum(review_draw(f"acc-{number}.permit") < percent for number in range(10_000))
    assert abs(drawn - percent * 100) < 200


def test_the_numbers_that_were_drawn_before_stay() -> None:
    assert [review_draw(each) for each in ("acc-1.1", "acc-1.2", "acc-2.call.x")] == [11, 76, 18]


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
