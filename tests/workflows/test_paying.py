"""Lives that money changes: paid at once, late, in parts, too much, taken back, not yet due."""

from itertools import groupby

from client.duecourse import Started
from tests.registrations import owed
from tests.workflows.house import House


async def test_an_account_paid_before_its_first_reminder_closes_without_a_word(house: House) -> None:
    account = await house.collect()
    assert (await house.pay(account, "1234.56"))["outstanding"] == "0.00"
    assert await house.ended(account)
    await house.until_day(30)
    status = await house.status(account)
    assert (status["state"], status["closed"]["reason"], status["balance"]) == ("closed", "settled", "0.00")
    assert house.contacts(account) == []


async def test_an_account_paid_late_in_parts_is_reminded_until_all_is_paid(house: House) -> None:
    account = await house.collect()
    await house.until_day(2)
    await house.pay(account, "200.00")
    await house.until_day(9)
    assert (await house.status(account))["outstanding"] == "1034.56"
    await house.pay(account, "1034.55")
    await house.until_day(16)
    assert house.diary(account) == [
        "day 1 sms first_reminder",
        "day 8 voice first_reminder",
        "day 15 sms first_reminder",
    ]
    await house.pay(account, "0.01")
    assert await house.ended(account)
    assert (await house.status(account))["closed"]["reason"] == "settled"


async def test_a_reminder_names_what_is_owed_when_it_leaves(house: House) -> None:
    account = await house.collect()
    await house.pay(account, "1000.00")
    await house.until_day(2)
    (contact,) = house.demands(account)
    assert "234.56" in contact.words
    assert "1,234.56" not in contact.words


async def test_an_overpayment_closes_the_case_and_records_the_credit_that_is_owed_back(house: House) -> None:
    account = await house.collect()
    answer = await house.pay(account, "1300.00")
    assert (answer["balance"], answer["credit"]) == ("0.00", "65.44")
    assert await house.ended(account)
    assert (await house.status(account))["credit"] == "65.44"
    (credit,) = house.audit(account, "credit_owed")
    assert credit.detail == {"credit": "65.44"}


async def test_a_reversed_payment_reopens_the_closed_case_under_the_same_id(house: House) -> None:
    account = await house.collect()
    await house.until_day(16)
    await house.pay(account, "1234.56", payment_id="payment-that-bounces")
    assert await house.ended(account)
    await house.until_day(30)

    answer = await house.tell(
        account, "reverse_payment", payment_id="payment-that-bounces", reason_code="insufficient_funds"
    )

    assert answer["outstanding"] == "1234.56"
    status = await house.status(account)
    assert (status["state"], status["stage"], status["closed"]) == ("collecting", "first_reminder", None)
    await house.until_day(40)
    assert house.days_of_demands(account)[:3] == [1, 8, 15]
    assert house.days_of_demands(account)[3] in range(30, 40)
    assert "reopened" in house.audit_kinds(account)
    await house.pay(account, "1234.56")
    assert await house.ended(account)


async def test_a_reopened_case_counts_none_of_the_time_it_was_closed(house: House) -> None:
    account = await house.collect()
    await house.until_day(3)
    await house.pay(account, "1234.56", payment_id="payment-that-bounces-too")
    await house.until_day(60)
    bounced = {"payment_id": "payment-that-bounces-too", "reason_code": "insufficient_funds"}
    await house.tell(account, "reverse_payment", **bounced)
    await house.until_day(71)
    assert {contact.stage for contact in house.demands(account)} == {"first_reminder"}


async def test_an_account_that_is_not_yet_overdue_waits_for_its_due_date(house: House) -> None:
    account = await house.collect(house.overdue(instalments=(owed(house.day(20)),)))
    status = await house.status(account)
    assert (status["outstanding"], status["balance"]) == ("0.00", "1234.56")
    assert (status["next_step"]["kind"], status["next_step"]["reason"]) == ("wait", "nothing is overdue yet")
    await house.until_day(20, "23:59")
    assert house.contacts(account) == []
    await house.until_day(22)
    assert house.days_of_demands(account) == [21]


async def test_an_account_paid_before_its_due_date_is_never_contacted(house: House) -> None:
    account = await house.collect(house.overdue(instalments=(owed(house.day(20)),)))
    await house.pay(account, "1234.56")
    assert await house.ended(account)
    assert house.contacts(account) == []


async def test_a_cured_case_closes_with_later_instalments_to_come_and_goes_on_with_the_next(house: House) -> None:
    account = await house.collect(house.overdue(instalments=(owed(house.day(0)), owed(house.day(31), number=2))))
    await house.until_day(2)
    answer = await house.pay(account, "1234.56")
    assert (answer["outstanding"], answer["balance"]) == ("0.00", "1234.56")
    assert await house.ended(account)
    assert (await house.status(account))["closed"]["reason"] == "cured"
    assert await house.duecourse.start(account) is Started.CLOSED

    await house.until_day(32)
    assert await house.duecourse.start(account) is Started.STARTED
    await house.until_day(41)
    assert (await house.status(account))["outstanding"] == "1234.56"
    assert house.days_of_demands(account)[-1] in range(32, 41)


async def test_money_that_came_before_the_start_is_not_asked_for_again(house: House) -> None:
    account = house.overdue()
    await house.duecourse.register(account)
    await house.pay(account.account_id, "1234.56")
    await house.collect(account)
    assert await house.ended(account.account_id)
    assert (await house.status(account.account_id))["closed"]["reason"] == "settled"
    assert house.contacts(account.account_id) == []


async def test_money_that_comes_while_the_case_opens_reaches_the_case(house: House) -> None:
    accounts = [house.overdue() for _ in range(6)]
    for account in accounts:
        await house.collect(account)
        await house.pay(account.account_id, "1234.56")
    assert [await house.ended(account.account_id) for account in accounts] == [True] * 6


async def test_starting_an_account_again_changes_nothing(house: House) -> None:
    account = house.overdue()
    await house.collect(account)
    await house.until_day(9)
    before = house.diary(account.account_id), house.audit_kinds(account.account_id)
    assert (await house.duecourse.collect(account)).started is Started.RUNNING
    await house.until_day(10)
    assert (house.diary(account.account_id), house.audit_kinds(account.account_id)) == before


async def test_starting_a_closed_account_answers_closed_and_starts_nothing(house: House) -> None:
    account = await house.collect()
    await house.pay(account, "1234.56")
    assert await house.ended(account)
    assert await house.duecourse.start(account) is Started.CLOSED
    assert await house.ended(account)


async def test_no_stage_is_skipped_when_the_oldest_of_three_instalments_are_paid_on_the_way(house: House) -> None:
    instalments = tuple(owed(house.day(21 * number), number=number + 1) for number in range(3))
    account = await house.collect(house.overdue(instalments=instalments))
    await house.until_day(50)
    assert house.demands(account)[-1].stage == "escalation"
    await house.pay(account, "2469.12")
    await house.until_day(153)
    stages = [stage for stage, _ in groupby(contact.stage for contact in house.demands(account))]
    assert stages == ["first_reminder", "gentle_reminder", "escalation", "pre_legal"]
