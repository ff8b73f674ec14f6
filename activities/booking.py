"""Booking facts and requests into the records, each exactly once, and telling what they do to the case.

The workflow books here, and so does the client for accounts that no workflow collects.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from activities.answered import close_answered
from activities.booking_facts import book_fact
from activities.booking_requests import book_request
from activities.counsel_notices import note_for_counsel
from activities.credit_reports import note_disputes
from activities.desk import Desk, Library, RefusedError
from activities.duties import review_duties
from activities.effects import Effect
from activities.limitation import watch_limitation
from activities.others import spread
from activities.receipts import owe_receipts
from activities.stop_of_contact import note_end_of_review
from domain.events import CaseEvent, TimePassed, apply
from domain.facts import FACTS, PERSON_WIDE_FACTS, AgreePlan, Fact, FileComplaint, Message, digest_of
from domain.orders import Booking, MessageToBook, Refusal
from domain.requests import REQUESTS, Request
from storage import audit
from storage.accounts import store_case, stored_case, write_milestones
from storage.tables import AccountState, BookedMessage, FactDelivery, PersonFact

_MAY_RESTART_LIMITATION = frozenset({"record_payment", "reverse_payment", "agree_plan", "report_delivery"})

_BOOKINGS: TypeAdapter[Booking] = TypeAdapter(Booking)


@dataclass(frozen=True)
class Books:
    """Writes messages into the records."""

    library: Library
    _models: dict[str, type[Fact] | type[Request]] = field(default_factory=lambda: {**FACTS, **REQUESTS})

    def receive(self, session: Session, order: MessageToBook) -> Booking | None:
        """Keep a fact before its case is told, so that it cannot be lost; answers what it did if it is booked already.

        Raises:
            UnknownAccountError: if the account is not registered.
            RefusedError: if the id was used before with another content.
        """
        desk = Desk.open(session, self.library, order.account_id, lambda: order.as_of)
        message = self._models[order.name].model_validate(order.body)
        known = self._known(desk, order, message)
        if known is None:
            session.add(_row(desk, order, message))
            session.flush()
        return _earlier(known)

    def book(self, session: Session, order: MessageToBook) -> Booking:
        """Book one message; booking it again answers the same."""
        desk = Desk.open(session, self.library, order.account_id, lambda: order.as_of)
        message = self._models[order.name].model_validate(order.body)
        try:
            known = self._known(desk, order, message)
        except RefusedError as error:
            return Booking(refusal=error.refusal)
        booked = _earlier(known)
        if booked is not None:
            return booked
        write_milestones(session, desk.account, order.milestones)
        booking = self._carry_out(desk, order, message)
        row = known or _row(desk, order, message)
        if booking.refusal is None or known is not None:
            _settle(row, order.as_of, booking)
            session.add(row)
        if booking.refusal is None:
            _bring_up_to_date(desk, booking)
        return booking

    def _known(self, desk: Desk, order: MessageToBook, message: Message) -> BookedMessage | None:
        known = desk.session.get(BookedMessage, (order.account_id, order.message_id))
        if known is not None and (known.digest != digest_of(message) or known.name != order.name):
            raise RefusedError("id_reused", f"{order.message_id} was used before with another content")
        return known

    def _refuse_forbidden_words(self, desk: Desk, message: Message) -> None:
        words = self.library.typed_words
        fault = words.fault(desk.session, message) if words is not None else None
        if fault is not None:
            raise RefusedError("forbidden_words", fault)

    def _carry_out(self, desk: Desk, order: MessageToBook, message: Message) -> Booking:
        try:
            with desk.session.begin_nested():
                self._refuse_forbidden_words(desk, message)
                if isinstance(message, Fact) and not isinstance(message, AgreePlan):
                    effect = book_fact(desk, message)
                else:
                    effect = book_request(desk, message, order.case)
                others = effect.others + _tell_others(desk, order, message, effect)
                note_end_of_review(desk, effect.events)
                note_disputes(desk, effect.events)
                duties = (*review_duties(desk, effect.statement), *_limitation_after(desk, order.name))
                note_for_counsel(desk, order.name, order.message_id, order.body, effect.events)
                receipts = owe_receipts(desk, message, effect)
                close_answered(desk, message, effect.events)
        except RefusedError as error:
            return Booking(refusal=error.refusal)
        audit.append(
            desk.session,
            order.account_id,
            order.as_of,
            order.name,
            order.message_id,
            body=_kept(order.body),
            **effect.trail,
        )
        return Booking((*effect.events, *receipts, *duties), effect.answer, others=others)


def _limitation_after(desk: Desk, name: str) -> tuple[CaseEvent, ...]:
    """What a message changes about the limitation period, if it is one of those that can make it run anew."""
    if name not in _MAY_RESTART_LIMITATION or not desk.pack.limitation.restarted_by:
        return ()
    return (watch_limitation(desk),)


def settle_refused(session: Session, account_id: str, message_id: str, refusal: Refusal, at: datetime) -> None:
    """Note that a fact which was received has been refused by its case, so that it is not delivered again."""
    row = session.get(BookedMessage, (account_id, message_id))
    if row is not None and row.booked_at is None:
        _settle(row, at, Booking(refusal=refusal))
        session.add(row)


def pending_facts(session: Session, before: datetime, limit: int) -> Sequence[BookedMessage]:
    """Facts that were received before that moment and never booked, oldest first."""
    chosen = select(BookedMessage).where(
        col(BookedMessage.booked_at).is_(None), col(BookedMessage.received_at) < before
    )
    return session.exec(chosen.order_by(col(BookedMessage.received_at)).limit(limit)).all()


def events_told(session: Session, account_id: str) -> Iterator[CaseEvent]:
    """What the account's booked facts do to a case, in the order in which they were booked."""
    for _, booking in bookings_of(session, account_id):
        yield from booking.events


def bookings_of(session: Session, account_id: str) -> Iterator[tuple[datetime, Booking]]:
    """What the account's booked messages did, and when, in the order in which they were booked."""
    chosen = select(BookedMessage).where(
        col(BookedMessage.account_id) == account_id, col(BookedMessage.booked_at).is_not(None)
    )
    for row in session.exec(chosen.order_by(col(BookedMessage.booked_at))):
        booking = _earlier(row)
        if booking is not None and row.booked_at is not None:
            yield row.booked_at, booking


def _bring_up_to_date(desk: Desk, booking: Booking) -> None:
    """A stored case hears of what is booked after it has closed, and is open again when something is owed again."""
    case = stored_case(desk.account)
    if case is None or desk.account.state != AccountState.CLOSED:
        return
    for event in (*booking.events, TimePassed(desk.now)):
        case = apply(case, event)
    store_case(desk.session, desk.account, case)


def _settle(row: BookedMessage, at: datetime, booking: Booking) -> None:
    row.booked_at, row.booking = at, _BOOKINGS.dump_python(booking, mode="json")
    row.refused = booking.refusal is not None


def _row(desk: Desk, order: MessageToBook, message: Message) -> BookedMessage:
    return BookedMessage(
        account_id=desk.account.account_id,
        message_id=order.message_id,
        name=order.name,
        digest=digest_of(message),
        body=order.body,
        received_at=order.as_of,
    )


def _earlier(known: BookedMessage | None) -> Booking | None:
    """What the message did when it was booked before."""
    if known is None or known.booking is None:
        return None
    return _BOOKINGS.validate_python(known.booking)


def _tell_others(desk: Desk, order: MessageToBook, message: Message, effect: Effect) -> int:
    """Write a fact about the person under the person, with one delivery for each of their other open cases."""
    session, account = desk.session, desk.account
    known = session.get(PersonFact, (account.debtor_id, order.message_id))
    if known is not None:
        delivery = session.get(FactDelivery, (order.message_id, account.account_id))
        if delivery is not None and delivery.delivered_at is None:
            delivery.delivered_at = desk.now
            session.add(delivery)
        return 0
    told = effect.tell or _as_person_fact(order, message)
    if told is None:
        return 0
    return spread(desk, order.message_id, *told)


def _as_person_fact(order: MessageToBook, message: Message) -> tuple[str, dict[str, Any]] | None:
    binds_one_account = isinstance(message, FileComplaint) and message.category == "dispute"
    if order.name not in PERSON_WIDE_FACTS or binds_one_account:
        return None
    return order.name, order.body


def _kept(body: dict[str, Any]) -> dict[str, Any]:
    """The body without what the trail says elsewhere."""
    return {name: value for name, value in body.items() if name not in ("event_id", "request_id")}
