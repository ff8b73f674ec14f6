"""Fixtures for the real engines, and the summary that says which part of the tests ran on what."""

import platform
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import pytest_asyncio
import temporalio.service
from temporalio.testing import WorkflowEnvironment

from tests.engine import RAN_ON, dev_server_engine, find_chromium, find_node, free_port, time_skipping_engine
from tests.postgres import postgres_engine

# Hypothesis' plugin would otherwise load it after the last test, when what tests left behind is being collected:
# CPython 3.11 then fails to parse it now and then.
_LOADED_EARLY = hypothesis

_MARKER_OF_FIXTURE = {
    "time_skipping": "timeskipping",
    "time_skipping_house": "timeskipping",
    "dev_server": "devserver",
    "postgres_url": "postgres",
    "node": "node",
    "chromium": "browser",
}
_PARTS = {
    "timeskipping": "whole lives",
    "devserver": "the real engine",
    "postgres": "the production database",
    "node": "stand-ins from npm",
    "browser": "pages",
}


@pytest.fixture(scope="session")
def dev_server_ui_url() -> str:
    """The address of the dev server's UI."""
    return f"http://127.0.0.1:{free_port()}"


@pytest_asyncio.fixture(scope="session")
async def dev_server(dev_server_ui_url: str) -> AsyncIterator[WorkflowEnvironment]:
    """One real Temporal server for the whole run; tests keep apart by task queue and workflow id."""
    async with dev_server_engine(ui_port=int(dev_server_ui_url.rpartition(":")[2])) as environment:
        yield environment


@pytest_asyncio.fixture
async def time_skipping() -> AsyncIterator[WorkflowEnvironment]:
    """A time-skipping server for one test, because its clock is one for all that runs on it."""
    async with time_skipping_engine() as environment:
        yield environment


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of one database for the whole run; each test makes and drops what it needs in it."""
    with postgres_engine() as url:
        yield url


@pytest.fixture(scope="session")
def node() -> Path:
    """The Node program."""
    return find_node()


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The Chromium program."""
    return find_chromium()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark a test by the engines that its fixtures start, so that no test forgets its marker."""
    for fixture in getattr(item, "fixturenames", ()):
        if fixture in _MARKER_OF_FIXTURE:
            item.add_marker(_MARKER_OF_FIXTURE[fixture])


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where the run is shared among processes, hand over what this one ran on."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["ran_on"] = dict(RAN_ON)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what another process of this run ran on."""
    RAN_ON.update(node.workeroutput.get("ran_on", {}) if hasattr(node, "workeroutput") else {})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which part of the tests ran on what, and what was skipped and why."""
    write = terminalreporter.write_line
    terminalreporter.section("what ran on what")
    write(f"everything: Python {platform.python_version()}, Temporal SDK {temporalio.service.__version__}")
    for marker, part in _PARTS.items():
        ran = sum(marker in report.keywords for report in _reports(terminalreporter, "passed", "failed"))
        write(f"{part} ({marker}): {RAN_ON.get(marker, 'not started')}, {ran} tests")
    for reason, count in Counter(map(_reason, _reports(terminalreporter, "skipped"))).items():
        write(f"skipped {count}: {reason}")


def _reports(reporter: pytest.TerminalReporter, *outcomes: str) -> list[pytest.TestReport]:
    return [report for outcome in outcomes for report in reporter.getreports(outcome)]


def _reason(report: pytest.TestReport) -> str:
    where = report.longrepr
    return where[2].removeprefix("Skipped: ") if isinstance(where, tuple) else str(where)
