"""What a person tells us of when to reach them moves every account's contacts, until it is ended."""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from activities.booking import Books
from activities.composer import Composer
from activities.contacts import Contacts
from activities.desk import Library
from activities.opening import open_account
from domain.case import Case
from domain.events import MomentFound
from domain.orders import Booking, ContactResult, MessageToBook, OpenCase
from domain.terms import Channel
from providers.outbox import Outbox
from storage import schema
from storage.database import Database
from storage.disclosure import disclose
from storage.registration import register
from storage.tables import Account
from tests.records.conftest import NOON, order
from tests.records.lone_case import contact_at
from tests.registrations import registration

EVENINGS = {"preference_id": "p-1", "reported_by": "agent-1", "not_before": "18:00", "not_after": "20:00"}


class Office:
    """The records of one person with two accounts that are collected, and what is told of them."""

    def __init__(self, database: Database, library: Library, contacts: Contacts) -> None:
        self.database, self.library, self.contacts = database, library, contacts
        self.cases = {account_id: self._open(account_id) for account_id in ("acc-1", "acc-2")}

    def book(self, account_id: str, name: str, message_id: str, **body: object) -> Booking:
        """Book a fact or request at noon."""
        ids = {"request_id": message_id} if name.startswith("end_") else {"event_id": message_id}
        told = {**ids, **({} if name.startswith("end_") else {"occurred_at": NOON.isoformat()}), **body}
        with self.database.writing() as session:
            case = self.cases[account_id]
            return Books(self.library).book(session, MessageToBook(account_id, name, message_id, told, NOON, case))

    def demand_at(self, account_id: str) -> str:
        """When the account's next demand is planned, on the person's clock."""
        with self.database.reading() as session:
            planned = session.get_one(Account, account_id).demand_at
        return f"{planned.astimezone(ZoneInfo('Asia/Shanghai')):%H}" if planned is not None else ""

    def _open(self, account_id: str) -> Case:
        with self.database.writing() as session:
            register(session, registration(account_id), "fenfu-cn", NOON)
            return open_account(session, self.library, OpenCase(account_id, NOON)).case


@pytest.fixture
def office(
    url: str, library: Library, composer: Composer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """One person's accounts."""
    database = Database(url)
    schema.migrate(database)
    carriers = dict.fromkeys(Channel, Outbox(tmp_path_factory.mktemp("outbox")))
    yield Office(database, library, Contacts(database, library, composer, carriers))
    database.dispose()


def test_it_moves_the_next_demand_and_reaches_the_persons_other_accounts(office: Office) -> None:
    booking = office.book("acc-1", "report_contact_preference", "e-1", **EVENINGS)
    [moved] = booking.events
    assert isinstance(moved, MomentFound)
    assert booking.others == 1
    assert office.demand_at("acc-1") in ("18", "19")
    heard = office.book("acc-2", "report_contact_preference", "e-1", **EVENINGS)
    assert (heard.others, office.demand_at("acc-2")) == (0, office.demand_at("acc-2"))
    assert office.demand_at("acc-2") in ("18", "19")


def test_a_moment_that_suits_already_stays(office: Office) -> None:
    planned = office.demand_at("acc-1")
    all_day = EVENINGS | {"not_before": "08:00", "not_after": "22:00"}
    assert office.book("acc-1", "report_contact_preference", "e-1", **all_day).events == ()
    assert office.demand_at("acc-1") == planned


@pytest.mark.parametrize("account_id", ["acc-1", "acc-2"])
def test_the_guard_knows_it_for_every_account_before_their_cases_do(office: Office, account_id: str) -> None:
    office.book("acc-1", "report_contact_preference", "e-1", **EVENINGS)
    outcome = contact_at(office.contacts, order(account_id), NOON)
    assert outcome.result is ContactResult.DEFERRED
    assert outcome.reason == "PERSON-HOURS: quiet hours until 18:00 Asia/Shanghai"
    evening = contact_at(office.contacts, order(account_id), NOON + timedelta(hours=6, minutes=30))
    assert evening.result is ContactResult.SENT


def test_ended_it_binds_nobody_any_more(office: Office) -> None:
    office.book("acc-1", "report_contact_preference", "e-1", **EVENINGS)
    ending = {"preference_id": "p-1", "reason_code": "changed_job", "ended_by": "agent-1"}
    booking = office.book("acc-2", "end_contact_preference", "r-1", **ending)
    assert booking.answer == {"preference_id": "p-1", "status": "ended"}
    assert contact_at(office.contacts, order("acc-1"), NOON).result is ContactResult.SENT
    again = office.book("acc-1", "end_contact_preference", "r-2", **ending)
    assert again.refusal is not None
    assert again.refusal.code == "unknown_preference"


def test_a_newer_one_takes_its_place(office: Office) -> None:
    office.book("acc-1", "report_contact_preference", "e-1", **EVENINGS)
    later = (NOON + timedelta(seconds=1)).isoformat()
    mornings = EVENINGS | {"preference_id": "p-2", "not_before": "09:00", "not_after": "12:30", "occurred_at": later}
    office.book("acc-1", "report_contact_preference", "e-2", **mornings)
    assert contact_at(office.contacts, order("acc-1"), NOON).result is ContactResult.SENT


def test_the_person_is_told_what_is_kept(office: Office) -> None:
    office.book("acc-1", "report_contact_preference", "e-1", **EVENINGS)
    with office.database.reading() as session:
        [kept] = disclose(session, "deb-1", lambda _account: {})["contact_preferences"]
    assert (kept["preference_id"], kept["times"]["not_before"]) == ("p-1", "18:00")
