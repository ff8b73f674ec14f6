"""Whole lives of persons whose particulars are marked: no mark is found outside of the records and the messages.

Histories, search attributes, memos, what operators see, log lines, metrics and errors are all read as text.
"""

import asyncio
import logging
import traceback
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from google.protobuf.json_format import MessageToDict
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.testing import WorkflowEnvironment

from client.errors import DuecourseError, Malformed, Refused
from domain.orders import workflow_id
from storage import schema
from storage.database import Database
from storage.tables import Debtor
from tests.engine import dev_server_engine, free_port, time_skipping_engine
from tests.histories.reading import words_of
from tests.histories.scenarios import MARKS, NAME_MARK, PHONE_MARK, SCENARIOS, TEXT_MARK, marked
from tests.registrations import owed
from tests.standins.fault_proxy import Fault
from tests.standins.provider_standin import ProviderStandIn
from tests.workflows.house import BEIJING, ROOT, House, open_house, real_providers
from workflows.codec import data_converter

DEMO_PACKS = ROOT / "examples" / "demo" / "jurisdictions"

TOLD = ("complaint_and_hardship", "call_tasks_with_permit", "referral", "person_wide_fact_heard_from_another_case")
"""Scenarios in which much is told of a person."""


class EveryLine(logging.Handler):
    """Keeps every line of every logger, as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def every_line() -> Iterator[list[str]]:
    """Hear everything that is logged, at DEBUG."""
    root, handler = logging.getLogger(), EveryLine()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield handler.lines
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


def marks_in(words: str) -> list[str]:
    """The marks that a text holds."""
    return [mark for mark in MARKS if mark in words]


@pytest.fixture(scope="module")
def standin() -> Iterator[ProviderStandIn]:
    with ProviderStandIn() as running:
        yield running


@pytest_asyncio.fixture(scope="module")
async def time_skipping_house(
    tmp_path_factory: pytest.TempPathFactory, standin: ProviderStandIn
) -> AsyncIterator[House]:
    """A house whose messages leave by the real clients."""
    folder = tmp_path_factory.mktemp("house")
    providers = real_providers(standin.base_url, folder / "outbox")
    async with time_skipping_engine() as engine, open_house(engine, folder, providers=providers) as house:
        yield house


async def description_of(house: House, account: str) -> str:
    """What Temporal tells of a workflow: search attributes, memo and the rest."""
    execution = WorkflowExecution(workflow_id=workflow_id(account))
    request = DescribeWorkflowExecutionRequest(namespace=house.client.namespace, execution=execution)
    return words_of(MessageToDict(await house.client.workflow_service.describe_workflow_execution(request)))


async def history_of(house: House, account: str) -> str:
    """The account's history as text."""
    return words_of((await house.workflow(account).fetch_history()).to_json_dict())


async def details_of(house: House, account: str) -> str:
    """What an operator reads on the workflow's page."""
    metadata: WorkflowMetadata = await house.workflow(account).query(
        "__temporal_workflow_metadata", result_type=WorkflowMetadata
    )
    return str(metadata.current_details)


@pytest.mark.parametrize("scenario", TOLD)
async def test_a_whole_life_leaves_no_mark_in_its_history_its_attributes_its_details_and_the_logs(
    house: House, standin: ProviderStandIn, scenario: str
) -> None:
    standin.forget()
    standin.fail_next(Fault.TOO_MANY, Fault.ACCEPTED_THEN_CUT, Fault.ACCEPTED_THEN_500)
    with every_line() as lines:
        account = await SCENARIOS[scenario](house)
        assert await house.ended(account)
        told = {
            "history": await history_of(house, account),
            "description": await description_of(house, account),
            "details": await details_of(house, account),
            "status": str(await house.status(account)),
            "logs": "\n".join(lines),
        }
    assert {place: marks_in(words) for place, words in told.items() if marks_in(words)} == {}
    assert all(told.values())
    assert any(NAME_MARK in contact.words for contact in house.contacts(account))


async def test_a_failing_database_tells_nobody_what_it_was_given(house: House) -> None:
    with every_line() as lines:
        account = await house.collect(marked(house, "unlucky"))
        with failing_inserts(house, "contact"):
            await house.pass_time(timedelta(hours=8), step=timedelta(hours=1))
            waiting = await description_of(house, account)
        await house.until_day(3)
        told = [waiting, "\n".join(lines), await history_of(house, account)]
    assert ["told by the database" in words for words in told[:2]] == [True, True]
    assert marks_in("\n".join(told)) == []
    assert house.days_of_demands(account)[0] in (1, 2)


@pytest.fixture
def on_postgres(postgres_url: str) -> Iterator[Database]:
    """The empty records on PostgreSQL."""
    database = Database(postgres_url)
    schema.migrate(database)
    yield database
    with database.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    database.dispose()


def test_postgresql_does_not_repeat_the_row_that_it_refuses(on_postgres: Database) -> None:
    nobody = Debtor(debtor_id="nobody", name=NAME_MARK, language="zh-CN", registered_at=datetime.now(UTC))  # type: ignore[call-arg]
    with Session(on_postgres.engine) as session:
        session.add(nobody)
        with pytest.raises(IntegrityError) as refused:
            session.flush()
    told = "".join(traceback.format_exception(refused.value))
    assert "time_zone" in told
    assert marks_in(told) == []


@contextmanager
def failing_inserts(house: House, table: str) -> Iterator[None]:
    """Have the database refuse every new row of a table."""
    refuse = f"CREATE TRIGGER refuse BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'told by the database'); END"
    with house.database.engine.begin() as connection:
        connection.execute(text(refuse))
    try:
        yield
    finally:
        with house.database.engine.begin() as connection:
            connection.execute(text("DROP TRIGGER refuse"))


BAD_BODIES: dict[str, dict[str, Any]] = {
    "amount": {"amount": PHONE_MARK + "元"},
    "places": {"amount": f"{PHONE_MARK}.1234"},
    "below zero": {"amount": f"-{PHONE_MARK}"},
    "currency": {"currency": NAME_MARK},
    "reference": {"reference": NAME_MARK},
    "moment": {"received_at": PHONE_MARK + "日"},
    "another field": {"note": TEXT_MARK},
}


@pytest.mark.parametrize("bad", BAD_BODIES)
async def test_a_malformed_fact_is_refused_without_repeating_what_it_says(house: House, bad: str) -> None:
    account = await house.collect(marked(house, f"malformed-{bad.replace(' ', '-')}"))
    body = {**house.payment("1.00"), **BAD_BODIES[bad]}
    errors = [await _error_of_client(house, account, body), await _error_of_update(house, account, body)]
    with every_line() as lines:
        await house.workflow(account).signal("record_payment", body)
        await house.until_day(2)
    assert (await house.status(account))["rejected_inputs"][0]["error_code"] == "malformed"
    assert len(house.audit(account, "input_rejected")) == 2
    trail = "\n".join(str(record.detail) for record in house.audit(account))
    words = await _history_without_what_others_sent(house, account)
    assert marks_in("\n".join([*errors, *lines, trail, words, str(await house.status(account))])) == []


async def _error_of_client(house: House, account: str, body: dict[str, Any]) -> str:
    with pytest.raises(Malformed) as refused:
        await house.duecourse.tell(account, "record_payment", body)
    return str(refused.value)


async def _error_of_update(house: House, account: str, body: dict[str, Any]) -> str:
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await house.workflow(account).execute_update("record_payment", body)
    return f"{refused.value} {refused.value.cause}"


async def _history_without_what_others_sent(house: House, account: str) -> str:
    """The server keeps a stranger's signal as it came; nothing that we write may repeat it."""
    history = (await house.workflow(account).fetch_history()).to_json_dict()
    ours = [event for event in history["events"] if "workflowExecutionSignaledEventAttributes" not in event]
    return words_of({"events": ours})


async def test_errors_of_registering_do_not_repeat_the_persons_particulars(house: House) -> None:
    account = marked(house, "registered-twice")
    await house.duecourse.register(account)
    changes = ({"phone": "+8613800138000"}, {"debtor_id": "somebody-else"}, {"postal_address": "elsewhere"})
    for change in changes:
        with pytest.raises(Refused) as refused:
            await house.duecourse.register(account.model_copy(update=change))
        assert marks_in(str(refused.value)) == []
    for bad in ({"time_zone": "Nowhere"}, {"phone": f"+999{PHONE_MARK}"}, {"account_id": NAME_MARK}):
        with pytest.raises(ValidationError) as invalid:
            type(account).model_validate({**account.model_dump(), **bad})
        assert marks_in(str(invalid.value)) == []


@pytest_asyncio.fixture
async def dev_server() -> AsyncIterator[tuple[WorkflowEnvironment, str]]:
    """A real server, and the address of the metrics of what is connected to it."""
    port = free_port()
    metrics = Runtime(telemetry=TelemetryConfig(metrics=PrometheusConfig(bind_address=f"127.0.0.1:{port}")))
    async with dev_server_engine() as environment:
        address = environment.client.service_client.config.target_host
        client = await Client.connect(address, data_converter=data_converter(), runtime=metrics)
        yield WorkflowEnvironment.from_client(client), f"http://127.0.0.1:{port}/metrics"


async def test_the_real_server_shows_operators_no_mark_in_summaries_details_attributes_and_metrics(
    dev_server: tuple[WorkflowEnvironment, str], tmp_path: Path
) -> None:
    environment, metrics_url = dev_server
    yesterday = datetime.now(BEIJING).date() - timedelta(days=1)
    async with open_house(environment, tmp_path, packs=DEMO_PACKS, due_date=yesterday) as house:
        account = marked(house, "watched")
        plain = account.model_copy(update={"policy": "demo", "instalments": (owed(house.day(0)),)})
        await house.collect(plain)
        async with asyncio.timeout(30):
            while len(house.contacts("watched")) < 2:
                await asyncio.sleep(0.1)
        await house.tell("watched", "file_complaint", complaint_id="complaint-1", category="conduct")
        history = await history_of(house, "watched")
        told = [history, await description_of(house, "watched"), await details_of(house, "watched")]
        told.append(await asyncio.to_thread(_read, metrics_url))
    assert "Contact by sms" in history
    assert "temporal_activity_execution_latency" in told[-1]
    assert marks_in("\n".join(told)) == []


def _read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310
        words: str = answer.read().decode()
        return words


async def test_the_search_would_find_a_mark_in_each_of_those_places(house: House) -> None:
    account = await house.collect(marked(house, "control", f"person-{TEXT_MARK}"))
    with every_line() as lines:
        logging.getLogger("temporalio.worker").debug("a line about %s", NAME_MARK)
    await house.workflow(account).signal("no_such_message", {"name": NAME_MARK})
    with suppress(DuecourseError):
        await house.ask(account, "hold_case", hold_id="hold", reason_code="x", held_by="a", until="2000-01-01")
    assert marks_in(await history_of(house, account)) == [NAME_MARK, TEXT_MARK]
    assert marks_in(await description_of(house, account)) == [TEXT_MARK]
    assert marks_in("\n".join(lines)) == [NAME_MARK]
