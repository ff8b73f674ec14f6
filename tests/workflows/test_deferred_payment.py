"""Whole lives of buy now, pay later credit in London: the notices of its own rules, each in its time, and no others."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.registration import Registration
from domain.terms import MessageClass
from tests.registrations import owed
from tests.workflows.house import House
from tests.workflows.test_duties import british, duties, notices
from tests.workflows.until_review import call_in_vain, deliver_letters

LONDON = ZoneInfo("Europe/London")
DUE_DAYS = (0, 30, 60)


def bought_by_payments(house: House) -> Registration:
    """Somebody who owes three payments of 100 pounds, thirty days apart, without interest or fees."""
    payments = tuple(owed(house.day(day), "100.00", "0.00", "0.00", n) for n, day in enumerate(DUE_DAYS, start=1))
    return british(house, credit_kind="deferred_payment", instalments=payments)


def in_london(house: House, day: int) -> datetime:
    """The first moment in London of the day so many days after the due date."""
    return datetime.combine(house.due_date + timedelta(days=day), time(), LONDON)


def working_days_after(day: date, count: int) -> date:
    """By hand, bank holidays not counted out: that only makes the period shorter."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


async def test_who_never_pays_is_told_of_each_missed_payment_and_before_each_step_in_time(house: House) -> None:
    account = await house.collect(bought_by_payments(house))
    for day in range(5, 241, 5):
        await house.until_day(day, "23:00")
        await call_in_vain(house, account)
        await deliver_letters(house, account)

    missed = notices(house, account, "missed_payment_notice")
    assert len(missed) == len(DUE_DAYS)
    for due, notice in zip(DUE_DAYS, missed, strict=True):
        assert in_london(house, due + 1) <= notice.attempted_at <= in_london(house, due + 1) + timedelta(days=5)
        assert notice.channel == "email"

    entered = {each.subject: each.at for each in house.audit(account, "stage_entered")}
    (action,), (claim,) = notices(house, account, "notice_before_action"), notices(house, account, "letter_of_claim")
    assert entered["escalation"] <= action.attempted_at
    arrived = working_days_after(action.attempted_at.astimezone(LONDON).date(), 2)
    assert entered["pre_legal"].astimezone(LONDON).date() >= arrived + timedelta(days=14)
    assert entered["pre_legal"] <= claim.attempted_at
    reviews = house.audit(account, "review_opened")
    assert reviews
    assert all(each.at >= claim.attempted_at + timedelta(days=30) for each in reviews)
    assert {each["name"]: each["fulfilled"] for each in reviews[-1].detail["checklist"]}["duties_done"]

    told = {each.occasion for each in house.contacts(account) if each.message_class == MessageClass.STATUTORY}
    assert told == {"missed_payment_notice", "notice_before_action", "letter_of_claim"}, "no other credit law's notices"
    assert {each.state for each in duties(house, account)} == {"given"}
    assert house.broken_chains() == []


async def test_who_pays_after_the_first_notice_is_owed_no_other(house: House) -> None:
    account = await house.collect(bought_by_payments(house))
    await house.until_day(4)
    assert len(notices(house, account, "missed_payment_notice")) == 1
    await house.pay(account, "300.00", currency="GBP")
    await house.until_day(80)
    assert len(notices(house, account, "missed_payment_notice")) == 1
    assert notices(house, account, "notice_before_action") == []
    status = await house.status(account)
    assert (status["closed"]["reason"], status["balance"]) == ("settled", "0.00")
