"""The schema on both databases: migrations that make exactly the tables, and constraints behind every claim of once."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from storage import schema
from storage.database import Database
from storage.registration import register
from storage.tables import (
    BookedMessage,
    CallPermission,
    CallTask,
    Contact,
    FactDelivery,
    LedgerEntry,
    PersonFact,
    RecordedHold,
)
from tests.records.conftest import NOON
from tests.registrations import registration


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """A database that was never used."""
    database = Database(url)
    yield database
    database.dispose()


@pytest.fixture
def records(database: Database) -> Database:
    """Records with one account."""
    schema.migrate(database)
    with database.writing() as session:
        register(session, registration(), "fenfu-cn", NOON)
    return database


def message(account_id: str = "acc-1") -> SQLModel:
    return BookedMessage(
        account_id=account_id, message_id="event-1", name="opt_out", digest="d", body={}, received_at=NOON
    )


def contact(account_id: str = "acc-1", debtor_id: str = "deb-1") -> SQLModel:
    return Contact(
        contact_id="acc-1.1",
        account_id=account_id,
        debtor_id=debtor_id,
        channel="sms",
        message_class="demand",
        stage="first_reminder",
        status="sent",
        attempted_at=NOON,
    )


def payment(account_id: str = "acc-1") -> SQLModel:
    return LedgerEntry(
        account_id=account_id, entry_id="p-1", kind="payment", amount_minor=1, effective_at=NOON, booked_at=NOON
    )


def call_task(account_id: str = "acc-1") -> SQLModel:
    return CallTask(call_id="acc-1.2", account_id=account_id, stage="escalation", requested_at=NOON)


def permit(account_id: str = "acc-1", address_ref: str = "deb-1.phone.1") -> SQLModel:
    return CallPermission(
        permit_ref="permit-1",
        account_id=account_id,
        call_id="acc-1.2",
        request_id="request-1",
        agent_id="agent-1",
        address_ref=address_ref,
        granted_at=NOON,
        until=NOON,
    )


def hold(debtor_id: str = "deb-1") -> SQLModel:
    return RecordedHold(debtor_id=debtor_id, scope="*", kind="complaint", hold_id="c-1", since=NOON)


def person_fact(debtor_id: str = "deb-1", account_id: str = "acc-1") -> SQLModel:
    return PersonFact(
        debtor_id=debtor_id, event_id="event-1", name="opt_out", body={}, heard_by=account_id, occurred_at=NOON
    )


def delivery(account_id: str = "acc-1") -> SQLModel:
    return FactDelivery(event_id="event-1", account_id=account_id, debtor_id="deb-1")


ONCE: dict[str, Callable[[], SQLModel]] = {
    "event": message,
    "contact": contact,
    "payment": payment,
    "call task": call_task,
    "permit": permit,
    "hold": hold,
    "fact about a person": person_fact,
    "delivery of such a fact": delivery,
}

OF_NOBODY: dict[str, Callable[[], SQLModel]] = {
    "event": lambda: message("acc-9"),
    "contact of no account": lambda: contact("acc-9"),
    "contact of nobody": lambda: contact(debtor_id="deb-9"),
    "payment": lambda: payment("acc-9"),
    "call task": lambda: call_task("acc-9"),
    "permit for no number": lambda: permit(address_ref="deb-9.phone.1"),
    "hold": lambda: hold("deb-9"),
    "fact": lambda: person_fact("deb-9"),
    "delivery": lambda: delivery("acc-9"),
}


def add(records: Database, *rows: Any) -> None:
    """Write rows, each in a transaction of its own."""
    for row in rows:
        with records.writing() as session:
            session.add(row)


def test_the_migrations_make_exactly_the_tables(database: Database) -> None:
    schema.migrate(database)
    assert schema.differences(database) == []


def test_migrating_again_changes_nothing(records: Database) -> None:
    schema.migrate(records)
    schema.require_current(records)
    assert schema.differences(records) == []


def test_a_database_that_was_not_migrated_is_refused_with_the_remedy(database: Database) -> None:
    with pytest.raises(schema.SchemaBehindError, match=r"python starter\.py migrate"):
        schema.require_current(database)


@pytest.mark.parametrize("make", ONCE.values(), ids=ONCE.keys())
def test_the_database_keeps_the_same_thing_once(records: Database, make: Callable[[], SQLModel]) -> None:
    add(records, make())
    with pytest.raises(IntegrityError):
        add(records, make())


@pytest.mark.parametrize("make", OF_NOBODY.values(), ids=OF_NOBODY.keys())
def test_the_database_keeps_nothing_of_an_account_or_person_that_it_does_not_know(
    records: Database, make: Callable[[], SQLModel]
) -> None:
    with pytest.raises(IntegrityError):
        add(records, make())
