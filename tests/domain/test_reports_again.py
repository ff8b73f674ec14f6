"""The figures of a report reckoned a second time from the raw histories, day by day and in fractions."""

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from domain.account_history import AccountHistory, ComplaintMade, ContactMade
from domain.recovery import Recovery
from domain.requests import ComplaintOutcome
from domain.terms import Channel, ClosedReason, PromiseOutcome, Stage, Track
from tests.domain.builders import day, payment, reversal
from tests.domain.test_reports import account, on, portfolio, stages

AS_OF = 40
OWED = 10_000
"""What each account owes since day 0; its goal is 60% of it within 30 days."""


class Paid(NamedTuple):
    """A payment, and the day on which it was taken back, if ever."""

    on_day: int
    amount: int
    back_on: int | None


payments = st.lists(
    st.builds(Paid, st.integers(0, AS_OF), st.integers(1, 12_000), st.none() | st.integers(0, AS_OF)), max_size=4
)
ways = st.lists(st.sampled_from(Stage), max_size=4)


@st.composite
def lives(draw: st.DrawFn) -> tuple[AccountHistory, list[Paid]]:
    """An account with what was paid on it, where it went, and what people said of it."""
    money = draw(payments)
    entries = []
    for number, each in enumerate(money):
        entries.append(on(each.on_day, payment(each.amount, f"p{number}")))
        if each.back_on is not None:
            entries.append(on(max(each.on_day, each.back_on), reversal(f"p{number}")))
    history = account(
        *entries,
        stages=stages(*((stage, 5 + 5 * number) for number, stage in enumerate(draw(ways)))),
        track=draw(st.sampled_from(Track)),
        closed=draw(st.none() | st.sampled_from(ClosedReason)),
        promises=tuple(draw(st.lists(st.none() | st.sampled_from(PromiseOutcome), max_size=3))),
        complaints=tuple(
            ComplaintMade(category, outcome)
            for category, outcome in draw(
                st.lists(
                    st.tuples(
                        st.sampled_from(["conduct", "fees", "dispute"]), st.none() | st.sampled_from(ComplaintOutcome)
                    ),
                    max_size=3,
                )
            )
        ),
        contacts=tuple(
            ContactMade(Channel.SMS, day(number), arrived=True) for number in range(draw(st.integers(0, 3)))
        ),
    )
    return history, money


def paid_by(money: Iterable[Paid], last_day: int) -> int:
    """What had come in by a day of what held, never more than was owed."""
    return min(OWED, sum(each.amount for each in money if each.back_on is None and each.on_day <= last_day))


def agrees(figure: float | None, part: int, whole: int) -> bool:
    """Whether a percentage is right to its tenth, whichever way a half is rounded; there is none of nothing."""
    if figure is None or whole == 0:
        return figure is None and whole == 0
    return abs(Fraction(str(figure)) - Fraction(100 * part, whole)) <= Fraction(1, 20)


def stands_in(history: AccountHistory) -> str:
    return str([Stage.FIRST_REMINDER, *(each.stage for each in history.stages)][-1])


@given(st.lists(lives(), min_size=1, max_size=8))
def test_recovery_is_what_came_in_by_the_goals_day_in_every_grouping(
    people: list[tuple[AccountHistory, list[Paid]]],
) -> None:
    found = portfolio(*(history for history, _ in people), as_of=AS_OF)
    in_time = sum(paid_by(money, 30) for _, money in people)
    assert found.whole.recovered_minor == in_time
    assert found.whole.later_minor == sum(paid_by(money, AS_OF) - paid_by(money, 30) for _, money in people)
    assert found.whole.goal_minor == 6_000 * len(people)
    assert agrees(found.whole.recovered_percent, in_time, OWED * len(people))

    for groups, key in (
        (found.by_cohort, lambda history: history.cohort),
        (found.by_stage, stands_in),
        (found.by_track, lambda history: str(history.track)),
    ):
        by_hand: dict[str, int] = defaultdict(int)
        for history, money in people:
            by_hand[key(history)] += paid_by(money, 30)
        assert {each.key: each.recovery.recovered_minor for each in groups} == by_hand
        assert sum((each.recovery for each in groups), Recovery()) == found.whole


@given(st.lists(lives(), min_size=1, max_size=8))
def test_rolls_promises_and_complaints_are_counted_account_by_account(
    people: list[tuple[AccountHistory, list[Paid]]],
) -> None:
    histories = [history for history, _ in people]
    found, order = portfolio(*histories, as_of=AS_OF), list(Stage)
    for roll in found.rolls:
        at = order.index(roll.stage)
        furthest = [max([0, *(order.index(each.stage) for each in history.stages)]) for history in histories]
        assert (roll.reached, roll.moved_on) == (sum(n >= at for n in furthest), sum(n > at for n in furthest))
        assert agrees(roll.roll_percent, sum(n > at for n in furthest), sum(n >= at for n in furthest))

    promises = [each for history in histories for each in history.promises]
    judged = [each for each in promises if each is not None]
    assert agrees(found.promises.kept_percent, judged.count(PromiseOutcome.KEPT), len(judged))
    assert found.promises.open == len(promises) - len(judged)

    complaints = [each for history in histories for each in history.complaints if each.category != "dispute"]
    contacts = sum(len(history.contacts) for history in histories)
    assert agrees(found.complaints.per_100_accounts, len(complaints), len(histories))
    assert agrees(found.complaints.per_1000_contacts, 10 * len(complaints), contacts)
    decided = [each.outcome for each in complaints if each.outcome is not None]
    right = len(decided) - decided.count(ComplaintOutcome.REJECTED)
    assert agrees(found.complaints.upheld_percent, right, len(decided))
