"""The real engines that tests run on: both Temporal servers, and the programs Node and Chromium.

Each server is started for the tests alone, on the loopback interface, and stopped after them. What this machine lacks
skips its tests with the remedy. ``RAN_ON`` remembers the versions for the summary at the end of a test run.
"""

import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import cache
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.api.workflowservice.v1 import GetSystemInfoRequest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from tools.fetch import FetchError
from tools.temporal_cli import find_temporal_cli
from tools.test_server import find_test_server
from workflows.codec import data_converter
from workflows.visibility import SEARCH_ATTRIBUTES

RAN_ON: dict[str, str] = {}
"""Name and version of each engine that was used, by the marker of the tests that run on it."""

_ONE_PARTITION = (
    "--dynamic-config-value=matching.numTaskqueueReadPartitions=1",
    "--dynamic-config-value=matching.numTaskqueueWritePartitions=1",
)
"""The default of four partitions is for many pollers; with a test's few, it only slows the dispatch of tasks."""

_STARTS = 4


@asynccontextmanager
async def dev_server_engine(*extra_args: str, ui_port: int | None = None) -> AsyncIterator[WorkflowEnvironment]:
    """Run a real Temporal server that knows the product's search attributes, with its UI where it is given a port."""
    environment = await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(_found(find_temporal_cli)),
        data_converter=data_converter(),
        search_attributes=SEARCH_ATTRIBUTES,
        dev_server_extra_args=[*_ONE_PARTITION, *extra_args],
        ui=ui_port is not None,
        ui_port=ui_port,
    )
    async with environment:
        info = await environment.client.workflow_service.get_system_info(GetSystemInfoRequest())
        RAN_ON["devserver"] = f"Temporal server {info.server_version}"
        yield environment


@asynccontextmanager
async def fresh_history_engine(after: int) -> AsyncIterator[WorkflowEnvironment]:
    """Run a real server that asks for a fresh history after so many events; in production it is thousands."""
    early = f"--dynamic-config-value=limit.historyCount.suggestContinueAsNew={after}"
    async with dev_server_engine(early) as environment:
        yield environment


@asynccontextmanager
async def time_skipping_engine() -> AsyncIterator[WorkflowEnvironment]:
    """Run a server whose clock the test moves on with ``sleep``.

    There is one clock for all workflows. Awaiting a ``result()`` leaves it years ahead, and awaiting several at once
    hangs: step it with ``sleep`` and look at the workflow's status.
    """
    server = _found(find_test_server)
    async with await _start_time_skipping(server) as environment:
        await _register_search_attributes(environment.client)
        RAN_ON["timeskipping"] = f"time-skipping server {_version_of(server)}"
        yield environment


async def _start_time_skipping(server: Path) -> WorkflowEnvironment:
    """Start the server. The SDK waits 5 seconds for it, which a busy machine may need before its second attempt."""
    for _ in range(_STARTS - 1):
        with suppress(RuntimeError):
            return await _start_time_skipping_once(server)
    return await _start_time_skipping_once(server)


async def _start_time_skipping_once(server: Path) -> WorkflowEnvironment:
    return await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(server), data_converter=data_converter()
    )


def find_node() -> Path:
    """Find Node, for the tests whose stand-ins come from npm."""
    return _program("node", ["node"], "install Node.js")


def find_chromium() -> Path:
    """Find Chromium, for the tests that look at a page."""
    names = ["chromium", "chromium-browser", "google-chrome"]
    return _program("browser", names, "install Chromium (Debian: `apt-get install chromium`)")


def free_port() -> int:
    """Find a TCP port on the loopback interface that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _found(find: Callable[[], Path]) -> Path:
    answer = _looked_for(find)
    if isinstance(answer, FetchError):
        pytest.skip(str(answer))
    return answer


@cache
def _looked_for(find: Callable[[], Path]) -> Path | FetchError:
    """Look once in a run, since a download that fails may take its time."""
    try:
        return find()
    except FetchError as missing:
        return missing


def _program(marker: str, names: Sequence[str], remedy: str) -> Path:
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"there is no {names[0]} on PATH: {remedy}")
    version = subprocess.run([found, "--version"], capture_output=True, text=True, timeout=60, check=True).stdout
    RAN_ON[marker] = f"{names[0]} {version.strip()}"
    return Path(found)


async def _register_search_attributes(client: Client) -> None:
    """Make the server know them; without this each upsert fails its workflow task, and the test hangs."""
    request = AddSearchAttributesRequest(namespace=client.namespace)
    for key in SEARCH_ATTRIBUTES:
        request.search_attributes[key.name] = IndexedValueType.ValueType(key.indexed_value_type)
    await client.operator_service.add_search_attributes(request)


def _version_of(server: Path) -> str:
    """Read the version off the name of the jar, since the server itself does not tell it."""
    jars = (server.parent / "jars").glob("temporal-test-server-*.jar")
    return next((jar.stem.removeprefix("temporal-test-server-") for jar in jars), f"at {server}")
