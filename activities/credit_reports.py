"""Tells a lender that reports to credit bureaus from when it may, and of disputes and cures; reports nothing itself."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from activities.desk import Desk, RefusedError
from activities.effects import Effect
from domain.case import Case
from domain.duties import DutyFacts, DutyRecord, DutyState, message_id_of, period_ends
from domain.events import CaseEvent, ComplaintFiled, ComplaintResolved
from domain.jurisdiction_duties import Duty, Trigger
from domain.requests import AnnounceCreditReport
from domain.terms import ClosedReason
from storage import audit
from storage.credit_reports import CreditReportKind, append, events_of

_PAID = frozenset({ClosedReason.CURED, ClosedReason.SETTLED})


def announce(desk: Desk, request: AnnounceCreditReport) -> Effect:
    """Take in that the lender means to report the debt: the notice before it is owed from now on.

    Raises:
        RefusedError: if the pack names no such notice.
    """
    if not any(map(is_before_report, desk.pack.duties)):
        words = f"the rules of {desk.pack.jurisdiction} name no notice before a credit report; ask compliance first"
        raise RefusedError("no_prior_notice", words)
    desk.account.credit_report_announced_at = desk.now
    desk.session.add(desk.account)
    append(desk.session, desk.account.account_id, CreditReportKind.ANNOUNCED, request.request_id, desk.now)
    return Effect(answer={"status": "announced"})


def is_before_report(duty: Duty) -> bool:
    """Whether a notice must be given before a debt is reported."""
    return Trigger.CREDIT_REPORT_ANNOUNCED in (duty.trigger, duty.or_trigger)


def note_notices(desk: Desk, duties: Sequence[Duty], facts: DutyFacts) -> None:
    """Tell from when an announced report may be made, once its notice was given; and if that is lost after all."""
    if desk.account.credit_report_announced_at is None:
        return
    for duty in filter(is_before_report, duties):
        for record in facts.records:
            if record.duty_id == duty.id and record.sent_at is not None:
                _note_notice(desk, duty, record, facts)


def note_disputes(desk: Desk, events: Sequence[CaseEvent]) -> None:
    """Tell of a dispute that was filed or decided."""
    for event in events:
        match event:
            case ComplaintFiled() if event.complaint.category == "dispute":
                _append(desk, CreditReportKind.DISPUTED, event.complaint.complaint_id)
            case ComplaintResolved() if _was_disputed(desk, event.complaint_id):
                _append(desk, CreditReportKind.DISPUTE_DECIDED, event.complaint_id)


def note_cure(session: Session, case: Case) -> None:
    """Tell of a case that ended because nothing is overdue any more."""
    if case.closed is not None and case.closed.reason in _PAID:
        reference = f"{case.closed.reason} {case.closed.at:%Y-%m-%dT%H:%M:%SZ}"
        append(session, case.account_id, CreditReportKind.CURED, reference, case.closed.at)


def _note_notice(desk: Desk, duty: Duty, record: DutyRecord, facts: DutyFacts) -> None:
    message_id, sent_at = message_id_of(record.duty_id, record.number), record.sent_at or facts.now
    ends = period_ends(duty, sent_at, record.arrived_at, facts)
    if record.state is DutyState.GIVEN and ends is not None:
        _allow(desk, message_id, max(ends, record.arrived_at or ends))
    elif record.state is DutyState.LOST and _was_allowed(desk, message_id):
        _append(desk, CreditReportKind.NOTICE_LOST, message_id)


def _allow(desk: Desk, message_id: str, from_at: datetime) -> None:
    """Once for each announcement."""
    account, announced_at = desk.account, desk.account.credit_report_announced_at
    reference = f"{message_id} {announced_at:%Y-%m-%dT%H:%M:%SZ}"
    if append(desk.session, account.account_id, CreditReportKind.MAY_BE_REPORTED, reference, desk.now, from_at):
        words = f"{from_at:%Y-%m-%dT%H:%M:%SZ}"
        audit.append(desk.session, account.account_id, desk.now, "may_be_reported", message_id, from_at=words)


def _append(desk: Desk, kind: CreditReportKind, reference: str) -> None:
    append(desk.session, desk.account.account_id, kind, reference, desk.now)


def _was_allowed(desk: Desk, message_id: str) -> bool:
    told = events_of(desk.session, desk.account.account_id)
    return any(each.kind == CreditReportKind.MAY_BE_REPORTED and each.reference.startswith(message_id) for each in told)


def _was_disputed(desk: Desk, complaint_id: str) -> bool:
    told = events_of(desk.session, desk.account.account_id)
    return any(each.kind == CreditReportKind.DISPUTED and each.reference == complaint_id for each in told)
