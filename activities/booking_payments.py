"""Money that came in or did not stay, booked into the ledger, with what it earns or loses the person."""

from datetime import timedelta

from sqlmodel import col, select

from activities.amounts import minor
from activities.booking_waivers import settle_offers
from activities.desk import Desk, RefusedError
from activities.effects import Effect, debt_effect
from activities.judged_anew import judge_promises_anew, reinstate_unpaid_plan
from activities.payments_after_end import note_payment_after_end
from activities.told_amounts import forgive_since_told, take_back_forgiven
from domain.events import CaseEvent
from domain.facts import RecordPayment, RecordRefund, ReversePayment
from domain.ledger import Entry, EntryKind, Statement
from domain.money import format_minor
from storage import audit, person_tasks
from storage.ledgers import book_entry, read_entries
from storage.person_tasks import CREDIT_SUBJECT
from storage.tables import BookedMessage

_CLOCKS_MAY_DIFFER_BY = timedelta(days=1)
_OUR_OWN = ("reversal:", "offer:", "lost:", "told:", "untold:", "remedy:", "waiver-")
"""How the ids of entries begin that no caller tells us of."""


def book_payment(desk: Desk, fact: RecordPayment) -> Effect:
    """Book a payment, once however often it is told.

    Raises:
        RefusedError: if it is in another currency, has not arrived yet, or its id is booked as something else.
    """
    amount, forgiven = _checked_amount(desk, fact), None
    booked = _booked(desk, fact.payment_id)
    if booked is not None and (booked.kind, booked.amount_minor) != (EntryKind.PAYMENT, amount):
        words = f"{fact.payment_id} is booked with another amount, or is no payment; give this payment its own id"
        raise RefusedError("payment_reused", words)
    if booked is None:
        entry = Entry(fact.payment_id, EntryKind.PAYMENT, amount)
        book_entry(desk.session, desk.account.account_id, entry, fact.received_at, desk.now)
        note_payment_after_end(desk, fact.payment_id, amount)
        if not _reversed_before(desk, fact.payment_id):
            forgiven = forgive_since_told(desk, fact.payment_id, fact.received_at)
        else:
            _reverse(desk, fact.payment_id, amount)
    return _effect(desk, **_forgiven(desk, forgiven))


def book_reversal(desk: Desk, fact: ReversePayment) -> Effect:
    """Take a payment back; a reversal that is told before its payment waits for it.

    Raises:
        RefusedError: if its id is booked as something else than a payment.
    """
    entries = read_entries(desk.session, desk.account.account_id)
    if any(each.reverses == fact.payment_id for each in entries):
        return Effect(answer={"status": "already_reversed"})
    payment = _booked(desk, fact.payment_id)
    if payment is None:
        return Effect(answer={"status": "waiting_for_payment"})
    if payment.kind is not EntryKind.PAYMENT:
        words = f"{fact.payment_id} is a {payment.kind} and no payment; name the payment that did not hold"
        raise RefusedError("not_a_payment", words)
    _reverse(desk, payment.entry_id, payment.amount_minor)
    return _effect(desk, *reinstate_unpaid_plan(desk))


def book_refund(desk: Desk, fact: RecordRefund) -> Effect:
    """Book what was paid back to the person.

    Raises:
        RefusedError: if it is more than is owed back.
    """
    amount, account_id = minor(fact.amount, desk), desk.account.account_id
    booked = _booked(desk, fact.refund_id)
    if booked is not None and (booked.kind, booked.amount_minor) != (EntryKind.REFUND, amount):
        words = f"{fact.refund_id} is booked with another amount, or is no refund; give this refund its own id"
        raise RefusedError("refund_reused", words)
    credit = desk.statement().credit_minor
    if booked is None and amount > credit:
        owed = format_minor(max(0, credit), desk.account.currency)
        raise RefusedError("refund_exceeds", f"only {owed} {desk.account.currency} is owed back to the person")
    if booked is None:
        entry = Entry(fact.refund_id, EntryKind.REFUND, amount)
        book_entry(desk.session, account_id, entry, fact.occurred_at, desk.now)
    return _effect(desk)


def _booked(desk: Desk, entry_id: str) -> Entry | None:
    """What is booked under an id that a caller gave.

    Raises:
        RefusedError: if only entries of our own may have such an id.
    """
    if entry_id.startswith(_OUR_OWN):
        words = f"an id that begins with {', '.join(_OUR_OWN[:-1])} or {_OUR_OWN[-1]} is one of ours; give another"
        raise RefusedError("id_reserved", words)
    entries = read_entries(desk.session, desk.account.account_id)
    return next((each for each in entries if each.entry_id == entry_id), None)


def _effect(desk: Desk, *events: CaseEvent, **answer: str) -> Effect:
    """What the ledger says after a booking, offers settled, promises judged anew and credit on somebody's list."""
    settled = (*settle_offers(desk), *judge_promises_anew(desk), *events)
    statement = desk.statement()
    _keep_credit_on_the_list(desk, statement)
    return debt_effect(desk, statement, *settled, **answer)


def _keep_credit_on_the_list(desk: Desk, statement: Statement) -> None:
    account_id = desk.account.account_id
    if statement.credit_minor <= 0:
        person_tasks.close(desk.session, account_id, [CREDIT_SUBJECT], desk.now, None)
        return
    deadline = desk.now + desk.policy.review_within
    if person_tasks.ask(desk.session, account_id, CREDIT_SUBJECT, desk.now, deadline):
        credit = format_minor(statement.credit_minor, desk.account.currency)
        audit.append(desk.session, account_id, desk.now, "person_asked", CREDIT_SUBJECT, credit=credit)


def _checked_amount(desk: Desk, fact: RecordPayment) -> int:
    if fact.currency != desk.account.currency:
        words = f"the account is kept in {desk.account.currency}, not {fact.currency}; convert the payment first"
        raise RefusedError("wrong_currency", words)
    if fact.received_at > desk.now + _CLOCKS_MAY_DIFFER_BY:
        raise RefusedError("date_in_future", "received_at is in the future; record a payment when it has arrived")
    return minor(fact.amount, desk)


def _reversed_before(desk: Desk, payment_id: str) -> bool:
    """Whether its reversal was told before it: there is something to reverse only now."""
    told = select(BookedMessage).where(
        col(BookedMessage.account_id) == desk.account.account_id,
        col(BookedMessage.name) == "reverse_payment",
        col(BookedMessage.booked_at).is_not(None),
    )
    return any(each.body.get("payment_id") == payment_id for each in desk.session.exec(told))


def _reverse(desk: Desk, payment_id: str, amount_minor: int) -> None:
    entry = Entry(f"reversal:{payment_id}", EntryKind.REVERSAL, amount_minor, reverses=payment_id)
    book_entry(desk.session, desk.account.account_id, entry, desk.now, desk.now)
    take_back_forgiven(desk, payment_id)


def _forgiven(desk: Desk, waiver: Entry | None) -> dict[str, str]:
    return {} if waiver is None else {"forgiven": format_minor(waiver.amount_minor, desk.account.currency)}
