"""Every fact and request counts once, however often it is sent, by which way, at the same time or in which order."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.workflows.house import House


async def opened(house: House) -> str:
    """A plain account that was reminded once."""
    account = await house.collect()
    await house.until_day(2)
    return account


async def state_of(house: House, account: str) -> dict[str, Any]:
    """The status, without the moment at which it was asked for."""
    status = await house.status(account)
    return {name: value for name, value in status.items() if name != "as_of"}


async def tell_by_every_way(house: House, account: str, name: str, body: dict[str, Any]) -> None:
    """Tell a fact four times over, one way after the other."""
    workflow = house.workflow(account)
    await house.duecourse.tell(account, name, body)
    await house.duecourse.tell(account, name, body)
    await workflow.signal(name, body)
    await workflow.execute_update(name, body)


async def tell_by_every_way_at_once(house: House, account: str, name: str, body: dict[str, Any]) -> None:
    """Tell a fact four times over, all at the same time."""
    workflow = house.workflow(account)
    await asyncio.gather(
        workflow.signal(name, body),
        house.duecourse.tell(account, name, body),
        workflow.execute_update(name, body),
        house.duecourse.tell(account, name, body),
    )
    await workflow.execute_update(name, body)


def of_the_first_contact(house: House, account: str) -> dict[str, Any]:
    """A receipt for the first contact."""
    contact = house.demands(account)[0]
    return house.fact(contact_id=contact.contact_id, status="delivered", at=house.now.isoformat())


def a_promise(house: House, account: str) -> dict[str, Any]:
    """The person called and promised to pay."""
    return house.fact(
        call_id="the-person-called",
        outcome="promised",
        agent_id="agent-1",
        direction="inbound",
        number_ref=house.address_ref(house.account(account).debtor_id, "phone"),
        dialled_at=house.now.isoformat(),
        connected=True,
        promise={"amount": "500.00", "date": house.day(20)},
    )


FACTS: dict[str, Callable[[House, str], dict[str, Any]]] = {
    "record_payment": lambda house, account: house.payment("100.00"),
    "reverse_payment": lambda house, account: house.fact(payment_id="payment-early", reason_code="bounced"),
    "agree_plan": lambda house, account: house.fact(
        plan_id="p", agreed_by="the-person", instalments=[{"due_date": house.day(20), "amount": "1184.56"}]
    ),
    "file_complaint": lambda house, account: house.fact(complaint_id=f"complaint-of-{account}", category="fees"),
    "report_hardship": lambda house, account: house.fact(hardship_id=f"hardship-of-{account}", reason_code="illness"),
    "record_call_outcome": a_promise,
    "opt_out": lambda house, account: house.fact(channel="sms"),
    "opt_in": lambda house, account: house.fact(channel="email"),
    "report_circumstance": lambda house, account: house.fact(
        circumstance_id=f"circumstance-of-{account}", kind="represented", reported_by="agent-1"
    ),
    "report_contact_preference": lambda house, account: house.fact(
        preference_id=f"preference-of-{account}", reported_by="agent-1", not_before="17:00"
    ),
    "plead_limitation": lambda house, account: house.fact(reported_by="agent-1"),
    "report_delivery": of_the_first_contact,
}


@pytest.mark.parametrize("name", FACTS)
@pytest.mark.parametrize("tell", [tell_by_every_way, tell_by_every_way_at_once], ids=["in turn", "at once"])
async def test_a_fact_counts_once_however_often_it_is_told(house: House, name: str, tell: Any) -> None:
    account = await opened(house)
    await house.pay(account, "50.00", payment_id="payment-early")
    body = FACTS[name](house, account)
    await tell(house, account, name, body)
    await house.pass_time(timedelta(minutes=1))  # for what the fact makes the case send at once
    once = await state_of(house, account)
    await house.workflow(account).execute_update(name, body)
    assert await state_of(house, account) == once
    told = [record for record in house.audit(account, name) if record.subject == body["event_id"]]
    assert len(told) == 1
    assert once["rejected_inputs"] == []
    assert house.broken_chains() == []


async def test_a_payment_told_by_two_people_under_its_own_id_counts_once(house: House) -> None:
    account = await opened(house)
    answers = [await house.pay(account, "100.00", payment_id="payment-7") for _ in range(2)]
    assert [answer["outstanding"] for answer in answers] == ["1134.56"] * 2


async def test_thirty_payments_at_once_are_each_counted(house: House) -> None:
    account = await opened(house)
    bodies = [house.payment("10.00") for _ in range(30)]
    by_client = [house.duecourse.tell(account, "record_payment", body) for body in bodies[:10]]
    by_signal = [house.workflow(account).signal("record_payment", body) for body in bodies[10:]]
    await asyncio.gather(*by_client, *by_signal)
    await house.pay(account, "0.01")
    assert (await house.status(account))["outstanding"] == "934.55"


async def test_a_reversal_that_comes_before_its_payment_takes_effect_with_it(house: House) -> None:
    account = await opened(house)
    reversal = house.fact(payment_id="payment-late", reason_code="bounced")
    assert (await house.duecourse.tell(account, "reverse_payment", reversal))["status"] == "waiting_for_payment"
    await house.pay(account, "100.00", payment_id="payment-late")
    assert (await house.status(account))["outstanding"] == "1234.56"
    await house.pay(account, "1234.56")
    assert await house.ended(account)


async def test_a_reversal_before_its_payment_does_not_let_the_payment_close_the_case(house: House) -> None:
    account = await opened(house)
    await house.tell(account, "reverse_payment", payment_id="payment-whole", reason_code="bounced")
    await house.pay(account, "1234.56", payment_id="payment-whole")
    status = await house.status(account)
    assert (status["state"], status["outstanding"]) == ("collecting", "1234.56")


async def test_a_reversal_that_comes_while_the_case_closes_is_never_lost(house: House) -> None:
    accounts = [await house.collect() for _ in range(10)]
    await house.until_day(2)
    for number, account in enumerate(accounts):
        paying = asyncio.create_task(house.pay(account, "1234.56", payment_id="payment-p"))
        await asyncio.sleep(0.004 * number)
        await house.tell(account, "reverse_payment", payment_id="payment-p", reason_code="bounced")
        await paying
    before = {account: len(house.demands(account)) for account in accounts}
    await house.until_day(20)
    for account in accounts:
        assert (house.account(account).state, (await house.status(account))["outstanding"]) == ("open", "1234.56")
        assert len(house.demands(account)) > before[account]


async def test_a_fact_told_again_after_the_case_has_closed_changes_nothing(house: House) -> None:
    account = await opened(house)
    body = house.payment("1234.56")
    await house.duecourse.tell(account, "record_payment", body)
    assert await house.ended(account)
    before = await state_of(house, account), house.audit_kinds(account)
    assert (await house.duecourse.tell(account, "record_payment", body))["outstanding"] == "0.00"
    assert (await state_of(house, account), house.audit_kinds(account)) == before


async def test_a_fact_told_before_the_start_and_again_after_it_counts_once(house: House) -> None:
    account = house.overdue()
    await house.duecourse.register(account)
    body = house.payment("100.00")
    await house.duecourse.tell(account.account_id, "record_payment", body)
    await house.collect(account)
    await house.until_day(2)
    await tell_by_every_way(house, account.account_id, "record_payment", body)
    assert (await house.status(account.account_id))["outstanding"] == "1134.56"


async def test_a_fact_about_the_person_reaches_each_case_once_whichever_hears_it_again(house: House) -> None:
    first = house.overdue()
    second = house.overdue(debtor_id=first.debtor_id)
    accounts = [await house.collect(first), await house.collect(second)]
    await house.until_day(2)
    body = house.fact(complaint_id="complaint-of-one", category="conduct")
    await asyncio.gather(*(house.duecourse.tell(account, "file_complaint", body) for account in accounts))
    for account in accounts:
        await house.workflow(account).execute_update("file_complaint", body)
        status = await house.status(account)
        assert [each["hold_id"] for each in status["holds"]] == ["complaint-of-one"]
        assert house.audit_kinds(account).count("file_complaint") == 1


async def test_a_request_repeated_gets_its_first_answer(house: House) -> None:
    account = await opened(house)
    proposal = {
        "request_id": "proposal-1",
        "instalment_count": 3,
        "first_due_date": house.day(10),
        "proposed_by": "agent-1",
    }
    answers = [await house.duecourse.ask(account, "propose_plan", proposal) for _ in range(2)]
    answers.append(await house.workflow(account).execute_update("propose_plan", proposal))
    assert answers[0] == answers[1] == answers[2]
    assert house.audit_kinds(account).count("propose_plan") == 1


async def test_a_waiver_requested_by_every_way_at_once_is_booked_once(house: House) -> None:
    account = await opened(house)
    request = {"request_id": "waiver-1", "amount": "50.00", "reason_code": "goodwill", "requested_by": "agent-1"}
    workflow = house.workflow(account)
    answers = await asyncio.gather(
        house.duecourse.ask(account, "request_waiver", request),
        workflow.execute_update("request_waiver", request),
        workflow.execute_update("request_waiver", request),
    )
    assert answers[0] == answers[1] == answers[2]
    assert (await house.status(account))["outstanding"] == "1184.56"


async def test_a_permit_asked_for_twice_under_one_id_is_one_permit(house: House) -> None:
    account = await house.collect()
    await house.until_day(37)
    task = house.call_task(account)
    assert task is not None
    request = {"request_id": "permit-1", "call_id": task.call_id, "agent_id": "agent-1"}
    answers = [await house.duecourse.ask(account, "begin_call", request) for _ in range(2)]
    assert answers[0] == answers[1]
    assert len([each for each in house.contacts(account) if each.channel == "call"]) == 1
