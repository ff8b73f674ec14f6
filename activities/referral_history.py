"""What was done about one account and what came of it, line by line, for its referral file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from activities.booking import bookings_of
from activities.desk import Desk
from domain.events import PlanAgreed, PromiseTaken
from domain.money import format_minor
from domain.referral_document import (
    ChoiceLine,
    ComplaintLine,
    ContactLine,
    HoldLine,
    NoticeLine,
    PlanLine,
    PlanPayment,
    PromiseLine,
    RemedyLine,
)
from domain.terms import Channel, MessageClass, PlanOutcome, PromiseOutcome, Stage
from storage import audit
from storage.booked_messages import booked_for, booked_on
from storage.companions import carrier_of
from storage.duties import recorded_duties
from storage.people import channel_choices, every_hold
from storage.tables import LEFT, Address, BookedMessage, Contact, StoredText


@dataclass(frozen=True, slots=True)
class LetterSent:
    """What a letter was typeset from; the same again gives the same pages."""

    contact_id: str
    subject: str
    text: str
    to: str
    language: str
    stamp: datetime
    simulated: bool


FINAL_NOTICE = "final_notice"
"""What the file calls the policy's own notice; the law's notices have the names of their pack."""
_OPEN_AGAIN = frozenset({"promise_reopened", "plan_reinstated"})
ENDINGS = frozenset(outcome.milestone for outcome in (*PromiseOutcome, *PlanOutcome))
"""How promises and plans end, as the audit trail and the file have it."""


def contacts(desk: Desk) -> Iterator[ContactLine]:
    """Every contact that was made or attempted, in the order of time."""
    chosen = select(Contact).where(col(Contact.account_id) == desk.account.account_id)
    rows = desk.session.exec(chosen.order_by(col(Contact.attempted_at), col(Contact.contact_id)))
    for number, each in enumerate(rows, start=1):
        address = desk.session.get(Address, each.address_ref) if each.address_ref is not None else None
        carrier = carrier_of(desk.session, each)
        yield ContactLine(
            number=number,
            contact_id=each.contact_id,
            at=each.attempted_at,
            channel=each.channel,
            direction=each.direction,
            message_class=each.message_class,
            occasion=each.occasion or each.stage,
            stage=each.stage,
            status=each.status,
            connected=each.connected,
            conversation=each.conversation,
            told_with=each.told_with,
            simulated=carrier.simulated,
            arrived_at=each.delivered_at,
            to=address.value if address is not None else None,
            provider=each.provider,
            provider_reference=each.provider_ref,
            template=carrier.template_id,
            rules_version=each.pack_version,
            subject=carrier.subject,
            words=carrier.words,
            words_sha256=carrier.words_digest,
        )


def letters(desk: Desk) -> Iterator[LetterSent]:
    """Every letter that left, as it was typeset."""
    chosen = select(Contact).where(
        col(Contact.account_id) == desk.account.account_id,
        col(Contact.channel) == Channel.LETTER,
        col(Contact.status).in_(LEFT),
    )
    for each in desk.session.exec(chosen.order_by(col(Contact.attempted_at))):
        letter = carrier_of(desk.session, each)
        address = desk.session.get_one(Address, letter.address_ref)
        yield LetterSent(
            contact_id=letter.contact_id,
            subject=letter.subject,
            text=letter.words,
            to=address.value,
            language=desk.debtor.language,
            stamp=letter.valid_until or letter.attempted_at,
            simulated=letter.simulated,
        )


def notices(desk: Desk) -> Iterator[NoticeLine]:
    """The final notices, and every notice that the law asked for, with the proof that they arrived."""
    chosen = select(Contact).where(
        col(Contact.account_id) == desk.account.account_id,
        col(Contact.stage) == Stage.PRE_LEGAL,
        col(Contact.message_class) == MessageClass.DEMAND,
        col(Contact.channel).in_((Channel.LETTER, Channel.EMAIL)),
        col(Contact.status).in_(LEFT),
    )
    for each in desk.session.exec(chosen.order_by(col(Contact.attempted_at))):
        yield NoticeLine(
            notice=FINAL_NOTICE,
            contact_id=each.contact_id,
            channel=each.channel,
            sent_at=each.attempted_at,
            arrived_at=each.delivered_at,
            deadline=None,
            state=each.status,
        )
    for duty in recorded_duties(desk.session, desk.account.account_id):
        yield NoticeLine(
            notice=duty.duty_id,
            contact_id=duty.contact_id,
            channel=duty.channel,
            sent_at=duty.sent_at,
            arrived_at=duty.arrived_at,
            deadline=duty.deadline,
            state=duty.state,
        )


def complaints(desk: Desk) -> Iterator[ComplaintLine]:
    """Every complaint and dispute that this account was told of, with its outcome wherever it was decided."""
    decided = {each.body["complaint_id"]: each for each in _decisions(desk)}
    for filed in _booked(desk, "file_complaint"):
        body, decision = filed.body, decided.get(filed.body["complaint_id"])
        outcome = decision.body if decision is not None else {}
        yield ComplaintLine(
            complaint_id=body["complaint_id"],
            category=body["category"],
            filed_at=filed.received_at,
            text=_text(desk, body.get("text_ref")),
            agent_id=body.get("agent_id"),
            outcome=outcome.get("outcome"),
            remedy=outcome.get("remedy"),
            decided_at=decision.booked_at if decision is not None else None,
            decided_by=outcome.get("resolved_by"),
            remedies=tuple(RemedyLine(**each) for each in outcome.get("remedies", ())),
            explanation=_text(desk, outcome.get("explanation_ref")),
        )


def promises(desk: Desk) -> Iterator[PromiseLine]:
    """Every promise to pay, and whether it was kept."""
    endings, currency = _endings(desk), desk.account.currency
    for taken_at, event in _events(desk):
        if isinstance(event, PromiseTaken):
            promise = event.promise
            yield PromiseLine(
                promise_id=promise.promise_id,
                amount=format_minor(promise.amount_minor, currency),
                taken_at=taken_at,
                until=promise.check_at,
                outcome=endings.get(promise.promise_id),
            )


def plans(desk: Desk) -> Iterator[PlanLine]:
    """Every plan that was agreed, and whether it was kept."""
    endings, currency = _endings(desk), desk.account.currency
    for agreed_at, event in _events(desk):
        if isinstance(event, PlanAgreed):
            payments = (
                PlanPayment(due_at=each.due_at, amount=format_minor(each.amount_minor, currency))
                for each in event.instalments
            )
            yield PlanLine(
                plan_id=event.plan_id,
                agreed_at=agreed_at,
                instalments=tuple(payments),
                outcome=endings.get(event.plan_id),
            )


def holds(desk: Desk) -> Iterator[HoldLine]:
    """Everything that ever stopped contact about the account."""
    for each in every_hold(desk.session, desk.account.debtor_id, desk.account.account_id):
        yield HoldLine(
            kind=each.kind,
            hold_id=each.hold_id,
            reason=each.reason,
            since=each.since,
            until=each.until,
            ended_at=each.ended_at,
        )


def choices(desk: Desk) -> Iterator[ChoiceLine]:
    """The person's latest word on each channel and address."""
    for each in channel_choices(desk.session, desk.account.debtor_id):
        yield ChoiceLine(channel=each.channel, address_ref=each.address_ref, allowed=each.allowed, at=each.occurred_at)


def _events(desk: Desk) -> Iterator[tuple[datetime, object]]:
    for booked_at, booking in bookings_of(desk.session, desk.account.account_id):
        yield from ((booked_at, event) for event in booking.events)


def _endings(desk: Desk) -> dict[str, str | None]:
    """How promises and plans ended, by their ids; none for those that are open again."""
    records = audit.trail(desk.session, desk.account.account_id)
    return {
        each.subject: each.kind if each.kind in ENDINGS else None
        for each in records
        if each.kind in ENDINGS | _OPEN_AGAIN
    }


def _booked(desk: Desk, name: str) -> Iterator[BookedMessage]:
    chosen = booked_on(desk.account.account_id, name)
    yield from desk.session.exec(chosen.order_by(col(BookedMessage.booked_at)))


def _decisions(desk: Desk) -> Iterator[BookedMessage]:
    """A complaint about conduct may have been decided on another of the person's accounts."""
    chosen = booked_for(desk.account.debtor_id, "resolve_complaint")
    yield from desk.session.exec(chosen.order_by(col(BookedMessage.booked_at)))


def _text(desk: Desk, text_ref: str | None) -> str | None:
    """The words that are kept under a reference."""
    stored = desk.session.get(StoredText, text_ref) if text_ref is not None else None
    return stored.text if stored is not None else None
