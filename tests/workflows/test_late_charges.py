"""Lives in which being late costs something: every message tells the day's amount, and all ends to the cent."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio.testing import WorkflowEnvironment

from domain.late_terms import LateTerms
from tests.registrations import owed
from tests.workflows.house import POLICIES, House, open_house


def lent(house: House) -> Any:
    """Ten thousand yuan at 36 percent a year when late, of which the law allows 24: 6.575... a day."""
    terms = LateTerms.model_validate(
        {"annual_percent": "36", "contract_date": house.due_date - timedelta(days=300), "lender_type": "small_loan"}
    )
    return house.overdue(instalments=(owed(house.day(0), "10000.00", "0.00", "0.00"),), terms=terms)


def told(house: House, account: str) -> list[str]:
    """What the text messages to the person said."""
    return [each.words for each in house.demands(account) if each.channel == "sms"]


async def test_who_pays_what_the_last_message_told_is_never_asked_for_the_cents_since(house: House) -> None:
    account = await house.collect(lent(house))
    await house.until_day(2)
    assert "10,006.57" in told(house, account)[0]
    assert (await house.status(account))["outstanding"] == "10013.15"
    await house.until_day(5)
    answer = await house.pay(account, "10006.57")
    assert (answer["outstanding"], answer["forgiven"]) == ("0.00", "26.30")
    assert await house.ended(account)
    assert (await house.status(account))["closed"]["reason"] == "settled"


async def test_a_plan_kept_to_the_cent_closes_the_case_although_the_debt_grew_meanwhile(
    time_skipping: WorkflowEnvironment, tmp_path: Path
) -> None:
    policies = tmp_path / "policies"
    shutil.copytree(POLICIES, policies)
    with (policies / "fenfu-cn.yaml").open("a") as file:
        file.write("late_charges: {in_plan: as agreed}\n")
    async with open_house(time_skipping, tmp_path, policies=policies) as house:
        account = await house.collect(lent(house))
        await house.until_day(2)
        planned = {"instalment_count": 3, "first_due_date": house.day(10), "proposed_by": "agent-1"}
        proposal = await house.ask(account, "propose_plan", **planned)
        await house.tell(account, "agree_plan", plan_id=proposal["plan_id"], agreed_by="the-person")
        for day, instalment in zip((10, 41, 70), proposal["instalments"], strict=True):
            await house.until_day(day)
            assert float((await house.status(account))["balance"]) > float(instalment["amount"])
            await house.pay(account, instalment["amount"])
        assert await house.ended(account)
        status = await house.status(account)
        assert (status["balance"], status["credit"], status["closed"]["reason"]) == ("0.00", "0.00", "settled")
        assert house.days_of_demands(account) == [1]
        assert "plan_kept" in house.audit_kinds(account)


async def test_a_debt_that_grows_is_settled_by_an_offer_to_the_cent(house: House) -> None:
    account = await house.collect(lent(house))
    await house.until_day(16, "12:00")
    assert "10,098.63" in told(house, account)[1]
    assert (await house.status(account))["outstanding"] == "10105.20"
    condition = {"pay_amount": "10025.20", "by": house.day(25)}
    asked = await house.ask(
        account, "request_waiver", amount="80.00", reason_code="goodwill", requested_by="agent-1", condition=condition
    )
    assert asked["status"] == "awaiting_approval"
    assert f"waiver:{asked['waiver_id']}" in house.asked_of_people(account)
    house.appoint("head-1", authority=4)
    offer = await house.ask(account, "decide_waiver", waiver_id=asked["waiver_id"], approve=True, decided_by="head-1")
    assert offer["status"] == "offered"
    await house.until_day(20, "12:00")
    await house.pay(account, "10025.20")
    assert await house.ended(account)
    status = await house.status(account)
    assert (status["outstanding"], status["credit"], status["closed"]["reason"]) == ("0.00", "0.00", "settled")
    assert [each["outcome"] for each in status["waivers"]] == ["booked"]


async def test_an_offer_that_nobody_takes_lapses_on_its_date_and_the_case_goes_on(house: House) -> None:
    account = await house.collect(lent(house))
    await house.until_day(3)
    condition = {"pay_amount": "10000.00", "by": house.day(10)}
    body: dict[str, Any] = {"reason_code": "goodwill", "requested_by": "agent-1", "condition": condition}
    assert (await house.ask(account, "request_waiver", amount="5.00", **body))["status"] == "offered"
    await house.until_day(12)
    assert [each["outcome"] for each in (await house.status(account))["waivers"]] == ["lapsed"]
    await house.until_day(17)
    assert "waiver_lapsed" in house.audit_kinds(account)
    assert len(house.demands(account)) == 3
