"""Owes the person a receipt for what they paid, one a day, and the last word when nothing is overdue any more."""

from datetime import timedelta

from activities.desk import Desk
from activities.occasions import owe
from activities.receipt_messages import is_over
from domain.contact_facts import ReplyOccasion
from domain.events import CaseEvent, MessagesOwed
from domain.facts import Message, RecordPayment
from domain.local_days import local_day
from domain.registration import end_of_day
from storage.tables import AccountState

_OF_USE_FOR = timedelta(days=3)


def owe_receipts(desk: Desk, message: Message, moved: bool) -> tuple[CaseEvent, ...]:
    """What the person is told of a booking that moved the ledger, if the policy gives receipts.

    Where a case is about to end, its last word goes first; a case that has ended sends nothing more.
    """
    receipts = desk.policy.receipts
    if receipts is None or not moved or desk.account.state == AccountState.CLOSED:
        return ()
    statement = desk.statement()
    if is_over(desk, statement):
        until = desk.now + _OF_USE_FOR
        subject = str(statement.bookings)
        last_word = owe(desk, ReplyOccasion.CLOSURE, subject, desk.now, until, channels=receipts.channels)
        return (MessagesOwed((last_word,)),)
    if not isinstance(message, RecordPayment):
        return ()
    day = local_day(desk.now, desk.debtor.time_zone)
    day_ends = end_of_day(day, desk.debtor.time_zone)
    until = day_ends + _OF_USE_FOR
    receipt = owe(desk, ReplyOccasion.RECEIPT, day.isoformat(), day_ends, until, channels=receipts.channels)
    return (MessagesOwed((receipt,)),)
