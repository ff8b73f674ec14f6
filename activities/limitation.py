"""An account's limitation period as the records prove it, and the stop when the person pleads that it is over."""

from collections.abc import Iterator

from sqlmodel import col, select

from activities.desk import Desk
from activities.effects import Effect
from domain.case import LimitationWatch
from domain.events import HoldPlaced, LimitationSet
from domain.facts import PleadLimitation
from domain.holds import LIMITATION_PLEADED, Hold
from domain.jurisdiction import RestartedBy
from domain.ledger import EntryKind
from domain.limitation import Expiry, Interruption, Period, expiry, warnings
from domain.terms import HoldKind, MessageClass
from storage.ledgers import read_instalments
from storage.people import record_hold
from storage.tables import BookedMessage, Contact, LedgerEntry


def limitation_of(desk: Desk) -> Expiry:
    """When the account's debt becomes time-barred, as the records prove it now."""
    limitation = desk.pack.limitation
    last_due = max(each.due_date for each in read_instalments(desk.session, desk.account.account_id))
    period = Period(limitation, desk.account.jurisdiction.partition("-")[2], desk.debtor.time_zone)
    return expiry(period, last_due, _interruptions(desk) if limitation.restarted_by else ())


def time_barred(desk: Desk) -> bool:
    """Whether the person must be told that the debt is too old to be sued for."""
    return desk.pack.limitation.demands_say_when_over and limitation_of(desk).expires_at <= desk.now


def watch_limitation(desk: Desk) -> LimitationSet:
    """What the case has to know of it."""
    found, limitation = limitation_of(desk), desk.pack.limitation
    by = found.restarted_by
    watch = LimitationWatch(
        expires_at=found.expires_at,
        warn_at=warnings(limitation, found.expires_at),
        restarted_by=f"{by.kind} {by.evidence}" if by is not None else "",
        extinguishes=desk.account.jurisdiction.partition("-")[2] in limitation.extinguished_in,
    )
    return LimitationSet(watch)


def stop_for_plea(desk: Desk, fact: PleadLimitation) -> Effect:
    """Stop the account for good, because the person pleaded that the debt is too old (CONC 7.15.8R)."""
    hold = Hold(HoldKind.MANUAL, fact.event_id, desk.now, reason=LIMITATION_PLEADED)
    record_hold(desk.session, desk.account.debtor_id, desk.account.account_id, hold)
    return Effect((HoldPlaced(hold),), {"status": "applied", "hold_id": hold.hold_id})


def _interruptions(desk: Desk) -> Iterator[Interruption]:
    yield from _delivered_demands(desk)
    yield from _part_payments(desk)
    yield from _agreed_plans(desk)


def _delivered_demands(desk: Desk) -> Iterator[Interruption]:
    chosen = select(Contact).where(
        col(Contact.account_id) == desk.account.account_id,
        col(Contact.message_class) == MessageClass.DEMAND,
        col(Contact.delivered_at).is_not(None),
    )
    for each in desk.session.exec(chosen):
        if each.delivered_at is not None:
            yield Interruption(RestartedBy.DELIVERED_DEMAND, each.delivered_at, each.contact_id)


def _part_payments(desk: Desk) -> Iterator[Interruption]:
    chosen = select(LedgerEntry).where(col(LedgerEntry.account_id) == desk.account.account_id)
    entries = desk.session.exec(chosen).all()
    taken_back = {each.reverses for each in entries if each.kind == EntryKind.REVERSAL}
    for each in entries:
        if each.kind == EntryKind.PAYMENT and each.entry_id not in taken_back:
            yield Interruption(RestartedBy.PART_PAYMENT, each.effective_at, each.entry_id)


def _agreed_plans(desk: Desk) -> Iterator[Interruption]:
    chosen = select(BookedMessage).where(
        col(BookedMessage.account_id) == desk.account.account_id,
        col(BookedMessage.name) == "agree_plan",
        col(BookedMessage.refused).is_(False),
    )
    for each in desk.session.exec(chosen):
        yield Interruption(RestartedBy.AGREED_PLAN, each.received_at, each.message_id)
