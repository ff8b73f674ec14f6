"""One account of a foreign person whose case goes where its activities and bookings lead it, without an engine."""

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select
from temporalio.testing import ActivityEnvironment

from activities.booking import Books
from activities.contacts import Contacts
from activities.desk import Library
from activities.opening import open_account
from domain.contact_orders import events_after, order_of
from domain.events import CaseEvent, MomentFound, PersonAsked, TimePassed, apply
from domain.next_step import Step, StepKind, next_step, wanted_at
from domain.orders import Booking, ContactOrder, ContactOutcome, ContactResult, MessageToBook, MomentWanted, OpenCase
from domain.registration import Registration
from storage.audit import trail
from storage.database import Database
from storage.duties import recorded_duties
from storage.tables import Contact
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


def british(**changes: Any) -> Registration:
    """Somebody in London who owes two monthly payments of 100 pounds, the first since January."""
    payments = tuple(owed(due, "90.00", "8.00", "2.00", n + 1) for n, due in enumerate(("2027-01-04", "2027-02-04")))
    plain: dict[str, Any] = {
        "debtor_name": "Zephyr Quill",
        "phone": "",
        "postal_address": "12 Elm Street, London E1 6AN",
        "language": "en",
        "time_zone": "Europe/London",
        "jurisdiction": "UK-ENG",
        "product": "Bluebell Card",
        "currency": "GBP",
        "policy": "consumer-uk",
        "instalments": payments,
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
        step = self._due_step()
        while step.kind in (StepKind.ASK_PERSON, StepKind.FIND_MOMENT):
            self.hear(self._prepared(step))
            step = self._due_step()
        assert step.channel is not None, step
        order = order_of(self.case, step, step.channel, self.now)
        if answer_is_lost:
            contact_at(self.contacts, order, self.now)
        outcome = contact_at(self.contacts, order, self.now)
        self.hear(*events_after(outcome, order, self.now))
        return outcome

    def send(self) -> None:
        """Make contacts until one has left, as the rules let them."""
        for _ in range(5):
            if self.contact().result is ContactResult.SENT:
                return
        raise AssertionError(f"nothing has left: {next_step(self.case, self.now)}")

    def _prepared(self, step: Step) -> CaseEvent:
        """What comes before a contact: a question to a person, or the lawful moment."""
        if step.kind is StepKind.ASK_PERSON or step.channel is None:
            return PersonAsked(step.subject or "", self.now + timedelta(days=3))
        wanted = MomentWanted("acc-1", step.channel, wanted_at(self.case, self.now), self.now)
        return MomentFound(self.contacts.find_moment(wanted))

    def _due_step(self) -> Step:
        """What the case asks for next, at its time."""
        self.case = apply(self.case, TimePassed(self.now))
        self.now = max(self.now, next_step(self.case, self.now).due_at)
        self.case = apply(self.case, TimePassed(self.now))
        return next_step(self.case, self.now)

    def pass_time(self, length: timedelta) -> None:
        """Let time pass without any contact."""
        self.now += length
        self.case = apply(self.case, TimePassed(self.now))

    def tell(self, name: str, **body: object) -> Booking:
        """Book a fact under a fresh id, as having occurred now."""
        body = {"event_id": f"{name}-{self.now.timestamp()}", "occurred_at": self.now.isoformat(), **body}
        return self._book(name, str(body["event_id"]), body)

    def pay(self, amount: str) -> Booking:
        """Book a payment that arrives now."""
        arrived = {"payment_id": f"payment-{self.now.timestamp()}", "received_at": self.now.isoformat()}
        return self.tell("record_payment", amount=amount, currency=self.case.currency, **arrived)

    def ask(self, name: str, **body: object) -> Booking:
        """Book a request of the case as it stands."""
        body = {"request_id": f"{name}-{self.now.timestamp()}", **body}
        return self._book(name, str(body["request_id"]), body)

    def sent(self) -> list[Contact]:
        """Every contact, in the order in which they were made."""
        with self.reading() as session:
            return list(session.exec(select(Contact).order_by(col(Contact.attempted_at))))

    def states(self) -> list[tuple[str, int, str]]:
        with self.reading() as session:
            return [(each.duty_id, each.number, each.state) for each in recorded_duties(session, "acc-1")]

    def audit(self) -> list[str]:
        """What the trail tells of the account's notices, by kind."""
        with self.reading() as session:
            return [each.kind for each in trail(session, "acc-1") if each.kind.startswith("duty")]

    def reading(self) -> Session:
        return Session(self.database.engine, expire_on_commit=False)

    def _book(self, name: str, message_id: str, body: dict[str, object]) -> Booking:
        order = MessageToBook("acc-1", name, message_id, body, self.now, self.case, self.case.milestones)
        with self.database.writing() as session:
            booking = Books(self.library).book(session, order)
        self.hear(*booking.events)
        return booking

    def hear(self, *events: object) -> None:
        """Let the case hear of events."""
        for event in events:
            self.case = apply(self.case, event)  # type: ignore[arg-type]


Open = Callable[..., House]


def contact_at(contacts: Contacts, the_order: ContactOrder, moment: datetime) -> ContactOutcome:
    """Make a contact as its activity does, at that moment of the server's time."""
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(environment.info, started_time=moment)
    return environment.run(contacts.contact, the_order)
