"""Lives whose workflow is lost on the way: started again, they go on where the records say that they had come."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from client.duecourse import Started
from tests.workflows.house import House
from tests.workflows.test_plans_and_promises import agree_plan, promise
from tests.workflows.until_review import call_in_vain, decide, deliver_letters

Happens = Callable[[House, str], Awaitable[Any]]


async def nothing(house: House, account: str) -> None:
    """An ordinary day."""


async def pay_a_part(house: House, account: str) -> None:
    """Money comes."""
    await house.pay(account, "200.00")


async def plan(house: House, account: str) -> None:
    """A plan is agreed that will break."""
    await agree_plan(house, account, first_due_day=60, instalments=2)


async def promised(house: House, account: str) -> None:
    """The person promises to pay."""
    await promise(house, account, "500.00", day=60)


async def complain(house: House, account: str) -> None:
    """The person complains."""
    await house.tell(account, "file_complaint", complaint_id=f"complaint-of-{account}", category="conduct")


async def hold(house: House, account: str) -> None:
    """Somebody stops the case."""
    await house.ask(account, "hold_case", hold_id="h", reason_code="looking", held_by="boss")


async def hold_and_resume(house: House, account: str) -> None:
    """Somebody stops the case and resumes it."""
    await hold(house, account)
    await house.ask(account, "resume_case", hold_id="h", reason_code="done", resumed_by="boss")


async def stop_texts(house: House, account: str) -> None:
    """The person stops text messages."""
    await house.tell(account, "opt_out", channel="sms")


async def waiver(house: House, account: str) -> None:
    """Somebody asks for a waiver that waits for approval."""
    await house.ask(account, "request_waiver", amount="200.00", reason_code="goodwill", requested_by="agent-1")


HAPPENINGS: tuple[Happens, ...] = (
    nothing,
    pay_a_part,
    plan,
    promised,
    complain,
    hold,
    hold_and_resume,
    stop_texts,
    waiver,
)


async def lose_and_start_again(house: House, account: str) -> None:
    """Its workflow is terminated, and somebody starts the account again."""
    await house.workflow(account).terminate()
    assert await house.duecourse.start(account) is Started.STARTED


async def gist(house: House, account: str) -> dict[str, Any]:
    """Where the case stands, without what differs between two accounts that live the same life."""
    status = await house.status(account)
    told = {name: status[name] for name in ("stage", "state", "track", "outstanding", "contacts", "closed")}
    told |= {name: len(status[name]) for name in ("complaints", "waivers")}
    told["holds"] = [(each["kind"], each["since"][:10], (each["until"] or "")[:10]) for each in status["holds"]]
    told["plan"] = status["plan"] and [each["amount_minor"] for each in status["plan"]["instalments"]]
    told["promise"] = status["promise"] and status["promise"]["amount_minor"]
    told["call"] = status["call"] is not None
    told["referral"] = status["referral"] and (status["referral"]["missing"], bool(status["referral"]["referred_at"]))
    step = status["next_step"]
    return told | {"next": (step["kind"], step["channel"])}


@pytest.mark.parametrize("day", [5, 37, 41])
@pytest.mark.parametrize("happens", HAPPENINGS, ids=lambda each: each.__name__)
async def test_a_life_that_is_interrupted_is_the_same_life(house: House, day: int, happens: Happens) -> None:
    twins = [await house.collect(), await house.collect()]
    interrupted, whole = twins
    await house.until_day(day)
    for account in twins:
        await happens(house, account)
    await house.until_day(day + 1)
    await lose_and_start_again(house, interrupted)
    await house.until_day(day + 1, "23:00")
    assert await gist(house, interrupted) == await gist(house, whole)
    await house.until_day(day + 60, "23:00")
    assert await gist(house, interrupted) == await gist(house, whole)
    assert house.diary(interrupted) == house.diary(whole)
    assert house.broken_chains() == []


async def test_the_track_that_a_person_chose_survives(house: House) -> None:
    account = await house.collect()
    await house.until_day(2)
    finding = await house.duecourse.store_text(account, "Says that he could pay and will not.")
    choice = {"track": "firm", "reason_code": "refuses", "set_by": "boss", "evidence_ref": finding}
    await house.ask(account, "set_track", **choice)
    await house.until_day(2, "12:00")
    await lose_and_start_again(house, account)
    status = await house.status(account)
    assert (status["track"], status["firm_until"] is not None) == ("firm", True)


async def test_a_life_interrupted_again_and_again_still_comes_to_its_review_and_to_counsel_once(house: House) -> None:
    account = await house.collect()
    for day in range(2, 175):
        await house.until_day(day, "13:00")
        if day % 20 == 0:
            await lose_and_start_again(house, account)
        await call_in_vain(house, account)
        await deliver_letters(house, account)
    status = await house.status(account)
    assert (status["state"], len(house.demands(account))) == ("legal_review", 12)
    await lose_and_start_again(house, account)
    await house.until_day(175, "13:00")
    referral = (await house.status(account))["referral"]
    assert referral["referral_id"] == status["referral"]["referral_id"]
    await decide(house, account, referral)
    await house.until_day(175, "14:00")
    await lose_and_start_again(house, account)
    await house.until_day(176)
    assert (await house.status(account))["state"] == "legal"
    assert house.audit_kinds(account).count("referred") == 1
    await house.pay(account, "1234.56")
    assert await house.ended(account)
