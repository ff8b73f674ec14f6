"""Deferred payment credit in the United Kingdom owes the notices of its own rules, none of the general credit laws."""

from datetime import date, timedelta

from activities.desk import Library
from domain.registration import Registration
from domain.terms import CreditKind
from storage.tables import Account
from tests.records.lone_case import MORNING, House, Open, british
from tests.registrations import owed


def deferred(*due: str) -> Registration:
    """Somebody in London who has bought something by payments of 100 pounds, the first of them missed."""
    days = due or ("2027-02-04", "2027-03-08")
    payments = tuple(owed(each, "100.00", "0.00", "0.00", number) for number, each in enumerate(days, start=1))
    return british(credit_kind="deferred_payment", instalments=payments)


def occasions(house: House) -> list[tuple[str, str]]:
    return [(each.occasion, each.channel) for each in house.sent() if each.message_class == "statutory"]


def test_a_missed_payment_is_told_soon_and_the_next_one_by_a_notice_of_its_own(open_house: Open) -> None:
    house = open_house(deferred())
    (first,) = house.case.owed_messages
    assert (first.message_id, first.deadline) == ("missed_payment_notice.1", MORNING + timedelta(days=5))
    house.contact()
    assert occasions(house) == [("missed_payment_notice", "email")]
    assert "buy now, pay later" in house.sent()[0].words
    (second,) = house.case.owed_messages
    assert second.due_at.date() >= date(2027, 3, 9), "the second payment is due on the 8th"
    while len(occasions(house)) == 1:
        house.contact()
    assert [state for _, _, state in house.states()] == ["given", "given"]
    assert house.case.owed_messages == ()


def test_two_missed_payments_are_told_by_one_notice_and_no_notice_of_sums_in_arrears_is_owed(open_house: Open) -> None:
    house = open_house(deferred("2027-01-04", "2027-02-04"))
    house.contact()
    assert house.states() == [("missed_payment_notice", 1, "given")]
    ordinary = {each.id for each in house.library.packs["UK"].duties if each.binds(CreditKind.CREDIT_AGREEMENT)}
    assert ordinary == {"arrears_notice", "default_notice", "letter_of_claim", "debt_verification"}


def test_who_has_stopped_emails_is_told_by_letter(open_house: Open) -> None:
    house = open_house(deferred())
    house.tell("opt_out", channel="email")
    while not occasions(house):
        house.contact()
    assert occasions(house) == [("missed_payment_notice", "letter")]


def test_before_a_referral_the_notice_before_action_takes_the_place_of_the_default_notice(open_house: Open) -> None:
    house = open_house(deferred("2027-02-04"))
    house.contact()
    house.tell("report_circumstance", circumstance_id="c1", kind="cease_contact", reported_by="agent-1")
    house.ask("decide_stopped_case", choice="legal_review", reason_code="asked_to_cease", decided_by="lead-1")
    assert [each.occasion for each in house.case.owed_messages] == ["notice_before_action"]
    house.contact()
    (claim,) = house.case.owed_messages
    assert claim.occasion == "letter_of_claim"
    assert claim.due_at >= house.now + timedelta(days=14), "not before the notice's period is over"
    (notice,) = (each for each in house.sent() if each.occasion == "notice_before_action")
    assert "none of these steps will be taken because of it" in notice.words


def test_what_is_registered_without_a_kind_is_an_agreement_that_the_credit_laws_regulate(open_house: Open) -> None:
    house = open_house(british())
    with house.reading() as session:
        assert session.get_one(Account, "acc-1").credit_kind == CreditKind.CREDIT_AGREEMENT
    assert [each.occasion for each in house.case.owed_messages] == ["arrears_notice"]


def test_elsewhere_the_kind_of_credit_changes_no_duty(library: Library) -> None:
    assert all(not each.credit_kinds for code in ("CN", "US") for each in library.packs[code].duties)


def test_the_kind_of_credit_does_not_change_the_digest_of_what_does_not_say_it() -> None:
    plain = british()
    assert plain.digest == british(credit_kind="credit_agreement").digest
    assert plain.digest != british(credit_kind="deferred_payment").digest
