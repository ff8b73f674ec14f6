"""Lives worth keeping: each is played on the time-skipping server, and its history saved to be replayed ever after.

What makes persons known carries a mark here, so that it can be looked for where it must not be.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from client.errors import Refused
from domain.registration import Registration
from tests.workflows.house import House

NAME_MARK = "欧阳标记"
PHONE_MARK = "13912345678"
EMAIL_MARK = "ouyang.marked@example.org"
POSTAL_MARK = "标记路4711号"
TEXT_MARK = "marked-words-of-a-person"

MARKS = (NAME_MARK, PHONE_MARK, EMAIL_MARK, POSTAL_MARK, TEXT_MARK)
"""What no history may hold."""

Scenario = Callable[[House], Awaitable[str]]
"""Plays a life in a house and answers the account whose history is worth keeping."""


def marked(house: House, account_id: str, debtor_id: str | None = None) -> Registration:
    """An account of a person whose particulars can be told from everything else."""
    return house.overdue(
        account_id,
        debtor_id or f"person-of-{account_id}",
        debtor_name=NAME_MARK,
        phone=f"+86{PHONE_MARK}",
        email=EMAIL_MARK,
        postal_address=f"示例市{POSTAL_MARK}",
    )


async def paid_in_parts(house: House) -> str:
    account = await house.collect(marked(house, "paid-in-parts"))
    for day, amount in ((2, "200.00"), (9, "1000.00"), (16, "34.56")):
        await house.until_day(day)
        await house.pay(account, amount)
    return account


async def plan_kept(house: House) -> str:
    account = await house.collect(marked(house, "plan-kept"))
    await house.until_day(2)
    for day, instalment in zip((10, 41), await _agreed_plan(house, account), strict=True):
        await house.until_day(day)
        await house.pay(account, instalment["amount"])
    return account


async def plan_broken(house: House) -> str:
    account = await house.collect(marked(house, "plan-broken"))
    await house.until_day(2)
    first, second = await _agreed_plan(house, account)
    await house.until_day(10)
    await house.pay(account, first["amount"])
    await house.until_day(70)
    await house.pay(account, second["amount"])
    return account


async def complaint_and_hardship(house: House) -> str:
    account = await house.collect(marked(house, "complaint-and-hardship"))
    await house.until_day(2)
    text_ref = await house.duecourse.store_text(account, TEXT_MARK)
    complaint = {"complaint_id": "complaint-1", "category": "conduct", "agent_id": "agent-7", "text_ref": text_ref}
    await house.tell(account, "file_complaint", **complaint)
    await house.until_day(6)
    answer = {"outcome": "upheld", "resolved_by": "boss", "explanation_ref": "letter-7"}
    await house.ask(account, "resolve_complaint", complaint_id="complaint-1", **answer)
    await house.until_day(20)
    await house.tell(account, "report_hardship", hardship_id="hardship-1", reason_code="job_lost")
    await house.until_day(65)
    await house.pay(account, "1234.56")
    return account


async def call_tasks_with_permit(house: House) -> str:
    account = await house.collect(marked(house, "call-tasks-with-permit"))
    await house.until_day(37)
    call = house.call_task(account)
    assert call is not None
    await house.ask(account, "begin_call", call_id=call.call_id, agent_id="agent-7")
    promise = {"amount": "1234.56", "date": house.day(45)}
    outcome = {"call_id": call.call_id, "outcome": "promised", "promise": promise, "reason_code": "salary_late"}
    await house.tell(account, "record_call_outcome", **_dialled(house, account), **outcome)
    await house.until_day(60)
    await house.pay(account, "1234.56")
    return account


async def referral(house: House) -> str:
    account = await house.collect(marked(house, "referral"))
    day = 90
    while (await house.status(account))["referral"] is None:
        day += 5
        await house.until_day(day)
        await _prove_deliveries(house, account)
    review = (await house.status(account))["referral"]
    house.appoint("head-of-legal", authority=5)
    decision = {"referral_id": review["referral_id"], "checklist_digest": review["checklist_digest"]}
    reasons = {"approve": True, "reason_code": "all_steps_taken", "decided_by": "head-of-legal"}
    await house.ask(account, "decide_legal_referral", **decision, **reasons)
    await house.until_day(day + 30)
    ended = {"referral_id": review["referral_id"], "outcome": "settled", "amount": "1234.56"}
    await house.tell(account, "record_legal_outcome", **ended)
    return account


async def reversal_reopening(house: House) -> str:
    account = await house.collect(marked(house, "reversal-reopening"))
    await house.until_day(9)
    await house.pay(account, "1234.56", payment_id="payment-that-bounces")
    assert await house.ended(account)
    await house.until_day(20)
    await house.tell(account, "reverse_payment", payment_id="payment-that-bounces", reason_code="insufficient_funds")
    await house.until_day(45)
    await house.pay(account, "1234.56")
    return account


async def rejected_inputs(house: House) -> str:
    account = await house.collect(marked(house, "rejected-inputs"))
    handle, payment = house.workflow(account), house.payment("1.00")
    await handle.signal("record_payment")
    await handle.signal("record_payment", args=[payment, payment])
    await handle.signal("record_payment", "not an object")
    await handle.signal("record_payment", {**payment, "amount": "not money"})
    await handle.signal("no_such_message", {"amount": "1.00"})
    await house.until_day(2)
    await house.duecourse.tell(account, "record_payment", payment)
    await handle.signal("record_payment", {**payment, "amount": "2.00"})
    await _refused(house.pay(account, "1.00", currency="USD"))
    await house.until_day(9)
    await house.pay(account, "1233.56")
    return account


async def person_wide_fact_heard_from_another_case(house: House) -> str:
    hearing = await house.collect(marked(house, "hearing", "person-with-two-accounts"))
    told = await house.collect(marked(house, "told-by-another-case", "person-with-two-accounts"))
    await house.until_day(2)
    await house.tell(hearing, "opt_out", channel="sms")
    await house.until_day(20)
    await house.pay(told, "1234.56")
    return told


async def supportive_offer_taken(house: House) -> str:
    account = await house.collect(marked(house, "supportive-offer-taken"))
    await house.until_day(10)
    await house.ask(account, "set_track", track="supportive", reason_code="struggles", set_by="boss")
    await house.until_day(12)
    plan = (await house.status(account))["plan"]
    await house.tell(account, "agree_plan", plan_id=plan["plan_id"], agreed_by="the-person")
    await house.until_day(20)
    await house.pay(account, (await house.status(account))["balance"])
    return account


async def answered_after_the_end(house: House) -> str:
    account = await house.collect(marked(house, "answered-after-the-end"))
    await house.until_day(3)
    await house.pay(account, "1234.56")
    await house.ended(account)
    await house.until_day(6)
    await house.pay(account, "50.00")
    await house.until_day(7, "12:00")
    return account


SCENARIOS: dict[str, Scenario] = {
    play.__name__: play
    for play in (
        paid_in_parts,
        plan_kept,
        plan_broken,
        complaint_and_hardship,
        call_tasks_with_permit,
        referral,
        reversal_reopening,
        rejected_inputs,
        person_wide_fact_heard_from_another_case,
        supportive_offer_taken,
        answered_after_the_end,
    )
}
"""Every scenario by its name."""


async def _agreed_plan(house: House, account: str) -> list[dict[str, Any]]:
    """Two instalments, on the 10th day and a month later."""
    wanted = {"instalment_count": 2, "first_due_date": house.day(10), "proposed_by": "agent-7"}
    proposal = await house.ask(account, "propose_plan", **wanted)
    await house.tell(account, "agree_plan", plan_id=proposal["plan_id"], agreed_by="the-person")
    instalments: list[dict[str, Any]] = proposal["instalments"]
    return instalments


def _dialled(house: House, account: str) -> dict[str, Any]:
    """A dial that reached the person, just now."""
    number_ref = house.address_ref(house.account(account).debtor_id, "phone")
    dialled = {"agent_id": "agent-7", "direction": "outbound", "number_ref": number_ref, "connected": True}
    return {**dialled, "dialled_at": house.now.isoformat(), "right_party": True}


async def _prove_deliveries(house: House, account: str) -> None:
    """Receipts come for what was sent in writing."""
    for contact in house.contacts(account):
        if contact.status == "sent" and contact.channel in ("letter", "email"):
            await house.tell(
                account, "report_delivery", contact_id=contact.contact_id, status="delivered", at=house.now.isoformat()
            )
    await house.pass_time(timedelta(minutes=1))


async def _refused(attempt: Awaitable[Any]) -> None:
    try:
        await attempt
    except Refused:
        return
    raise AssertionError("what should have been refused was taken")
