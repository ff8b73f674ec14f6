"""Invariant 2: no cap is ever exceeded, counted over all of the person's accounts, channels and agents."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.contact_facts import Attempt, Direction, Person, Proposal
from domain.contact_rules import next_lawful_moment
from domain.terms import Channel, MessageClass
from tests.rules.people import (
    CN,
    IN_LONDON,
    IN_SHANGHAI,
    IN_TEXAS,
    IN_URUMQI,
    UK,
    US,
    allows,
    attempt,
    days,
    demand,
    is_lawful,
    utc,
    verdict_of,
)

ACCOUNTS = ("account-1", "account-2", "account-3")
ADDRESSES = ("address-1", "address-2")
START = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday shortly before the clocks change in America and Europe."""

IN_NEW_YORK = Person(("America/New_York",), "CN")
"""Whose dates differ from Beijing's while both clocks allow contact."""

Wish = tuple[timedelta, Channel, str, str, bool, bool]
"""How long after the one before, by which channel, on which account, to which address, answered, talked."""

wishes = st.lists(
    st.tuples(
        st.timedeltas(timedelta(seconds=1), timedelta(hours=9)),
        st.sampled_from(list(Channel)),
        st.sampled_from(ACCOUNTS),
        st.sampled_from(ADDRESSES),
        st.booleans(),
        st.booleans(),
    ),
    min_size=20,
    max_size=90,
)


def play(person: Person, wanted: list[Wish]) -> list[Attempt]:
    """Everything that the rules let through of a stream of wishes."""
    pack = {"CN": CN, "US": US, "UK": UK}[person.jurisdiction]
    log: list[Attempt] = []
    now = START
    for later, channel, account, address, answered, talked in wanted:
        now += later
        if is_lawful(pack, person, demand(channel, account, address), now, tuple(log)):
            phone = channel in (Channel.CALL, Channel.VOICE)
            conversation = phone and answered and talked
            log.append(
                attempt(
                    now,
                    channel,
                    account=account,
                    address=address,
                    connected=phone and answered,
                    conversation=conversation,
                )
            )
    return log


def calls(log: list[Attempt]) -> list[Attempt]:
    return [each for each in log if each.channel in (Channel.CALL, Channel.VOICE)]


def most_in(log: list[Attempt], length: timedelta) -> int:
    """The most contacts that any half-open window of a length holds."""
    return max((sum(1 for other in log if each.at <= other.at < each.at + length) for each in log), default=0)


def most_on_a_date(log: list[Attempt], zone: str) -> int:
    dates = [each.at.astimezone(ZoneInfo(zone)).date() for each in log]
    return max((dates.count(each) for each in dates), default=0)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from([IN_SHANGHAI, IN_URUMQI, IN_NEW_YORK, Person(("Asia/Tokyo", "Europe/Moscow"), "CN")]), wishes)
def test_in_china_no_cap_is_exceeded_in_any_zone(person: Person, wanted: list[Wish]) -> None:
    log = play(person, wanted)
    for zone in (*person.time_zones, "Asia/Shanghai"):
        assert most_on_a_date([each for each in calls(log) if each.connected], zone) <= 3
        for address in ADDRESSES:
            assert most_on_a_date([each for each in calls(log) if each.address_ref == address], zone) <= 6
        messages = [each for each in log if each.channel in (Channel.SMS, Channel.EMAIL)]
        assert most_on_a_date(messages, zone) <= 1
        assert most_in(messages, days(7)) <= 3


@settings(max_examples=120, deadline=None)
@given(st.sampled_from([IN_TEXAS, Person(("America/New_York", "America/Denver"), "US", "OH")]), wishes)
def test_in_america_no_debt_is_called_about_eight_times_a_week_or_within_a_week_of_talking(
    person: Person, wanted: list[Wish]
) -> None:
    log = play(person, wanted)
    for account in ACCOUNTS:
        about = [each for each in calls(log) if each.account_id == account]
        assert most_in(about, days(7)) <= 7
        for zone in person.time_zones:
            for talk in (each for each in about if each.conversation):
                first = talk.at.astimezone(ZoneInfo(zone)).date()
                later = [each for each in about if each.at > talk.at]
                assert all((each.at.astimezone(ZoneInfo(zone)).date() - first).days >= 7 for each in later)


@settings(max_examples=60, deadline=None)
@given(wishes)
def test_where_the_state_is_not_known_the_caps_of_every_state_hold(wanted: list[Wish]) -> None:
    log = play(Person(("America/New_York",), "US", None), wanted)
    assert most_in(log, days(7)) <= 3
    for account in ACCOUNTS:
        about = [each for each in log if each.account_id == account]
        assert most_in([each for each in about if each.channel in (*PHONES, Channel.SMS)], days(7)) <= 2
        assert most_in([each for each in about if each.channel in PHONES], days(7)) <= 4


PHONES = (Channel.CALL, Channel.VOICE)


@settings(max_examples=60, deadline=None)
@given(wishes)
def test_in_britain_messages_and_calls_keep_to_three_a_week(wanted: list[Wish]) -> None:
    log = play(IN_LONDON, wanted)
    assert most_in(calls(log), days(7)) <= 3
    assert most_in([each for each in log if each.channel in (Channel.SMS, Channel.EMAIL)], days(7)) <= 3


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([IN_SHANGHAI, IN_URUMQI, IN_NEW_YORK, IN_TEXAS, IN_LONDON]), wishes, st.sampled_from(list(Channel))
)
def test_the_next_lawful_moment_is_lawful_with_the_whole_log_and_nothing_earlier_is(
    person: Person, wanted: list[Wish], channel: Channel
) -> None:
    pack = {"CN": CN, "US": US, "UK": UK}[person.jurisdiction]
    log = tuple(play(person, wanted))
    now = START + sum((each[0] for each in wanted), timedelta(0))
    found = next_lawful_moment(pack, person, demand(channel), log, now, "account-1")
    assert found.at is not None
    assert is_lawful(pack, person, demand(channel), found.at, log)
    unspread = next_lawful_moment(
        pack.model_copy(update={"spread": NO_SPREAD}), person, demand(channel), log, now, "account-1"
    )
    assert unspread.at is not None
    assert now <= unspread.at <= found.at
    step = timedelta(minutes=20)
    earlier = [now + step * number for number in range(int((unspread.at - now) / step))]
    just_before = unspread.at - timedelta(seconds=1)
    earlier += [just_before] if just_before >= now else []
    assert not [each for each in earlier if is_lawful(pack, person, demand(channel), each, log)]


NO_SPREAD = CN.spread.model_copy(update={"after_opening": timedelta(0), "at_once": timedelta(0)})


def test_connected_calls_are_pooled_over_accounts_robots_and_agents() -> None:
    morning = utc("2026-11-24T09:00+08:00")
    log = tuple(
        attempt(morning + timedelta(hours=number), channel, account=account, address=address, connected=True)
        for number, (channel, account, address) in enumerate(
            [
                (Channel.CALL, "account-1", "address-1"),
                (Channel.VOICE, "account-2", "address-2"),
                (Channel.CALL, "account-3", "address-1"),
            ]
        )
    )
    verdict = verdict_of("CN-02", CN, IN_SHANGHAI, demand(Channel.CALL), utc("2026-11-24T15:00+08:00"), log)
    assert not verdict.allowed
    assert verdict.until == utc("2026-11-25T00:00+08:00")
    assert "all 3 answered calls a day are used up" in verdict.words


def test_a_call_whose_fate_is_not_known_yet_counts_as_answered() -> None:
    noon = utc("2026-11-24T12:00+08:00")
    log = tuple(attempt(noon + timedelta(minutes=number), Channel.CALL, connected=None) for number in range(3))
    assert not allows("CN-02", CN, IN_SHANGHAI, demand(Channel.CALL), noon + timedelta(hours=1), log)


def test_a_call_in_which_it_is_not_known_yet_whether_people_talked_counts_as_a_conversation() -> None:
    noon = utc("2026-11-24T12:00-06:00")
    log = (attempt(noon, Channel.CALL, connected=None, conversation=None),)
    assert not allows("US-01-TALK", US, IN_TEXAS, demand(Channel.CALL), noon + timedelta(hours=1), log)


def test_calls_that_nobody_answered_leave_the_cap_of_answered_ones_alone() -> None:
    noon = utc("2026-11-24T12:00+08:00")
    log = tuple(attempt(noon + timedelta(minutes=number), Channel.CALL, connected=False) for number in range(5))
    assert allows("CN-02", CN, IN_SHANGHAI, demand(Channel.CALL), noon + timedelta(hours=1), log)


def test_a_day_is_counted_on_every_clock_that_the_person_may_see() -> None:
    evening = utc("2026-11-23T19:30-05:00")
    log = (attempt(evening),)
    same_date_in_beijing = utc("2026-11-24T08:30-05:00")
    verdict = verdict_of("PR-01", CN, IN_NEW_YORK, demand(), same_date_in_beijing, log)
    assert verdict.until == utc("2026-11-25T00:00+08:00")
    assert not allows("PR-01", CN, IN_NEW_YORK, demand(), utc("2026-11-23T21:59-05:00"), log)
    assert allows("PR-01", CN, IN_NEW_YORK, demand(), utc("2026-11-25T08:00+08:00"), log)


def test_a_seventh_dial_waits_for_tomorrow_or_takes_another_number() -> None:
    noon = utc("2026-11-24T12:00+08:00")
    log = tuple(attempt(noon + timedelta(minutes=number), Channel.CALL) for number in range(6))
    later = noon + timedelta(hours=1)
    assert not allows("CN-03", CN, IN_SHANGHAI, demand(Channel.CALL), later, log)
    assert allows("CN-03", CN, IN_SHANGHAI, demand(Channel.CALL, address="address-2"), later, log)
    assert allows("CN-03", CN, IN_SHANGHAI, demand(Channel.CALL), later + timedelta(days=1), log)


@pytest.mark.parametrize("direction", list(Direction))
def test_a_conversation_in_either_direction_silences_the_telephone_for_seven_days(direction: Direction) -> None:
    talked = utc("2026-11-02T18:00-06:00")
    log = (attempt(talked, Channel.CALL, connected=True, conversation=True, direction=direction),)
    proposal = demand(Channel.CALL)
    assert not allows("US-01-TALK", US, IN_TEXAS, proposal, utc("2026-11-08T20:59-06:00"), log)
    assert allows("US-01-TALK", US, IN_TEXAS, proposal, utc("2026-11-09T08:00-06:00"), log)
    assert allows("US-01-TALK", US, IN_TEXAS, demand(Channel.CALL, "account-2"), talked + timedelta(hours=1), log)
    verdict = verdict_of("US-01-TALK", US, IN_TEXAS, proposal, utc("2026-11-03T12:00-06:00"), log)
    assert verdict.until == utc("2026-11-09T00:00-06:00")
    assert "conversation by telephone on 2 November 2026" in verdict.words


def test_what_the_person_begins_never_counts_for_a_cap() -> None:
    now = utc("2026-11-24T12:00-06:00")
    log = tuple(
        attempt(now - timedelta(hours=number), Channel.CALL, direction=Direction.INBOUND) for number in range(1, 9)
    )
    assert allows("US-01", US, IN_TEXAS, demand(Channel.CALL), now, log)


def test_the_eighth_call_is_allowed_exactly_seven_days_after_the_first() -> None:
    first = utc("2026-11-02T10:00-06:00")
    log = tuple(attempt(first + timedelta(hours=12 * number), Channel.CALL) for number in range(7))
    proposal = demand(Channel.CALL)
    assert not allows("US-01", US, IN_TEXAS, proposal, first + days(7) - timedelta(seconds=1), log)
    assert allows("US-01", US, IN_TEXAS, proposal, first + days(7), log)


@pytest.mark.parametrize("message_class", [MessageClass.REPLY, MessageClass.STATUTORY])
def test_replies_and_notices_neither_obey_nor_use_the_products_own_caps(message_class: MessageClass) -> None:
    now = utc("2026-11-24T12:00+08:00")
    log = (attempt(now - timedelta(hours=1), Channel.SMS, message_class=message_class),)
    assert allows("PR-01", CN, IN_SHANGHAI, demand(), now, log)
    used = (attempt(now - timedelta(hours=1), Channel.EMAIL),)
    assert not allows("PR-01", CN, IN_SHANGHAI, demand(), now, used)
    proposal = Proposal("account-1", Channel.SMS, message_class, "address-1", "receipt")
    assert allows("PR-01", CN, IN_SHANGHAI, proposal, now, used)


def test_legal_caps_bind_replies_too() -> None:
    now = utc("2026-11-24T12:00-08:00")
    person = Person(("America/Los_Angeles",), "US", "WA")
    log = tuple(
        attempt(now - days(number), Channel.EMAIL, message_class=MessageClass.REPLY, occasion="receipt")
        for number in (1, 2, 3)
    )
    proposal = Proposal("account-1", Channel.EMAIL, MessageClass.REPLY, "address-1", "receipt")
    assert not allows("US-22-WA", US, person, proposal, now, log)


def test_a_contact_that_is_tried_again_does_not_stand_in_its_own_way() -> None:
    now = utc("2026-11-24T12:00+08:00")
    reserved = attempt(now - timedelta(minutes=1))
    again = Proposal("account-1", Channel.SMS, MessageClass.DEMAND, "address-1", contact_id=reserved.contact_id)
    assert allows("PR-01", CN, IN_SHANGHAI, again, now, (reserved,))
    assert not allows("PR-01", CN, IN_SHANGHAI, demand(), now, (reserved,))


def test_a_proposal_without_an_id_is_none_of_the_logs_contacts() -> None:
    now = utc("2026-11-24T12:00+08:00")
    nameless = replace(attempt(now - timedelta(minutes=1)), contact_id="")
    assert not allows("PR-01", CN, IN_SHANGHAI, demand(), now, (nameless,))


def test_a_message_that_told_of_a_debt_too_counts_for_that_debt_and_not_for_the_person_again() -> None:
    noon = utc("2027-03-01T18:00")
    announced = attempt(noon, Channel.VOICE)
    along = replace(announced, contact_id="along", account_id="account-2", told_along=True)
    log = tuple(replace(each, contact_id=f"{each.contact_id}.{n}") for n in range(7) for each in (announced, along))
    later = noon + days(1)
    for account in ("account-1", "account-2"):
        assert not allows("US-01", US, IN_TEXAS, demand(Channel.VOICE, account), later, log)
    text = attempt(noon)
    told = (text, replace(text, contact_id="along", account_id="account-2", told_along=True))
    once, twice = told[:1], (*told, *(replace(each, at=noon + days(1)) for each in told))
    assert not allows("PR-01", US, IN_TEXAS, demand(), noon, once)
    assert allows("PR-02", US, IN_TEXAS, demand(), noon + days(2), twice), "two messages, not four"
