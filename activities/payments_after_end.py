"""Keeps for the house that money came for a case that had ended, and asks what to do with it where nothing says it."""

from activities.desk import Desk
from domain.money import format_minor
from domain.terms import ClosedReason
from storage import audit, person_tasks
from storage.tables import AccountState

_PAID = (ClosedReason.CURED, ClosedReason.SETTLED)
"""Ends after which money is booked as it always was, or is credit, of which another task tells."""


def note_payment_after_end(desk: Desk, payment_id: str, amount_minor: int) -> None:
    """Record a payment that was just booked for a case that had ended; on one given up, a person decides on it."""
    account = desk.account
    if account.state != AccountState.CLOSED:
        return
    amount, reason = format_minor(amount_minor, account.currency), account.closed_reason
    audit.append(
        desk.session, account.account_id, desk.now, "paid_after_end", payment_id, amount=amount, closed_reason=reason
    )
    if reason not in _PAID:
        deadline = desk.now + desk.policy.review_within
        subject = f"{person_tasks.PAID_AFTER_END}{payment_id}"
        person_tasks.ask(desk.session, account.account_id, subject, desk.now, deadline)
