"""The life of a person who never pays, until somebody must decide whether to refer the account, and that decision."""

from typing import Any

from tests.workflows.house import House

REVIEW_DAY = 169


async def live_until_review(house: House) -> tuple[str, dict[str, Any]]:
    """A life without money: agents call and reach nobody, letters arrive. Answers the account and its open review."""
    account = await house.collect()
    for day in range(2, REVIEW_DAY + 1):
        await house.until_day(day, "13:00")
        await call_in_vain(house, account)
        await deliver_letters(house, account)
    referral = (await house.status(account))["referral"]
    assert referral is not None
    return account, referral


async def call_in_vain(house: House, account: str) -> None:
    """An agent makes the call that waits, if one does."""
    task = house.call_task(account)
    if task is None:
        return
    await house.ask(account, "begin_call", call_id=task.call_id, agent_id="agent-1")
    await house.tell(
        account,
        "record_call_outcome",
        call_id=task.call_id,
        outcome="no_answer",
        agent_id="agent-1",
        direction="outbound",
        number_ref=house.address_ref(house.account(account).debtor_id, "phone"),
        dialled_at=house.now.isoformat(),
        connected=False,
    )


async def deliver_letters(house: House, account: str) -> None:
    """The post tells which letters have arrived."""
    for letter in house.demands(account):
        if letter.channel == "letter" and letter.status == "sent":
            receipt = {"contact_id": letter.contact_id, "status": "delivered", "at": house.now.isoformat()}
            await house.tell(account, "report_delivery", **receipt)


async def decide(
    house: House, account: str, referral: dict[str, Any], approve: bool = True, decided_by: str = "head-of-collections"
) -> dict[str, Any]:
    """A person, one with that authority unless told otherwise, decides on the checklist that they read."""
    house.appoint("head-of-collections", authority=5)
    return await house.ask(
        account,
        "decide_legal_referral",
        referral_id=referral["referral_id"],
        checklist_digest=referral["checklist_digest"],
        approve=approve,
        reason_code="read_and_agreed",
        decided_by=decided_by,
    )
