"""Consents that come with an account: on record from the first day, and never above what the person said since."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from activities.desk import Desk, Library, RefusedError
from activities.guard import Guard
from client.offline import Offline
from domain.terms import Channel
from storage import schema
from storage.audit import trail
from storage.database import Database
from storage.disclosure import disclose
from storage.people import record_choice
from tests.records.lone_case import MORNING, Open, american

PHONE = "+17135550123"
GIVEN = {"channel": "sms", "given_on": "2025-06-01", "source": "loan_agreement"}
FRESH = {**GIVEN, "confirmed_on": "2027-02-20"}


@pytest.fixture
def records(url: str) -> Iterator[Database]:
    """Records without anybody."""
    database = Database(url)
    schema.migrate(database)
    yield database
    database.dispose()


def choices(database: Database) -> list[dict[str, Any]]:
    with database.reading() as session:
        return list(disclose(session, "deb-1", lambda _account: {})["choices"])


@pytest.mark.parametrize(
    ("consents", "channel"),
    [
        ([FRESH], "sms"),
        ([], "email"),
        ([GIVEN], "email"),
        ([{**FRESH, "channel": "voice"}], "email"),
    ],
    ids=["fresh", "none", "not confirmed for two years", "to announcements only"],
)
def test_an_american_is_texted_from_the_first_day_only_with_a_fresh_consent(
    open_house: Open, consents: list[dict[str, str]], channel: str
) -> None:
    house = open_house(american(phone=PHONE, consents=consents))
    while not house.sent():
        house.contact()
    assert [each.channel for each in house.sent()] == [channel]


@pytest.mark.parametrize("channel", ["voice", "sms"])
def test_an_announcement_needs_a_consent_of_its_own(open_house: Open, library: Library, channel: str) -> None:
    house = open_house(american(phone=PHONE, consents=[{**FRESH, "channel": channel}]))
    with house.database.writing() as session:
        guard = Guard(Desk.open(session, library, "acc-1", lambda: MORNING))
        ruling = guard.rule(Channel.VOICE, guard.reach.address(Channel.VOICE))
    assert ruling.allowed is (channel == "voice")


def test_the_trail_and_the_person_are_told_where_the_consent_is_on_record(records: Database, library: Library) -> None:
    Offline(records, library).register(american(phone=PHONE, consents=[FRESH]), MORNING)
    [choice] = choices(records)
    assert (choice["channel"], choice["address_ref"], choice["allowed"]) == ("sms", "deb-1.phone.1", True)
    assert choice["source"] == "loan_agreement"
    assert choice["at"] == "2025-06-01T05:00:00+00:00", "the day on the person's own calendar"
    assert choice["confirmed_at"] == "2027-02-20T06:00:00+00:00"
    with records.reading() as session:
        [record] = [each for each in trail(session, "acc-1") if each.kind == "consent_recorded"]
    assert (record.subject, record.detail["given_on"]) == ("deb-1.phone.1", "2025-06-01")


def test_a_stop_that_came_after_the_consent_stands_though_the_number_was_confirmed_later(
    records: Database, library: Library
) -> None:
    offline = Offline(records, library)
    offline.register(american(phone=PHONE), MORNING)
    with records.writing() as session:
        stopped_at = MORNING - timedelta(days=30)
        record_choice(session, "deb-1", Channel.SMS, "deb-1.phone.1", False, stopped_at)
    offline.register(american(account_id="acc-2", phone=PHONE, consents=[FRESH]), MORNING)
    [choice] = choices(records)
    assert (choice["allowed"], choice["source"]) == (False, None)


def test_a_later_confirmation_of_the_same_consent_counts(records: Database, library: Library) -> None:
    offline = Offline(records, library)
    offline.register(american(phone=PHONE, consents=[GIVEN]), MORNING)
    offline.register(american(account_id="acc-2", phone=PHONE, consents=[FRESH]), MORNING)
    assert choices(records)[0]["confirmed_at"] == "2027-02-20T06:00:00+00:00"


@pytest.mark.parametrize("day", [{"given_on": "2027-03-02"}, {"confirmed_on": "2027-03-02"}])
def test_a_consent_from_the_future_is_refused(records: Database, library: Library, day: dict[str, str]) -> None:
    with pytest.raises(RefusedError, match="a consent to sms is dated in the future"):
        Offline(records, library).register(american(phone=PHONE, consents=[{**GIVEN, **day}]), MORNING)


def test_a_consent_needs_the_address_that_it_was_given_for() -> None:
    with pytest.raises(ValueError, match="a consent to sms needs the address that it was given for"):
        american(phone="", consents=[FRESH])


def test_an_account_without_consents_is_compared_as_before_they_could_be_given() -> None:
    digest = "d8f284c8f0c53e087c1a082b8232c81bf9fd237bd963ae35e5a7358d4af71744"
    assert american().digest == digest
    assert american(phone=PHONE, consents=[FRESH]).digest != american(phone=PHONE).digest
