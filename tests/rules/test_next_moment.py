"""The next lawful moment: why it is then, how contacts are spread, how far it is sought, how long a message lasts."""

from collections import Counter
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.contact_facts import Person
from domain.contact_rules import next_lawful_moment, window_end
from domain.jurisdiction import Pack
from domain.jurisdiction_rules import Cap, Hours, Origin, QuietDays, Window
from domain.terms import Channel
from tests.rules.people import (
    CN,
    IN_LONDON,
    IN_SHANGHAI,
    IN_TEXAS,
    UK,
    US,
    attempt,
    days,
    demand,
    is_lawful,
    reply,
    utc,
)

HOLIDAYS_QUIET = QuietDays(
    kind="quiet_days",
    id="POLICY-01",
    title="No contact on public holidays.",
    origin=Origin.POLICY,
    source="The lender's policy.",
    verified=True,
    public_holidays=True,
)


def test_the_words_name_the_quiet_hours_and_the_holiday() -> None:
    pack = CN.stricter_by((HOLIDAYS_QUIET,))
    found = next_lawful_moment(pack, IN_SHANGHAI, reply("receipt"), (), utc("2026-10-06T22:30+08:00"), "account-1")
    assert found.at == utc("2026-10-08T08:00+08:00")
    assert found.words == (
        "quiet hours until 08:00 Asia/Shanghai; 6 October 2026 is a public holiday, "
        "and no day before 8 October 2026 is open"
    )


def test_a_moment_that_rests_on_a_calendar_not_yet_settled_says_so() -> None:
    pack = CN.stricter_by((HOLIDAYS_QUIET,))
    assert next_lawful_moment(pack, IN_SHANGHAI, demand(), (), utc("2027-05-10T04:00"), "a").provisional
    assert not next_lawful_moment(pack, IN_SHANGHAI, demand(), (), utc("2026-05-10T04:00"), "a").provisional
    assert not next_lawful_moment(CN, IN_SHANGHAI, demand(), (), utc("2027-05-10T04:00"), "a").provisional


def test_spring_festival_is_waited_out_from_its_eve_to_its_seventh_day() -> None:
    for now in ("2026-02-16T08:00+08:00", "2026-02-20T12:00+08:00", "2026-02-23T21:59+08:00"):
        found = next_lawful_moment(CN, IN_SHANGHAI, reply("receipt"), (), utc(now), "account-1")
        assert found.at == utc("2026-02-24T08:00+08:00")
        assert "Spring Festival" in found.words


def test_a_cap_is_waited_out_and_named() -> None:
    log = (attempt(utc("2026-11-24T10:00+08:00")),)
    found = next_lawful_moment(CN, IN_SHANGHAI, demand(), log, utc("2026-11-24T12:00+08:00"), "account-1")
    assert found.at is not None
    assert found.at.astimezone(ZoneInfo("Asia/Shanghai")).date() == date(2026, 11, 25)
    assert found.words.startswith("all 1 contacts a day are used up; again from 25 November 2026 00:00 Asia/Shanghai; ")


def test_what_is_lawful_at_once_is_not_moved() -> None:
    found = next_lawful_moment(UK, IN_LONDON, reply("receipt"), (), utc("2026-11-24T12:00"), "account-1")
    assert (found.at, found.words) == (utc("2026-11-24T12:00"), "lawful at once")


def test_a_reply_that_may_go_at_any_hour_is_not_moved_to_the_morning() -> None:
    night = utc("2026-11-24T23:30+08:00")
    found = next_lawful_moment(CN, IN_SHANGHAI, reply("opt_out_confirmation"), (), night, "account-1")
    assert found.at == night
    assert window_end(CN, IN_SHANGHAI, reply("opt_out_confirmation"), night) == night + timedelta(minutes=5)
    assert window_end(CN, IN_SHANGHAI, reply("answer"), night) == night + timedelta(minutes=60)
    assert window_end(CN, IN_SHANGHAI, reply("receipt"), night) == night


def test_ten_thousand_contacts_of_one_cohort_spread_over_the_morning() -> None:
    now = utc("2026-11-24T23:00+08:00")
    moments = [next_lawful_moment(CN, IN_SHANGHAI, demand(), (), now, f"account-{n}").at for n in range(10_000)]
    known = [each for each in moments if each is not None]
    assert len(known) == 10_000
    assert utc("2026-11-25T08:00+08:00") <= min(known)
    assert max(known) < utc("2026-11-25T12:00+08:00")
    seconds = Counter(each.replace(microsecond=0) for each in known)
    assert max(seconds.values()) <= 8
    quarters = Counter((each - utc("2026-11-25T08:00+08:00")) // timedelta(minutes=15) for each in known)
    assert min(quarters.values()) > 500


def test_contacts_due_in_the_afternoon_spread_over_ten_minutes_and_not_into_the_last_of_the_window() -> None:
    afternoon = utc("2026-11-24T15:00+08:00")
    moments = [next_lawful_moment(CN, IN_SHANGHAI, demand(), (), afternoon, f"account-{n}").at for n in range(500)]
    assert afternoon <= min(each for each in moments if each)
    assert timedelta(minutes=9) < max(each for each in moments if each) - afternoon < timedelta(minutes=10)
    late = utc("2026-11-24T21:59+08:00")
    last = max(next_lawful_moment(CN, IN_SHANGHAI, demand(), (), late, f"account-{n}").at or late for n in range(500))
    assert last < utc("2026-11-24T21:59:54+08:00")


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([(CN, IN_SHANGHAI), (US, IN_TEXAS), (UK, IN_LONDON)]),
    st.integers(0, 280_000_000),
    st.text(),
    st.text(),
)
def test_the_spread_is_the_same_every_time_and_stays_in_the_day_of_the_first_lawful_moment(
    where: tuple[Pack, Person], seconds: int, key: str, other: str
) -> None:
    pack, person = where
    now = utc("2024-01-05") + timedelta(seconds=seconds)
    found = next_lawful_moment(pack, person, demand(), (), now, key)
    assert found == next_lawful_moment(pack, person, demand(), (), now, key)
    elsewhere = next_lawful_moment(pack, person, demand(), (), now, other)
    assert found.at is not None
    assert elsewhere.at is not None
    zone = ZoneInfo(person.time_zones[0])
    assert found.at.astimezone(zone).date() == elsewhere.at.astimezone(zone).date()
    assert found.at >= now
    again = next_lawful_moment(pack, person, demand(), (), found.at, key)
    assert again.at is not None
    assert timedelta(0) <= again.at - found.at <= pack.spread.at_once


def test_an_account_keeps_its_place_of_the_day_from_week_to_week() -> None:
    first = next_lawful_moment(CN, IN_SHANGHAI, demand(), (), utc("2026-11-24T23:00+08:00"), "account-7").at
    assert first is not None
    second = next_lawful_moment(CN, IN_SHANGHAI, demand(), (), first + days(7) - timedelta(hours=8), "account-7").at
    assert second == first + days(7)


def test_when_nothing_is_open_within_the_search_it_says_so_and_why() -> None:
    silence = Cap(
        kind="cap",
        id="POLICY-02",
        title="One contact in a hundred days.",
        origin=Origin.POLICY,
        source="The lender's policy.",
        verified=True,
        at_most=1,
        per="person",
        window=Window(rolling=days(100)),
        counts="attempts",
    )
    now = utc("2026-11-24T12:00+08:00")
    log = (attempt(now - days(1), Channel.LETTER),)
    found = next_lawful_moment(CN.stricter_by((silence,)), IN_SHANGHAI, demand(), log, now, "account-1")
    assert found.at is None
    assert found.words.startswith("all 1 contacts in 100 days are used up")
    assert found.words.endswith("so no lawful moment within 60 days")


def test_zones_whose_hours_never_meet_leave_no_moment() -> None:
    person = Person(("Pacific/Kiritimati", "Pacific/Pago_Pago", "Atlantic/Azores", "Asia/Karachi"), "US", "TX")
    found = next_lawful_moment(US, person, demand(), (), utc("2026-11-24T12:00"), "account-1")
    assert found.at is None
    assert "no open hour within 60 days" in found.words


def test_a_message_is_valid_until_its_window_ends() -> None:
    noon = utc("2026-11-24T12:00+08:00")
    assert window_end(CN, IN_SHANGHAI, demand(), noon) == utc("2026-11-24T22:00+08:00")
    assert window_end(US, IN_TEXAS, demand(), utc("2026-11-24T08:00-06:00")) == utc("2026-11-24T21:00-06:00")
    in_two = Person(("America/New_York", "America/Los_Angeles"), "US", "NY")
    assert window_end(US, in_two, demand(), utc("2026-11-24T12:00-05:00")) == utc("2026-11-24T21:00-05:00")


def test_no_message_is_valid_into_a_quiet_day() -> None:
    round_the_clock = [each for each in UK.rules if not isinstance(each, Hours)]
    hours = next(each for each in UK.rules if isinstance(each, Hours)).model_copy(
        update={"opens": "00:00", "closes": "24:00"}
    )
    pack = UK.model_copy(update={"rules": (hours, *round_the_clock)})
    saturday = utc("2026-11-28T20:00")
    assert window_end(pack, IN_LONDON, demand(), saturday) == utc("2026-11-29T00:00")
    assert window_end(pack, IN_LONDON, demand(), utc("2026-11-24T20:00")) > utc("2026-11-25T20:00")
    assert not is_lawful(pack, IN_LONDON, demand(), utc("2026-11-29T00:00"))
