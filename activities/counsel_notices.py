"""What counsel must hear about an account after its referral, written down with the booking that it follows from."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from activities.desk import Desk
from domain.events import CaseEvent, DebtChanged
from domain.money import format_minor
from storage import audit
from storage.legal_tables import CounselNotice
from storage.referrals import referral_at_counsel
from storage.tables import LegalReferral

FORMAT = "duecourse-notice/1"

_KINDS = {
    "record_payment": "payment",
    "reverse_payment": "reversal",
    "request_waiver": "waiver",
    "decide_waiver": "waiver",
    "file_complaint": "complaint",
    "resolve_complaint": "complaint_decided",
    "hear_decision": "complaint_decided",
    "agree_plan": "plan",
    "record_promise": "promise",
    "report_hardship": "hardship",
    "grant_grace": "grace",
    "report_circumstance": "circumstance",
    "end_circumstance": "circumstance_ended",
    "plead_limitation": "limitation_pleaded",
}
"""What each message is to counsel; the others concern collection alone."""

_ONLY_IF_DEBT_CHANGED = frozenset({"waiver"})
_NOT_FOR_COUNSEL = frozenset({"event_id", "request_id", "occurred_at", "text_ref", "explanation_ref"})


def note_for_counsel(
    desk: Desk, name: str, message_id: str, body: Mapping[str, Any], events: Sequence[CaseEvent]
) -> None:
    """Write down what counsel must hear of a booked message, if the account is with counsel."""
    kind = _KINDS.get(name)
    debt_changed = any(isinstance(each, DebtChanged) for each in events)
    if kind is None or (kind in _ONLY_IF_DEBT_CHANGED and not debt_changed):
        return
    referral = referral_at_counsel(desk.session, desk.account.account_id)
    if referral is not None:
        _note(desk, referral, kind, message_id, body)


def note_booked_since(desk: Desk, referral: LegalReferral, trail_number: int) -> None:
    """Write down what was booked after that record of the trail, while the referral was on its way: not in its file."""
    for record in audit.trail(desk.session, referral.account_id):
        kind = _KINDS.get(record.kind)
        if kind is None or record.number <= trail_number:
            continue
        if kind not in _ONLY_IF_DEBT_CHANGED or "balance" in record.detail:
            _note(desk, referral, kind, record.subject, record.detail["body"])


def note_withdrawal(desk: Desk, referral: LegalReferral, reason_code: str) -> None:
    """Write down that the referral is withdrawn."""
    _note(desk, referral, "withdrawal", referral.referral_id, {"reason_code": reason_code})


def _note(desk: Desk, referral: LegalReferral, kind: str, subject: str, body: Mapping[str, Any]) -> None:
    notice_id = f"notice-{desk.account.account_id}-{hashlib.sha256(f'{kind}:{subject}'.encode()).hexdigest()[:16]}"
    if desk.session.get(CounselNotice, notice_id) is not None:
        return
    statement, currency = desk.statement(), desk.account.currency
    desk.session.add(
        CounselNotice(
            notice_id=notice_id,
            referral_id=referral.referral_id,
            account_id=desk.account.account_id,
            kind=kind,
            created_at=desk.now,
            body={
                "format": FORMAT,
                "notice_id": notice_id,
                "referral_id": referral.referral_id,
                "account_id": desk.account.account_id,
                "kind": kind,
                "at": desk.now.isoformat(),
                "details": {name: value for name, value in body.items() if name not in _NOT_FOR_COUNSEL},
                "currency": currency,
                "outstanding": format_minor(statement.arrears(desk.now).total_minor, currency),
                "balance": format_minor(statement.balance.total_minor, currency),
            },
        )
    )
    desk.session.flush()
