"""Brings a case whose workflow was lost, as by a termination, to where the records say that its life had come.

The same events in the same order lead to the same case. What the records do not keep, such as a moment that had been
found for the next contact, is found anew.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from sqlmodel import col, select

from activities.booking import bookings_of
from activities.desk import Desk
from activities.track_offers import proposed_by_contact
from domain.case import CallTask, Case, PlannedContact, Referral
from domain.duties import message_id_of
from domain.events import (
    CallRequested,
    CaseEvent,
    ContactFailed,
    ContactSent,
    DeliveryFailed,
    DeliveryProved,
    MomentFound,
    Referred,
    ReviewOpened,
    TimePassed,
    apply,
)
from domain.holds import Hold
from domain.terms import Channel, HoldKind, MessageClass, Stage
from storage import tables
from storage.audit import last_of_kind
from storage.duties import duty_of_contact
from storage.people import as_hold, every_hold, unreachable_channels
from storage.tables import LEFT_OR_MAY_HAVE, Contact, ContactStatus, LegalReferral

Happening = tuple[datetime, tuple[CaseEvent, ...]]


def brought_up_to_date(desk: Desk, kept: Case) -> Case:
    """The case as it stands now, from how it was when the records last kept it."""
    case, since = kept, _kept_at(kept)
    for at, events in sorted(_happenings(desk, kept, since), key=lambda each: each[0]):
        for event in (TimePassed(at), *events):
            case = apply(case, event)
    case = apply(case, TimePassed(desk.now))
    numbers = [number for number in (_number(desk, each) for each in _contact_ids(desk)) if number is not None]
    numbers += [each.contact_number for each in case.owed_messages]
    written = desk.account.milestones_written
    return replace(
        case,
        stage_entered_at=_stage_entered_at(desk, case),
        holds=_as_recorded(desk, case),
        unusable=unreachable_channels(desk.session, desk.account.debtor_id),
        planned=None,
        contact_number=max(numbers, default=0) + 1,
        milestones=tuple(each for each in case.milestones if each.number > written),
        milestone_number=max(case.milestone_number, written + 1),
    )


def _kept_at(kept: Case) -> datetime:
    """When the records last kept the case: as it was opened, or opened again."""
    return max([kept.opened_at, *(each.at for each in kept.milestones if each.kind == "reopened")])


def _happenings(desk: Desk, kept: Case, since: datetime) -> Iterator[Happening]:
    for booked_at, booking in bookings_of(desk.session, desk.account.account_id):
        if booked_at >= since:
            yield booked_at, booking.events
    yield from _contacts(desk, since)
    yield from _told_with_others(desk, since)
    yield from _calls(desk, kept, since)
    yield from _referrals(desk, since)


def _contacts(desk: Desk, since: datetime) -> Iterator[Happening]:
    """Contacts that the case had made; dials are told by what was booked of them."""
    chosen = select(Contact).where(
        col(Contact.account_id) == desk.account.account_id, col(Contact.attempted_at) >= since
    )
    for row in desk.session.exec(chosen.order_by(col(Contact.attempted_at))):
        if _number(desk, row.contact_id) is not None and row.status != ContactStatus.RELEASED:
            yield row.attempted_at, _of_contact(desk, row)


def _of_contact(desk: Desk, row: Contact) -> tuple[CaseEvent, ...]:
    at, channel = row.attempted_at, Channel(row.channel)
    message_id = "" if row.message_class == MessageClass.DEMAND else _message_id(desk, row)
    certain = row.status != ContactStatus.UNKNOWN
    left = ContactSent(channel, at, certain=certain, message_id=message_id)
    if row.status not in LEFT_OR_MAY_HAVE:
        return (ContactFailed(channel, at, unusable=False, message_id=message_id),) if row.code else ()
    due = (MomentFound(PlannedContact(at, "")), TimePassed(at)) if not message_id else ()
    return (*due, left, *proposed_by_contact(desk, row))


def _told_with_others(desk: Desk, since: datetime) -> Iterator[Happening]:
    """Orders of the case that were fulfilled by another account's contact, when it heard of it."""
    chosen = select(Contact).where(col(Contact.account_id) == desk.account.account_id, col(Contact.counted_at) >= since)
    for row in desk.session.exec(chosen):
        counted_at, channel = row.counted_at or since, Channel(row.channel)
        due = (MomentFound(PlannedContact(counted_at, "")), TimePassed(counted_at))
        left = ContactSent(channel, row.attempted_at, certain=row.status != ContactStatus.UNKNOWN)
        yield counted_at, (*due, left, *_proof(row))


def _proof(row: Contact) -> tuple[CaseEvent, ...]:
    """What the case heard of the contact's arrival or loss."""
    if row.proof_told_in is None:
        return ()
    if row.status == ContactStatus.DELIVERED:
        return (DeliveryProved(row.contact_id),)
    lost = DeliveryFailed(row.contact_id, Channel(row.channel), Stage(row.stage), unusable=False)
    return (lost,) if row.status == ContactStatus.FAILED else ()


def _message_id(desk: Desk, row: Contact) -> str:
    """Of the owed message that went by the contact."""
    if row.message_id is not None:
        return row.message_id
    duty = duty_of_contact(desk.session, row.contact_id)
    return message_id_of(duty.duty_id, duty.number) if duty is not None else row.contact_id


def _calls(desk: Desk, kept: Case, since: datetime) -> Iterator[Happening]:
    chosen = select(tables.CallTask).where(
        col(tables.CallTask.account_id) == desk.account.account_id, col(tables.CallTask.requested_at) >= since
    )
    for row in desk.session.exec(chosen):
        at, deadline = row.requested_at, row.requested_at + kept.timetable.call_within
        due = (MomentFound(PlannedContact(at, "")), TimePassed(at))
        yield at, (*due, CallRequested(CallTask(row.call_id, deadline)))


def _referrals(desk: Desk, since: datetime) -> Iterator[Happening]:
    chosen = select(LegalReferral).where(
        col(LegalReferral.account_id) == desk.account.account_id, col(LegalReferral.opened_at) >= since
    )
    for row in desk.session.exec(chosen):
        lacking = tuple(each["name"] for each in row.checklist if not each["fulfilled"])
        referral = Referral(row.referral_id, row.checklist_digest, lacking)
        yield row.opened_at, (ReviewOpened(referral),)
        if row.handed_over_at is not None:
            yield row.handed_over_at, (Referred(replace(referral, approved_by=row.approved_by), row.handed_over_at),)


def _stage_entered_at(desk: Desk, case: Case) -> datetime:
    """As the trail has it: a stage may have begun a little before the contact by which the records know of it."""
    entered = last_of_kind(desk.session, desk.account.account_id, "stage_entered")
    return entered.at if entered is not None and entered.subject == case.stage else case.stage_entered_at


def _as_recorded(desk: Desk, case: Case) -> tuple[Hold, ...]:
    """The holds with the ends that the records know, and those that only the records know."""
    account = desk.account
    rows = [as_hold(row) for row in every_hold(desk.session, account.debtor_id, account.account_id)]
    recorded = {(each.kind, each.hold_id): each for each in rows}
    known = {(each.kind, each.hold_id) for each in case.holds}
    kept = [_merged(each, recorded.get((each.kind, each.hold_id))) for each in case.holds]
    judged = {HoldKind.PLAN, HoldKind.PROMISE}
    found = [each for key, each in recorded.items() if key not in known and each.kind not in judged]
    return (*kept, *(each for each in found if each.ends_at is None or each.ends_at > case.stage_entered_at))


def _merged(hold: Hold, recorded: Hold | None) -> Hold:
    if recorded is None:
        return hold
    ended = [each for each in (recorded.ended_at, hold.ended_at) if each is not None]
    return replace(recorded, ended_at=min(ended, default=None))


def _contact_ids(desk: Desk) -> Iterator[str]:
    account_id, session = desk.account.account_id, desk.session
    contacts = select(Contact.contact_id, Contact.counted_as).where(col(Contact.account_id) == account_id)
    yield from (counted_as or contact_id for contact_id, counted_as in session.exec(contacts))
    yield from session.exec(select(tables.CallTask.call_id).where(col(tables.CallTask.account_id) == account_id))


def _number(desk: Desk, contact_id: str) -> int | None:
    """The number in a contact's id, if the case gave it."""
    number = contact_id.removeprefix(f"{desk.account.account_id}.")
    return int(number) if number.isdigit() else None
