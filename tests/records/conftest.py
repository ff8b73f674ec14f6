"""The records of one person with accounts, and contacts made for them without an engine."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from activities.composer import Composer
from activities.contacts import Contacts
from activities.desk import Library
from activities.typed_words import TypedWords
from config.jurisdiction_files import load_packs
from config.policy_files import load_policies
from domain.orders import ContactOrder
from domain.registration import Registration
from domain.terms import Channel, Stage
from providers.outbox import Outbox
from storage import schema
from storage.database import Database
from storage.registration import register
from tests.records.lone_case import MORNING, House, Open, american

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
    config = ROOT / "config"
    words = TypedWords(config / "templates")
    return Library(load_policies(config / "policies"), load_packs(config / "jurisdictions"), typed_words=words)


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


@pytest.fixture
def open_house(url: str, library: Library, composer: Composer, tmp_path: Path) -> Open:
    """Opens the case of one account, somebody's in Texas unless another registration is given."""

    def opened(person: Registration | None = None, carrier: Outbox | None = None) -> House:
        database = Database(url)
        schema.migrate(database)
        account = person or american()
        with database.writing() as session:
            register(session, account, str(account.policy), MORNING)
        carriers = dict.fromkeys(Channel, carrier or Outbox(tmp_path / "outbox"))
        return House(database, library, Contacts(database, library, composer, carriers))

    return opened
