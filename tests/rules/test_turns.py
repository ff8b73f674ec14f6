"""Where the caps leave room for one contact of a person only, who goes first, and that everybody goes at last."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import ceil
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.contact_facts import Attempt, Person, Proposal, ServiceOccasion
from domain.contact_rules import next_lawful_moment, window_end
from domain.contact_turns import LATE_BY, PATIENCE, Turn, goes_first, turn_after
from domain.jurisdiction import Pack
from domain.terms import Channel, MessageClass
from tests.rules.people import (
    CN,
    IN_LONDON,
    IN_SHANGHAI,
    IN_TEXAS,
    OWING,
    UK,
    US,
    attempt,
    days,
    is_lawful,
    notice,
    utc,
)

LONGEST_CLOSED = days(11)
"""The longest that holidays and the days around them leave nothing open, and a little more."""
NOON = utc("2027-03-01T04:00")
"""A Monday, noon in Beijing."""
EVENING = utc("2027-03-01T14:00")
"""When the lawful hours end in Beijing."""


def turn(
    account: str = "account-1",
    due: str = "2027-02-01",
    planned_at: datetime = NOON,
    waits_since: datetime | None = None,
    message_class: MessageClass = MessageClass.DEMAND,
    channel: Channel = Channel.SMS,
) -> Turn:
    """A contact that is due."""
    occasion = ServiceOccasion.PLAN_REMINDER if message_class is MessageClass.SERVICE else ""
    proposal = Proposal(account, channel, message_class, "address-1", occasion)
    return Turn(proposal, planned_at, date.fromisoformat(due), waits_since)


def first_of(mine: Turn, *others: Turn, log: Sequence[Attempt] = ()) -> Turn | None:
    """To which of the others a contact in Beijing gives way at noon."""
    return goes_first(CN, IN_SHANGHAI, mine, others, log, NOON, EVENING)


OLDER = turn("account-2", "2027-01-01", NOON + timedelta(hours=3))


def test_a_younger_demand_gives_way_to_older_arrears_that_are_due_the_same_day() -> None:
    assert first_of(turn(), OLDER) == OLDER
    assert OLDER.words(NOON) == (
        "the room that the caps leave goes first to account account-2, whose arrears are older"
    )


def test_the_older_one_gives_way_to_nobody() -> None:
    assert goes_first(CN, IN_SHANGHAI, OLDER, [turn()], (), OLDER.planned_at, EVENING) is None


def test_between_equals_it_is_the_accounts_id_that_decides_and_only_one_gives_way() -> None:
    one, other = turn("account-1"), turn("account-2")
    assert first_of(one, other) is None
    assert first_of(other, one) == one


@pytest.mark.parametrize(
    "other",
    [
        replace(OLDER, planned_at=NOON + days(1)),
        replace(OLDER, planned_at=NOON - LATE_BY - timedelta(seconds=1)),
        replace(OLDER, proposal=replace(OLDER.proposal, channel=Channel.LETTER)),
    ],
    ids=["due another day", "late, so that it may never come", "by a channel whose room is its own"],
)
def test_nobody_gives_way_to_a_contact_that_would_not_lose_by_it(other: Turn) -> None:
    assert first_of(turn(), other) is None


def test_nobody_gives_way_to_a_contact_for_which_there_is_no_room_anyway() -> None:
    weekly = [attempt(NOON - days(each), Channel.EMAIL) for each in (1, 2, 3)]
    assert first_of(turn(channel=Channel.LETTER), OLDER, log=weekly) is None


def test_a_reminder_of_a_plan_goes_before_demands_and_a_notice_before_both() -> None:
    reminder = turn("account-3", "2027-02-20", message_class=MessageClass.SERVICE)
    assert first_of(turn(), reminder) == reminder
    assert first_of(reminder, OLDER) is None
    in_washington = Person(("America/Los_Angeles",), "US", "WA")
    owed = Turn(replace(notice("validation_notice"), account_id="account-4"), NOON, date(2027, 2, 1))
    two = [attempt(NOON - days(each), Channel.EMAIL) for each in (2, 3)]
    assert goes_first(US, in_washington, reminder, [owed], two, NOON, EVENING) == owed, "three of any form in a week"


def test_a_demand_that_has_waited_for_a_week_goes_before_older_arrears() -> None:
    waited = turn(waits_since=NOON - PATIENCE)
    assert first_of(waited, OLDER) is None
    assert first_of(replace(OLDER, planned_at=NOON), waited) == waited
    assert "which has waited longer" in waited.words(NOON)
    assert first_of(turn(waits_since=NOON - PATIENCE + timedelta(seconds=1)), OLDER) == OLDER


def test_who_gives_way_comes_at_the_first_lawful_moment_after_the_other() -> None:
    found = turn_after(CN, IN_SHANGHAI, turn(), OLDER, (), NOON, "account-1")
    assert found.at is not None
    assert utc("2027-03-02T00:00") <= found.at < utc("2027-03-02T14:00")


@dataclass
class Household:
    """Accounts of one person that no message tells of at once, each asked for at its own cadence."""

    pack: Pack
    person: Person
    cadences: dict[str, timedelta]
    due: dict[str, str]
    channels: dict[str, Channel]
    log: list[Attempt] = field(default_factory=list)
    planned: dict[str, datetime] = field(default_factory=dict)
    waits: dict[str, datetime] = field(default_factory=dict)
    gave_way: list[datetime] = field(default_factory=list)

    def live(self, begins: datetime, weeks: int) -> None:
        """Let the accounts take their turns."""
        self.planned = {each: self._moment(each, begins) for each in self.cadences}
        while (following := min((at, each) for each, at in self.planned.items()))[0] < begins + days(7 * weeks):
            self._take_turn(following[1], following[0])

    def _take_turn(self, account: str, now: datetime) -> None:
        mine = self._turn(account)
        if not is_lawful(self.pack, self.person, mine.proposal, now, tuple(self.log), OWING):
            self._put_off(account, now, self._moment(account, now))
            return
        others = [self._turn(each) for each in self.planned if each != account]
        ends = window_end(self.pack, self.person, mine.proposal, now)
        first = goes_first(self.pack, self.person, mine, others, self.log, now, ends)
        if first is not None:
            found = turn_after(self.pack, self.person, mine, first, self.log, now, account)
            assert found.at is not None
            assert found.at > now
            self.gave_way.append(now)
            self._put_off(account, now, found.at)
            return
        self.log.append(attempt(now, self.channels[account], account=account))
        self.waits.pop(account, None)
        self.planned[account] = self._moment(account, now + self.cadences[account])

    def _put_off(self, account: str, now: datetime, until: datetime) -> None:
        assert until > now
        self.waits.setdefault(account, now)
        self.planned[account] = until

    def _turn(self, account: str) -> Turn:
        return turn(
            account, self.due[account], self.planned[account], self.waits.get(account), channel=self.channels[account]
        )

    def _moment(self, account: str, not_before: datetime) -> datetime:
        proposal = Proposal(account, self.channels[account], MessageClass.DEMAND, "address-1")
        found = next_lawful_moment(self.pack, self.person, proposal, self.log, not_before, account)
        assert found.at is not None
        return found.at


households = st.integers(1, 7).flatmap(
    lambda size: st.tuples(
        st.lists(st.integers(2, 14).map(days), min_size=size, max_size=size),
        st.lists(st.integers(1, 28).map(lambda day: f"2027-02-{day:02}"), min_size=size, max_size=size),
        st.lists(st.sampled_from([Channel.SMS, Channel.EMAIL]), min_size=size, max_size=size),
    )
)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from([(CN, IN_SHANGHAI), (US, IN_TEXAS), (UK, IN_LONDON)]), households, st.integers(0, 364))
def test_whatever_the_household_everybody_comes_at_last_and_no_room_is_wasted(
    whose: tuple[Pack, Person],
    accounts: tuple[list[timedelta], list[str], list[Channel]],
    day: int,
) -> None:
    pack, person = whose
    cadences, due, channels = accounts
    names = [f"account-{number}" for number in range(len(cadences))]
    household = Household(
        pack,
        person,
        dict(zip(names, cadences, strict=True)),
        dict(zip(names, due, strict=True)),
        dict(zip(names, channels, strict=True)),
    )
    begins, weeks = utc("2027-03-01T00:00") + days(day), 20
    household.live(begins, weeks)
    zone = ZoneInfo(person.time_zones[0])
    used = Counter(each.at.astimezone(zone).date() for each in household.log)
    assert max(used.values()) <= 1, "one a day"
    lived_through = begins + days(7 * weeks - 1)
    gave_way = {moment.astimezone(zone).date() for moment in household.gave_way if moment < lived_through}
    assert gave_way <= used.keys(), "room that was left was used"
    for name in names:
        turns = [begins, *(each.at for each in household.log if each.account_id == name), begins + days(7 * weeks)]
        longest = max(later - earlier for earlier, later in pairwise(turns))
        assert longest <= household.cadences[name] + days(7) + days(7 * ceil(len(names) / 3)) + LONGEST_CLOSED
