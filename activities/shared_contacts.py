"""One message for several accounts of one person: of which it tells, and how their cases learn that they were told.

The contact that goes first tells of the person's other accounts whose turn is near. Nothing is signalled: a case that
was told of learns it when it gives its own order, which is then fulfilled without another message.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from activities.composer import Composer
from activities.contact_log import RESULTS, debt_if_changed
from activities.desk import Desk
from activities.duties import review_duties
from activities.guard import Guard, Ruling
from activities.limitation import time_barred
from activities.message_facts import gather_other
from activities.waiver_offers import open_offers
from domain.duties import DutyState
from domain.events import CaseEvent, DeliveryFailed, DeliveryProved
from domain.holds import last_end
from domain.messages import MessageFacts, MessageKey, MessageRefused, OtherAccount, Words
from domain.orders import ContactOrder, ContactOutcome
from domain.terms import Channel, MessageClass, Stage, Track
from storage.accounts import note_demand
from storage.companions import forget_told_with, proofs_for, told_for
from storage.duties import recorded_duties
from storage.people import as_hold, every_hold, unreachable_channels
from storage.tables import LEFT, Account, Address, Contact, ContactStatus

TOGETHER_WITHIN = timedelta(days=3)
"""Demands that are due within so long of each other go as one."""
_SETTLES_WITHIN = timedelta(hours=1)
"""After so long a contact whose fate nobody knows counts as one that may have left."""


class NotSettledYet(Exception):
    """The contact that tells of the account too is under way; what becomes of it is known soon."""


@dataclass(frozen=True)
class Companion:
    """Another account of the person that a contact may tell of too, and what the rules say of that."""

    desk: Desk
    account: OtherAccount
    ruling: Ruling


def companions_of(
    desk: Desk, beside: Sequence[Desk], order: ContactOrder, address: Address, facts: MessageFacts
) -> tuple[Companion, ...]:
    """The person's other accounts that a contact may tell of besides its own, the oldest arrears first.

    Each could be told by itself at this moment, in the same words: its next demand is planned by the same channel in
    the same stage, and every rule allows it. Messages that speak of a referral, or of a waiver that is offered, tell of
    one account only.
    """
    if order.message_class is not MessageClass.DEMAND or order.stage is Stage.PRE_LEGAL or facts.waiver_offers:
        return ()
    alike = (each for each in beside if _alike(desk, each.account, order))
    found = (_companion(desk, each, order, address, facts) for each in alike)
    known = [each for each in found if each is not None]
    return tuple(sorted(known, key=lambda each: (each.account.due_date, each.account.account_id)))


def compose_together(
    composer: Composer, key: MessageKey, facts: MessageFacts, companions: tuple[Companion, ...]
) -> tuple[Words, tuple[Companion, ...]]:
    """The words for as many accounts as fit into the message, and those that they tell of besides its own.

    Raises:
        MessageRefused: if not even its own account can be told.
    """
    for count in range(len(companions), 0, -1):
        told = companions[:count]
        try:
            return composer.compose(key, replace(facts, others=tuple(each.account for each in told))), told
        except MessageRefused:
            continue
    return composer.compose(key, facts), ()


def write_companions(desk: Desk, contact: Contact, companions: Sequence[Companion]) -> None:
    """Write the intent to tell of these accounts too, each with its own verdicts; an earlier intent is void."""
    if not companions and not desk.account.shares_contacts:
        return
    forget_told_with(desk.session, contact.contact_id)
    desk.account.shares_contacts = True
    desk.session.add(desk.account)
    for number, each in enumerate(companions, start=1):
        each.desk.account.shares_contacts = True
        desk.session.add(each.desk.account)
        desk.session.add(_row(contact, number, each))
    desk.session.flush()


def told_already(desk: Desk, order: ContactOrder) -> ContactOutcome | None:
    """How an order ends whose account was told of by another account's contact; none if it was not.

    Raises:
        NotSettledYet: if that contact is under way.
    """
    if order.message_class is not MessageClass.DEMAND:
        return None
    row = told_for(desk.session, desk.account, order.contact_id)
    if row is None:
        return None
    if row.status == ContactStatus.SENDING and desk.now < row.attempted_at + _SETTLES_WITHIN:
        raise NotSettledYet
    _count(desk, row, order)
    status = ContactStatus(row.status) if row.status in LEFT else ContactStatus.UNKNOWN
    following = Guard(desk).moment(order.next_channel, max(order.next_due - (desk.now - row.attempted_at), desk.now))
    desk.account.demand_waits_since = None
    note_demand(desk.session, desk.account, following.at, order.next_channel)
    return ContactOutcome(
        RESULTS[status],
        f"told with contact {row.told_with}",
        next=following,
        debt=debt_if_changed(desk, order),
        events=(*review_duties(desk), *proofs_told(desk, order)),
        left_by=Channel(row.channel),
        left_at=row.attempted_at,
    )


def rests_until(desk: Desk, order: ContactOrder) -> datetime | None:
    """Until when a call has to wait because the account was just told of by another account's contact."""
    row = told_for(desk.session, desk.account, order.contact_id)
    ends = row.attempted_at + TOGETHER_WITHIN if row is not None else desk.now
    return ends if ends > desk.now else None


def proofs_told(desk: Desk, order: ContactOrder) -> tuple[CaseEvent, ...]:
    """What has become known, since the case heard of them, of contacts that told of its account too."""
    return tuple(_proof(desk, row, order) for row in proofs_for(desk.session, desk.account, order.contact_id))


def _alike(desk: Desk, account: Account, order: ContactOrder) -> bool:
    """Whether the other account's next demand would be the same message."""
    mine, planned_at = desk.account, account.demand_at
    if planned_at is None or planned_at > desk.now + TOGETHER_WITHIN:
        return False
    same = (account.jurisdiction, account.currency) == (mine.jurisdiction, mine.currency)
    return same and (account.stage, account.demand_channel) == (order.stage, order.channel)


def _companion(
    desk: Desk, beside: Desk, order: ContactOrder, address: Address, facts: MessageFacts
) -> Companion | None:
    statement = beside.statement()
    told = gather_other(beside, statement)
    if told is None or not _may_be_asked(beside) or told_for(desk.session, beside.account, "") is not None:
        return None
    if beside.policy.lenders != desk.policy.lenders or time_barred(beside) != facts.time_barred:
        return None
    if open_offers(beside, statement):
        return None
    ruling = Guard(beside).rule(order.channel, address)
    return Companion(beside, told, ruling) if ruling.allowed else None


def _may_be_asked(desk: Desk) -> bool:
    """Whether stage, the pause after a hold, and notices that go first leave room for a demand at this moment."""
    session, account, policy = desk.session, desk.account, desk.policy
    overdue_since = desk.statement().debt().overdue_since(desk.now)
    timetable = policy.timetable()
    plan = next(each for each in timetable.stages if each.stage == account.stage)
    holds = [as_hold(each) for each in every_hold(session, account.debtor_id, account.account_id)]
    resumed = last_end(holds, desk.now)
    notices = recorded_duties(session, account.account_id)
    return (
        overdue_since is not None
        and overdue_since + timetable.starts_after(plan, Track(account.track)) <= desk.now
        and (resumed is None or resumed + policy.resume_after <= desk.now)
        and not any(each.state == DutyState.OWED and each.due_at <= desk.now for each in notices)
    )


def _row(contact: Contact, number: int, companion: Companion) -> Contact:
    """The other account's row of the log; its words are the contact's own."""
    desk = companion.desk
    return Contact(
        contact_id=f"{contact.contact_id}.with.{number}",
        told_with=contact.contact_id,
        account_id=desk.account.account_id,
        debtor_id=contact.debtor_id,
        channel=contact.channel,
        message_class=contact.message_class,
        stage=contact.stage,
        status=contact.status,
        attempted_at=contact.attempted_at,
        address_ref=contact.address_ref,
        policy_version=desk.policy.version,
        pack_version=desk.pack.digest,
        template_id=contact.template_id,
        template_version=contact.template_version,
        verdicts=companion.ruling.as_json(),
        valid_until=contact.valid_until,
    )


def _count(desk: Desk, row: Contact, order: ContactOrder) -> None:
    """Let the row stand for the order. One whose fate is unknown stays so for the case, whatever is heard later."""
    if row.counted_as is None:
        row.counted_as, row.counted_at = order.contact_id, desk.now
        if row.status not in LEFT:
            row.proof_told_in = order.contact_id
    desk.session.add(row)
    desk.session.flush()


def _proof(desk: Desk, row: Contact, order: ContactOrder) -> CaseEvent:
    row.proof_told_in = order.contact_id
    desk.session.add(row)
    channel = Channel(row.channel)
    if row.status == ContactStatus.DELIVERED:
        return DeliveryProved(row.contact_id)
    gone = channel in unreachable_channels(desk.session, row.debtor_id)
    return DeliveryFailed(row.contact_id, channel, Stage(row.stage), gone)
