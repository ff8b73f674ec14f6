"""One contact, one activity: check what is true now, write the intent, hand over once, record what became of it.

Nothing is ever sent twice. A contact whose hand-off was begun and never answered is looked up at its provider before
anything else; when that cannot tell, it ends as unknown, counts against the caps, and is not sent again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities import clock
from activities.complaints import told_by_contact
from activities.composer import Composer
from activities.contact_log import begin, debt_if_changed, log_turned_away, outcome_of, refuse_words, settle
from activities.desk import Desk, Library
from activities.duties import note_contact, note_deferral, review_duties, still_owed
from activities.guard import Guard, Ruling
from activities.message_facts import gather
from activities.occasions import told
from activities.shared_contacts import (
    NotSettledYet,
    companions_of,
    compose_together,
    proofs_told,
    told_already,
    write_companions,
)
from activities.track_offers import proposed_by_contact
from activities.turns import desks_beside, note_service, put_off, yields
from domain.case import PlannedContact
from domain.events import CaseEvent, DeliveryProved
from domain.messages import MessageKey, MessageRefused, OccasionFacts, Words
from domain.orders import ActivityName, ContactOrder, ContactOutcome, ContactResult, MomentWanted
from domain.terms import Channel, MessageClass
from providers.port import (
    Accepted,
    Busy,
    ContactIntent,
    NeverTaken,
    Provider,
    Rejected,
    RejectionKind,
    SendResult,
    Unknown,
)
from storage.accounts import note_demand, note_next_due, write_milestones
from storage.database import Database
from storage.people import suppress_address, usable_address
from storage.tables import AccountState, Address, Contact, ContactStatus

_LOOKUPS = 3
"""How often a provider is asked what became of a message before its fate counts as unknown."""
_LOOKUP_AFTER = timedelta(seconds=20)
_HAND_OFF_WITHIN = timedelta(seconds=20)
"""An attempt that has not begun its hand-off by then must not begin it any more."""
_UNDER_WAY = timedelta(seconds=60)
"""For so long another attempt at the same contact may be under way: to begin its hand-off, and for its provider's
answer. Until then nobody else touches the contact."""
_AGAIN_AFTER = timedelta(hours=1)
"""When to look again at a contact that something not yet known to the case has stopped."""


@dataclass(frozen=True)
class _Begun:
    """A contact whose intent is written."""

    intent: ContactIntent
    attempted_at: datetime
    asked_before: bool
    """The hand-off was begun by an earlier attempt of this activity."""


class Contacts:
    """Makes contacts, one at a time and each at most once."""

    def __init__(
        self, database: Database, library: Library, composer: Composer, providers: Mapping[Channel, Provider]
    ) -> None:
        """Take the records, the rules, the words and who carries them."""
        self._database = database
        self._library = library
        self._composer = composer
        self._providers = providers

    @activity.defn(name=ActivityName.FIND_MOMENT)
    def find_moment(self, wanted: MomentWanted) -> PlannedContact:
        """Find the lawful moment for the next contact."""
        with self._database.writing() as session:
            desk = Desk.open(session, self._library, wanted.account_id, lambda: wanted.as_of)
            planned = Guard(desk).moment(wanted.channel, wanted.not_before)
            desk.account.demand_waits_since = None
            note_demand(session, desk.account, planned.at, wanted.channel)
            return planned

    @activity.defn(name=ActivityName.CONTACT)
    def contact(self, order: ContactOrder) -> ContactOutcome:
        """Make one contact, or say why not and when it may be.

        Raises:
            ApplicationError: when it must be tried again; the provider is busy, or its answer did not come.
        """
        with clock.server_time():
            begun = self._begin(order)
            if isinstance(begun, ContactOutcome):
                return begun
            if begun.asked_before:
                return self._find_out(order, begun)
            return self._hand_over(order, begun)

    def _begin(self, order: ContactOrder) -> _Begun | ContactOutcome:
        """Check everything against what is true now, and write the intent before anything leaves."""
        with self._database.writing() as session:
            desk = Desk.open(session, self._library, order.account_id, clock.now)
            write_milestones(session, desk.account, order.milestones)
            known = session.get(Contact, order.contact_id)
            if known is not None and known.status == ContactStatus.SENDING:
                _leave_to_other_attempt(desk, known)
                return _Begun(_intent(desk, known), known.attempted_at, asked_before=True)
            if known is not None and known.status != ContactStatus.RELEASED:
                told, tell = told_by_contact(desk, known)
                proposed = proposed_by_contact(desk, known)
                events = (*review_duties(desk, everything=True), *proofs_told(desk, order), *told, *proposed)
                return replace(outcome_of(known, self._next(desk, order), events=events), tell=tell)
            admitted = self._admit(desk, order)
            if isinstance(admitted, ContactOutcome) and order.message_id:
                note_deferral(desk, order.message_id, admitted.next)
                note_service(desk, order, admitted.next)
                return replace(admitted, events=review_duties(desk, everything=True))
            return admitted

    def _admit(self, desk: Desk, order: ContactOrder) -> _Begun | ContactOutcome:
        occasion = _told(desk, order)
        if occasion is None:
            return ContactOutcome(ContactResult.NOT_NEEDED, "not_needed", debt=debt_if_changed(desk, order))
        fulfilled = _told_with_another(desk, order)
        if fulfilled is not None:
            return fulfilled
        guard = Guard(desk)
        address = guard.reach.address(order.channel)
        ruling = guard.rule(order.channel, address, order.contact_id, order.message_class, order.occasion)
        if not ruling.allowed or address is None:
            return self._turn_away(desk, guard, order, ruling)
        return self._compose(desk, guard, order, ruling, address, occasion)

    def _compose(
        self,
        desk: Desk,
        guard: Guard,
        order: ContactOrder,
        ruling: Ruling,
        address: Address,
        occasion: OccasionFacts,
    ) -> _Begun | ContactOutcome:
        """Write a lawful contact's intent, unless another account's contact goes first."""
        language = self._composer.language_for(desk.debtor.language)
        key = MessageKey(order.message_class, order.occasion or order.stage, order.channel, language)
        beside = desks_beside(desk, self._library, order)
        try:
            facts = gather(desk, guard.statement, guard.reach, key, order.contact_id, occasion)
            companions = companions_of(desk, beside, order, address, facts)
            yielded = yields(desk, beside, guard, order, address, companions, ruling.valid_until)
            if yielded is not None:
                log_turned_away(desk, order, yielded.ruling)
                return self._defer(desk, order, yielded.ruling, yielded.again)
            words, companions = compose_together(self._composer, key, facts, companions)
        except MessageRefused as error:
            return refuse_words(desk, order, error)
        contact = begin(desk, order, address, words, ruling)
        write_companions(desk, contact, companions)
        note_service(desk, order, None)
        return _Begun(_intent(desk, contact), contact.attempted_at, asked_before=False)

    def _turn_away(self, desk: Desk, guard: Guard, order: ContactOrder, ruling: Ruling) -> ContactOutcome:
        """A rule speaks against the contact: it waits, or it goes by another channel."""
        log_turned_away(desk, order, ruling)
        if ruling.channel_closed:
            gone, debt = order.channel in guard.reach.unreachable, debt_if_changed(desk, order)
            return ContactOutcome(ContactResult.REFUSED, ruling.reason, debt=debt, unusable=gone)
        if ruling.stopped:
            again = PlannedContact(desk.now + _AGAIN_AFTER, ruling.reason)
        else:
            again = guard.moment(order.channel, desk.now, order.message_class, order.occasion)
        return self._defer(desk, order, ruling, again)

    def _defer(self, desk: Desk, order: ContactOrder, ruling: Ruling, again: PlannedContact) -> ContactOutcome:
        """It comes later; a demand keeps since when it waits for room."""
        if order.message_id:
            note_next_due(desk.session, desk.account, again.at)
        else:
            note_demand(desk.session, desk.account, again.at, order.channel)
            if not ruling.stopped:
                put_off(desk)
        debt = debt_if_changed(desk, order)
        return ContactOutcome(ContactResult.DEFERRED, ruling.reason, next=again, debt=debt)

    def _hand_over(self, order: ContactOrder, begun: _Begun) -> ContactOutcome:
        now = clock.now()
        if now >= begun.intent.valid_until or now > begun.attempted_at + _HAND_OFF_WITHIN:
            return self._release(order, begun, Busy("too_late"))
        return self._take_answer(order, begun, self._providers[order.channel].send(begun.intent))

    def _find_out(self, order: ContactOrder, begun: _Begun) -> ContactOutcome:
        """Ask the provider what became of a hand-off that was begun and never answered."""
        found = self._providers[order.channel].lookup(begun.intent, begun.attempted_at)
        if found is NeverTaken.NEVER_TAKEN:
            return self._release(order, begun, Busy("never_taken", timedelta(seconds=1)))
        if isinstance(found, Accepted):
            return self._take_answer(order, begun, found)
        return self._still_unknown(order, found)

    def _take_answer(self, order: ContactOrder, begun: _Begun, answer: SendResult) -> ContactOutcome:
        match answer:
            case Accepted():
                status = ContactStatus.DELIVERED if answer.delivered else ContactStatus.SENT
                return self._settle(order, status, None, answer)
            case Rejected():
                return self._settle(order, ContactStatus.REJECTED, answer.code, answer)
            case Busy():
                return self._release(order, begun, answer)
            case Unknown():
                return self._note_unanswered(order, answer)
            case _:
                assert_never(answer)

    def _settle(
        self, order: ContactOrder, status: ContactStatus, code: str | None, answer: Accepted | Rejected
    ) -> ContactOutcome:
        with self._database.writing() as session:
            desk = Desk.open(session, self._library, order.account_id, clock.now)
            accepted = answer if isinstance(answer, Accepted) else None
            proved = _proved(session.get_one(Contact, order.contact_id), accepted)
            contact = settle(desk, order.contact_id, status, code, accepted)
            if isinstance(answer, Rejected):
                _suppress_if_wrong(desk, contact, answer)
            unusable = accepted is None and usable_address(session, desk.account.debtor_id, order.channel) is None
            told, tell = told_by_contact(desk, contact)
            debt, events = debt_if_changed(desk, order), (*proved, *_duties_after(desk, order, contact), *told)
            outcome = outcome_of(contact, self._next(desk, order), debt, unusable=unusable, events=events)
            return replace(outcome, tell=tell)

    def _note_unanswered(self, order: ContactOrder, answer: Unknown) -> ContactOutcome:
        """This attempt is over without an answer: the next one asks the provider what became of it."""
        with self._database.writing() as session:
            desk = Desk.open(session, self._library, order.account_id, clock.now)
            contact = desk.session.get_one(Contact, order.contact_id)
            contact.code = answer.code
            session.add(contact)
        raise _again("hand_off_unknown", answer.code, _LOOKUP_AFTER)

    def _still_unknown(self, order: ContactOrder, answer: Unknown) -> ContactOutcome:
        with self._database.writing() as session:
            desk = Desk.open(session, self._library, order.account_id, clock.now)
            contact = session.get_one(Contact, order.contact_id)
            contact.lookups += 1
            session.add(contact)
            if contact.lookups >= _LOOKUPS:
                contact = settle(desk, order.contact_id, ContactStatus.UNKNOWN, answer.code, None)
                return outcome_of(contact, self._next(desk, order), events=_duties_after(desk, order, contact))
        raise _again("hand_off_unknown", answer.code, _LOOKUP_AFTER)

    def _release(self, order: ContactOrder, begun: _Begun, answer: Busy) -> ContactOutcome:
        """It certainly did not leave: give the attempt back, and try again within the window or wait for the next."""
        with self._database.writing() as session:
            desk = Desk.open(session, self._library, order.account_id, clock.now)
            if session.get_one(Contact, order.contact_id).attempted_at != begun.attempted_at:
                raise _again("under_way", "another attempt has taken over", _UNDER_WAY)
            contact = settle(desk, order.contact_id, ContactStatus.RELEASED, answer.code, None)
            again_at = desk.now + (answer.retry_after or timedelta(0))
            if contact.valid_until is not None and again_at >= contact.valid_until:
                again = Guard(desk).moment(order.channel, again_at, order.message_class, order.occasion)
                if not order.message_id:
                    note_demand(session, desk.account, again.at, order.channel)
                note_deferral(desk, order.message_id, again)
                note_service(desk, order, again)
                events = _duties_after(desk, order, contact)
                return ContactOutcome(ContactResult.DEFERRED, answer.code, again, events=events)
        raise _again("provider_busy", answer.code, answer.retry_after)

    def _next(self, desk: Desk, order: ContactOrder) -> PlannedContact:
        """The lawful moment of the contact after this one."""
        planned = Guard(desk).moment(order.next_channel, max(order.next_due, desk.now))
        if desk.account.state == AccountState.CLOSED:
            return planned
        if order.message_id and desk.account.demand_at is None:
            note_next_due(desk.session, desk.account, planned.at)
        else:
            note_demand(desk.session, desk.account, planned.at, order.next_channel)
        return planned


def _proved(contact: Contact, accepted: Accepted | None) -> tuple[CaseEvent, ...]:
    """That the provider proved the arrival with its answer, unless a receipt did so before."""
    proved = accepted is not None and accepted.delivered and contact.status == ContactStatus.SENDING
    return (DeliveryProved(contact.contact_id),) if proved else ()


def _told(desk: Desk, order: ContactOrder) -> OccasionFacts | None:
    """What an owed message says of its own, or none when nothing asks for it any more."""
    match order.message_class:
        case MessageClass.DEMAND:
            return OccasionFacts()
        case MessageClass.STATUTORY:
            return OccasionFacts() if still_owed(desk, order.message_id) else None
        case MessageClass.SERVICE | MessageClass.REPLY:
            return told(desk, order.occasion, order.message_id)
        case _:
            assert_never(order.message_class)


def _duties_after(desk: Desk, order: ContactOrder, contact: Contact) -> tuple[CaseEvent, ...]:
    """What the contact changes about the account's duties and offers. Its case is told all duties after a notice."""
    note_contact(desk, order.message_id, contact)
    duties = review_duties(desk, everything=bool(order.message_id))
    return (*duties, *proofs_told(desk, order), *proposed_by_contact(desk, contact))


def _told_with_another(desk: Desk, order: ContactOrder) -> ContactOutcome | None:
    """The end of an order whose account another one's contact told of, once it is known what became of that."""
    try:
        return told_already(desk, order)
    except NotSettledYet as error:
        raise _again("under_way", "a contact that tells of the account too is under way", _LOOKUP_AFTER) from error


def _intent(desk: Desk, contact: Contact) -> ContactIntent:
    """The intent as it was written, word for word."""
    address = desk.session.get_one(Address, contact.address_ref)
    words = Words(
        template_id=contact.template_id or "",
        template_version=contact.template_version or "",
        text=contact.words,
        subject=contact.subject,
        html=contact.html,
        parameters=contact.parameters or None,
    )
    valid_until = contact.valid_until or contact.attempted_at
    channel = Channel(contact.channel)
    return ContactIntent(contact.contact_id, channel, address.value, desk.debtor.language, words, valid_until)


def _suppress_if_wrong(desk: Desk, contact: Contact, answer: Rejected) -> None:
    if answer.kind is RejectionKind.NOT_ALLOWED or contact.address_ref is None:
        return
    address = desk.session.get_one(Address, contact.address_ref)
    suppress_address(desk.session, address, desk.now, answer.code)


def _leave_to_other_attempt(desk: Desk, contact: Contact) -> None:
    """While an earlier attempt may still be alive, its hand-off may be yet to come: wait until it cannot."""
    over_at = contact.attempted_at + _UNDER_WAY
    if contact.code is None and desk.now < over_at:
        raise _again("under_way", "another attempt is under way", over_at - desk.now)


def _again(kind: str, code: str, after: timedelta | None) -> ApplicationError:
    """Ask Temporal for another attempt; expected, so that it is no error in the metrics."""
    return ApplicationError(code, type=kind, next_retry_delay=after, category=ApplicationErrorCategory.BENIGN)
