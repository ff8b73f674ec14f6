"""Owes the person a receipt for what they paid, one a day, and the last word when nothing is overdue any more."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from activities.desk import Desk
from activities.effects import Effect
from activities.occasions import owe
from activities.receipt_messages import is_ordinary_payment, is_over
from domain.contact_facts import ReplyOccasion
from domain.events import CaseEvent, DebtChanged, MessagesOwed
from domain.facts import Message, RecordPayment, RecordRefund
from domain.ledger import Statement
from domain.local_days import local_day
from domain.owed_messages import OwedMessage
from domain.registration import end_of_day
from storage.duties import first_communication_at
from storage.tables import AccountState

_OF_USE_FOR = timedelta(days=7)
"""Longer than any row of days on which nobody is written to."""


def owe_receipts(desk: Desk, message: Message, effect: Effect) -> tuple[CaseEvent, ...]:
    """What the person is told of a booking that moved the ledger, if the policy gives receipts.

    Where a case is about to end, its last word goes first, unless the person never heard of it from us: nobody is told
    of the end of what they did not know. Once a case has ended, the person is told what arrives and is paid back,
    but for the ordinary instalments of a contract that runs on.
    """
    moved = any(isinstance(each, DebtChanged) for each in effect.events)
    if desk.policy.receipts is None or not moved:
        return ()
    owed = [*_refunded(desk, message), *_of_payments(desk, message, effect.statement or desk.statement())]
    return (MessagesOwed(tuple(owed)),) if owed else ()


def _of_payments(desk: Desk, message: Message, statement: Statement) -> Iterator[OwedMessage]:
    paid = isinstance(message, RecordPayment)
    if desk.account.state == AccountState.CLOSED:
        if paid and not is_ordinary_payment(desk):
            yield _of_the_day(desk, ReplyOccasion.PAYMENT_AFTER_END)
        return
    if is_over(desk, statement):
        if first_communication_at(desk.session, desk.account.account_id) is not None:
            yield _owed(desk, ReplyOccasion.CLOSURE, str(statement.bookings), desk.now)
    elif paid and statement.arrears(desk.now).total_minor:
        yield replace(_of_the_day(desk, ReplyOccasion.RECEIPT), only_while_overdue=True)


def _refunded(desk: Desk, message: Message) -> Iterator[OwedMessage]:
    if isinstance(message, RecordRefund):
        yield _owed(desk, ReplyOccasion.REFUND, message.refund_id, desk.now)


def _of_the_day(desk: Desk, occasion: ReplyOccasion) -> OwedMessage:
    """One message for everything of a day, once the day is over."""
    day = local_day(desk.now, desk.debtor.time_zone)
    return _owed(desk, occasion, day.isoformat(), end_of_day(day, desk.debtor.time_zone))


def _owed(desk: Desk, occasion: ReplyOccasion, subject: str, not_before: datetime) -> OwedMessage:
    channels = desk.policy.receipts.channels if desk.policy.receipts is not None else ()
    return owe(desk, occasion, subject, not_before, not_before + _OF_USE_FOR, channels=channels)
