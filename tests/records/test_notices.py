"""Notices that the law demands, in the records: owed with what asks for them, given once, and told from the trail."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from activities.booking import Books
from activities.composer import Composer
from activities.contacts import Contacts
from activities.desk import Desk, Library
from activities.message_facts import gather
from activities.notice_facts import itemise
from activities.opening import open_account
from domain.contact_orders import events_after, order_of
from domain.events import TimePassed, apply
from domain.ledger import Entry, EntryKind
from domain.next_step import next_step
from domain.orders import Booking, ContactOutcome, ContactResult, MessageToBook, OpenCase
from domain.registration import Registration
from domain.terms import Channel
from providers.outbox import Outbox
from providers.port import ContactIntent, Rejected, RejectionKind, SendResult
from storage import schema
from storage.audit import trail
from storage.database import Database
from storage.duties import recorded_duties
from storage.ledgers import book_entry
from storage.people import read_reach
from storage.registration import register
from storage.tables import Contact
from tests.records.conftest import contact_at
from tests.registrations import owed, registration

MORNING = datetime(2027, 3, 1, 16, tzinfo=UTC)
"""A Monday, 10:00 in Chicago."""


def american(**changes: Any) -> Registration:
    """Somebody in Texas who owes two payments, the first since February."""
    plain: dict[str, Any] = {
        "debtor_name": "Zephyr Quill",
        "phone": "",
        "postal_address": "12 Elm Street, Dallas, TX 75201",
        "language": "en",
        "time_zone": "America/Chicago",
        "jurisdiction": "US-TX",
        "product": "Bluebell Card",
        "currency": "USD",
        "policy": "consumer-us",
        "instalments": (owed("2027-01-04"), owed("2027-02-04", number=2)),
    }
    return registration(**{**plain, **changes})


class House:
    """One account whose case goes where its activities and bookings lead it, without an engine."""

    def __init__(self, database: Database, library: Library, contacts: Contacts) -> None:
        self.database, self.library, self.contacts = database, library, contacts
        self.now = MORNING
        with database.writing() as session:
            self.case = open_account(session, library, OpenCase("acc-1", MORNING)).case

    def contact(self, *, answer_is_lost: bool = False) -> ContactOutcome:
        """Make the contact that the case asks for next, at its time; its answer may come by a second attempt only."""
        self.case = apply(self.case, TimePassed(self.now))
        step = next_step(self.case, self.now)
        self.now = max(self.now, step.due_at)
        self.case = apply(self.case, TimePassed(self.now))
        step = next_step(self.case, self.now)
        assert step.channel is not None, step
        order = order_of(self.case, step, step.channel, self.now)
        if answer_is_lost:
            contact_at(self.contacts, order, self.now)
        outcome = contact_at(self.contacts, order, self.now)
        self._apply(*events_after(outcome, order, self.now))
        return outcome

    def tell(self, name: str, **body: object) -> Booking:
        body = {"event_id": f"{name}-{self.now.timestamp()}", "occurred_at": self.now.isoformat(), **body}
        order = MessageToBook("acc-1", name, str(body["event_id"]), body, self.now)
        with self.database.writing() as session:
            booking = Books(self.library).book(session, order)
        self._apply(*booking.events)
        return booking

    def states(self) -> list[tuple[str, int, str]]:
        with self.reading() as session:
            return [(each.duty_id, each.number, each.state) for each in recorded_duties(session, "acc-1")]

    def audit(self) -> list[str]:
        with self.reading() as session:
            return [each.kind for each in trail(session, "acc-1") if each.kind.startswith("duty")]

    def reading(self) -> Session:
        return Session(self.database.engine, expire_on_commit=False)

    def _apply(self, *events: object) -> None:
        for event in events:
            self.case = apply(self.case, event)  # type: ignore[arg-type]


Open = Callable[..., House]


@pytest.fixture
def open_house(url: str, library: Library, composer: Composer, tmp_path: Path) -> Open:
    def opened(carrier: Outbox | None = None, **changes: object) -> House:
        database = Database(url)
        schema.migrate(database)
        with database.writing() as session:
            register(session, american(**changes), "consumer-us", MORNING)
        outbox = carrier or Outbox(tmp_path / "outbox")
        return House(database, library, Contacts(database, library, composer, dict.fromkeys(Channel, outbox)))

    return opened


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
    assert (house.case.owed_messages, house.case.bars) == ((), ())
    house.now += timedelta(hours=1)
    house.tell("reverse_payment", payment_id="p1", reason_code="bounced")
    (message,) = house.case.owed_messages
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
    house = open_house(instalments=(owed(instalment),))
    with house.database.writing() as session:
        desk = Desk.open(session, house.library, "acc-1", lambda: MORNING)
        reach = read_reach(session, desk.account.debtor_id)
        assert gather(desk, desk.statement(), reach, "acc-1.1", "en").time_barred is barred
    house.contact()
    with house.reading() as session:
        sent = session.get_one(Contact, "acc-1.1")
    assert ("you will not be sued for it" in sent.words) is barred
