"""What proves that a contact arrived: the provider's answer, or its receipt, and each arrival once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest

from activities.composer import Composer
from activities.contacts import Contacts
from activities.desk import Library
from activities.opening import open_account
from domain.events import DeliveryProved
from domain.orders import OpenCase
from domain.terms import Channel
from providers.port import Accepted, ContactIntent, LookupResult, NeverTaken, SendResult
from storage import schema
from storage.database import Database
from storage.registration import register
from storage.tables import Contact, ContactStatus
from tests.records.conftest import NOON, order
from tests.records.lone_case import contact_at
from tests.registrations import registration


@dataclass
class Post:
    """A carrier that proves the arrival at once, or tells it later, as it is told to."""

    database: Database
    proves: bool
    receipt_first: bool = False
    name: str = "post"

    def send(self, intent: ContactIntent) -> SendResult:
        """Take the message; a receipt may be quicker than the answer."""
        if self.receipt_first:
            with self.database.writing() as session:
                session.get_one(Contact, intent.contact_id).status = ContactStatus.DELIVERED
        return Accepted(self.name, "1", delivered=self.proves)

    def lookup(self, intent: ContactIntent, since: datetime) -> LookupResult:
        """It never has to be asked."""
        return NeverTaken.NEVER_TAKEN


@pytest.fixture
def records(url: str, library: Library) -> Iterator[Database]:
    """Records with one open account."""
    database = Database(url)
    schema.migrate(database)
    with database.writing() as session:
        register(session, registration(), "fenfu-cn", NOON)
        open_account(session, library, OpenCase("acc-1", NOON))
    yield database
    database.dispose()


@pytest.mark.parametrize(
    ("proves", "receipt_first", "told"),
    [(True, False, [DeliveryProved("acc-1.1")]), (False, False, []), (True, True, [])],
    ids=["by the answer", "by no answer", "by a receipt that came before the answer"],
)
def test_the_case_is_told_of_an_arrival_once(
    records: Database, library: Library, composer: Composer, proves: bool, receipt_first: bool, told: list[object]
) -> None:
    post = Post(records, proves, receipt_first)
    outcome = contact_at(Contacts(records, library, composer, dict.fromkeys(Channel, post)), order("acc-1"), NOON)
    assert [event for event in outcome.events if isinstance(event, DeliveryProved)] == told
