"""Sharing out the calls that wait: the most urgent one that suits, and nobody more than a fair part."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.call_sharing import Caller, CallToShare, NoCallToTake, next_call

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


def call(number: int, country: str = "CN", language: str = "zh-CN", taken_by: str | None = None) -> CallToShare:
    """A call; the higher its number, the later it is due."""
    return CallToShare(f"call-{number}", country, language, NOON + timedelta(hours=number), taken_by)


def caller(
    agent_id: str = "li", countries: tuple[str, ...] = ("CN",), languages: tuple[str, ...] = ("zh-CN",)
) -> Caller:
    return Caller(agent_id, languages, frozenset(countries))


def test_the_call_that_is_due_soonest_is_taken() -> None:
    assert next_call([call(3), call(1), call(2)], [caller()], "li").call_id == "call-1"


def test_a_call_that_somebody_has_taken_is_left_alone() -> None:
    calls = [call(1, taken_by="wang"), call(2), call(3)]
    assert next_call(calls, [caller(), caller("wang")], "li").call_id == "call-2"


def test_only_calls_of_a_country_and_language_of_the_agents_own_suit() -> None:
    calls = [call(1, "US", "en"), call(2, "CN", "en"), call(3, "CN", "zh-CN")]
    assert next_call(calls, [caller()], "li").call_id == "call-3"
    assert next_call(calls, [caller(languages=("en-GB",))], "li").call_id == "call-2"
    with pytest.raises(NoCallToTake, match="no call waits that li may make"):
        next_call(calls, [caller(countries=("UK",))], "li")


def test_nobody_holds_more_than_a_fair_part_while_others_could_call() -> None:
    calls = [call(1, taken_by="li"), call(2), call(3), call(4)]
    two = [caller(), caller("wang")]
    assert next_call(calls, two, "li").call_id == "call-2"
    calls[1] = call(2, taken_by="li")
    with pytest.raises(NoCallToTake, match="li holds 2 of the 4 calls that suit, and 2 is a fair part"):
        next_call(calls, two, "li")
    assert next_call(calls, two, "wang").call_id == "call-3"


def test_whoever_is_alone_may_take_them_all() -> None:
    calls = [call(1, taken_by="li"), call(2, taken_by="li"), call(3)]
    others = [caller("smith", countries=("US",), languages=("en",))]
    assert next_call(calls, [caller(), *others], "li").call_id == "call-3"


@given(count=st.integers(1, 30), agents=st.integers(1, 6))
def test_agents_who_take_as_much_as_they_can_share_all_calls_evenly(count: int, agents: int) -> None:
    callers = [caller(f"agent-{number}") for number in range(agents)]
    calls, busy = [call(number) for number in range(count)], True
    while busy:
        busy = False
        for each in callers:
            try:
                chosen = next_call(calls, callers, each.agent_id)
            except NoCallToTake:
                continue
            busy = True
            calls = [
                call(index, taken_by=each.agent_id) if known.call_id == chosen.call_id else known
                for index, known in enumerate(calls)
            ]
    held = [sum(known.taken_by == each.agent_id for known in calls) for each in callers]
    assert sum(held) == count
    assert max(held) - min(held) <= 1
