"""Keeps our word about an amount: who pays what a message told soon after it owes nothing of what has accrued since."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from sqlmodel import col, select

from activities.desk import Desk
from domain.ledger import Entry, EntryKind, InstalmentBalance, Statement
from domain.terms import Channel, MessageClass
from storage.ledgers import book_entry, read_entries
from storage.tables import LEFT_OR_MAY_HAVE, Contact

"""What may have told the person an amount."""
_TOLD = "told:"
"""How the ids of such waivers begin, before the payment's."""


def forgive_since_told(desk: Desk, payment_id: str, received_at: datetime) -> Entry | None:
    """Waive what has accrued on what was told to be overdue, if that has been paid since; answers what was booked."""
    if desk.account.terms is None:
        return None
    for told_at in _told_before(desk, received_at):
        waiver = _forgiven(desk, payment_id, received_at, told_at)
        if waiver is not None:
            book_entry(desk.session, desk.account.account_id, waiver, received_at, desk.now)
            return waiver
    return None


def forgive_since_proposed(desk: Desk, plan_id: str, total_minor: int, within: timedelta) -> bool:
    """Waive what has accrued since a plan for that sum was drawn up, within so long; tells whether it did."""
    if desk.account.terms is None:
        return False
    now = desk.statement()
    for days in range(within.days + 1):
        moment = desk.now - timedelta(days=days)
        then = desk.statement(moment)
        accrued = now.charged.total_minor - then.charged.total_minor
        for owed, was in (
            (now.arrears(desk.now).total_minor, then.arrears(moment).total_minor),
            (now.balance.total_minor, then.balance.total_minor),
        ):
            if was == total_minor and 0 < owed - was <= accrued:
                waiver = Entry(f"{_TOLD}{plan_id}", EntryKind.WAIVER, owed - was)
                book_entry(desk.session, desk.account.account_id, waiver, desk.now, desk.now)
                return True
    return False


def take_back_forgiven(desk: Desk, payment_id: str) -> None:
    """Take back what was waived for the sake of a payment that did not hold."""
    entries = read_entries(desk.session, desk.account.account_id)
    taken_back = {each.reverses for each in entries}
    for each in entries:
        if each.entry_id.startswith(_TOLD) and each.entry_id not in taken_back:
            paid_by = each.entry_id.removeprefix(_TOLD)
            if payment_id in (paid_by, each.before):
                entry = Entry(f"untold:{paid_by}", EntryKind.REVERSAL, each.amount_minor, reverses=each.entry_id)
                book_entry(desk.session, desk.account.account_id, entry, desk.now, desk.now)


def _told_before(desk: Desk, received_at: datetime) -> Iterator[datetime]:
    """When messages told the person an amount that still holds, the latest first. A voice message tells none."""
    chosen = select(Contact.attempted_at).where(
        col(Contact.account_id) == desk.account.account_id,
        col(Contact.message_class).in_((MessageClass.DEMAND, MessageClass.STATUTORY)),
        col(Contact.channel) != Channel.VOICE,
        col(Contact.direction) == "outbound",
        col(Contact.status).in_(LEFT_OR_MAY_HAVE),
        col(Contact.attempted_at) <= received_at,
        col(Contact.attempted_at) >= received_at - desk.policy.late_charges.told_amount_holds,
    )
    return iter(desk.session.exec(chosen.order_by(col(Contact.attempted_at).desc())).all())


def _forgiven(desk: Desk, payment_id: str, received_at: datetime, told_at: datetime) -> Entry | None:
    told, paid = desk.statement(told_at), desk.statement_through(received_at)
    arrears = told.arrears(told_at).total_minor
    overdue = {each.instalment.number for each in told.instalments if each.instalment.overdue_from <= told_at}
    left = _of(paid, overdue, "left")
    accrued = _of(paid, overdue, "charged") - _of(told, overdue, "charged")
    if not arrears or paid.paid_minor - told.paid_minor < arrears or not 0 < left <= accrued:
        return None
    first = _first_since(desk, told_at) or payment_id
    waiver = Entry(f"{_TOLD}{payment_id}", EntryKind.WAIVER, left, effective_at=received_at, before=first)
    # Interest forgiven early lowers principal sooner, and so what accrues.
    too_much = desk.statement_with(waiver, received_at).credit_minor - paid.credit_minor
    return replace(waiver, amount_minor=left - too_much)


def _of(statement: Statement, numbers: set[int], what: Literal["left", "charged"]) -> int:
    parts = (each.left if what == "left" else each.charged for each in _chosen(statement, numbers))
    return sum(each.total_minor for each in parts)


def _chosen(statement: Statement, numbers: set[int]) -> Iterator[InstalmentBalance]:
    return (each for each in statement.instalments if each.instalment.number in numbers)


def _first_since(desk: Desk, told_at: datetime) -> str | None:
    """The payment that came first after an amount had been told: from before it on, what accrued is forgiven."""
    entries = read_entries(desk.session, desk.account.account_id)
    taken_back = {each.reverses for each in entries}
    since = [
        (each.effective_at, each.entry_id)
        for each in entries
        if each.kind is EntryKind.PAYMENT and each.entry_id not in taken_back
        if each.effective_at is not None and each.effective_at >= told_at
    ]
    return min(since)[1] if since else None
