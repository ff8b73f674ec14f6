"""Notices that somebody asks for: a disputed debt's verification, and the word before a report to a credit bureau."""

from datetime import timedelta

import pytest
from sqlmodel import select

from activities.desk import Desk
from activities.legal_checklist import draw_up
from domain.orders import Booking, Refusal
from domain.registration import Registration
from domain.terms import HoldKind
from storage.credit_reports import events_of
from storage.tables import Contact
from tests.records.lone_case import House, Open, american, british
from tests.registrations import owed, registration


def chinese() -> Registration:
    return registration(policy="fenfu-cn", instalments=(owed("2027-01-04"),))


def disputed(house: House) -> None:
    house.tell("file_complaint", complaint_id="d1", category="dispute", agent_id="agent-1")


def resolve(house: House, outcome: str, number: int = 1, *remedies: dict[str, str]) -> Refusal | None:
    answer = {"outcome": outcome, "resolved_by": "lead-1", "explanation_ref": "text-1", "remedies": remedies}
    return house.ask("resolve_complaint", request_id=f"r-{number}", complaint_id="d1", **answer).refusal


def verify(house: House, by: str = "lead-1") -> Booking:
    return house.ask("verify_debt", complaint_id="d1", evidence_ref="contract-7", verified_by=by)


def announce(house: House) -> Booking:
    return house.ask("announce_credit_report", reason_code="ninety_days", announced_by="lender-1")


def told_of_reports(house: House) -> list[str]:
    with house.reading() as session:
        return [each.kind for each in events_of(session, "acc-1")]


def test_a_dispute_on_which_the_debt_stands_ends_only_after_the_verification_was_sent(open_house: Open) -> None:
    house = open_house()
    disputed(house)
    refusal = resolve(house, "rejected")
    assert refusal is not None
    assert refusal.code == "verification_not_sent"
    assert [each.kind for each in house.case.open_holds(house.now)] == [HoldKind.DISPUTE]


def sent_and_resolved(house: House) -> None:
    disputed(house)
    assert verify(house).refusal is None
    (message,) = [each for each in house.case.owed_messages if each.occasion == "debt_verification"]
    assert HoldKind.DISPUTE in message.allowed_in
    refusal = resolve(house, "partly_upheld")
    assert refusal is not None
    house.send()
    with house.reading() as session:
        (letter,) = session.exec(select(Contact).where(Contact.occasion == "debt_verification")).all()
    assert letter.words
    assert resolve(house, "partly_upheld", 2) is None
    assert house.case.open_holds(house.now) == ()
    assert not any(each.stands_at(house.now) for each in house.case.bars if each.bar_id.startswith("debt_verif"))


def test_in_china_the_verification_goes_in_spite_of_the_dispute_and_then_it_may_be_decided(open_house: Open) -> None:
    sent_and_resolved(open_house(chinese()))


def test_in_the_united_states_too(open_house: Open) -> None:
    sent_and_resolved(open_house(american()))


def test_in_britain_too(open_house: Open) -> None:
    sent_and_resolved(open_house(british(instalments=(owed("2027-01-04"),))))


TAKEN_OFF = {"kind": "correct_balance", "component": "principal", "amount": "10.00"}


@pytest.mark.parametrize("remedy", [TAKEN_OFF, {"kind": "cease_contact"}], ids=["corrected", "ceased"])
def test_a_dispute_that_is_upheld_with_what_settles_it_needs_no_verification(
    open_house: Open, remedy: dict[str, str]
) -> None:
    house = open_house()
    disputed(house)
    assert resolve(house, "upheld", 1, remedy) is None


@pytest.mark.parametrize("outcome", ["upheld", "partly_upheld"])
def test_a_dispute_that_is_upheld_without_a_consequence_is_not_collected_as_before(
    open_house: Open, outcome: str
) -> None:
    house = open_house()
    disputed(house)
    refusal = resolve(house, outcome, 1, {"kind": "apologise"})
    assert refusal is not None
    assert refusal.code == "verification_not_sent"
    assert "correct_balance, waive" in refusal.words


def test_a_dispute_is_settled_by_a_payment_from_before_it_that_is_told_late(open_house: Open) -> None:
    house = open_house(chinese())
    before = house.now - timedelta(days=1)
    disputed(house)
    house.pass_time(timedelta(hours=1))
    late = {"payment_id": "late", "amount": "1.00", "currency": "CNY", "received_at": before.isoformat()}
    house.tell("record_payment", **late)
    assert resolve(house, "partly_upheld") is None


def test_each_dispute_needs_a_verification_of_its_own(open_house: Open) -> None:
    house = open_house()
    sent_and_resolved(house)
    house.tell("file_complaint", event_id="again", complaint_id="d2", category="dispute")
    answer = {"outcome": "rejected", "resolved_by": "lead-1", "explanation_ref": "text-1"}
    booking = house.ask("resolve_complaint", request_id="r-9", complaint_id="d2", **answer)
    assert booking.refusal is not None
    assert booking.refusal.code == "verification_not_sent"


def judged_dispute(house: House) -> tuple[bool, list[str]]:
    """What the checklist of a referral says of the disputes."""
    with house.database.writing() as session:
        desk = Desk.open(session, house.library, "acc-1", lambda: house.now)
        items = {each.name: each for each in draw_up(desk, house.case, simulated_counts=True)}
    judged = items["disputes_settled"]
    return judged.fulfilled, [each.says for each in judged.findings]


def test_a_referral_waits_for_the_proof_that_the_verification_arrived(open_house: Open) -> None:
    house = open_house(chinese())
    assert judged_dispute(house) == (True, ["no_dispute"])
    sent_and_resolved(house)
    assert judged_dispute(house) == (False, ["dispute_unproved"])
    (letter,) = [each for each in house.sent() if each.occasion == "debt_verification"]
    house.tell("report_delivery", contact_id=letter.contact_id, status="delivered", at=house.now.isoformat())
    assert judged_dispute(house) == (True, ["dispute_verified"])


def test_a_verification_that_got_lost_after_the_decision_is_given_anew_with_a_dispute_taken_up_again(
    open_house: Open,
) -> None:
    house = open_house(chinese())
    sent_and_resolved(house)
    (letter,) = [each for each in house.sent() if each.occasion == "debt_verification"]
    house.tell("report_delivery", contact_id=letter.contact_id, status="failed", at=house.now.isoformat())
    assert judged_dispute(house) == (False, ["dispute_unverified"])
    house.pass_time(timedelta(hours=1))
    house.tell("file_complaint", event_id="again", complaint_id="d2", category="dispute")
    house.ask("verify_debt", complaint_id="d2", evidence_ref="contract-7", verified_by="lead-1")
    (owed_again,) = [each for each in house.case.owed_messages if each.occasion == "debt_verification"]
    given = {"by_channel": "by_hand", "evidence_ref": "signed-slip-1", "done_by": "lead-1"}
    house.pass_time(timedelta(hours=1))
    house.ask("record_duty_done", message_id=owed_again.message_id, done_at=house.now.isoformat(), **given)
    answer = {"outcome": "rejected", "resolved_by": "lead-1", "explanation_ref": "text-1"}
    assert house.ask("resolve_complaint", request_id="r-9", complaint_id="d2", **answer).refusal is None
    assert judged_dispute(house) == (True, ["dispute_verified", "dispute_verified"])


def test_a_dispute_that_was_right_keeps_the_debt_from_referral_until_the_ledger_is_corrected(open_house: Open) -> None:
    house = open_house(chinese())
    before = house.now - timedelta(days=20)
    disputed(house)
    assert resolve(house, "upheld", 1, {"kind": "cease_contact"}) is None
    house.pass_time(timedelta(hours=1))
    house.pay("100.00")
    assert judged_dispute(house) == (False, ["dispute_uncorrected"]), "money that comes now corrects nothing"
    house.pass_time(timedelta(hours=1))
    late = {"payment_id": "paid-before", "amount": "200.00", "currency": "CNY", "received_at": before.isoformat()}
    house.tell("record_payment", **late)
    assert judged_dispute(house) == (True, ["dispute_corrected"])
    house.tell("reverse_payment", payment_id="paid-before", reason_code="not_ours")
    assert judged_dispute(house) == (False, ["dispute_uncorrected"])


def test_a_remedy_that_corrects_the_balance_settles_the_dispute(open_house: Open) -> None:
    house = open_house(chinese())
    disputed(house)
    remedy = {"kind": "correct_balance", "amount": "200.00", "component": "interest"}
    answer = {"outcome": "upheld", "resolved_by": "lead-1", "explanation_ref": "text-1", "remedies": [remedy]}
    assert house.ask("resolve_complaint", request_id="r-1", complaint_id="d1", **answer).refusal is None
    assert judged_dispute(house) == (True, ["dispute_corrected"])


def test_a_verification_by_the_agent_whom_the_dispute_names_is_refused(open_house: Open) -> None:
    house = open_house()
    disputed(house)
    booking = verify(house, by="agent-1")
    assert booking.refusal is not None
    assert booking.refusal.code == "conflict_of_interest"


def test_what_is_not_disputed_is_not_verified(open_house: Open) -> None:
    booking = verify(open_house())
    assert booking.refusal is not None


def test_in_the_united_states_a_debt_may_be_reported_fourteen_days_after_the_notice_has_left(open_house: Open) -> None:
    house = open_house()
    announce(house)
    assert "furnishing_notice" in {each.occasion for each in house.case.owed_messages}
    assert told_of_reports(house) == ["announced"]
    while ("furnishing_notice", 1, "given") not in house.states():
        house.send()
    with house.reading() as session:
        _, allowed = events_of(session, "acc-1")
    assert allowed.kind == "may_be_reported"
    assert allowed.from_at is not None
    assert timedelta(days=14) < allowed.from_at - house.now <= timedelta(days=15)


def test_a_notice_that_comes_back_takes_the_leave_away_until_another_has_been_given(open_house: Open) -> None:
    house = open_house()
    announce(house)
    while ("furnishing_notice", 1, "given") not in house.states():
        house.send()
    with house.reading() as session:
        (letter,) = session.exec(select(Contact).where(Contact.occasion == "furnishing_notice")).all()
    receipt = {"contact_id": letter.contact_id, "status": "failed", "at": house.now.isoformat()}
    house.tell("report_delivery", **receipt)
    assert told_of_reports(house) == ["announced", "may_be_reported", "notice_lost"]
    assert ("furnishing_notice", 2, "owed") in house.states()


def test_in_china_the_announcement_owes_the_notice_before_its_stage_has_come(open_house: Open) -> None:
    house = open_house(chinese())
    assert not house.case.owed_messages
    announce(house)
    assert [each.occasion for each in house.case.owed_messages] == ["bad_information_notice"]


def test_where_no_notice_is_known_the_announcement_is_refused(open_house: Open) -> None:
    booking = announce(open_house(british()))
    assert booking.refusal is not None
    assert booking.refusal.code == "no_prior_notice"


def test_a_lender_is_told_of_disputes_and_what_became_of_them(open_house: Open) -> None:
    house = open_house()
    disputed(house)
    resolve(house, "upheld", 1, TAKEN_OFF)
    assert told_of_reports(house) == ["disputed", "dispute_decided"]
