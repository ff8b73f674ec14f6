"""What each fact does in the records and to the case. A fact that changes nothing new is applied without an event."""

from dataclasses import replace
from datetime import datetime
from functools import singledispatch

from activities.booking_hardship import offer_at_end, report_hardship
from activities.booking_payments import book_payment, book_refund, book_reversal
from activities.booking_promises import take_promise
from activities.calls_made import book_call
from activities.complaints import ask_to_tell, file_complaint
from activities.contact_preferences import book_preference
from activities.desk import Desk, RefusedError
from activities.disputes_on_record import verifications
from activities.duties import note_receipt
from activities.effects import Effect
from activities.last_notices import is_last_notice
from activities.limitation import stop_for_plea
from activities.stop_of_contact import ask_how_to_go_on, go_on_if_a_channel_is_allowed, stop_if_every_channel_is_stopped
from activities.times import ends_at
from domain.events import (
    CaseClosed,
    CaseEvent,
    ChannelOpened,
    ChannelStopped,
    ComplaintResolved,
    DeliveryFailed,
    DeliveryProved,
    HoldEnded,
    HoldPlaced,
    ReferralVoided,
)
from domain.facts import (
    CircumstanceKind,
    DeliveryReport,
    Fact,
    FileComplaint,
    HearDecision,
    LegalOutcome,
    LiftHold,
    OptIn,
    OptOut,
    PleadLimitation,
    RecordCallOutcome,
    RecordLegalOutcome,
    RecordPayment,
    RecordPromise,
    RecordRefund,
    ReportCircumstance,
    ReportContactPreference,
    ReportDelivery,
    ReportHardship,
    ReversePayment,
)
from domain.holds import Hold
from domain.terms import Channel, ClosedReason, HoldKind, MessageClass, Stage
from storage.companions import share_fate
from storage.people import (
    EVERY_ACCOUNT,
    addresses,
    end_hold,
    record_choice,
    record_hold,
    suppress_address,
    usable_address,
)
from storage.referrals import undecided_review
from storage.tables import Address, Contact, ContactStatus, LegalReferral, PersonFact

_ADDRESS_IS_WRONG = frozenset({"30003", "30005", "30006", "21211", "21614", "bounce", "invalid", "returned"})
"""Codes of receipts that say the address itself cannot be reached."""

_NOTHING_FOLLOWS = frozenset({LegalOutcome.SETTLED, LegalOutcome.WITHDRAWN})
"""Outcomes at counsel that are the last. After a judgment there may still be a settlement."""


def book_fact(desk: Desk, fact: Fact) -> Effect:
    """Book a fact.

    Raises:
        RefusedError: if the records do not allow it.
    """
    return _book(fact, desk)


@singledispatch
def _book(fact: Fact, _desk: Desk) -> Effect:
    raise TypeError(f"{type(fact).__name__} is not booked")


@_book.register
def _(fact: RecordPayment, desk: Desk) -> Effect:
    return book_payment(desk, fact)


@_book.register
def _(fact: ReversePayment, desk: Desk) -> Effect:
    return book_reversal(desk, fact)


@_book.register
def _(fact: RecordRefund, desk: Desk) -> Effect:
    return book_refund(desk, fact)


@_book.register
def _(fact: FileComplaint, desk: Desk) -> Effect:
    return file_complaint(desk, fact)


@_book.register
def _(fact: ReportHardship, desk: Desk) -> Effect:
    return report_hardship(desk, fact)


@_book.register
def _(fact: ReportCircumstance, desk: Desk) -> Effect:
    until = ends_at(fact.until, desk) if fact.until is not None else None
    refuses = fact.kind is CircumstanceKind.REFUSES_IN_WRITING
    if refuses and not desk.pack.stop_of_contact.written_refusal_is_one:
        return Effect(answer={"status": "recorded"})
    kind = HoldKind.CEASE_CONTACT if refuses else HoldKind(fact.kind.value)
    hold = Hold(kind, fact.circumstance_id, desk.now, until, reason=fact.kind.value if refuses else "")
    effect = _hold_person(desk, hold)
    if kind is not HoldKind.CEASE_CONTACT or until is not None:
        return effect
    return replace(effect, events=(*effect.events, ask_how_to_go_on(desk, hold)))


@_book.register
def _(fact: PleadLimitation, desk: Desk) -> Effect:
    return stop_for_plea(desk, fact)


@_book.register
def _(fact: HearDecision, desk: Desk) -> Effect:
    if not _comes_from_another_case(desk, fact, "hear_decision"):
        raise RefusedError("not_decided", "a complaint is decided by resolve_complaint; its other cases hear of it")
    return Effect((ComplaintResolved(fact.complaint_id, fact.outcome, desk.now, to_tell=True),))


@_book.register
def _(fact: LiftHold, desk: Desk) -> Effect:
    if not _comes_from_another_case(desk, fact, "lift_hold"):
        raise RefusedError("not_decided", "a hold on the person is lifted by the decision that ends it")
    end_hold(desk.session, desk.account.debtor_id, desk.account.account_id, fact.hold_kind, fact.hold_id, desk.now)
    if fact.hold_kind is HoldKind.COMPLAINT:
        return Effect((ComplaintResolved(fact.hold_id, "decided_on_another_account", desk.now),))
    ended = HoldEnded(fact.hold_kind, fact.hold_id, desk.now)
    return Effect((ended, *offer_at_end(desk, fact.hold_kind, fact.hold_id)))


@_book.register
def _(fact: OptOut, desk: Desk) -> Effect:
    effect = _choose(desk, fact.channel, fact.address_ref, allowed=False, occurred_at=fact.occurred_at)
    stopped = stop_if_every_channel_is_stopped(desk, f"stop-{fact.event_id}")
    return replace(effect, events=(*effect.events, *stopped))


@_book.register
def _(fact: OptIn, desk: Desk) -> Effect:
    effect = _choose(desk, fact.channel, fact.address_ref, allowed=True, occurred_at=fact.occurred_at)
    return replace(effect, events=(*effect.events, *go_on_if_a_channel_is_allowed(desk)))


@_book.register
def _(fact: ReportContactPreference, desk: Desk) -> Effect:
    return book_preference(desk, fact)


@_book.register
def _(fact: RecordPromise, desk: Desk) -> Effect:
    events = take_promise(desk, fact.promise_id, fact.amount, fact.date, channel=fact.channel, taken_by=fact.taken_by)
    return Effect(events, {"status": "applied", "promise_id": fact.promise_id})


@_book.register
def _(fact: RecordCallOutcome, desk: Desk) -> Effect:
    return book_call(desk, fact)


@_book.register
def _(fact: ReportDelivery, desk: Desk) -> Effect:
    contact = desk.session.get(Contact, fact.contact_id)
    if contact is None or contact.account_id != desk.account.account_id or contact.told_with is not None:
        raise RefusedError("unknown_contact", f"no contact {fact.contact_id} was made for this account")
    if contact.status in (ContactStatus.DELIVERED, ContactStatus.FAILED):
        return Effect(answer={"status": "already_settled"})
    contact.code, owed = fact.code, bool(contact.occasion)
    if fact.status is DeliveryReport.DELIVERED:
        contact.status, contact.delivered_at = ContactStatus.DELIVERED, fact.at
        _add_settled(desk, contact)
        note_receipt(desk, contact)
        return Effect((*(() if owed else (DeliveryProved(fact.contact_id),)), *_review_anew(desk, contact)))
    contact.status, contact.settled_at = ContactStatus.FAILED, desk.now
    _add_settled(desk, contact)
    note_receipt(desk, contact)
    ask_to_tell(desk, contact)
    channel = Channel(contact.channel)
    unusable = _wrong_address(desk, contact, fact.code) and unreachable(desk, channel)
    return Effect((DeliveryFailed(fact.contact_id, channel, Stage(contact.stage), unusable, owed),))


@_book.register
def _(fact: RecordLegalOutcome, desk: Desk) -> Effect:
    referral = desk.session.get(LegalReferral, fact.referral_id)
    if referral is None or not referral.handed_over or referral.account_id != desk.account.account_id:
        words = f"referral {fact.referral_id} was not handed over for this account; name the one in its status"
        raise RefusedError("unknown_referral", words)
    if referral.outcome in _NOTHING_FOLLOWS and referral.outcome != fact.outcome:
        words = f"referral {fact.referral_id} has ended as {referral.outcome}, which {fact.outcome} cannot follow"
        raise RefusedError("outcome_known", words)
    referral.outcome = fact.outcome
    desk.session.add(referral)
    return Effect((CaseClosed(ClosedReason.LEGAL_OUTCOME, desk.now, fact.outcome),))


def _comes_from_another_case(desk: Desk, fact: Fact, name: str) -> bool:
    """Whether another case of the person has spread the fact, which nobody else may tell."""
    spread = desk.session.get(PersonFact, (desk.account.debtor_id, fact.event_id))
    return spread is not None and spread.name == name


def unreachable(desk: Desk, channel: Channel) -> bool:
    """Whether the channel can no longer reach the person."""
    return usable_address(desk.session, desk.account.debtor_id, channel) is None


def _hold_person(desk: Desk, hold: Hold) -> Effect:
    record_hold(desk.session, desk.account.debtor_id, EVERY_ACCOUNT, hold)
    until = hold.until.isoformat() if hold.until is not None else None
    return Effect((HoldPlaced(hold),), {"status": "applied", "hold_id": hold.hold_id, "until": until})


def _choose(desk: Desk, channel: Channel, address_ref: str | None, *, allowed: bool, occurred_at: datetime) -> Effect:
    session, debtor_id = desk.session, desk.account.debtor_id
    if address_ref is not None and address_ref not in {each.address_ref for each in addresses(session, debtor_id)}:
        raise RefusedError("unknown_address", f"no address {address_ref} is known of this person")
    counts = record_choice(session, debtor_id, channel, address_ref or EVERY_ACCOUNT, allowed, occurred_at)
    event = ChannelStopped(channel) if unreachable(desk, channel) else ChannelOpened(channel)
    return Effect((event,), {"status": "applied" if counts else "superseded"})


def _review_anew(desk: Desk, contact: Contact) -> tuple[CaseEvent, ...]:
    """A review that waited for the proof that this notice arrived is drawn up again, with the proof."""
    final = contact.stage == Stage.PRE_LEGAL and contact.message_class == MessageClass.DEMAND
    proves = {
        "final_notice_delivered": final or is_last_notice(desk, contact.occasion),
        "disputes_settled": contact.occasion in verifications(desk),
    }
    review = undecided_review(desk.session, desk.account.account_id)
    unproved = review is not None and any(
        proves.get(each["name"], False) and not each["fulfilled"] for each in review.checklist
    )
    return (ReferralVoided(),) if unproved else ()


def _add_settled(desk: Desk, contact: Contact) -> None:
    """Keep what became of a contact, for every account that it told of."""
    desk.session.add(contact)
    if desk.account.shares_contacts:
        share_fate(desk.session, contact, desk.now)


def _wrong_address(desk: Desk, contact: Contact, code: str | None) -> bool:
    """Whether a receipt says that the address itself is wrong; it is then used no more."""
    if contact.address_ref is None or code not in _ADDRESS_IS_WRONG:
        return False
    address = desk.session.get(Address, contact.address_ref)
    if address is not None:
        suppress_address(desk.session, address, desk.now, code)
    return True
