"""The command line as tests use it: in this process, with records and settings of its own."""

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
import structlog
from google.protobuf.duration_pb2 import Duration
from temporalio.api.workflowservice.v1 import ListOpenWorkflowExecutionsRequest, RegisterNamespaceRequest
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from activities.assembly import assemble, open_records
from client.connection import connect
from config.settings import load_settings, variables
from tests.cli.commands import Commands
from tests.cli.quick_policy import write_quick_policy
from tests.training import certify
from workflows.hosting import collections_worker, contact_worker

ROOT = Path(__file__).parents[2]


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Commands]:
    """A command line with an empty, migrated database; no settings but these reach it, and nothing of it stays."""
    for name in variables():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DUECOURSE_PROFILE", "dev")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'records.db'}")
    monkeypatch.setenv("DUECOURSE_OUTBOX_DIR", str(tmp_path / "outbox"))
    handlers = logging.getLogger().handlers[:]
    commands = Commands(tmp_path)
    commands.done("migrate")
    yield commands
    logging.getLogger().handlers[:] = handlers
    structlog.reset_defaults()


@pytest_asyncio.fixture
async def office(
    commands: Commands, dev_server: WorkflowEnvironment, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Commands]:
    """The command line with an engine's namespace of its own, prepared by its own command, and a worker."""
    write_quick_policy(commands.folder / "policies")
    monkeypatch.setenv("DUECOURSE_POLICIES_DIR", str(commands.folder / "policies"))
    monkeypatch.setenv("DUECOURSE_JURISDICTIONS_DIR", str(ROOT / "examples" / "demo" / "jurisdictions"))
    monkeypatch.setenv("TEMPORAL_ADDRESS", dev_server.client.service_client.config.target_host)
    monkeypatch.setenv("TEMPORAL_NAMESPACE", await _new_namespace(dev_server))
    await asyncio.to_thread(commands.done, "prepare")
    async with _working():
        yield commands


async def _new_namespace(dev_server: WorkflowEnvironment) -> str:
    """A namespace that the server knows."""
    name = f"commands-{uuid.uuid4()}"
    service = dev_server.client.workflow_service
    keep = Duration(seconds=86400)
    await service.register_namespace(RegisterNamespaceRequest(namespace=name, workflow_execution_retention_period=keep))
    async with asyncio.timeout(60):
        while True:
            with suppress(RPCError):
                await service.list_open_workflow_executions(ListOpenWorkflowExecutionsRequest(namespace=name))
                return name
            await asyncio.sleep(0.2)


@asynccontextmanager
async def _working() -> AsyncIterator[None]:
    """Workers for every queue, as ``worker.py`` makes them, and an agent who may call."""
    settings = load_settings(env_file=None)
    database, client = open_records(settings), await connect(None)
    assembly = assemble(settings, database, client)
    certify(database, assembly.library.courses.values(), ("agent-1",), datetime.now(UTC))
    with ThreadPoolExecutor(50) as threads:
        async with AsyncExitStack() as workers:
            await workers.enter_async_context(collections_worker(client, assembly.office, threads))
            for channel, activities in assembly.contacts.items():
                worker = contact_worker(client, channel, activities, threads, per_second=1000)
                await workers.enter_async_context(worker)
            yield
    database.dispose()
