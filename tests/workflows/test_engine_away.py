"""Facts told while Temporal is away: kept in the records, and delivered when it is back."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from activities.desk import Library
from client.duecourse import Duecourse
from client.errors import EngineUnavailable
from config.jurisdiction_files import load_packs
from config.policy_files import load_policies
from storage import schema
from storage.database import Database
from tests.engine import time_skipping_engine
from tests.registrations import registration
from tests.workflows.house import PACKS, POLICIES

NOW = datetime(2027, 3, 2, 1, tzinfo=UTC)
PAYMENT = {
    "event_id": "event-1",
    "occurred_at": NOW.isoformat(),
    "payment_id": "payment-1",
    "amount": "100.00",
    "currency": "CNY",
    "received_at": NOW.isoformat(),
}


@pytest.fixture
def records(tmp_path: Path) -> Database:
    """Empty records."""
    database = Database(f"sqlite:///{tmp_path / 'records.db'}")
    schema.migrate(database)
    return database


@pytest.fixture(scope="module")
def library() -> Library:
    """The policies and packs as they are shipped."""
    return Library(load_policies(POLICIES), load_packs(PACKS))


@pytest_asyncio.fixture
async def cut_off(records: Database, library: Library) -> AsyncIterator[Duecourse]:
    """A caller whose Temporal has gone away."""
    async with time_skipping_engine() as engine:
        caller = Duecourse(engine.client, records, library, clock=lambda: NOW)
    yield caller


async def test_a_fact_told_while_temporal_is_away_is_kept_and_delivered_later(
    cut_off: Duecourse, records: Database, library: Library
) -> None:
    await cut_off.register(registration())
    with pytest.raises(EngineUnavailable, match="the fact is kept"):
        await cut_off.tell("acc-1", "record_payment", PAYMENT)

    async with time_skipping_engine() as engine:
        caller = Duecourse(engine.client, records, library, clock=lambda: NOW + timedelta(minutes=2))
        assert await caller.deliver_pending() == 1
        assert await caller.deliver_pending() == 0
        assert (await caller.status("acc-1"))["balance"] == "1134.56"
        assert (await caller.tell("acc-1", "record_payment", PAYMENT))["balance"] == "1134.56"
