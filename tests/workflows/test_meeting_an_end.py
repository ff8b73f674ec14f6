"""Facts and requests that meet a workflow in the very moment in which it ends or goes on in a fresh history.

The server aborts an update that was on its way to a run that ends. Temporal's client would try again for a while; the
one here does not, so that whatever is answered is answered because of our own code.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio
from temporalio import activity
from temporalio.client import Client
from temporalio.service import RetryConfig
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from client.duecourse import Duecourse
from domain.orders import ActivityName
from tests.engine import fresh_history_engine
from tests.workflows.house import BEIJING, ROOT, House, open_house
from tests.workflows.test_long_lives import FRESH_HISTORY_AFTER, overdue, run_of
from workflows.codec import data_converter

TELLERS = 6
"""No more than the server lets wait for one workflow at once."""


class SlowRecords(Interceptor):
    """Lets what ends a run take its time, so that others arrive meanwhile."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Slow(next)


class _Slow(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        if activity.info().activity_type in (ActivityName.BOOK_MESSAGE, ActivityName.CLOSE_CASE):
            await asyncio.sleep(0.3)
        return await super().execute_activity(input)


@pytest_asyncio.fixture(scope="module")
async def dev_server() -> AsyncIterator[WorkflowEnvironment]:
    """A real server of this module's own, with little patience for long histories."""
    async with fresh_history_engine(FRESH_HISTORY_AFTER) as environment:
        yield environment


@pytest_asyncio.fixture(scope="module")
async def house(dev_server: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A house in real time whose records are slow, reached by a client that does not try again by itself."""
    packs = ROOT / "examples" / "demo" / "jurisdictions"
    yesterday = datetime.now(BEIJING).date() - timedelta(days=1)
    folder, slow = tmp_path_factory.mktemp("house"), [SlowRecords()]
    target = dev_server.client.service_client.config.target_host
    hasty = await Client.connect(
        target, data_converter=data_converter(), retry_config=RetryConfig(max_retries=1, max_elapsed_time_millis=1)
    )
    async with open_house(dev_server, folder, packs=packs, due_date=yesterday, interceptors=slow) as opened:
        opened.duecourse = Duecourse(hasty, opened.database, opened.library, clock=lambda: opened.now)
        yield opened


@pytest_asyncio.fixture
async def complaints_of_asyncio() -> list[str]:
    """What asyncio complains of during the test, such as failures that nobody heard of."""
    heard: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: heard.append(str(context)))
    return heard


async def later(seconds: float, asked: Awaitable[dict[str, Any]]) -> dict[str, Any]:
    """What is asked so much later."""
    await asyncio.sleep(seconds)
    return await asked


async def test_a_payment_that_ends_the_case_just_as_a_reminder_falls_due_is_answered(house: House) -> None:
    """The server then discards the end and the payment with it, though the records have booked it."""
    account = await house.collect(overdue(house))
    assert (await house.pay(account, "1234.56"))["outstanding"] == "0.00"
    assert await house.ended(account)
    assert (await house.status(account))["closed"]["reason"] == "settled"
    assert house.audit_kinds(account).count("record_payment") == 1
    assert house.demands(account) == []


async def test_many_facts_that_meet_a_case_at_its_end_are_all_taken(
    house: House, complaints_of_asyncio: list[str]
) -> None:
    account = await house.collect(overdue(house))
    await house.pay(account, "1234.56")
    answers = await asyncio.gather(*(later(number / 20, house.pay(account, "1.00")) for number in range(TELLERS)))
    assert sorted(Decimal(each["credit"]) for each in answers) == list(range(1, TELLERS + 1))
    status = await house.status(account)
    assert (status["closed"]["reason"], status["rejected_inputs"]) == ("settled", [])
    assert house.audit_kinds(account).count("record_payment") == TELLERS + 1
    gc.collect()
    assert complaints_of_asyncio == []


async def test_requests_that_meet_a_case_going_on_in_a_fresh_history_are_answered_once_each(house: House) -> None:
    account = await house.collect(overdue(house))
    first, asked = await run_of(house, account), 0
    while await run_of(house, account) == first:
        holds = [f"hold-{account}-{asked + number}" for number in range(6)]
        answers = await asyncio.gather(
            *(later(number / 10, hold(house, account, each)) for number, each in enumerate(holds))
        )
        assert [each["hold_id"] for each in answers] == holds
        asked += len(holds)
        assert asked < FRESH_HISTORY_AFTER
    assert house.audit_kinds(account).count("hold_case") == asked


async def hold(house: House, account: str, hold_id: str) -> dict[str, Any]:
    """Hold the case by hand, under a hold of its own."""
    return await house.ask(account, "hold_case", hold_id=hold_id, reason_code="under_test", held_by="tester")
