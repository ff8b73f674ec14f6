"""Caps hold over all of a person's accounts, whatever the interleaving of workers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Event

import pytest
from sqlmodel import col, select
from temporalio.exceptions import ApplicationError

from activities.composer import Composer
from activities.contacts import Contacts
from activities.desk import Library
from activities.opening import open_account
from domain.orders import ContactOrder, ContactOutcome, ContactResult, OpenCase
from domain.terms import Channel
from providers.outbox import Outbox
from providers.port import ContactIntent, LookupResult, SendResult, Unknown
from storage import schema
from storage.accounts import note_no_demand
from storage.audit import every_record, verify
from storage.database import Database
from storage.registration import register
from storage.tables import Account, Contact, ContactStatus
from tests.records.conftest import NOON, order
from tests.records.lone_case import contact_at
from tests.registrations import registration

ACCOUNTS = [f"acc-{number}" for number in range(1, 6)]
WORKERS = 4


def prepare(url: str, library: Library) -> None:
    """Open accounts of one person of which no message may tell at once, so that each needs its own."""
    database = Database(url)
    schema.migrate(database)
    for account_id in ACCOUNTS:
        with database.writing() as session:
            register(session, registration(account_id), "fenfu-cn", NOON)
            open_account(session, library, OpenCase(account_id, NOON))
            note_no_demand(session, session.get_one(Account, account_id))
    database.dispose()


def attempt(contacts: Contacts, the_order: ContactOrder, at: datetime = NOON) -> ContactOutcome | None:
    """The outcome, or none when it must be tried again: another has it under way, or nobody knows what became of it."""
    try:
        return contact_at(contacts, the_order, at)
    except ApplicationError as error:
        if error.type not in ("under_way", "hand_off_unknown"):
            raise
        return None


def hammer(url: str, library: Library, composer: Composer, outbox: Path) -> list[ContactOutcome]:
    """Four workers, each with connections of its own, send for every account of one person at the same instant."""
    start = Barrier(WORKERS)

    def work(_worker: int) -> list[ContactOutcome]:
        database = Database(url)
        contacts = Contacts(database, library, composer, dict.fromkeys(Channel, Outbox(outbox)))
        start.wait()
        outcomes = [attempt(contacts, order(account_id)) for account_id in ACCOUNTS]
        database.dispose()
        return [outcome for outcome in outcomes if outcome is not None]

    with ThreadPoolExecutor(WORKERS) as threads:
        return [outcome for outcomes in threads.map(work, range(WORKERS)) for outcome in outcomes]


def test_four_workers_and_five_accounts_send_one_person_one_message_a_day(
    url: str, library: Library, composer: Composer, tmp_path: Path
) -> None:
    prepare(url, library)
    outcomes = hammer(url, library, composer, tmp_path / "outbox")
    database = Database(url)
    with database.reading() as session:
        left = session.exec(select(Contact).where(col(Contact.status) == ContactStatus.SENT)).all()
        assert verify(every_record(session)) == []
    database.dispose()
    assert len(left) == 1
    assert len(list((tmp_path / "outbox" / "sms").iterdir())) == 1
    assert {each.result for each in outcomes} <= {ContactResult.SENT, ContactResult.DEFERRED}
    later = [each.next.at for each in outcomes if each.result is ContactResult.DEFERRED and each.next is not None]
    assert min(later) >= datetime(2027, 3, 2, tzinfo=UTC), "the others wait for the next day at least"


def test_a_week_of_hammering_never_sends_more_than_three(
    url: str, library: Library, composer: Composer, tmp_path: Path
) -> None:
    prepare(url, library)
    database = Database(url)
    contacts = Contacts(database, library, composer, dict.fromkeys(Channel, Outbox(tmp_path / "outbox")))
    sent = [
        contact_at(contacts, order(account_id, day + 1), NOON + timedelta(days=day)).result
        for day in range(7)
        for account_id in ACCOUNTS
    ]
    database.dispose()
    assert set(sent) == {ContactResult.SENT, ContactResult.DEFERRED}
    assert len(list((tmp_path / "outbox" / "sms").iterdir())) == 3


def test_an_attempt_that_may_still_be_alive_is_left_alone_and_looked_up_when_it_cannot_be(
    url: str, library: Library, composer: Composer, tmp_path: Path
) -> None:
    prepare(url, library)
    database = Database(url)
    slow = SlowOutbox(tmp_path / "outbox")
    contacts = Contacts(database, library, composer, dict.fromkeys(Channel, slow))
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(contact_at, contacts, order("acc-1"), NOON)
        slow.asked.wait(10)
        with pytest.raises(ApplicationError, match="another attempt is under way"):
            contact_at(contacts, order("acc-1"), NOON + timedelta(seconds=30))
        slow.answer.set()
        assert first.result().result is ContactResult.SENT
    again = contact_at(contacts, order("acc-1"), NOON + timedelta(seconds=61))
    database.dispose()
    assert again.result is ContactResult.SENT
    assert slow.sent == 1


def test_a_message_that_is_just_being_handed_over_uses_up_the_day(
    url: str, library: Library, composer: Composer, tmp_path: Path
) -> None:
    prepare(url, library)
    database = Database(url)
    slow = SlowOutbox(tmp_path / "outbox")
    contacts = Contacts(database, library, composer, dict.fromkeys(Channel, slow))
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(contact_at, contacts, order("acc-1"), NOON)
        slow.asked.wait(10)
        other = contact_at(contacts, order("acc-2"), NOON + timedelta(seconds=1))
        slow.answer.set()
        assert first.result().result is ContactResult.SENT
    database.dispose()
    assert (other.result, slow.sent) == (ContactResult.DEFERRED, 1)


def test_a_message_whose_fate_nobody_knows_uses_up_the_day(
    url: str, library: Library, composer: Composer, tmp_path: Path
) -> None:
    prepare(url, library)
    database = Database(url)
    silent = SilentOutbox(tmp_path / "outbox")
    contacts = Contacts(database, library, composer, dict.fromkeys(Channel, silent))
    tries = (attempt(contacts, order("acc-1"), NOON + timedelta(minutes=5 * number)) for number in range(24))
    fate = next(each for each in tries if each is not None)
    other = contact_at(contacts, order("acc-2"), NOON + timedelta(hours=3))
    database.dispose()
    assert (fate.result, other.result) == (ContactResult.UNKNOWN, ContactResult.DEFERRED)
    assert silent.sent == 1


class SilentOutbox(Outbox):
    """An outbox that never answers whether it took a message."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.sent = 0

    def send(self, intent: ContactIntent) -> SendResult:
        self.sent += 1
        return Unknown("no_answer")

    def lookup(self, intent: ContactIntent, since: datetime) -> LookupResult:
        return Unknown("no_answer")


class SlowOutbox(Outbox):
    """An outbox that takes its time with the first message."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.asked, self.answer, self.sent = Event(), Event(), 0

    def send(self, intent: ContactIntent) -> SendResult:
        self.sent += 1
        self.asked.set()
        self.answer.wait(10)
        return super().send(intent)
