"""A person is reached only when it suits them, as they told us, whatever else the law would allow."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.contact_facts import Attempt, Direction, Person, Proposal
from domain.contact_preferences import (
    BY_DEFAULT,
    DAYS,
    HOURS,
    ContactPreference,
    SuitableTimes,
    suitable_times,
    with_preference,
    without_preference,
)
from domain.contact_rules import judge, next_lawful_moment, window_end
from domain.jurisdiction import Pack
from domain.terms import Channel, MessageClass, Weekday
from tests.rules.people import (
    CN,
    IN_LONDON,
    IN_SHANGHAI,
    IN_TEXAS,
    IN_URUMQI,
    OWING,
    UK,
    US,
    attempt,
    demand,
    is_lawful,
    reply,
    utc,
)

EVENINGS = SuitableTimes("18:00", "20:00")
MONDAY = utc("2027-03-01T04:00")
"""Noon in Beijing."""


def wanting(person: Person, times: SuitableTimes, *channels: Channel) -> Person:
    """The person, wanting to be reached at these times by these channels or by all but letters."""
    return replace(person, suitable=tuple((channel, times) for channel in channels or BY_DEFAULT))


def beijing(text: str) -> datetime:
    return utc(f"{text}+08:00")


def test_outside_the_hours_that_suit_nothing_goes() -> None:
    person = wanting(IN_SHANGHAI, EVENINGS)
    told = {each.rule: each for each in judge(CN, person, demand(), (), OWING, MONDAY)}
    assert not told[HOURS].allowed
    assert told[HOURS].words == "quiet hours until 18:00 Asia/Shanghai"
    assert told[HOURS].until == beijing("2027-03-01T18:00")


@pytest.mark.parametrize(
    ("clock", "lawful"), [("17:59", False), ("18:00", True), ("19:59", True), ("20:00", False), ("21:00", False)]
)
def test_the_hours_are_half_open_like_the_laws_own(clock: str, lawful: bool) -> None:
    person = wanting(IN_SHANGHAI, EVENINGS)
    assert is_lawful(CN, person, demand(), beijing(f"2027-03-01T{clock}")) is lawful


def test_they_can_only_be_stricter_than_the_law() -> None:
    person = wanting(IN_SHANGHAI, SuitableTimes("06:00", "23:00"))
    assert not is_lawful(CN, person, demand(), beijing("2027-03-01T07:00"))
    assert not is_lawful(CN, person, demand(), beijing("2027-03-01T22:30"))


def test_on_other_weekdays_than_those_that_suit_nothing_goes() -> None:
    person = wanting(IN_SHANGHAI, SuitableTimes(weekdays=(Weekday.TUESDAY, Weekday.SATURDAY)))
    told = {each.rule: each for each in judge(CN, person, demand(), (), OWING, MONDAY)}
    assert not told[DAYS].allowed
    assert told[DAYS].words == "1 March 2027 is a Monday"
    assert is_lawful(CN, person, demand(), MONDAY + timedelta(days=1))


@pytest.mark.parametrize("channel", list(Channel))
def test_a_preference_is_about_its_channels_and_by_default_about_all_but_letters(channel: Channel) -> None:
    by_default, calls = wanting(IN_SHANGHAI, EVENINGS), wanting(IN_SHANGHAI, EVENINGS, Channel.CALL)
    assert is_lawful(CN, by_default, demand(channel), MONDAY) is (channel is Channel.LETTER)
    assert is_lawful(CN, calls, demand(channel), MONDAY) is (channel is not Channel.CALL)


def test_a_contact_is_planned_for_the_first_time_that_suits_and_says_so() -> None:
    person = wanting(IN_SHANGHAI, SuitableTimes("18:00", "20:00", (Weekday.WEDNESDAY,)))
    found = next_lawful_moment(CN, person, demand(), (), MONDAY, "account-1")
    assert found.at is not None
    assert beijing("2027-03-03T18:00") <= found.at < beijing("2027-03-03T20:00")
    assert "1 March 2027 is a Monday" in found.words


def test_what_leaves_within_the_hours_must_arrive_within_them() -> None:
    person = wanting(IN_SHANGHAI, EVENINGS)
    assert window_end(CN, person, demand(), beijing("2027-03-01T19:00")) == beijing("2027-03-01T20:00")


def test_it_is_the_persons_own_clock_that_counts_beside_beijings_hours() -> None:
    person = wanting(IN_URUMQI, EVENINGS)
    assert is_lawful(CN, person, demand(), utc("2027-03-01T12:30")), "18:30 in Urumqi and 20:30 in Beijing"
    assert not is_lawful(CN, person, demand(), utc("2027-03-01T10:30")), "18:30 in Beijing and 16:30 in Urumqi"


def test_hours_that_no_law_allows_close_the_channel() -> None:
    person = wanting(IN_SHANGHAI, SuitableTimes("23:00"))
    refusal = next(each for each in judge(CN, person, demand(), (), OWING, MONDAY) if not each.allowed)
    assert next_lawful_moment(CN, person, demand(), (), MONDAY, "account-1").at is None
    assert refusal.rule == HOURS


def test_what_the_person_has_just_asked_is_answered_at_once() -> None:
    person = wanting(IN_SHANGHAI, EVENINGS)
    asked: Attempt = attempt(MONDAY - timedelta(minutes=5), direction=Direction.INBOUND)
    assert is_lawful(CN, person, reply("answer"), MONDAY, (asked,))


@pytest.mark.parametrize("message_class", list(MessageClass))
def test_every_class_of_message_keeps_to_it(message_class: MessageClass) -> None:
    person = wanting(IN_TEXAS, EVENINGS)
    proposal = Proposal("account-1", Channel.EMAIL, message_class, "address-1")
    noon = utc("2027-03-01T18:00")
    assert HOURS in {each.rule for each in judge(US, person, proposal, (), OWING, noon) if not each.allowed}


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([(CN, IN_SHANGHAI), (CN, IN_URUMQI), (US, IN_TEXAS), (UK, IN_LONDON)]),
    st.integers(8, 18),
    st.integers(1, 4),
    st.sets(st.sampled_from([each for each in Weekday if each is not Weekday.SUNDAY]), min_size=1),
    st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: utc("2026-01-01T00:00") + timedelta(minutes=minutes)),
)
def test_every_moment_that_is_found_suits_and_is_lawful_through_every_clock_change(
    whose: tuple[Pack, Person], opens: int, hours: int, weekdays: set[Weekday], wish: datetime
) -> None:
    pack, plain = whose
    person = wanting(plain, SuitableTimes(f"{opens:02}:00", f"{opens + hours:02}:00", tuple(weekdays)))
    found = next_lawful_moment(pack, person, demand(), (), wish, "account-1")
    if found.at is None:
        return
    there = found.at.astimezone(ZoneInfo(plain.time_zones[0]))
    assert opens <= there.hour < opens + hours
    assert tuple(Weekday)[there.weekday()] in weekdays
    assert is_lawful(pack, person, demand(), found.at)
    assert is_lawful(pack, plain, demand(), found.at)


def told(preference_id: str, day: int, *channels: Channel, not_before: str = "18:00") -> ContactPreference:
    return ContactPreference(preference_id, MONDAY + timedelta(days=day), channels, SuitableTimes(not_before))


def test_the_latest_word_on_each_channel_holds() -> None:
    known, _ = with_preference((), told("p-1", 0, Channel.SMS, Channel.CALL))
    known, _ = with_preference(known, told("p-2", 1, Channel.CALL, not_before="09:00"))
    assert suitable_times(known) == ((Channel.SMS, SuitableTimes("18:00")), (Channel.CALL, SuitableTimes("09:00")))


def test_a_word_that_arrives_late_takes_no_newer_ones_place() -> None:
    known, _ = with_preference((), told("p-2", 1, Channel.CALL, not_before="09:00"))
    late, _ = with_preference(known, told("p-1", 0, Channel.CALL))
    assert suitable_times(late) == suitable_times(known)


def test_of_two_words_under_one_id_the_later_one_counts() -> None:
    known, _ = with_preference((), told("p-1", 1, Channel.CALL))
    assert with_preference(known, told("p-1", 0, Channel.CALL, not_before="09:00")) == (known, False)
    replaced, counts = with_preference(known, told("p-1", 2, Channel.SMS))
    assert counts
    assert [channel for channel, _ in suitable_times(replaced)] == [Channel.SMS]


def test_an_ended_word_holds_no_more_and_revives_no_older_one() -> None:
    known, _ = with_preference((), told("p-1", 0, Channel.CALL))
    known, _ = with_preference(known, told("p-2", 1, Channel.CALL))
    ended, found = without_preference(known, "p-2", MONDAY)
    assert found
    assert suitable_times(ended) == ()
    assert without_preference(ended, "p-2", MONDAY) == (ended, False)
