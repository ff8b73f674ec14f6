"""Bad input: whoever sends it is answered, it is kept without its content and audited, and nothing else changes."""

import asyncio
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.client import WithStartWorkflowOperation, WorkflowUpdateFailedError
from temporalio.common import RawValue, WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError

from client.errors import DuecourseError, Malformed, NotCollected, Refused, UnknownAccount
from client.offline import Offline
from domain.facts import RecordPayment
from domain.orders import COLLECTIONS_QUEUE, workflow_id
from tests.workflows.house import House
from workflows.account import AccountCollection
from workflows.contract import StartCollection

TELLING = "wang-xiaoming-13800138000"
"""A content that no record of a refusal may repeat."""


def raw(data: bytes, encoding: bytes = b"json/plain") -> RawValue:
    """A payload as a stranger's SDK may send it."""
    return RawValue(Payload(metadata={"encoding": encoding}, data=data))


UNREADABLE: dict[str, list[Any]] = {
    "no argument": [],
    "two arguments": [{"event_id": "e", "payment_id": "p"}, "and another"],
    "not JSON": [raw(b"{\xff\xfe")],
    "an unknown encoding": [raw(b"\x00\x01", b"binary/of-another-house")],
    "no encoding at all": [RawValue(Payload(data=b"{}"))],
    "text instead of an object": [TELLING],
    "a list instead of an object": [[1, 2]],
    "nothing": [None],
    "an empty object": [{}],
    "wrong types": [{"event_id": 7, "occurred_at": TELLING, "payment_id": [], "amount": 1.5, "currency": "CNY"}],
}

READABLE_BUT_WRONG: dict[str, dict[str, Any]] = {
    "a negative amount": {"amount": "-1.00"},
    "a zero amount": {"amount": "0.00"},
    "an amount that is no number": {"amount": TELLING},
    "an amount as a number": {"amount": 100},
    "an amount with too many places": {"amount": "1.23456"},
    "no currency": {"currency": None},
    "a currency that is no code": {"currency": "yuan"},
    "an id with a space": {"payment_id": "a b"},
    "a time without its zone": {"received_at": "2027-03-02T09:00:00"},
    "a field that nobody reads": {"note": TELLING},
    "no event id": {"event_id": None},
}


async def state_of(house: House, account: str) -> dict[str, Any]:
    """Everything that bad input must not change."""
    status = await house.status(account)
    return {name: value for name, value in status.items() if name not in ("as_of", "rejected_inputs")}


async def rejections(house: House, account: str, count: int) -> list[dict[str, Any]]:
    """The refused inputs as the status shows them, once there are that many."""
    for _ in range(100):
        shown: list[dict[str, Any]] = (await house.status(account))["rejected_inputs"]
        if len(shown) >= count:
            return shown
        await asyncio.sleep(0.05)
    raise AssertionError(f"fewer than {count} refused inputs: {shown}")


def audited(house: House, account: str) -> list[str]:
    """The codes of the refused inputs in the audit trail."""
    return [record.detail["error_code"] for record in house.audit(account, "input_rejected")]


async def opened(house: House) -> str:
    """A plain account whose case is open."""
    account = await house.collect()
    await house.until_day(2)
    return account


@pytest.mark.parametrize("args", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_a_signal_that_cannot_be_read_is_kept_and_audited_and_changes_nothing(
    house: House, args: list[Any]
) -> None:
    account = await opened(house)
    before = await state_of(house, account)
    await house.workflow(account).signal("record_payment", args=args)
    (shown,) = await rejections(house, account, 1)
    assert (shown["message"], shown["error_code"]) == ("record_payment", "malformed")
    assert shown.keys() == {"message", "error_code", "at", "payload_digest", "id"}
    assert audited(house, account) == ["malformed"]
    assert TELLING not in str(shown) + str(house.audit(account))
    assert await state_of(house, account) == before
    await house.pay(account, "1234.56")
    assert await house.ended(account), "the case goes on"


@pytest.mark.parametrize("args", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_an_update_that_cannot_be_read_is_refused_and_leaves_no_trace_in_the_history(
    house: House, args: list[Any]
) -> None:
    account = await opened(house)
    before = await state_of(house, account)
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await house.workflow(account).execute_update("record_payment", args=args)
    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.type == "malformed"
    assert TELLING not in str(refused.value.cause)
    assert await state_of(house, account) == before
    history = await house.workflow(account).fetch_history()
    assert not any(
        event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED for event in history.events
    )
    assert TELLING not in history.to_json()


@pytest.mark.parametrize("wrong", READABLE_BUT_WRONG.values(), ids=READABLE_BUT_WRONG.keys())
async def test_a_payment_with_a_wrong_field_is_refused_by_every_way_in(house: House, wrong: dict[str, Any]) -> None:
    account = await opened(house)
    before = await state_of(house, account)
    body = {name: value for name, value in (house.payment("10.00") | wrong).items() if value is not None}
    field = next(iter(wrong))

    with pytest.raises(Malformed, match=field) as by_client:
        await house.duecourse.tell(account, "record_payment", body)
    with pytest.raises(WorkflowUpdateFailedError) as by_update:
        await house.workflow(account).execute_update("record_payment", body)
    await house.workflow(account).signal("record_payment", body)

    await rejections(house, account, 1)
    assert audited(house, account) == ["malformed", "malformed"], (
        "by the client and by signal; an update leaves nothing"
    )
    assert field in str(by_update.value.cause)
    assert TELLING not in str(by_client.value) + str(by_update.value.cause)
    assert TELLING not in "".join(str(record.detail) for record in house.audit(account))
    assert await state_of(house, account) == before


async def test_a_message_that_nobody_knows_is_refused(house: House) -> None:
    account = await opened(house)
    await house.workflow(account).signal("pay_everything", {"a": 1})
    (shown,) = await rejections(house, account, 1)
    assert (shown["message"], shown["error_code"]) == ("pay_everything", "unknown_message")
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await house.workflow(account).execute_update("pay_everything", {"a": 1})
    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.type == "unknown_message"
    with pytest.raises(Malformed, match="there is no pay_everything"):
        await house.duecourse.tell(account, "pay_everything", {})


async def test_a_request_sent_as_a_signal_is_carried_out_like_any_other(house: House) -> None:
    account = await opened(house)
    await house.workflow(account).signal(
        "hold_case", {"request_id": "hold-by-signal", "hold_id": "h", "reason_code": "checking", "held_by": "boss"}
    )
    for _ in range(100):
        if (await house.status(account))["holds"]:
            break
        await asyncio.sleep(0.05)
    assert (await house.status(account))["holds"][0]["hold_id"] == "h"


async def test_an_account_that_is_not_registered_is_refused_by_the_client(house: House) -> None:
    for attempt in (
        house.duecourse.start("nobody"),
        house.duecourse.status("nobody"),
        house.pay("nobody", "1.00"),
        house.ask("nobody", "close_case", reason_code="x", closed_by="boss"),
    ):
        with pytest.raises(UnknownAccount, match="nobody is not registered"):
            await attempt


async def test_a_workflow_started_for_an_unregistered_account_fails_in_words_and_does_not_hang(house: House) -> None:
    handle = await house.client.start_workflow(
        AccountCollection.run, StartCollection("nobody"), id=workflow_id("nobody"), task_queue=COLLECTIONS_QUEUE
    )
    assert await house.ended("nobody")
    failed = (await handle.fetch_history()).events[-1].workflow_execution_failed_event_attributes.failure
    assert failed.application_failure_info.type == "unknown_account"
    assert failed.message == "account nobody is not registered; register it first"


async def test_a_fact_told_to_a_case_that_cannot_be_opened_is_answered_in_words(house: House) -> None:
    start = WithStartWorkflowOperation(
        AccountCollection.run,
        StartCollection("nobody-either"),
        id=workflow_id("nobody-either"),
        task_queue=COLLECTIONS_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
    )
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await house.client.execute_update_with_start_workflow(
            "record_payment", house.payment("10.00"), start_workflow_operation=start
        )
    assert "account nobody-either is not registered; register it first" in str(refused.value.cause)


async def test_nothing_can_be_asked_of_a_case_that_was_never_started_or_has_ended(house: House) -> None:
    registered = house.overdue()
    await house.duecourse.register(registered)
    with pytest.raises(NotCollected):
        await house.ask(registered.account_id, "close_case", reason_code="x", closed_by="boss")
    ended = await house.collect()
    await house.pay(ended, "1234.56")
    assert await house.ended(ended)
    with pytest.raises(NotCollected):
        await house.ask(ended, "close_case", reason_code="x", closed_by="boss")


async def test_a_fact_that_needs_a_case_is_refused_before_the_start_and_can_be_told_again_after_it(
    house: House,
) -> None:
    account = house.overdue()
    await house.duecourse.register(account)
    plan = house.fact(
        plan_id="plan-1", agreed_by="the-person", instalments=[{"due_date": house.day(9), "amount": "1234.56"}]
    )
    with pytest.raises(Refused, match="start it first"):
        await house.duecourse.tell(account.account_id, "agree_plan", plan)
    await house.collect(account)
    assert (await house.duecourse.tell(account.account_id, "agree_plan", plan))["status"] == "applied"


async def hold_until(house: House, account: str, day: int) -> None:
    """Hold a case until a day."""
    until = {"until": house.day(day)}
    await house.ask(account, "hold_case", hold_id="h", reason_code="x", held_by="boss", **until)


REFUSED: dict[str, tuple[str, Any]] = {
    "another currency": ("wrong_currency", lambda house, account: house.pay(account, "10.00", currency="USD")),
    "a payment from the future": (
        "date_in_future",
        lambda house, account: house.pay(account, "10.00", received_at=house.moment(40).isoformat()),
    ),
    "a fraction that the currency has not": ("malformed", lambda house, account: house.pay(account, "10.005")),
    "a plan that does not add up": (
        "plan_sum",
        lambda house, account: house.tell(
            account,
            "agree_plan",
            plan_id="p",
            agreed_by="the-person",
            instalments=[{"due_date": house.day(20), "amount": "100.00"}],
        ),
    ),
    "a plan that was never proposed": (
        "unknown_plan",
        lambda house, account: house.tell(account, "agree_plan", plan_id="p", agreed_by="the-person"),
    ),
    "a plan that begins in the past": (
        "date_in_past",
        lambda house, account: house.ask(
            account, "propose_plan", instalment_count=2, first_due_date=house.day(-5), proposed_by="agent-1"
        ),
    ),
    "a plan that began yesterday where the person lives": (
        "date_in_past",
        lambda house, account: house.ask(
            account, "propose_plan", instalment_count=2, first_due_date=house.day(1), proposed_by="agent-1"
        ),
    ),
    "hardship that is over": (
        "date_in_past",
        lambda house, account: house.tell(
            account, "report_hardship", hardship_id="h", reason_code="illness", until=house.day(-3)
        ),
    ),
    "a hold that is over": ("date_in_past", lambda house, account: hold_until(house, account, -3)),
    "a reference to a text that is not stored": (
        "unknown_text",
        lambda house, account: house.tell(
            account, "file_complaint", complaint_id="c", category="fees", text_ref="text-nowhere"
        ),
    ),
    "a receipt for a contact that was not made": (
        "unknown_contact",
        lambda house, account: house.tell(
            account, "report_delivery", contact_id="acc-0.1", status="delivered", at=house.now.isoformat()
        ),
    ),
    "an outcome of a referral that was not made": (
        "unknown_referral",
        lambda house, account: house.tell(account, "record_legal_outcome", referral_id="r", outcome="settled"),
    ),
    "a decision on a complaint that nobody made": (
        "unknown_complaint",
        lambda house, account: house.ask(
            account, "resolve_complaint", complaint_id="c", outcome="upheld", resolved_by="b", explanation_ref="e"
        ),
    ),
    "a waiver beyond interest and fees": (
        "waiver_exceeds",
        lambda house, account: house.ask(
            account, "request_waiver", amount="234.57", reason_code="goodwill", requested_by="agent-1"
        ),
    ),
    "a call that is not on the list": (
        "unknown_call",
        lambda house, account: house.ask(account, "begin_call", call_id="c", agent_id="agent-1"),
    ),
}


@pytest.mark.parametrize(("code", "attempt"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_the_case_does_not_allow_is_answered_kept_and_audited_and_changes_nothing(
    house: House, code: str, attempt: Any
) -> None:
    account = await opened(house)
    before, ledger = await state_of(house, account), house.account(account)
    with pytest.raises(DuecourseError) as refused:
        await attempt(house, account)
    assert refused.value.code == code
    (shown,) = await rejections(house, account, 1)
    assert (shown["error_code"], bool(shown["id"])) == (code, True)
    assert audited(house, account) == [code]
    assert (await state_of(house, account), house.account(account)) == (before, ledger)


async def test_a_refused_fact_stays_refused_when_it_is_sent_again(house: House) -> None:
    account = await opened(house)
    payment = house.payment("10.00", currency="USD")
    for _ in range(2):
        with pytest.raises(Refused, match="kept in CNY, not USD"):
            await house.duecourse.tell(account, "record_payment", payment)
    assert audited(house, account) == ["wrong_currency"]


async def test_a_payment_id_that_is_used_again_with_another_amount_is_refused(house: House) -> None:
    account = await opened(house)
    await house.pay(account, "100.00", payment_id="payment-a")
    with pytest.raises(Refused, match="payment-a is booked with another amount"):
        await house.pay(account, "200.00", payment_id="payment-a")
    assert (await house.status(account))["outstanding"] == "1134.56"


async def test_an_event_id_that_is_used_again_with_another_body_is_refused_by_every_way_in(house: House) -> None:
    account = await opened(house)
    first = house.payment("100.00")
    other = {**first, "amount": "200.00"}
    await house.duecourse.tell(account, "record_payment", first)
    with pytest.raises(Refused, match="used before with another content"):
        await house.duecourse.tell(account, "record_payment", other)
    with pytest.raises(WorkflowUpdateFailedError):
        await house.workflow(account).execute_update("record_payment", other)
    await house.workflow(account).signal("record_payment", other)
    await rejections(house, account, 2)
    assert audited(house, account) == ["id_reused"] * 3
    assert (await house.status(account))["outstanding"] == "1134.56"


async def test_a_stranger_who_uses_the_id_of_a_fact_on_its_way_does_not_have_it_refused(house: House) -> None:
    account = await opened(house)
    fact = house.payment("100.00")
    records = Offline(house.database, house.library)
    records.receive(account, "record_payment", RecordPayment.model_validate(fact), house.now, running=True)
    await house.workflow(account).signal("record_payment", {**fact, "amount": "1.00"})
    await rejections(house, account, 1)
    assert (await house.duecourse.tell(account, "record_payment", fact))["outstanding"] == "1134.56"


async def test_the_status_shows_the_last_refusals_and_the_trail_has_them_all(house: House) -> None:
    account = await opened(house)
    for number in range(25):
        await house.workflow(account).signal(f"nonsense_{number}")
    for _ in range(100):
        if len(audited(house, account)) == 25:
            break
        await asyncio.sleep(0.05)
    shown = (await house.status(account))["rejected_inputs"]
    assert [each["message"] for each in shown] == [f"nonsense_{number}" for number in range(5, 25)]
    assert house.broken_chains() == []
