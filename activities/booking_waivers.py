"""Waivers asked for, decided, and offered on a condition: what each does in the ledger, the records and the case."""

from dataclasses import replace

from sqlmodel import col, select

from activities.amounts import minor
from activities.desk import Desk, RefusedError
from activities.effects import Effect, debt_effect
from activities.times import ends_at
from activities.waiver_offers import payments_towards
from domain.agents import same_person
from domain.case import Case, Waiver, WaiverCondition
from domain.events import CaseEvent, WaiverDecided, WaiverRequested, WaiverSettled
from domain.ledger import Entry, EntryKind, Statement
from domain.money import format_minor
from domain.requests import DecideWaiver, RequestWaiver
from storage import person_tasks
from storage.agents import authority_of
from storage.arrangement_tables import OfferedWaiver
from storage.ledgers import book_entry

_OFFER = "offer:"
"""How the ids of such entries begin, before the request's."""


def request_waiver(desk: Desk, request: RequestWaiver, case: Case) -> Effect:
    """Waive at once within an agent's authority, else put the question on a person's list with a deadline.

    Raises:
        RefusedError: if more is asked for than the policy lets anybody waive, or the condition cannot be met.
    """
    statement, amount = desk.statement(), minor(request.amount, desk)
    waiver = Waiver(
        waiver_id=f"waiver-{request.request_id}",
        amount_minor=amount,
        requested_by=request.requested_by,
        principal_minor=_principal_part(desk, statement, case, amount),
        condition=_condition(desk, request, statement),
    )
    if amount <= left_to_agents(desk, statement):
        return _grant(desk, waiver, WaiverRequested(waiver))
    decide_by = desk.now + desk.policy.review_within
    if waiver.condition is not None:
        decide_by = min(decide_by, waiver.condition.pay_by)
    subject = f"waiver:{waiver.waiver_id}"
    person_tasks.ask(desk.session, desk.account.account_id, subject, desk.now, decide_by)
    answer = {"waiver_id": waiver.waiver_id, "status": "awaiting_approval", "decide_by": decide_by.isoformat()}
    return Effect((WaiverRequested(waiver, decide_by),), answer)


def decide_waiver(desk: Desk, request: DecideWaiver, case: Case) -> Effect:
    """Approve or refuse a waiver that somebody else asked for.

    Raises:
        RefusedError: if who asked for it decides, or it is beyond their authority, or beyond what is left by now.
    """
    waiver = next(each for each in case.waivers if each.waiver_id == request.waiver_id)
    if same_person(waiver.requested_by, request.decided_by):
        raise RefusedError("conflict_of_interest", "a waiver is decided by somebody else than who requested it")
    if not request.approve:
        decided = WaiverDecided(waiver.waiver_id, approved=False)
        return Effect((decided,), {"waiver_id": waiver.waiver_id, "status": "refused"})
    owed = desk.statement().balance
    if waiver.amount_minor - waiver.principal_minor > owed.interest_minor + owed.fees_minor:
        words = "less interest and fees are left than the waiver asks for; request it anew"
        raise RefusedError("waiver_exceeds", words)
    if waiver.condition is not None and waiver.condition.pay_by <= desk.now:
        raise RefusedError("date_in_past", "the time for its condition is over; request it anew")
    _require_authority(desk, request.decided_by, waiver.amount_minor, waiver.principal_minor)
    return _grant(desk, waiver)


def require_leave_to_waive(desk: Desk, by: str, amount_minor: int) -> None:
    """Let somebody give up interest and fees at once: within what agents may, or within their own authority.

    Raises:
        RefusedError: naming their authority and how far it reaches.
    """
    if amount_minor > left_to_agents(desk, desk.statement()):
        _require_authority(desk, by, amount_minor, 0)


def settle_offers(desk: Desk) -> tuple[CaseEvent, ...]:
    """Book the waivers whose condition the payments meet by now, and take back those of which they do no more."""
    chosen = select(OfferedWaiver).where(col(OfferedWaiver.account_id) == desk.account.account_id)
    offers = desk.session.exec(chosen.order_by(col(OfferedWaiver.offered_at))).all()
    return tuple(event for offer in offers if (event := _settled(desk, offer)) is not None)


def _settled(desk: Desk, offer: OfferedWaiver) -> WaiverSettled | None:
    payments = payments_towards(desk, offer)
    met = sum(each.amount_minor for each in payments) >= offer.pay_minor
    if met and offer.booked_as is None:
        _book_offer(desk, offer, payments[0].entry_id)
        return WaiverSettled(offer.waiver_id, "booked")
    if not met and offer.booked_as is not None:
        _take_back_offer(desk, offer)
        return WaiverSettled(offer.waiver_id, "lapsed" if offer.pay_by <= desk.now else "")
    return None


def _book_offer(desk: Desk, offer: OfferedWaiver, first_payment: str) -> None:
    """Waive what was offered, and what has accrued since on a debt that the offer would have settled."""
    offer.times_booked += 1
    offer.booked_as = f"{_OFFER}{offer.waiver_id.removeprefix('waiver-')}.{offer.times_booked}"
    plain = Entry(
        offer.booked_as,
        EntryKind.WAIVER,
        offer.amount_minor,
        effective_at=desk.now,
        before=first_payment,
        principal_minor=offer.principal_minor,
    )
    entry = replace(plain, amount_minor=plain.amount_minor + _accrued_since(desk, offer, plain))
    book_entry(desk.session, desk.account.account_id, entry, desk.now, desk.now)
    desk.session.add(offer)
    desk.session.flush()


def _accrued_since(desk: Desk, offer: OfferedWaiver, entry: Entry) -> int:
    """What has accrued since the offer, as far as it alone would be left of what was overdue then."""
    offered = desk.statement(offer.offered_at)
    if (
        desk.account.terms is None
        or offer.amount_minor + offer.pay_minor < offered.arrears(offer.offered_at).total_minor
    ):
        return 0
    after = desk.statement_with(entry, desk.now)
    left = after.arrears(desk.now).total_minor
    if not 0 < left <= after.charged.total_minor - offered.charged.total_minor:
        return 0
    widened = desk.statement_with(replace(entry, amount_minor=entry.amount_minor + left), desk.now)
    return left - max(0, widened.credit_minor - after.credit_minor)


def _take_back_offer(desk: Desk, offer: OfferedWaiver) -> None:
    lost = f"lost:{(offer.booked_as or '').removeprefix(_OFFER)}"
    entry = Entry(lost, EntryKind.REVERSAL, offer.amount_minor, reverses=offer.booked_as)
    book_entry(desk.session, desk.account.account_id, entry, desk.now, desk.now)
    offer.booked_as = None
    desk.session.add(offer)
    desk.session.flush()


def _grant(desk: Desk, waiver: Waiver, *before: CaseEvent) -> Effect:
    """Waive what was asked for, or offer it until its condition is met or its time is over."""
    decided = WaiverDecided(waiver.waiver_id, approved=True)
    if waiver.condition is not None:
        return _offer(desk, waiver, waiver.condition, *before, decided)
    account_id = desk.account.account_id
    entry = Entry(waiver.waiver_id, EntryKind.WAIVER, waiver.amount_minor, principal_minor=waiver.principal_minor)
    book_entry(desk.session, account_id, entry, desk.now, desk.now)
    booked = debt_effect(desk, desk.statement(), waiver_id=waiver.waiver_id, status="waived")
    return replace(booked, events=(*before, decided, *booked.events))


def _offer(desk: Desk, waiver: Waiver, condition: WaiverCondition, *events: CaseEvent) -> Effect:
    offer = OfferedWaiver(
        account_id=desk.account.account_id,
        waiver_id=waiver.waiver_id,
        amount_minor=waiver.amount_minor,
        principal_minor=waiver.principal_minor,
        pay_minor=condition.pay_minor,
        pay_by=condition.pay_by,
        offered_at=desk.now,
    )
    desk.session.add(offer)
    desk.session.flush()
    answer = {"waiver_id": waiver.waiver_id, "status": "offered", "pay_by": condition.pay_by.isoformat()}
    return Effect(events, answer | {"pay_amount": format_minor(condition.pay_minor, desk.account.currency)})


def _condition(desk: Desk, request: RequestWaiver, statement: Statement) -> WaiverCondition | None:
    given = request.condition
    if given is None:
        return None
    pay_by, pay = ends_at(given.by, desk), minor(given.pay_amount, desk)
    if pay_by > desk.now + desk.policy.waivers.offer_within:
        days = desk.policy.waivers.offer_within.days
        raise RefusedError("waiver_too_long", f"an offer may stand for {days} days at most; give an earlier date")
    if pay > statement.balance.total_minor:
        raise RefusedError("waiver_exceeds", "the condition asks for more than is owed; lower its amount")
    return WaiverCondition(pay, pay_by, lapses_undecided=True)


def _principal_part(desk: Desk, statement: Statement, case: Case, amount_minor: int) -> int:
    """How much of an amount would give up principal, after the interest and fees that nobody else asked for.

    Raises:
        RefusedError: if the policy allows less.
    """
    owed = statement.balance
    asked = [each for each in case.waivers if each.pending]
    reserved = sum(each.amount_minor - each.principal_minor for each in asked)
    charges = max(0, owed.interest_minor + owed.fees_minor - reserved)
    allowed = owed.principal_minor * desk.policy.waivers.principal_percent // 100
    allowed = max(0, allowed - sum(each.principal_minor for each in asked))
    if amount_minor > charges + allowed:
        left = format_minor(charges + allowed, desk.account.currency)
        what = "interest, fees and some principal" if desk.policy.waivers.principal_percent else "interest and fees"
        words = f"only {what} can be waived, and {left} {desk.account.currency} of them is left"
        raise RefusedError("waiver_exceeds", words)
    return max(0, amount_minor - charges)


def left_to_agents(desk: Desk, statement: Statement) -> int:
    """What agents may still waive at once: a share of interest and fees that small waivers do not widen."""
    charges = statement.balance + statement.waived
    return max(0, desk.policy.waivers.at_once_minor(charges) - statement.waived.total_minor)


def _require_authority(desk: Desk, decided_by: str, amount_minor: int, principal_minor: int) -> None:
    statement = desk.statement()
    authority = authority_of(desk.session, decided_by)
    percent = desk.policy.waivers.approval_percent(authority)
    if percent is None:
        return
    whole = statement.balance + statement.waived
    charges = whole.interest_minor + whole.fees_minor
    most = max(0, charges * percent // 100 - statement.waived.total_minor)
    if amount_minor - principal_minor > most or (principal_minor and percent < 100):
        left = format_minor(most, desk.account.currency)
        words = f"{decided_by} has authority {authority} and may approve {left}; somebody with more must decide"
        raise RefusedError("no_authority", words)
