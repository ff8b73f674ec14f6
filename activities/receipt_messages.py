"""What receipts and the last word on a case say, read from the records in the moment in which they are composed."""

from datetime import date, datetime

from sqlmodel import col, select

from activities.desk import Desk
from domain.ledger import EntryKind, Statement
from domain.local_days import local_day
from domain.messages import NOTHING, OccasionFacts
from domain.terms import ClosedReason, HoldKind
from storage.people import open_holds
from storage.tables import LedgerEntry

_SPOKEN_FOR = frozenset({HoldKind.DECEASED, HoldKind.REPRESENTED})
"""Circumstances in which somebody else answers for the person."""


def received(desk: Desk, subject: str) -> OccasionFacts | None:
    """What arrived on a day, all of it together; none if it was taken back, or nothing is overdue beside it.

    Args:
        desk: the account.
        subject: the day where the person lives, such as ``2027-03-31``.
    """
    day = date.fromisoformat(subject)
    amount = _received_on(desk, day)
    if not amount or not desk.statement().arrears(desk.now).total_minor or _not_to_be_written_to(desk):
        return None
    return OccasionFacts(amounts={"received_amount": amount}, dates={"received_on": day})


def over(desk: Desk, subject: str) -> OccasionFacts | None:
    """That nothing is overdue any more, and what is owed back if too much was paid.

    None once something is overdue, or once more has been booked, of which a later last word tells.

    Args:
        desk: the account.
        subject: how many bookings the ledger had when it was owed.
    """
    statement = desk.statement()
    if not is_over(desk, statement) or subject != str(statement.bookings) or _not_to_be_written_to(desk):
        return None
    credit = _credit(desk)
    texts = {
        "over_as": "cured" if statement.balance.total_minor else "settled",
        "has_credit": "yes" if credit else NOTHING,
    }
    return OccasionFacts(amounts={"credit_amount": credit}, texts=texts)


def received_after_end(desk: Desk, subject: str) -> OccasionFacts | None:
    """What arrived on a day after the case had ended, all of it together, and what is owed back.

    None if it was taken back, if the case goes on again, or for what a contract that runs on asks for.

    Args:
        desk: the account.
        subject: the day where the person lives, such as ``2027-03-31``.
    """
    day, ended_at = date.fromisoformat(subject), desk.account.closed_at
    amount = _received_on(desk, day, since=ended_at) if ended_at is not None else 0
    if not amount or is_ordinary_payment(desk) or _not_to_be_written_to(desk):
        return None
    return OccasionFacts(
        amounts={"received_amount": amount, "credit_amount": _credit(desk)},
        dates={"received_on": day},
        texts={"has_credit": "yes" if _credit(desk) else NOTHING},
    )


def refunded(desk: Desk, subject: str) -> OccasionFacts | None:
    """What was paid back to the person and when, and what is still owed back.

    Args:
        desk: the account.
        subject: the id of the refund.
    """
    chosen = (col(LedgerEntry.account_id) == desk.account.account_id, col(LedgerEntry.entry_id) == subject)
    refund = desk.session.exec(select(LedgerEntry).where(*chosen)).first()
    if refund is None or _not_to_be_written_to(desk):
        return None
    return OccasionFacts(
        amounts={"refund_amount": refund.amount_minor, "credit_amount": _credit(desk)},
        dates={"refunded_on": local_day(refund.effective_at, desk.debtor.time_zone)},
        texts={"has_credit": "yes" if _credit(desk) else NOTHING},
    )


def is_over(desk: Desk, statement: Statement) -> bool:
    """Whether something was overdue on the account and nothing is any more."""
    was_overdue = any(each.instalment.overdue_from <= desk.now for each in statement.instalments)
    return was_overdue and not statement.arrears(desk.now).total_minor


def is_ordinary_payment(desk: Desk) -> bool:
    """Whether what arrives after the end is an instalment of a contract that runs on, which is the lender's to confirm.

    So it is after a cure, as long as no more is paid than the contract asks for.
    """
    return desk.account.closed_reason == ClosedReason.CURED and not _credit(desk)


def _not_to_be_written_to(desk: Desk) -> bool:
    """Whether a word of thanks would hurt, or go past who speaks for the person."""
    held = open_holds(desk.session, desk.account.debtor_id, desk.account.account_id, desk.now)
    return any(each.kind in _SPOKEN_FOR for each in held)


def _credit(desk: Desk) -> int:
    return max(0, desk.statement().credit_minor)


def _received_on(desk: Desk, day: date, since: datetime | None = None) -> int:
    """In minor units, by the day on which it was booked; ``since`` leaves out what was booked before."""
    rows = desk.session.exec(select(LedgerEntry).where(col(LedgerEntry.account_id) == desk.account.account_id)).all()
    taken_back = {each.reverses for each in rows}
    return sum(
        each.amount_minor
        for each in rows
        if each.kind == EntryKind.PAYMENT
        and each.entry_id not in taken_back
        and local_day(each.booked_at, desk.debtor.time_zone) == day
        and (since is None or each.booked_at > since)
    )
