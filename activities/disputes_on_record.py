"""Gathers from the records what became of each dispute of a debt: its verification, or the correction in the ledger."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from sqlmodel import col, select

from activities.desk import Desk
from domain.case import Case
from domain.duties import DutyState, message_id_of
from domain.jurisdiction_duties import Trigger
from domain.ledger import EntryKind
from domain.referral_disputes import DisputeOnRecord
from domain.remedies import entry_prefix
from domain.terms import HoldKind
from storage.complaints import open_complaint_hold
from storage.duties import recorded_duties
from storage.tables import LedgerEntry, RecordedDuty, RecordedHold


def disputes_on_record(desk: Desk, case: Case) -> Iterator[DisputeOnRecord]:
    """Every dispute of the case that was decided, with what has been done about it since it was filed."""
    must_verify = bool(verifications(desk))
    for each in case.complaints:
        hold = open_complaint_hold(desk.session, desk.account, each.complaint_id, also_ended=True)
        if each.outcome is None or hold is None or hold.kind != HoldKind.DISPUTE:
            continue
        dispute = DisputeOnRecord(each.complaint_id, each.outcome, must_verify)
        yield _corrected(desk, case, _verified(desk, dispute, hold), hold)


def verifications(desk: Desk) -> list[str]:
    """The notices by which a disputed debt is verified where the person lives."""
    return [each.id for each in desk.pack.duties if each.trigger is Trigger.DEBT_VERIFIED]


def _verified(desk: Desk, dispute: DisputeOnRecord, hold: RecordedHold) -> DisputeOnRecord:
    rows = recorded_duties(desk.session, desk.account.account_id)
    names = verifications(desk)
    given = [each for each in rows if each.duty_id in names and each.state == DutyState.GIVEN]
    given = [each for each in given if each.sent_at is not None and each.sent_at >= hold.since]
    best = max(given, key=lambda each: (_arrival(each) is not None, each.number), default=None)
    if best is None:
        return dispute
    reference = best.contact_id or message_id_of(best.duty_id, best.number)
    return replace(dispute, verification=reference, verified_at=best.sent_at, arrived_at=_arrival(best))


def _corrected(desk: Desk, case: Case, dispute: DisputeOnRecord, hold: RecordedHold) -> DisputeOnRecord:
    entry = correction_since(desk, case, hold)
    return dispute if entry is None else replace(dispute, correction=entry.entry_id, corrected_at=entry.booked_at)


def correction_since(desk: Desk, case: Case, hold: RecordedHold) -> LedgerEntry | None:
    """What a dispute's remedy took off, or a payment from before the dispute that was booked only after it."""
    chosen = select(LedgerEntry).where(col(LedgerEntry.account_id) == desk.account.account_id)
    entries = desk.session.exec(chosen.order_by(col(LedgerEntry.number))).all()
    taken_back = {each.reverses for each in entries}
    remedies = tuple(entry_prefix(each.complaint_id) for each in case.complaints if each.category == "dispute")
    for each in entries:
        late_payment = each.kind == EntryKind.PAYMENT and each.effective_at < hold.since
        mends = late_payment or each.entry_id.startswith(remedies)
        if mends and each.booked_at >= hold.since and each.entry_id not in taken_back:
            return each
    return None


def _arrival(duty: RecordedDuty) -> datetime | None:
    """A notice that a person gave without a contact of ours was recorded with its proof."""
    return duty.sent_at if duty.contact_id is None else duty.arrived_at
