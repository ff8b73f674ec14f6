"""Cases whose histories grow long, on a real server that asks for a fresh one early: nothing is lost on the way."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowUpdateFailedError
from temporalio.testing import WorkflowEnvironment

from domain.orders import workflow_id
from domain.registration import Registration
from tests.engine import fresh_history_engine
from tests.histories.replay import replay
from tests.registrations import owed
from tests.workflows.house import BEIJING, ROOT, House, open_house

FRESH_HISTORY_AFTER = 40
"""Events after which the server asks for a fresh history; in production it is thousands."""


@pytest_asyncio.fixture(scope="module")
async def dev_server() -> AsyncIterator[WorkflowEnvironment]:
    """A real server of this module's own, with little patience for long histories."""
    async with fresh_history_engine(FRESH_HISTORY_AFTER) as environment:
        yield environment


@pytest_asyncio.fixture(scope="module")
async def house(dev_server: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A house in real time, whose demonstration policy runs in seconds."""
    packs = ROOT / "examples" / "demo" / "jurisdictions"
    yesterday = datetime.now(BEIJING).date() - timedelta(days=1)
    folder = tmp_path_factory.mktemp("house")
    async with open_house(dev_server, folder, packs=packs, due_date=yesterday) as opened:
        yield opened


@pytest_asyncio.fixture
async def quiet(house: House) -> str:
    """An account that is collected but on hold, so that only what a test sends makes its history longer."""
    account = await house.collect(overdue(house))
    await house.ask(account, "hold_case", hold_id=f"hold-{account}", reason_code="under_test", held_by="tester")
    return account


def overdue(house: House) -> Registration:
    return house.overdue(policy="demo", instalments=(owed(house.day(0)),))


async def run_of(house: House, account: str) -> str:
    """The id of the account's present run."""
    run_id = (await house.workflow(account).describe()).run_id
    assert run_id is not None
    return run_id


async def go_on_in_a_later_run(house: House, account: str) -> int:
    """Pay cents until the case goes on in a fresh history; answers how many."""
    before, cents = await run_of(house, account), 0
    while await run_of(house, account) == before:
        cents += 1
        await house.pay(account, "0.01")
        assert cents < FRESH_HISTORY_AFTER
    return cents


async def runs_of(house: House, account: str) -> list[str]:
    """The runs of the account, the latest first."""
    runs: list[str] = []
    run_id = await run_of(house, account)
    while run_id:
        runs.append(run_id)
        history = house.client.get_workflow_handle(workflow_id(account), run_id=run_id).fetch_history_events()
        started = (await anext(history)).workflow_execution_started_event_attributes
        run_id = started.continued_execution_run_id
    return runs


async def until_outstanding(house: House, account: str, amount: str) -> dict[str, Any]:
    """The status, once so much is overdue."""
    async with asyncio.timeout(30):
        while (status := await house.status(account))["outstanding"] != amount:
            await asyncio.sleep(0.05)
    return status


def without(cents: int, amount: str) -> str:
    """What is left of an amount after so many payments of a cent."""
    return str(Decimal(amount) - Decimal(cents) / 100)


async def test_every_payment_is_applied_once_over_many_runs(house: House, quiet: str) -> None:
    payments = [house.payment("1.00") for _ in range(40)]
    for number, payment in enumerate(payments):
        if number % 2:
            await house.workflow(quiet).signal("record_payment", payment)
        else:
            await house.duecourse.tell(quiet, "record_payment", payment)
    assert (await until_outstanding(house, quiet, "1194.56"))["rejected_inputs"] == []
    assert len(await runs_of(house, quiet)) >= 3
    assert house.audit_kinds(quiet).count("record_payment") == 40


async def test_a_payment_that_is_sent_again_in_a_later_run_is_applied_once(house: House, quiet: str) -> None:
    payment = house.payment("100.00")
    await house.duecourse.tell(quiet, "record_payment", payment)
    cents = await go_on_in_a_later_run(house, quiet)

    await house.workflow(quiet).signal("record_payment", payment)
    answer = await house.workflow(quiet).execute_update("record_payment", payment)

    assert answer == {"status": "already_applied"}
    assert (await house.status(quiet))["outstanding"] == without(cents, "1134.56")
    assert house.audit_kinds(quiet).count("record_payment") == 1 + cents


async def test_an_id_that_an_earlier_run_saw_is_refused_with_another_content(house: House, quiet: str) -> None:
    payment = house.payment("100.00")
    await house.duecourse.tell(quiet, "record_payment", payment)
    cents = await go_on_in_a_later_run(house, quiet)
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await house.workflow(quiet).execute_update("record_payment", {**payment, "amount": "200.00"})
    assert getattr(refused.value.cause, "type", None) == "id_reused"
    assert (await house.status(quiet))["outstanding"] == without(cents, "1134.56")


async def test_a_request_that_an_earlier_run_answered_gets_the_same_answer(house: House, quiet: str) -> None:
    first_due_date = (datetime.now(BEIJING).date() + timedelta(days=5)).isoformat()
    request = {"request_id": f"plan-of-{quiet}", "instalment_count": 3, "first_due_date": first_due_date}
    request["proposed_by"] = "agent-7"
    first = await house.duecourse.ask(quiet, "propose_plan", request)
    await go_on_in_a_later_run(house, quiet)
    assert await house.duecourse.ask(quiet, "propose_plan", request) == first
    assert house.audit_kinds(quiet).count("propose_plan") == 1


async def test_refused_inputs_stay_in_the_status(house: House, quiet: str) -> None:
    await house.workflow(quiet).signal("record_payment", {"amount": "not money"})
    await house.workflow(quiet).signal("no_such_message", 1)
    await go_on_in_a_later_run(house, quiet)
    rejected = (await house.status(quiet))["rejected_inputs"]
    assert [(each["message"], each["error_code"]) for each in rejected] == [
        ("record_payment", "malformed"),
        ("no_such_message", "unknown_message"),
    ]


async def test_the_case_itself_is_the_same_on_both_sides_of_the_switch(house: House) -> None:
    account = await house.collect(overdue(house))
    async with asyncio.timeout(20):
        while not house.contacts(account):
            await asyncio.sleep(0.1)
    await house.ask(account, "hold_case", hold_id=f"hold-{account}", reason_code="under_test", held_by="tester")
    await house.ask(account, "set_track", track="supportive", reason_code="job_lost", set_by="agent-7")
    await house.tell(account, "file_complaint", complaint_id=f"complaint-{account}", category="dispute")
    async with asyncio.timeout(20):
        while (before := await house.status(account))["owed_messages"]:
            await asyncio.sleep(0.1)
    cents = await go_on_in_a_later_run(house, account)
    after = await house.status(account)
    assert {each["occasion"] for each in after["owed_messages"]} <= {"receipt"}
    changed = {"as_of", "outstanding", "balance", "next_step", "owed_messages"}
    assert {name: after[name] for name in after.keys() - changed} == {
        name: before[name] for name in before.keys() - changed
    }
    assert after["outstanding"] == without(cents, "1234.56")
    assert (after["track"], len(after["holds"]), len(after["complaints"])) == ("supportive", 2, 1)


async def test_an_operator_finds_the_story_again_in_the_new_run(house: House, quiet: str) -> None:
    cents = await go_on_in_a_later_run(house, quiet)
    metadata = await house.workflow(quiet).query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    assert "**Stage** first_reminder" in metadata.current_details
    assert "**Policy** demo" in metadata.current_details
    assert without(cents, "1234.56") in metadata.current_details
    description = await house.workflow(quiet).describe()
    assert description.search_attributes["OutstandingMinor"] == [123456 - cents]
    assert description.search_attributes["Holds"] == ["manual"]


async def test_signals_and_updates_that_arrive_during_the_switch_are_all_applied(house: House, quiet: str) -> None:
    signals = [house.payment("0.10") for _ in range(120)]
    updates = [house.payment("0.10") for _ in range(30)]
    await asyncio.gather(
        *(house.workflow(quiet).signal("record_payment", each) for each in signals),
        *(house.duecourse.tell(quiet, "record_payment", each) for each in updates),
    )
    status = await until_outstanding(house, quiet, "1219.56")
    assert status["rejected_inputs"] == []
    assert len(await runs_of(house, quiet)) >= 2
    assert house.audit_kinds(quiet).count("record_payment") == 150


async def test_every_run_replays(house: House, quiet: str) -> None:
    await go_on_in_a_later_run(house, quiet)
    await go_on_in_a_later_run(house, quiet)
    await house.pay(quiet, "0.01")
    runs = await runs_of(house, quiet)
    assert len(runs) == 3
    for run_id in runs:
        run = house.client.get_workflow_handle(workflow_id(quiet), run_id=run_id)
        await replay((await run.fetch_history()).to_json_dict())


async def test_a_case_ends_well_in_a_later_run(house: House) -> None:
    account = await house.collect(overdue(house))
    first_run = await run_of(house, account)
    cents = await go_on_in_a_later_run(house, account)
    await house.pay(account, without(cents, "1234.56"))
    assert await house.ended(account)
    status = await house.status(account)
    assert (status["closed"]["reason"], status["balance"], status["credit"]) == ("settled", "0.00", "0.00")
    assert (await house.workflow(account).describe()).run_id != first_run
    result = await house.workflow(account).result()
    assert (result["reason"], result["paid_minor"]) == ("settled", 123456)
