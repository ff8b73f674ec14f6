"""Lives with an instalment plan or a promise: left alone while it is kept, resumed where they were when it breaks."""

from datetime import timedelta
from typing import Any

import pytest

from client.errors import Refused
from storage.person_tasks import open_tasks
from tests.workflows.house import House


async def agree_plan(house: House, account: str, first_due_day: int, instalments: int) -> dict[str, Any]:
    """Propose a monthly plan, agree to it, and answer the proposal."""
    proposal = await house.ask(
        account,
        "propose_plan",
        instalment_count=instalments,
        first_due_date=house.day(first_due_day),
        proposed_by="agent-1",
    )
    await house.tell(account, "agree_plan", plan_id=proposal["plan_id"], agreed_by="the-person")
    return proposal


async def promise(house: House, account: str, amount: str, day: int) -> dict[str, Any]:
    """The person calls and promises to pay an amount by a day."""
    debtor = house.account(account).debtor_id
    return await house.tell(
        account,
        "record_call_outcome",
        call_id="the-person-called",
        outcome="promised",
        agent_id="agent-1",
        direction="inbound",
        number_ref=house.address_ref(debtor, "phone"),
        dialled_at=house.now.isoformat(),
        connected=True,
        right_party=True,
        promise={"amount": amount, "date": house.day(day)},
    )


async def test_a_proposed_plan_adds_up_to_the_last_cent_and_binds_nobody(house: House) -> None:
    account = await house.collect()
    proposal = await house.ask(
        account, "propose_plan", instalment_count=7, first_due_date=house.day(10), proposed_by="agent-1"
    )
    cents = [int(each["amount"].replace(".", "")) for each in proposal["instalments"]]
    assert (len(cents), sum(cents), max(cents) - min(cents)) == (7, 123456, 1)
    assert (await house.status(account))["state"] == "collecting"
    await house.until_day(9)
    assert house.days_of_demands(account) == [1, 8]


async def test_a_plan_that_is_kept_is_reminded_of_never_chased_and_closes_the_case(house: House) -> None:
    account = await house.collect()
    await house.until_day(2)
    proposal = await agree_plan(house, account, first_due_day=10, instalments=3)
    assert (await house.status(account))["state"] == "in_plan"
    for day, instalment in zip((10, 41, 70), proposal["instalments"], strict=True):
        await house.until_day(day)
        assert (await house.status(account))["state"] == "in_plan"
        await house.pay(account, instalment["amount"])
    assert await house.ended(account)
    assert (await house.status(account))["closed"]["reason"] == "settled"
    assert house.days_of_demands(account) == [1]
    assert house.services(account) == [
        "day 2 email plan_agreement",
        "day 8 sms plan_reminder",
        "day 39 sms plan_reminder",
        "day 69 sms plan_reminder",
    ]
    assert "plan_kept" in house.audit_kinds(account)


async def test_a_missed_plan_gives_way_once_to_another_that_is_kept_to_the_cent(house: House) -> None:
    account = await house.collect()
    await agree_plan(house, account, first_due_day=10, instalments=2)
    await house.pay(account, "17.28")
    await house.until_day(17)
    status = await house.status(account)
    assert status["next_step"]["kind"] == "await_person"
    assert f"plan:{status['plan']['plan_id']}" in house.asked_of_people(account)
    wish = [{"due_date": house.day(40), "amount": "217.28"}, {"due_date": house.day(60), "amount": "1000.00"}]
    answered = await house.ask(account, "counter_plan", instalments=wish, proposed_by="agent-1")
    assert answered["status"] == "accepted"
    await house.tell(account, "agree_plan", plan_id=answered["plan_id"], agreed_by="the-person")
    with house.reading() as session:
        assert open_tasks(session, account) == []
    for day, amount in ((40, "217.28"), (60, "1000.00")):
        await house.until_day(day)
        await house.pay(account, amount)
    assert await house.ended(account)
    assert house.demands(account) == []
    kinds = [each for each in house.audit_kinds(account) if each.startswith("plan_")]
    assert kinds == ["plan_missed", "plan_replaced", "plan_kept"]
    assert "day 16 sms plan_missed" in house.services(account)


async def test_a_broken_plan_resumes_in_the_stage_that_it_left_when_no_other_was_agreed(house: House) -> None:
    account = await house.collect()
    await house.until_day(9)
    await agree_plan(house, account, first_due_day=20, instalments=3)
    await house.until_day(32, "23:59")
    assert (await house.status(account))["state"] == "in_plan"
    await house.until_day(33, "00:01")
    status = await house.status(account)
    assert (status["state"], status["stage"], status["plan"]) == ("collecting", "first_reminder", None)
    await house.until_day(51)
    assert house.diary(account) == [
        "day 1 sms first_reminder",
        "day 8 voice first_reminder",
        "day 39 sms first_reminder",
        "day 46 sms gentle_reminder",
    ]
    (missed,) = house.audit(account, "plan_missed")
    assert missed.at - house.moment(26, "00:00") < timedelta(minutes=1)
    (broken,) = house.audit(account, "plan_broken")
    assert broken.at - house.moment(33, "00:00") < timedelta(minutes=1)


async def test_an_instalment_missed_in_a_hardship_is_told_of_and_breaks_the_plan_only_when_the_cure_has_passed_after_it(
    house: House,
) -> None:
    account = await house.collect()
    await house.until_day(2)
    await agree_plan(house, account, first_due_day=10, instalments=3)
    hardship = {"hardship_id": "h1", "reason_code": "job_lost", "evidence_ref": "doc-1", "until": house.day(30)}
    await house.until_day(5)
    await house.tell(account, "report_hardship", **hardship)
    await house.until_day(35, "23:59")
    assert (await house.status(account))["state"] == "in_plan"
    assert not house.audit(account, "plan_missed")
    await house.until_day(42, "23:59")
    assert (await house.status(account))["state"] == "in_plan"
    await house.until_day(43, "00:01")
    assert (await house.status(account))["plan"] is None
    (missed,) = house.audit(account, "plan_missed")
    assert missed.at - house.moment(36, "00:00") < timedelta(minutes=1)
    (broken,) = house.audit(account, "plan_broken")
    assert broken.at - house.moment(43, "00:00") < timedelta(minutes=1)
    assert "day 36 sms plan_missed" in house.services(account)
    assert house.days_of_demands(account) == [1]


async def test_an_instalment_made_good_within_the_cure_keeps_the_plan(house: House) -> None:
    account = await house.collect()
    proposal = await agree_plan(house, account, first_due_day=10, instalments=2)
    await house.until_day(14)
    await house.pay(account, proposal["instalments"][0]["amount"])
    await house.until_day(40)
    assert (await house.status(account))["state"] == "in_plan"
    assert house.demands(account) == []


async def test_a_part_payment_does_not_keep_a_plan(house: House) -> None:
    account = await house.collect()
    proposal = await agree_plan(house, account, first_due_day=10, instalments=2)
    await house.pay(account, str(float(proposal["instalments"][0]["amount"]) - 0.01))
    await house.until_day(24)
    assert (await house.status(account))["state"] == "collecting"


async def test_a_plan_written_by_the_caller_binds_when_it_covers_the_arrears(house: House) -> None:
    account = await house.collect()
    instalments = [
        {"due_date": house.day(10), "amount": "234.56"},
        {"due_date": house.day(20), "amount": "1000.00"},
    ]
    await house.tell(account, "agree_plan", plan_id="plan-by-hand", agreed_by="the-person", instalments=instalments)
    plan = (await house.status(account))["plan"]
    assert [each["amount_minor"] for each in plan["instalments"]] == [23456, 100000]


async def test_a_promise_holds_contact_until_its_own_date_and_grace_have_passed(house: House) -> None:
    account = await house.collect()
    await house.until_day(2)
    await promise(house, account, "500.00", day=20)
    assert (await house.status(account))["holds"][0]["kind"] == "promise"
    await house.until_day(22, "23:59")
    assert (await house.status(account))["state"] == "on_hold"
    assert house.days_of_demands(account) == [1]


async def test_a_broken_promise_is_noticed_on_its_own_date_with_nobody_saving_anything(house: House) -> None:
    account = await house.collect()
    await house.until_day(2)
    await promise(house, account, "500.00", day=20)
    await house.until_day(23, "00:01")
    status = await house.status(account)
    assert (status["state"], status["promise"]) == ("collecting", None)
    await house.until_day(40)
    assert house.days_of_demands(account)[:2] == [1, 29]
    (broken,) = house.audit(account, "promise_broken")
    assert broken.at - house.moment(23, "00:00") < timedelta(minutes=1)


async def test_a_promise_kept_in_part_payments_ends_its_hold_and_the_rest_is_asked_for(house: House) -> None:
    account = await house.collect()
    await house.until_day(2)
    await promise(house, account, "500.00", day=20)
    await house.pay(account, "200.00")
    assert (await house.status(account))["state"] == "on_hold"
    await house.until_day(9)
    await house.pay(account, "300.00")
    assert (await house.status(account))["state"] == "collecting"
    await house.until_day(30)
    assert "promise_kept" in house.audit_kinds(account)
    reminder = next(
        each for each in house.demands(account) if each.attempted_at > house.moment(9) and each.channel == "sms"
    )
    assert "734.56" in reminder.words


async def test_a_promise_by_message_is_reminded_of_kept_and_followed_by_another(house: House) -> None:
    account = await house.collect()
    first = {"promise_id": "p1", "amount": "500.00", "date": house.day(10), "channel": "sms"}
    second = {"promise_id": "p2", "amount": "734.56", "date": house.day(20), "channel": "web"}
    await house.tell(account, "record_promise", **first)
    await house.tell(account, "record_promise", **second)
    with pytest.raises(Refused, match="2 promises are open already"):
        await promise(house, account, "1.00", day=30)
    await house.until_day(10)
    await house.pay(account, "500.00")
    status = await house.status(account)
    assert (status["promise"]["promise_id"], status["later_promises"]) == ("p2", [])
    await house.until_day(20)
    await house.pay(account, "734.56")
    assert await house.ended(account)
    assert house.demands(account) == []
    assert house.services(account) == ["day 9 sms promise_reminder", "day 19 sms promise_reminder"]
    assert [each for each in house.audit_kinds(account) if each.startswith("promise")] == ["promise_kept"] * 2


async def test_hardship_is_checked_in_on_and_followed_by_an_offer_before_anything_is_demanded(house: House) -> None:
    account = await house.collect()
    await house.until_day(2)
    hardship = {"hardship_id": "h1", "reason_code": "job_lost", "evidence_ref": "doc-1", "until": house.day(30)}
    await house.tell(account, "report_hardship", **hardship)
    await house.until_day(30, "23:00")
    assert (await house.status(account))["state"] == "on_hold"
    await house.until_day(42)
    assert house.services(account) == ["day 24 sms check_in", "day 31 sms offer"]
    first, second = house.days_of_demands(account)
    assert (first, second >= 40) == (1, True), "at the gentlest pace"
    (told,) = house.audit(account, "report_hardship")
    assert told.detail["body"]["evidence_ref"] == "doc-1"
    await agree_plan(house, account, first_due_day=60, instalments=12)
    assert (await house.status(account))["state"] == "in_plan"


async def test_a_plan_paid_early_by_money_that_does_not_hold_is_in_force_again_and_kept_to_the_cent(
    house: House,
) -> None:
    account = await house.collect()
    await house.until_day(2)
    proposal = await agree_plan(house, account, first_due_day=10, instalments=2)
    await house.pay(account, "1234.56", payment_id="bounces")
    assert await house.ended(account)
    await house.until_day(4)
    await house.tell(account, "reverse_payment", payment_id="bounces", reason_code="bounced")
    status = await house.status(account)
    assert (status["state"], status["plan"]["plan_id"]) == ("in_plan", proposal["plan_id"])
    for day, instalment in zip((10, 41), proposal["instalments"], strict=True):
        await house.until_day(day)
        await house.pay(account, instalment["amount"])
    assert await house.ended(account)
    assert house.days_of_demands(account) == [1]
    assert [each for each in house.services(account) if "reminder" in each] == [
        "day 8 sms plan_reminder",
        "day 39 sms plan_reminder",
    ]


async def test_a_promise_kept_by_money_that_does_not_hold_is_open_again_until_its_day(house: House) -> None:
    account = await house.collect()
    await house.until_day(2)
    await promise(house, account, "500.00", day=20)
    await house.pay(account, "500.00", payment_id="bounces")
    await house.until_day(4)
    await house.tell(account, "reverse_payment", payment_id="bounces", reason_code="bounced")
    assert (await house.status(account))["state"] == "on_hold"
    await house.until_day(22)
    assert house.days_of_demands(account) == [1]
    await house.until_day(30)
    kinds = [kind for kind in house.audit_kinds(account) if kind.startswith("promise_")]
    assert kinds == ["promise_kept", "promise_reopened", "promise_broken"]
    assert house.days_of_demands(account)[1] > 22
