"""Invariant 1: no contact outside the person's permitted hours, on any day of any year, through every clock change."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from domain.calendars import HolidayCalendar
from domain.contact_facts import Person, Proposal, Verdict
from domain.contact_rules import judge, next_lawful_moment, refusing, window_end
from domain.jurisdiction import Pack
from domain.terms import Channel, MessageClass
from tests.rules.people import (
    CN,
    IN_LONDON,
    IN_SHANGHAI,
    OWING,
    PACKS,
    UK,
    US,
    demand,
    is_lawful,
    reply,
    utc,
    verdict_of,
)

ZONES = sorted(available_timezones())
BANK_HOLIDAYS = HolidayCalendar("GB", ("ENG", "SCT", "WLS", "NIR"))

instants = st.builds(
    lambda day, second: datetime(2024, 1, 3, tzinfo=UTC) + timedelta(days=day, seconds=second),
    st.integers(0, 3284),
    st.integers(0, 86399),
)
channels = st.sampled_from(list(Channel))


@st.composite
def near_clock_changes(draw: st.DrawFn) -> tuple[str, datetime]:
    """A zone, and an instant within two days of one of its clock changes, if it has any in a year."""
    zone = draw(st.sampled_from(ZONES))
    start = datetime(draw(st.integers(2024, 2032)), 1, 1, tzinfo=UTC)
    weeks = [start + timedelta(days=7 * number) for number in range(53)]
    changes = [
        after
        for before, after in pairwise(weeks)
        if before.astimezone(ZoneInfo(zone)).utcoffset() != after.astimezone(ZoneInfo(zone)).utcoffset()
    ]
    near = draw(st.sampled_from(changes or weeks)) + timedelta(seconds=draw(st.integers(-9 * 86400, 2 * 86400)))
    return zone, max(near, datetime(2024, 1, 3, tzinfo=UTC))


def clock_allows(pack: Pack, zones: tuple[str, ...], moment: datetime) -> bool:
    """The hours and quiet days, told anew from the law and not from the pack."""
    return all(_clock_allows_in(pack.jurisdiction, moment.astimezone(ZoneInfo(zone))) for zone in zones)


def _clock_allows_in(jurisdiction: str, shown: datetime) -> bool:
    if jurisdiction == "CN":
        return 8 <= shown.hour < 22 and shown.date() not in SPRING_FESTIVAL
    if jurisdiction == "US":
        return 8 <= shown.hour < 21
    return 8 <= shown.hour < 21 and shown.weekday() != 6 and BANK_HOLIDAYS.holiday(shown.date()) is None


NEW_YEARS = {
    date(2024, 2, 10),
    date(2025, 1, 29),
    date(2026, 2, 17),
    date(2027, 2, 6),
    date(2028, 1, 26),
    date(2029, 2, 13),
    date(2030, 2, 3),
    date(2031, 1, 23),
    date(2032, 2, 11),
}
"""The first day of each Chinese year, from an almanac."""
SPRING_FESTIVAL = {first + timedelta(days=offset) for first in NEW_YEARS for offset in range(-1, 7)}


def zones_that_count(pack: Pack, person: Person) -> tuple[str, ...]:
    return (*person.time_zones, "Asia/Shanghai") if pack is CN else person.time_zones


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([CN, US, UK]), st.lists(st.sampled_from(ZONES), min_size=1, max_size=3), instants, channels)
def test_nothing_is_allowed_outside_the_hours_of_any_zone(
    pack: Pack, zones: list[str], now: datetime, channel: Channel
) -> None:
    person = Person(tuple(zones), pack.jurisdiction)
    if is_lawful(pack, person, demand(channel), now):
        assert clock_allows(pack, zones_that_count(pack, person), now)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([CN, US, UK]), near_clock_changes(), channels)
@example(US, ("America/New_York", utc("2026-03-08T12:00")), Channel.SMS)
@example(US, ("America/New_York", utc("2026-11-01T12:59:59")), Channel.SMS)
@example(UK, ("Europe/London", utc("2026-03-28T21:00")), Channel.SMS)
def test_the_found_moment_and_its_validity_lie_within_the_hours_through_clock_changes(
    pack: Pack, near: tuple[str, datetime], channel: Channel
) -> None:
    zone, now = near
    person = Person((zone,), pack.jurisdiction)
    found = next_lawful_moment(pack, person, demand(channel), (), now, "account-1")
    if found.at is None:
        assert pack is CN, "only Beijing's hours together with another zone's may leave nothing open"
        return
    zones = zones_that_count(pack, person)
    assert found.at >= now
    assert clock_allows(pack, zones, found.at)
    assert is_lawful(pack, person, demand(channel), found.at)
    last = window_end(pack, person, demand(channel), found.at) - timedelta(microseconds=1)
    assert clock_allows(pack, zones, last)
    assert last >= found.at


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([CN, US, UK]), near_clock_changes())
def test_nothing_earlier_than_the_found_moment_would_have_been_lawful(pack: Pack, near: tuple[str, datetime]) -> None:
    zone, now = near
    person, proposal = Person((zone,), pack.jurisdiction), reply("receipt", Channel.EMAIL)
    found = next_lawful_moment(pack, person, proposal, (), now, "account-1")
    end = found.at if found.at is not None else now + timedelta(days=9)
    steps = int((end - now) / timedelta(minutes=10))
    earlier = [now + timedelta(minutes=10 * number) for number in range(steps)]
    earlier += [end - timedelta(seconds=1)] if end - timedelta(seconds=1) > now else []
    assert not [each for each in earlier if is_lawful(pack, person, proposal, each)]


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([CN, US, UK]), near_clock_changes(), st.sampled_from(ZONES))
@example(US, ("Asia/Shanghai", utc("2026-11-25T09:00+08:00")), "America/New_York")
def test_but_for_the_hours_around_a_clock_change_the_rules_say_what_the_clock_says(
    pack: Pack, near: tuple[str, datetime], other: str
) -> None:
    zone, now = near
    person = Person((zone, other), pack.jurisdiction)
    zones = zones_that_count(pack, person)
    around = [now + timedelta(minutes=30 * number) for number in range(-4, 5)]
    assume(all(len({each.astimezone(ZoneInfo(name)).utcoffset() for each in around}) == 1 for name in zones))
    assert is_lawful(pack, person, demand(), now) is clock_allows(pack, zones, now)


@pytest.mark.parametrize("jurisdiction", sorted(PACKS))
@pytest.mark.parametrize("zones", [(), ("Mars/Olympus",), ("Asia/Shanghai", "Mars/Olympus"), ("../etc/passwd",)])
def test_without_a_known_zone_nothing_is_sent(jurisdiction: str, zones: tuple[str, ...]) -> None:
    pack, person, now = PACKS[jurisdiction], Person(zones, jurisdiction), utc("2026-11-24T10:00")
    assert any("time zone is not known" in each.words for each in refusing_at(pack, person, now))
    assert next_lawful_moment(pack, person, demand(), (), now, "account-1").at is None
    assert window_end(pack, person, demand(), now) == now


def refusing_at(pack: Pack, person: Person, now: datetime) -> tuple[Verdict, ...]:
    return refusing(judge(pack, person, demand(), (), OWING, now))


@pytest.mark.parametrize(
    ("now", "lawful"),
    [
        ("2026-10-25T07:59:59+00:00", False),
        ("2026-10-26T08:00:00+00:00", True),
        ("2026-03-28T08:00:00+00:00", True),
        ("2026-03-30T06:59:59+00:00", False),
        ("2026-03-30T07:00:00+00:00", True),
        ("2028-02-29T20:59:59+00:00", True),
        ("2028-02-29T21:00:00+00:00", False),
        ("2027-12-31T20:59:59+00:00", True),
        ("2028-01-01T12:00:00+00:00", False),
        ("2028-01-03T12:00:00+00:00", False),
        ("2028-01-04T12:00:00+00:00", True),
    ],
)
def test_the_hours_in_london_hold_through_clock_changes_leap_day_and_new_year(now: str, lawful: bool) -> None:
    assert is_lawful(UK, IN_LONDON, demand(), utc(now)) is lawful


def test_in_two_possible_zones_only_the_hours_that_both_share_are_lawful() -> None:
    person = Person(("America/New_York", "America/Los_Angeles"), "US", "NY")
    open_hours = [hour for hour in range(24) if is_lawful(US, person, demand(), utc(f"2026-11-24T{hour:02}:30"))]
    shown = [utc(f"2026-11-24T{hour:02}:30").astimezone(ZoneInfo("America/New_York")).hour for hour in open_hours]
    assert sorted(shown) == list(range(11, 21))


def test_in_urumqi_the_hours_hold_in_beijing_time_too() -> None:
    person = Person(("Asia/Urumqi",), "CN")
    assert not is_lawful(CN, person, demand(), utc("2026-11-24T09:59:59+08:00"))
    assert is_lawful(CN, person, demand(), utc("2026-11-24T10:00+08:00"))
    assert not is_lawful(CN, person, demand(), utc("2026-11-24T22:00+08:00"))


def test_a_verdict_says_from_when_the_rule_allows() -> None:
    verdict = verdict_of("CN-01", CN, IN_SHANGHAI, demand(), utc("2026-11-24T23:15+08:00"))
    assert (verdict.allowed, verdict.words) == (False, "quiet hours until 08:00 Asia/Shanghai")
    assert verdict.until == utc("2026-11-25T08:00+08:00")


@pytest.mark.parametrize("message_class", list(MessageClass))
def test_the_hours_bind_every_class_of_message(message_class: MessageClass) -> None:
    proposal = Proposal("account-1", Channel.LETTER, message_class, "address-1", "receipt")
    assert not verdict_of("CN-01", CN, IN_SHANGHAI, proposal, utc("2026-11-24T22:00+08:00")).allowed
