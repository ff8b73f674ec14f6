"""Lets a contact give way to another account's of the same person that goes first, while the person is locked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from activities.desk import Desk, Library
from activities.guard import Guard, Ruling
from activities.occasions import told
from activities.shared_contacts import Companion
from domain.case import PlannedContact
from domain.contact_facts import Proposal, Verdict
from domain.contact_turns import LATE_BY, RULE, Turn, goes_first, turn_after
from domain.duties import DutyState
from domain.orders import ContactOrder
from domain.terms import Channel, MessageClass
from storage.tables import Account, Address, PlannedMessage
from storage.turns import drop_service, notices_due, open_beside, plan_service, services_due

_GIVING_WAY = frozenset({MessageClass.DEMAND, MessageClass.SERVICE})


def desks_beside(desk: Desk, library: Library, order: ContactOrder) -> Sequence[Desk]:
    """The person's other accounts under collection, as far as a contact has to do with them."""
    if order.message_class not in _GIVING_WAY:
        return ()
    return [desk.beside(each, library) for each in open_beside(desk.session, desk.account)]


@dataclass(frozen=True)
class Yielded:
    """A contact that gives way: by which rule, and when it comes."""

    ruling: Ruling
    again: PlannedContact


def yields(
    desk: Desk,
    beside: Sequence[Desk],
    guard: Guard,
    order: ContactOrder,
    address: Address,
    companions: Sequence[Companion],
    window_ends: datetime | None,
) -> Yielded | None:
    """To what a lawful contact gives way, or none if it goes now. It never gives way to an account that it tells of."""
    mine = _mine(desk, guard, order, address, companions)
    if not beside or mine is None or window_ends is None:
        return None
    along = {each.account.account_id for each in companions}
    others = _others([each for each in beside if each.account.account_id not in along], window_ends)
    first = goes_first(desk.pack, guard.person, mine, others, guard.attempts, desk.now, window_ends)
    if first is None:
        return None
    found = turn_after(desk.pack, guard.person, mine, first, guard.attempts, desk.now, desk.account.account_id)
    again = PlannedContact(found.at or window_ends, f"{RULE}: {first.words(desk.now)}")
    return Yielded(Ruling((Verdict(RULE, False, first.words(desk.now), again.at),), stopped=False), again)


def put_off(desk: Desk) -> None:
    """Keep since when the account's demand waits for room."""
    if desk.account.demand_waits_since is None:
        desk.account.demand_waits_since = desk.now
        desk.session.add(desk.account)


def note_service(desk: Desk, order: ContactOrder, again: PlannedContact | None) -> None:
    """Keep when a service message is planned, or that it is planned no more."""
    if order.message_class is not MessageClass.SERVICE:
        return
    if again is None:
        drop_service(desk.session, order.account_id, order.message_id)
        return
    plan_service(
        desk.session,
        PlannedMessage(
            account_id=order.account_id,
            message_id=order.message_id,
            occasion=order.occasion,
            channel=order.channel,
            due_at=again.at,
        ),
    )


def _mine(
    desk: Desk, guard: Guard, order: ContactOrder, address: Address, companions: Sequence[Companion]
) -> Turn | None:
    """The contact's own turn: of all accounts that it tells of, the best."""
    oldest = guard.statement.oldest_unpaid(desk.now)
    if oldest is None:
        return None
    account_id = desk.account.account_id
    proposal = Proposal(account_id, order.channel, order.message_class, address.address_ref, order.occasion)
    accounts = [desk.account, *(each.desk.account for each in companions)]
    waits = [each.demand_waits_since for each in accounts if each.demand_waits_since is not None]
    due = min([oldest.due_date, *(each.account.due_date for each in companions)])
    return Turn(proposal, desk.now, due, min(waits, default=None))


def _others(beside: Sequence[Desk], window_ends: datetime) -> Iterator[Turn]:
    """What the other accounts have planned in this window and may do, as far as the records know."""
    for desk in beside:
        guard = Guard(desk)
        for proposal, planned_at in _planned(desk, window_ends):
            turn = _turn(desk, guard, proposal, planned_at)
            if turn is not None:
                yield turn


def _planned(desk: Desk, window_ends: datetime) -> Iterator[tuple[Proposal, datetime]]:
    account, since = desk.account, desk.now - LATE_BY
    ids = [account.account_id]
    for notice in notices_due(desk.session, ids, since, window_ends, DutyState.OWED):
        for channel in notice.channels[:1]:
            yield _proposal(account, Channel(channel), MessageClass.STATUTORY, notice.duty_id), notice.due_at
    for message in services_due(desk.session, ids, since, window_ends):
        if told(desk, message.occasion, message.message_id) is not None:
            proposal = _proposal(account, Channel(message.channel), MessageClass.SERVICE, message.occasion)
            yield proposal, message.due_at
    at, channel_planned = account.demand_at, account.demand_channel
    if at is not None and since <= at < window_ends and channel_planned not in (None, Channel.CALL):
        yield _proposal(account, Channel(channel_planned), MessageClass.DEMAND, ""), at


def _proposal(account: Account, channel: Channel, message_class: MessageClass, occasion: str) -> Proposal:
    return Proposal(account.account_id, channel, message_class, "", occasion)


def _turn(desk: Desk, guard: Guard, proposal: Proposal, planned_at: datetime) -> Turn | None:
    """The turn of a contact, unless something else than the hour and the caps speaks against it."""
    address, oldest = guard.reach.address(proposal.channel), guard.statement.oldest_unpaid(desk.now)
    if address is None or oldest is None:
        return None
    ruling = guard.rule(proposal.channel, address, "", proposal.message_class, proposal.occasion)
    if ruling.stopped or ruling.channel_closed:
        return None
    waits = desk.account.demand_waits_since if proposal.message_class is MessageClass.DEMAND else None
    known = Proposal(
        proposal.account_id, proposal.channel, proposal.message_class, address.address_ref, proposal.occasion
    )
    return Turn(known, planned_at, oldest.due_date, waits)
