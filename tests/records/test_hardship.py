"""Time for who cannot pay, in the records: limited by the year, checked in on, and followed by an offer."""

from datetime import timedelta
from typing import Any

import pytest

from domain.next_step import StepKind, next_step
from domain.orders import Booking, ContactResult
from domain.terms import HoldKind
from tests.records.lone_case import House, Open
from tests.registrations import registration


@pytest.fixture
def house(open_house: Open) -> House:
    """Somebody in China who owes 1,234.56; it is the second of March there, and the policy gives 30 days."""
    return open_house(registration())


def report(house: House, hardship_id: str = "h1", **more: Any) -> Booking:
    return house.tell("report_hardship", event_id=hardship_id, hardship_id=hardship_id, reason_code="job_lost", **more)


def grant(house: House, until: str) -> Booking:
    return house.ask("grant_grace", until=until, reason_code="still_ill", granted_by="lead-1")


def code_of(booking: Booking) -> str | None:
    return booking.refusal.code if booking.refusal is not None else None


def test_the_person_is_asked_before_the_end_and_offered_a_plan_before_anything_is_demanded(house: House) -> None:
    assert code_of(report(house, evidence_ref="doc-1")) is None
    assert house.contact().result is ContactResult.SENT
    assert house.contact().result is ContactResult.SENT
    check_in, offer = house.sent()
    assert [(each.occasion, f"{each.attempted_at:%m-%d}") for each in (check_in, offer)] == [
        ("check_in", "03-25"),
        ("offer", "04-01"),
    ]
    assert "宽限到2027年3月31日为止" in check_in.words
    assert "1,234" not in check_in.words, "nothing is asked for"
    assert "比如分12个月还，第一期¥102.88在2027年5月1日" in offer.words
    step = next_step(house.case, house.now)
    assert (step.kind, f"{step.due_at:%m-%d}") == (StepKind.CONTACT, "04-04"), "the pause after the hold"
    assert not step.message_id


def test_a_report_beyond_the_years_time_is_refused_in_words_and_a_person_may_grant_more(house: House) -> None:
    assert code_of(report(house, until="2027-06-01")) is None
    house.pass_time(timedelta(days=100))
    beyond = report(house, "h2", until="2027-08-01")
    assert code_of(beyond) == "hardship_limit"
    assert beyond.refusal is not None
    assert "gives 120d of grace in a year, and 92 days are taken" in beyond.refusal.words
    assert code_of(grant(house, "2027-08-01")) is None
    assert HoldKind.GRACE in {each.kind for each in house.case.open_holds(house.now)}


def test_a_report_without_a_day_gets_what_is_left_of_the_year(house: House) -> None:
    report(house, until="2027-06-09")
    house.pass_time(timedelta(days=110))
    given = report(house, "h2")
    assert given.answer is not None
    assert given.answer["until"].startswith("2027-07-09")
    house.pass_time(timedelta(days=30))
    assert code_of(report(house, "h3")) == "hardship_limit"


def test_nobody_grants_more_at_once_than_the_policy_lets_them(house: House) -> None:
    assert code_of(grant(house, "2027-06-15")) == "grace_too_long"
    assert code_of(grant(house, "2027-05-31")) is None


def test_no_offer_goes_while_an_extension_runs(house: House) -> None:
    report(house)
    house.contact()
    grant(house, "2027-04-30")
    assert house.contact().result is ContactResult.NOT_NEEDED
    house.contact()
    assert [each.occasion for each in house.sent()] == ["check_in", "check_in"]


def test_hardship_that_ends_early_is_followed_by_the_offer_at_once(house: House) -> None:
    report(house)
    house.pass_time(timedelta(days=2))
    house.ask("end_circumstance", circumstance_id="h1", reason_code="found_work", ended_by="agent-1")
    assert house.contact().result is ContactResult.SENT
    assert [(each.occasion, f"{each.attempted_at:%m-%d}") for each in house.sent()] == [("offer", "03-04")]


def test_an_arrangement_that_was_made_meanwhile_needs_no_offer(house: House) -> None:
    report(house, until="2027-03-10")
    proposal = house.ask("propose_plan", instalment_count=3, first_due_date="2027-04-11", proposed_by="agent-1")
    assert proposal.answer is not None
    house.tell("agree_plan", plan_id=proposal.answer["plan_id"], agreed_by="the-person")
    for _ in range(4):
        house.contact()
    assert "offer" not in {each.occasion for each in house.sent()}
    assert not [each for each in house.case.owed_messages if each.occasion == "offer"]


def test_a_hardship_told_again_lasts_no_shorter_and_says_so(house: House) -> None:
    report(house, until="2027-03-20")
    again = house.tell(
        "report_hardship", event_id="e2", hardship_id="h1", reason_code="job_lost", until="2027-03-10"
    ).answer
    assert again is not None
    assert again["until"].startswith("2027-03-20")
    (hold,) = house.case.open_holds(house.now)
    assert hold.until is not None
    offer = next(each for each in house.case.owed_messages if each.occasion == "offer")
    assert offer.due_at >= hold.until


@pytest.mark.parametrize("ended_by_a_person", [True, False])
def test_a_hardship_that_is_over_is_not_reported_again_under_its_id(house: House, ended_by_a_person: bool) -> None:
    report(house, until="2027-03-10")
    if ended_by_a_person:
        house.ask("end_circumstance", circumstance_id="h1", reason_code="found_work", ended_by="agent-1")
    house.pass_time(timedelta(days=1 if ended_by_a_person else 20))
    again = house.tell("report_hardship", event_id="e2", hardship_id="h1", reason_code="job_lost", until="2027-04-10")
    assert code_of(again) == "hardship_reused"
    assert not house.case.open_holds(house.now)


def test_of_several_times_of_grace_only_the_last_is_asked_about_and_followed_by_an_offer(house: House) -> None:
    report(house, until="2027-03-20")
    grant(house, "2027-03-31")
    house.pass_time(timedelta(seconds=1))
    grant(house, "2027-03-31")
    for _ in range(6):
        house.contact()
    assert [(each.occasion, f"{each.attempted_at:%m-%d}") for each in house.sent()] == [
        ("check_in", "03-25"),
        ("offer", "04-01"),
    ]
