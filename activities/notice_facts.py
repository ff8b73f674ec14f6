"""What a notice says beside the facts of every message: how the amount came about, and when its period ends."""

from datetime import date, datetime, timedelta

from sqlmodel import col, select

from activities.desk import Desk
from activities.duties import duty_facts
from domain.duties import period_ends
from domain.ledger import EntryKind, Statement, Sums
from domain.local_days import last_local_day
from domain.messages import Itemisation, MessageRefused, NoticeFacts
from domain.registration import end_of_day
from storage.tables import LedgerEntry


def gather_notice(desk: Desk, statement: Statement, notice: str) -> NoticeFacts:
    """The facts of one notice, if it leaves now.

    Raises:
        MessageRefused: if the ledger does not add up to what is overdue.
    """
    return NoticeFacts(itemise(desk, statement), _last_day(desk, notice))


def itemise(desk: Desk, statement: Statement) -> Itemisation:
    """How what is overdue came about since the oldest unpaid payment fell due, the last date on which it was stated.

    Raises:
        MessageRefused: if the parts do not add up to what is overdue now.
    """
    oldest = statement.oldest_unpaid(desk.now)
    if oldest is None:
        raise MessageRefused("nothing is overdue, so there is nothing to itemise")
    stated_at = end_of_day(oldest.due_date, desk.debtor.time_zone)
    due = [each.instalment for each in statement.instalments if each.instalment.overdue_from <= desk.now]
    since = [each for each in due if each.overdue_from > stated_at]
    fell_due = sum((Sums(each.principal_minor, each.interest_minor, each.fees_minor) for each in since), Sums())
    paid_before, paid_since = _paid(desk, stated_at)
    late_before = desk.statement_through(stated_at - timedelta(microseconds=1)).charged
    late = statement.charged
    fell_due += Sums(0, late.interest_minor - late_before.interest_minor, late.fees_minor - late_before.fees_minor)
    stated = sum(each.total_minor for each in due if each.overdue_from <= stated_at)
    amount = stated + late_before.total_minor - paid_before
    now = statement.arrears(desk.now).total_minor
    if amount < 0 or amount + fell_due.total_minor - paid_since != now:
        raise MessageRefused("the itemised amounts do not add up to what is overdue; a person must look at the ledger")
    return Itemisation(oldest.due_date, amount, fell_due, paid_since)


def _paid(desk: Desk, stated_at: datetime) -> tuple[int, int]:
    """What was paid or waived, in minor units: up to that moment, and since."""
    chosen = select(LedgerEntry).where(col(LedgerEntry.account_id) == desk.account.account_id)
    entries = desk.session.exec(chosen).all()
    taken_back = {each.reverses for each in entries if each.kind == EntryKind.REVERSAL}
    lowering = [each for each in entries if each.kind not in (EntryKind.REVERSAL, EntryKind.REFUND)]
    counted = [each for each in lowering if each.entry_id not in taken_back]
    before = sum(each.amount_minor for each in counted if each.effective_at <= stated_at)
    return before, sum(each.amount_minor for each in counted) - before


def _last_day(desk: Desk, notice: str) -> date | None:
    """The last day of the notice's period where the person lives, or none if it has none."""
    duty = next((each for each in desk.pack.duties if each.id == notice), None)
    if duty is None or duty.waits_days is None:
        return None
    ends = period_ends(duty, desk.now, None, duty_facts(desk))
    return last_local_day(ends, desk.debtor.time_zone) if ends else None
