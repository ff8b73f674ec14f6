"""The records of one person with accounts, and contacts made for them without an engine."""

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from temporalio.testing import ActivityEnvironment

from activities.composer import Composer
from activities.contacts import Contacts
from activities.desk import Library
from config.jurisdiction_files import load_packs
from config.policy_files import load_policies
from domain.orders import ContactOrder, ContactOutcome
from domain.terms import Channel, Stage
from storage.database import Database

ROOT = Path(__file__).parents[2]
NOON = datetime(2027, 3, 1, 4, tzinfo=UTC)
"""A Monday, noon in Beijing."""


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'records.db'}"
        return
    url = request.getfixturevalue("postgres_url")
    yield url
    database = Database(url)
    with database.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    database.dispose()


@pytest.fixture(scope="session")
def library() -> Library:
    """The policies and packs as they are shipped."""
    return Library(load_policies(ROOT / "config" / "policies"), load_packs(ROOT / "config" / "jurisdictions"))


@pytest.fixture(scope="session")
def composer() -> Composer:
    """The templates as they are shipped."""
    return Composer(ROOT / "config" / "templates")


def order(account_id: str, number: int = 1, channel: Channel = Channel.SMS) -> ContactOrder:
    """A first reminder for a plain account."""
    return ContactOrder(
        contact_id=f"{account_id}.{number}",
        account_id=account_id,
        channel=channel,
        stage=Stage.FIRST_REMINDER,
        next_due=NOON + timedelta(days=7),
        next_channel=Channel.SMS,
        owed=(123456, 123456),
    )


def contact_at(contacts: Contacts, the_order: ContactOrder, moment: datetime) -> ContactOutcome:
    """Make a contact as its activity does, at that moment of the server's time."""
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(environment.info, started_time=moment)
    return environment.run(contacts.contact, the_order)
