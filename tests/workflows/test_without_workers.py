"""What callers are told while no worker answers, and what is kept for when one does."""

import asyncio
import gc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.desk import Library
from client import duecourse as client_module
from client.duecourse import Duecourse
from client.errors import EngineUnavailable
from config.jurisdiction_files import load_packs
from config.policy_files import load_policies
from domain.orders import workflow_id
from storage import schema
from storage.database import Database
from storage.tables import BookedMessage
from tests.registrations import owed, registration
from tests.workflows.house import ROOT

LAST_WEEK = (datetime.now(UTC) - timedelta(days=7)).date().isoformat()


@pytest.fixture
def way_in(dev_server: WorkflowEnvironment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Duecourse]:
    """The client, which waits for two seconds only, on an engine without workers."""
    monkeypatch.setattr(client_module, "_PATIENCE", timedelta(seconds=2))
    database = Database(f"sqlite:///{tmp_path / 'records.db'}")
    schema.migrate(database)
    library = Library(load_policies(ROOT / "config" / "policies"), load_packs(ROOT / "config" / "jurisdictions"))
    yield Duecourse(dev_server.client, database, library)
    database.dispose()


async def test_a_fact_that_nobody_takes_is_kept_and_its_caller_told(way_in: Duecourse) -> None:
    account_id = "nobody-1"
    await way_in.collect(registration(account_id, "nobody-debtor", instalments=(owed(LAST_WEEK),)))
    unheard: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: unheard.append(str(context)))
    fact = {"event_id": "e-1", "occurred_at": datetime.now(UTC).isoformat(), "channel": "sms"}
    try:
        with pytest.raises(EngineUnavailable, match="no worker answered"):
            await way_in.tell(account_id, "opt_out", fact)
        with pytest.raises(EngineUnavailable, match="no worker answered"):
            await way_in.ask(account_id, "close_case", {"request_id": "q-1", "reason_code": "x", "closed_by": "boss"})
        gc.collect()
        assert unheard == [], "asyncio complains of nothing when a caller has given up"
        with way_in.database.reading() as session:
            assert session.get_one(BookedMessage, (account_id, "e-1")).booked_at is None
    finally:
        await way_in.temporal.get_workflow_handle(workflow_id(account_id)).terminate("the test is over")
