"""Notices that the law demands, over whole lives: in time, in spite of what stops demands, and what waits for them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.registration import Registration
from storage.duties import recorded_duties
from storage.tables import Contact, RecordedDuty
from tests.registrations import owed
from tests.workflows.house import House
from tests.workflows.until_review import deliver_letters

CHICAGO = ZoneInfo("America/Chicago")
DAY = timedelta(days=1)


def american(house: House, **changes: Any) -> Registration:
    """Somebody in Texas who owes 1,234.56 dollars and has agreed to nothing but emails and letters."""
    plain = {
        "debtor_name": "Zephyr Quill",
        "phone": "",
        "postal_address": "12 Elm Street, Dallas, TX 75201",
        "language": "en",
        "time_zone": "America/Chicago",
        "jurisdiction": "US-TX",
        "product": "Bluebell Card",
        "currency": "USD",
        "policy": "consumer-us",
    }
    return house.overdue(**{**plain, **changes})


def british(house: House, **changes: Any) -> Registration:
    """Somebody in London who owes three monthly payments of 100 pounds, the first of them due on day 0."""
    plain = {
        "debtor_name": "Zephyr Quill",
        "phone": "",
        "postal_address": "12 Elm Street, London E1 6AN",
        "language": "en",
        "time_zone": "Europe/London",
        "jurisdiction": "UK-ENG",
        "product": "Bluebell Card",
        "currency": "GBP",
        "policy": "consumer-uk",
        "instalments": tuple(owed(house.day(30 * n), "90.00", "8.00", "2.00", n + 1) for n in range(3)),
    }
    return house.overdue(**{**plain, **changes})


def notices(house: House, account: str, occasion: str) -> list[Contact]:
    return [each for each in house.contacts(account) if each.occasion == occasion]


def duties(house: House, account: str) -> list[RecordedDuty]:
    with house.reading() as session:
        return list(recorded_duties(session, account))


def federal_working_days_after(day: date, count: int) -> date:
    """By hand: no federal holiday falls into March."""
    while count:
        day += DAY
        count -= day.weekday() < 5
    return day


async def test_in_america_the_validation_notice_goes_within_five_days_and_the_stage_before_legal_waits(
    house: House,
) -> None:
    account = await house.collect(american(house))
    await house.until_day(12)
    first = house.contacts(account)[0]
    (notice,) = notices(house, account, "validation_notice")
    assert (notice.channel, notice.message_class) == ("letter", "statutory")
    assert first.attempted_at < notice.attempted_at <= first.attempted_at + timedelta(days=5)
    assert 8 <= notice.attempted_at.astimezone(CHICAGO).hour < 21

    assumed = federal_working_days_after(notice.attempted_at.astimezone(CHICAGO).date(), 5)
    last_day = assumed + timedelta(days=30)
    assert f"to us by {last_day.day} {last_day:%b %Y}" in notice.words
    (bar, *_) = (await house.status(account))["bars"]
    ends = datetime.combine(last_day + DAY, datetime.min.time(), CHICAGO).astimezone(UTC)
    assert (bar["what"], bar["until"]) == ("pre_legal", f"{ends:%Y-%m-%dT%H:%M:%SZ}")

    await house.until_day(200)
    assert len(notices(house, account, "validation_notice")) == 1
    entered = next(each for each in house.audit(account, "stage_entered") if each.subject == "pre_legal")
    assert entered.at >= ends
    assert (await house.status(account))["bars"] == []


async def test_a_notice_that_comes_back_is_given_again_and_its_period_begins_anew(house: House) -> None:
    account = await house.collect(american(house))
    await house.until_day(10)
    (first,) = notices(house, account, "validation_notice")
    await house.tell(account, "report_delivery", contact_id=first.contact_id, status="failed", at=house.now.isoformat())
    await house.until_day(12)
    _, second = notices(house, account, "validation_notice")
    assert (second.channel, second.attempted_at > house.moment(10)) == ("email", True)
    assert [each.state for each in duties(house, account)] == ["lost", "given"]


async def test_a_notice_goes_in_spite_of_a_hold_that_allows_it_and_no_demand_does(house: House) -> None:
    account = await house.collect(american(house))
    while not house.demands(account):
        await house.pass_time(timedelta(hours=1), timedelta(hours=1))
    await house.tell(account, "report_hardship", hardship_id="h1", reason_code="job_lost")
    await house.until_day(14)
    assert len(notices(house, account, "validation_notice")) == 1
    assert len(house.demands(account)) == 1


async def test_a_notice_that_no_channel_can_carry_is_a_persons_task_and_not_needed_once_the_money_came(
    house: House,
) -> None:
    account = await house.collect(american(house, phone="+12125550123", email="", postal_address=""))
    await house.tell(account, "opt_in", channel="sms")
    await house.until_day(10)
    assert {(each.channel, each.message_class) for each in house.contacts(account)} == {("sms", "demand")}
    assert "duty:validation_notice.1" in house.asked_of_people(account)

    await house.pay(account, "1234.56", currency="USD")
    await house.until_day(12)
    assert [each.state for each in duties(house, account)] == ["not_needed"]
    assert (await house.status(account))["closed"]["reason"] == "settled"


async def test_in_britain_the_arrears_notice_goes_when_two_payments_are_missed_and_again_within_six_months(
    house: House,
) -> None:
    account = await house.collect(british(house))
    await house.until_day(29)
    assert notices(house, account, "arrears_notice") == []
    await house.until_day(45)
    (first,) = notices(house, account, "arrears_notice")
    assert house.moment(30) < first.attempted_at <= house.moment(31) + timedelta(days=14)
    await house.until_day(230)
    _, second = notices(house, account, "arrears_notice")
    assert second.attempted_at <= first.attempted_at + timedelta(days=181)


async def test_in_britain_the_default_notice_and_the_letter_of_claim_come_before_what_waits_for_them(
    house: House,
) -> None:
    account = await house.collect(british(house))
    for day in range(10, 240, 10):
        await house.until_day(day)
        await deliver_letters(house, account)
    (default,), (claim,) = notices(house, account, "default_notice"), notices(house, account, "letter_of_claim")
    entered = {each.subject: each.at for each in house.audit(account, "stage_entered")}
    assert entered["escalation"] <= default.attempted_at < entered["pre_legal"] - timedelta(days=14)
    reviews = house.audit(account, "review_opened")
    assert entered["pre_legal"] <= claim.attempted_at
    assert reviews
    assert all(each.at >= claim.attempted_at + timedelta(days=30) for each in reviews)
    items = {each["name"]: each["fulfilled"] for each in reviews[-1].detail["checklist"]}
    assert items["duties_done"]
