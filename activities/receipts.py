"""Owes the person a receipt for what they paid, one a day, and the last word when nothing is overdue any more."""

from collections.abc import Sequence
from datetime import timedelta

from activities.desk import Desk
from activities.occasions import owe
from activities.receipt_messages import is_over
from domain.contact_facts import ReplyOccasion
from domain.events import CaseEvent, MessagesOwed
from domain.facts import Message, RecordPayment
from domain.local_days import local_day
from domain.registration import end_of_day
from domain.terms import Channel
from storage.duties import first_communication_at
from storage.tables import AccountState

_OF_USE_FOR = timedelta(days=7)
"""Longer than any row of days on which nobody is written to."""


def owe_receipts(desk: Desk, message: Message, moved: bool) -> tuple[CaseEvent, ...]:
    """What the person is told of a booking that moved the ledger, if the policy gives receipts.

    Where a case is about to end, its last word goes first, unless the person never heard of it from us: nobody is told
    of the end of what they did not know. A case that has ended sends nothing more.
    """
    receipts = desk.policy.receipts
    if receipts is None or not moved or desk.account.state == AccountState.CLOSED:
        return ()
    statement = desk.statement()
    if is_over(desk, statement):
        return _last_word(desk, str(statement.bookings), receipts.channels)
    if not isinstance(message, RecordPayment):
        return ()
    day = local_day(desk.now, desk.debtor.time_zone)
    day_ends = end_of_day(day, desk.debtor.time_zone)
    until = day_ends + _OF_USE_FOR
    receipt = owe(desk, ReplyOccasion.RECEIPT, day.isoformat(), day_ends, until, channels=receipts.channels)
    return (MessagesOwed((receipt,)),)


def _last_word(desk: Desk, subject: str, channels: Sequence[Channel]) -> tuple[CaseEvent, ...]:
    if first_communication_at(desk.session, desk.account.account_id) is None:
        return ()
    until = desk.now + _OF_USE_FOR
    return (MessagesOwed((owe(desk, ReplyOccasion.CLOSURE, subject, desk.now, until, channels=channels),)),)
