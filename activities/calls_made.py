"""Booking what came of a telephone call: the attempt log, the number, the promise, and the task that asked for it."""

from sqlmodel import col, select

from activities.booking_promises import take_promise
from activities.desk import Desk
from activities.effects import Effect
from domain.call_quality import review_draw
from domain.events import CallEnded, CaseEvent, ChannelStopped, PaymentRefused
from domain.facts import CallOutcome, RecordCallOutcome
from domain.terms import ADDRESS_KINDS, Channel, MessageClass
from storage import audit
from storage.people import suppress_address, usable_address
from storage.tables import Address, CallPermission, CallTask, Contact, ContactStatus

_NUMBER_IS_WRONG = frozenset({CallOutcome.WRONG_PARTY, CallOutcome.NUMBER_INVALID})
_ABOUT_THE_DEBT = frozenset({CallOutcome.REACHED, CallOutcome.PROMISED, CallOutcome.REFUSED})
_TALKED = frozenset({CallOutcome.REACHED, CallOutcome.PROMISED, CallOutcome.REFUSED, CallOutcome.CALL_BACK})


def book_call(desk: Desk, fact: RecordCallOutcome) -> Effect:
    """Book one dial or one inbound conversation.

    Raises:
        RefusedError: if its promise cannot be taken.
    """
    promised = _promised(desk, fact)
    address = _dialled_address(desk, fact)
    _log_attempt(desk, fact, address)
    events: list[CaseEvent] = [*_ended_task(desk, fact), *_stopped_channels(desk, fact, address)]
    if fact.outcome is CallOutcome.REFUSED and fact.right_party:
        events.append(PaymentRefused(fact.call_id))
    answer = {"status": "applied"}
    if fact.promise is not None:
        answer["promise_id"] = _promise_id(fact)
    return Effect((*events, *promised), answer)


def _promised(desk: Desk, fact: RecordCallOutcome) -> tuple[CaseEvent, ...]:
    promise = fact.promise
    if promise is None:
        return ()
    taken_by = fact.agent_id
    return take_promise(desk, _promise_id(fact), promise.amount, promise.date, channel=Channel.CALL, taken_by=taken_by)


def _promise_id(fact: RecordCallOutcome) -> str:
    return f"promise-{fact.event_id}"


def _dialled_address(desk: Desk, fact: RecordCallOutcome) -> Address | None:
    """The number that was used, if it is known as the person's."""
    address = desk.session.get(Address, fact.number_ref)
    known = address is not None and address.debtor_id == desk.account.debtor_id
    if address is not None and known and address.kind == ADDRESS_KINDS[Channel.CALL]:
        return address
    if fact.direction == "outbound":
        _raise_incident(desk, fact, "a number was dialled that is not known as this person's")
    return None


def _log_attempt(desk: Desk, fact: RecordCallOutcome, address: Address | None) -> None:
    """Write the call into the person's attempt log, under its permit's reservation if there was one."""
    contact = _reserved(desk, fact) if fact.direction == "outbound" else None
    if contact is None:
        contact = Contact(
            contact_id=f"{desk.account.account_id}.call.{fact.event_id}",
            account_id=desk.account.account_id,
            debtor_id=desk.account.debtor_id,
            channel=Channel.CALL,
            message_class=MessageClass.DEMAND,
            stage=desk.account.stage,
            status=ContactStatus.SENT,
            attempted_at=fact.dialled_at,
            address_ref=address.address_ref if address is not None else None,
            direction=fact.direction,
        )
        if fact.direction == "outbound":
            _raise_incident(desk, fact, "a call was made without a permit")
    contact.status = ContactStatus.SENT
    contact.attempted_at = fact.dialled_at
    contact.connected = fact.connected
    contact.conversation = fact.connected and fact.outcome in _TALKED
    contact.review_draw = review_draw(contact.contact_id) if contact.conversation else None
    contact.agent_id, contact.right_party = fact.agent_id, fact.right_party
    if fact.right_party is False and fact.outcome in _ABOUT_THE_DEBT:
        _raise_incident(desk, fact, "the debt was talked about with somebody who was not verified")
    contact.code, contact.settled_at = fact.outcome, desk.now
    desk.session.add(contact)
    desk.session.flush()


def _reserved(desk: Desk, fact: RecordCallOutcome) -> Contact | None:
    """The attempt that the permit for this dial reserved; each permit is for one dial."""
    permits = select(CallPermission).where(
        col(CallPermission.account_id) == desk.account.account_id,
        col(CallPermission.call_id) == fact.call_id,
        col(CallPermission.used_at).is_(None),
    )
    permit = desk.session.exec(permits.order_by(col(CallPermission.granted_at))).first()
    if permit is None:
        return None
    permit.used_at = desk.now
    desk.session.add(permit)
    return desk.session.get(Contact, permit.permit_ref)


def _ended_task(desk: Desk, fact: RecordCallOutcome) -> list[CaseEvent]:
    task = desk.session.get(CallTask, fact.call_id)
    if task is None or task.account_id != desk.account.account_id:
        return []
    task.ended_at, task.outcome = desk.now, fact.outcome
    desk.session.add(task)
    unusable = fact.outcome in _NUMBER_IS_WRONG
    return [CallEnded(fact.call_id, desk.now, number_unusable=unusable)]


def _stopped_channels(desk: Desk, fact: RecordCallOutcome, address: Address | None) -> list[CaseEvent]:
    """A wrong or dead number is used no more, for anybody; channels that have no other number stop."""
    if fact.outcome not in _NUMBER_IS_WRONG or address is None:
        return []
    suppress_address(desk.session, address, desk.now, fact.outcome)
    by_phone = [channel for channel, kind in ADDRESS_KINDS.items() if kind == address.kind]
    stopped = [each for each in by_phone if usable_address(desk.session, desk.account.debtor_id, each) is None]
    return [ChannelStopped(channel) for channel in stopped]


def _raise_incident(desk: Desk, fact: RecordCallOutcome, words: str) -> None:
    audit.append(
        desk.session, desk.account.account_id, desk.now, "incident", fact.call_id, words=words, agent_id=fact.agent_id
    )
