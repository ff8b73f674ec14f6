"""What cases still do for the person once they have ended: answers that are owed, money that comes, complaints."""

import pytest

from client.errors import Refused
from tests.registrations import owed
from tests.workflows.house import House
from tests.workflows.test_complaints import complain, decide, replies


async def close(house: House, account: str) -> None:
    """A person gives the case up."""
    await house.ask(account, "close_case", reason_code="uneconomic", closed_by="lead-1")


async def test_a_case_closed_in_the_minute_in_which_its_complaint_is_decided_still_tells_the_outcome(
    house: House,
) -> None:
    account = await house.collect(house.overdue(debtor_id="deb-closed"))
    other = await house.collect(house.overdue(debtor_id="deb-closed"))
    await house.until_day(2)
    complaint = await complain(house, account)
    await house.until_day(4, "23:30")
    await decide(house, account, complaint)
    await close(house, account)
    assert house.account(account).state == "closed"
    status = await house.status(account)
    assert (status["state"], status["next_step"]["kind"]) == ("closed", "contact")
    assert (await house.status(other))["state"] == "on_hold"
    with pytest.raises(Refused, match="the case has ended"):
        await house.ask(account, "hold_case", hold_id="h1", reason_code="x", held_by="lead-1")
    await house.until_day(5, "12:00")
    assert await house.ended(account)
    assert replies(house, account) == ["complaint_acknowledgement", "complaint_outcome"]
    assert (await house.status(other))["holds"] == []
    assert (await house.status(account))["owed_messages"] == []
    assert house.broken_chains() == []


async def test_where_no_channel_is_left_a_person_is_asked_to_tell_and_the_end_does_not_wait(house: House) -> None:
    account = await house.collect(house.overdue(email="", postal_address=""))
    await house.until_day(2)
    complaint = await complain(house, account)
    await house.until_day(3, "23:30")
    await decide(house, account, complaint)
    await close(house, account)
    await house.tell(account, "opt_out", channel="sms")
    assert await house.ended(account)
    assert replies(house, account) == ["complaint_acknowledgement"]
    assert "message_given_up" in house.audit_kinds(account)
    subject = f"tell:complaint_outcome.{complaint.complaint_id}"
    assert subject in house.asked_of_people(account)
    await house.until_day(4)
    assert (await house.status(account))["holds"] == []
    await house.ask(account, "complete_task", subject=subject, completed_by="lead-1")


async def test_who_pays_twice_is_told_that_it_arrived_what_is_theirs_and_that_it_was_paid_back(house: House) -> None:
    account = await house.collect()
    await house.until_day(3)
    await house.pay(account, "1234.56")
    assert await house.ended(account)
    await house.until_day(6, "15:00")
    assert (await house.pay(account, "1000.00"))["credit"] == "1000.00"
    await house.pay(account, "234.56")
    assert (await house.status(account))["state"] == "closed"
    assert "credit" in house.asked_of_people(account)
    assert house.audit_kinds(account).count("paid_after_end") == 2
    await house.until_day(7, "12:00")
    assert await house.ended(account)
    assert replies(house, account) == ["closure", "payment_after_end"]
    told = house.contacts(account)[-1]
    assert (house.clock_of(told) >= "08:00", told.words.count("¥1,234.56")) == (True, 2)

    await house.tell(account, "record_refund", refund_id="refund-1", amount="1234.56")
    assert await house.ended(account)
    assert replies(house, account) == ["closure", "payment_after_end", "refund"]
    assert "退还您¥1,234.56" in house.contacts(account)[-1].words
    assert len(house.demands(account)) == 1
    assert house.broken_chains() == []


async def test_money_for_a_case_that_was_given_up_is_a_persons_to_place_and_the_debtor_hears_of_it(
    house: House,
) -> None:
    account = await house.collect()
    await house.until_day(3)
    await close(house, account)
    assert await house.ended(account)
    await house.until_day(20)
    await house.pay(account, "100.00", payment_id="late-1")
    assert "paid_after_end:late-1" in house.asked_of_people(account)
    await house.until_day(21, "12:00")
    assert await house.ended(account)
    assert replies(house, account) == ["payment_after_end"]
    await house.ask(account, "complete_task", subject="paid_after_end:late-1", completed_by="lead-1")
    await house.until_day(40)
    assert house.days_of_demands(account) == [1]


async def test_after_a_cure_an_ordinary_instalment_is_the_lenders_to_confirm_and_money_too_much_is_told(
    house: House,
) -> None:
    instalments = (owed(house.day(0)), owed(house.day(30), number=2))
    account = await house.collect(house.overdue(instalments=instalments))
    await house.until_day(3)
    await house.pay(account, "1234.56")
    assert await house.ended(account)
    assert (await house.status(account))["closed"]["reason"] == "cured"
    await house.until_day(6, "15:00")
    await house.pay(account, "1200.00")
    await house.until_day(7, "12:00")
    assert await house.ended(account)
    assert replies(house, account) == ["closure"]
    await house.pay(account, "50.00")
    await house.until_day(8, "12:00")
    assert await house.ended(account)
    assert replies(house, account) == ["closure", "payment_after_end"]
    assert "¥15.44" in house.contacts(account)[-1].words


async def test_late_money_that_bounces_is_not_spoken_of(house: House) -> None:
    account = await house.collect()
    await house.until_day(3)
    await house.pay(account, "1234.56")
    assert await house.ended(account)
    await house.pay(account, "50.00", payment_id="bounces")
    await house.tell(account, "reverse_payment", payment_id="bounces", reason_code="insufficient_funds")
    await house.until_day(4, "12:00")
    assert await house.ended(account)
    assert replies(house, account) == ["closure"]


async def test_a_complaint_about_a_case_that_has_ended_is_acknowledged_and_its_outcome_told(house: House) -> None:
    account = await house.collect()
    await house.until_day(2)
    await close(house, account)
    assert await house.ended(account)
    complaint = await complain(house, account)
    assert await house.ended(account)
    await decide(house, account, complaint)
    assert await house.ended(account)
    assert replies(house, account) == ["complaint_acknowledgement", "complaint_outcome"]
    assert (await house.status(account))["holds"] == []
    assert house.asked_of_people(account) == {}
