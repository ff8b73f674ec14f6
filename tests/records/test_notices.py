"""Notices that the law demands, in the records: owed with what asks for them, given once, and told from the trail."""

from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from activities.desk import Desk
from activities.message_facts import gather
from activities.notice_facts import itemise
from domain.interest_gaps import InterestGap
from domain.ledger import Entry, EntryKind
from domain.messages import MessageKey, OccasionFacts
from domain.orders import ContactResult
from domain.terms import Channel, Stage
from providers.outbox import Outbox
from providers.port import ContactIntent, Rejected, RejectionKind, SendResult
from storage.audit import trail
from storage.duties import interest_stopped, recorded_duties
from storage.ledgers import book_entry
from storage.people import read_reach
from storage.tables import Contact
from tests.records.lone_case import MORNING, Open, american, british
from tests.registrations import owed, registration

DEMAND = MessageKey.demand(Stage.FIRST_REMINDER, Channel.SMS, "en")


def test_the_first_communication_owes_the_notice_and_its_sending_sets_the_bar(open_house: Open) -> None:
    house = open_house()
    assert not house.case.owed_messages
    first = house.contact()
    (message,) = house.case.owed_messages
    assert (message.occasion, message.channels) == ("validation_notice", (Channel.LETTER, Channel.EMAIL))
    assert {bar.until for bar in house.case.bars} == {None}
    planned = house.case.planned
    assert first.result is ContactResult.SENT

    house.contact()
    assert not house.case.owed_messages
    assert all(bar.until is not None for bar in house.case.bars)
    assert (house.case.touches, house.case.attempts) == (1, 1)
    assert planned is not None
    assert house.case.planned is not None
    assert house.case.planned.at >= planned.at
    with house.reading() as session:
        letter = session.get_one(Contact, "acc-1.2")
    assert (letter.message_class, letter.occasion, letter.channel) == ("statutory", "validation_notice", "letter")
    assert letter.template_id == "en/statutory/validation_notice.letter"
    assert house.audit() == ["duty_owed", "duty_given"]


def test_an_answer_that_was_lost_tells_the_case_the_same_once_more(open_house: Open) -> None:
    house = open_house()
    house.contact(answer_is_lost=True)
    (message,) = house.case.owed_messages
    house.contact(answer_is_lost=True)
    assert (house.case.owed_messages, len(house.case.bars)) == ((), 2)
    assert house.states() == [("validation_notice", 1, "given")]
    assert message.message_id in house.case.settled_messages


def test_money_that_settles_the_debt_drops_the_notice_and_a_reversal_owes_another(open_house: Open) -> None:
    house = open_house()
    house.contact()
    payment = {"payment_id": "p1", "amount": "2469.12", "currency": "USD", "received_at": house.now.isoformat()}
    house.tell("record_payment", **payment)
    assert ([each.occasion for each in house.case.owed_messages], house.case.bars) == (["closure"], ())
    house.now += timedelta(hours=1)
    house.tell("reverse_payment", payment_id="p1", reason_code="bounced")
    (message,) = [each for each in house.case.owed_messages if each.message_class == "statutory"]
    assert message.message_id == "validation_notice.2"
    assert house.states() == [("validation_notice", 1, "not_needed"), ("validation_notice", 2, "owed")]


def test_a_notice_is_looked_at_anew_when_it_is_sent(open_house: Open) -> None:
    """The money is in the books, and the case has not heard of it yet."""
    house = open_house()
    house.contact()
    with house.database.writing() as session:
        book_entry(session, "acc-1", Entry("p1", EntryKind.PAYMENT, 246_912), house.now, house.now)
    outcome = house.contact()
    assert outcome.result is ContactResult.NOT_NEEDED
    assert not house.case.owed_messages
    with house.reading() as session:
        assert session.get(Contact, "acc-1.2") is None


class NoLetters(Outbox):
    """An outbox whose post refuses every address."""

    def send(self, intent: ContactIntent) -> SendResult:
        if intent.channel is Channel.LETTER:
            return Rejected(RejectionKind.NOT_ALLOWED, "returned")
        return super().send(intent)


def test_a_letter_that_cannot_be_sent_becomes_an_email(open_house: Open, tmp_path: Path) -> None:
    house = open_house(carrier=NoLetters(tmp_path / "outbox"))
    house.contact()
    assert house.contact().result is ContactResult.FAILED
    assert house.contact().result is ContactResult.SENT
    with house.reading() as session:
        sent = session.get_one(Contact, f"acc-1.{house.case.contact_number - 1}")
    assert (sent.channel, sent.occasion, sent.status) == ("email", "validation_notice", "sent")


def test_a_notice_missed_is_on_record_with_what_follows(open_house: Open) -> None:
    house = open_house()
    house.contact()
    house.now += timedelta(days=6)
    house.tell("opt_out", channel="sms")
    with house.reading() as session:
        (duty,) = recorded_duties(session, "acc-1")
        missed = [each for each in trail(session, "acc-1") if each.kind == "duty_missed"]
    assert duty.missed
    assert "12 CFR 1006.34" in missed[0].detail["consequence"]


def test_the_itemised_amounts_add_up_to_what_is_overdue(open_house: Open) -> None:
    house = open_house()
    house.tell("record_payment", payment_id="p1", amount="234.56", currency="USD", received_at=MORNING.isoformat())
    with house.database.writing() as session:
        desk = Desk.open(session, house.library, "acc-1", lambda: MORNING)
        statement = desk.statement()
        items = itemise(desk, statement)
    assert (items.on, items.amount_minor, items.fell_due.total_minor, items.paid_minor) == (
        date(2027, 1, 4),
        123_456,
        123_456,
        23_456,
    )
    total = items.amount_minor + items.fell_due.total_minor - items.paid_minor
    assert total == statement.arrears(MORNING).total_minor


@pytest.mark.parametrize(("instalment", "barred"), [("2021-01-04", True), ("2027-01-04", False)])
def test_demands_on_a_debt_too_old_to_be_sued_for_say_so(open_house: Open, instalment: str, barred: bool) -> None:
    house = open_house(american(instalments=(owed(instalment),)))
    with house.database.writing() as session:
        desk = Desk.open(session, house.library, "acc-1", lambda: MORNING)
        reach = read_reach(session, desk.account.debtor_id)
        assert gather(desk, desk.statement(), reach, DEMAND, "acc-1.1", OccasionFacts()).time_barred is barred
    house.contact()
    with house.reading() as session:
        sent = session.get_one(Contact, "acc-1.1")
    assert ("you will not be sued for it" in sent.words) is barred


@pytest.mark.parametrize(("instalment", "barred"), [("2021-01-04", True), ("2027-01-04", False)])
def test_the_words_of_a_chinese_demand_know_whether_the_debt_is_too_old(
    open_house: Open, instalment: str, barred: bool
) -> None:
    house = open_house(registration(instalments=(owed(instalment),)))
    with house.database.writing() as session:
        desk = Desk.open(session, house.library, "acc-1", lambda: MORNING)
        reach = read_reach(session, desk.account.debtor_id)
        assert gather(desk, desk.statement(), reach, DEMAND, "acc-1.1", OccasionFacts()).time_barred is barred


def test_a_british_arrears_notice_that_is_late_stops_interest_until_it_is_given(open_house: Open) -> None:
    house = open_house(british())
    house.now += timedelta(days=20)
    house.tell("opt_out", channel="sms")
    deadline = MORNING + timedelta(days=14)
    with house.reading() as session:
        assert interest_stopped(session, "acc-1", deadline) == ()
        assert interest_stopped(session, "acc-1", house.now) == (InterestGap(deadline, None),)
        missed = [each for each in trail(session, "acc-1") if each.kind == "duty_missed"]
    assert missed[0].detail["stops_interest"]
    assert "86D" in missed[0].detail["consequence"]

    results = [house.contact().result for _ in range(2)]
    assert results == [ContactResult.DEFERRED, ContactResult.SENT], "20 days later is a Sunday"
    assert (house.states()[0][2], house.now.date()) == ("given", date(2027, 3, 22))
    with house.reading() as session:
        (gap,) = interest_stopped(session, "acc-1", house.now)
    assert gap.since == deadline
    assert gap.until is not None
    assert gap.until.astimezone(ZoneInfo("Europe/London")).date() == house.now.date() + timedelta(days=1)


def test_a_notice_of_another_kind_stops_no_interest(open_house: Open) -> None:
    house = open_house()
    house.contact()
    house.now += timedelta(days=30)
    house.tell("opt_out", channel="sms")
    with house.reading() as session:
        assert interest_stopped(session, "acc-1", house.now) == ()
