"""What the messages about a complaint say, read from the records in the moment in which they are composed."""

from datetime import datetime

from activities.desk import Desk
from domain.facts import FileComplaint
from domain.jurisdiction import NextBody
from domain.local_days import local_day
from domain.messages import NOTHING, OccasionFacts
from domain.money import parse_minor
from domain.requests import ResolveComplaint
from domain.terms import ClosedReason
from storage.complaints import (
    extensions_of,
    filing_for,
    filing_of,
    heard_first_by,
    open_complaint_hold,
    resolved_before,
)
from storage.tables import BookedMessage, StoredText


def acknowledged(desk: Desk, complaint_id: str) -> OccasionFacts | None:
    """That a complaint arrived, and by when it is decided; none once it is."""
    filed = filing_of(desk.session, desk.account.debtor_id, complaint_id)
    if filed is None or resolved_before(desk.session, desk.account, complaint_id) is not None:
        return None
    return _until(desk, complaint_id, filed)


def extended(desk: Desk, subject: str) -> OccasionFacts | None:
    """Until when a complaint takes longer; none once it is decided or takes longer still.

    Args:
        desk: the account.
        subject: the complaint's id, a dot, and the number of the extension counted from 1.
    """
    complaint_id, _, number = subject.rpartition(".")
    extensions = extensions_of(desk.session, desk.account.account_id, complaint_id)
    if len(extensions) != int(number) or resolved_before(desk.session, desk.account, complaint_id) is not None:
        return None
    return _until(desk, complaint_id, extensions[-1])


def decided(desk: Desk, complaint_id: str) -> OccasionFacts | None:
    """How a complaint was decided, why, what is done about it, what is owed now and where to go next.

    None once the person knows.
    """
    resolved = resolved_before(desk.session, desk.account, complaint_id)
    filed = filing_for(desk.session, desk.account, complaint_id)
    if resolved is None or filed is None or open_complaint_hold(desk.session, desk.account, complaint_id) is None:
        return None
    request, complaint = ResolveComplaint.model_validate(resolved.body), FileComplaint.model_validate(filed.body)
    explanation = desk.session.get_one(StoredText, request.explanation_ref).text
    currency = desk.account.currency
    amount = sum(parse_minor(each.amount, currency) for each in request.remedies if each.amount is not None)
    owed = _owed_now(desk) if amount or heard_first_by(desk.session, desk.account, complaint) else None
    texts = {
        "complaint_id": complaint_id,
        "outcome": request.outcome.value,
        "explanation": explanation,
        "remedies": " ".join(each.kind for each in request.remedies) or NOTHING,
        **next_body(desk.pack.complaints.next_body, desk.debtor.language),
    }
    return OccasionFacts(
        amounts={"remedy_amount": amount, "owed_now": owed or 0},
        dates={"complained_on": local_day(complaint.occurred_at, desk.debtor.time_zone)},
        texts=texts | {"owed_as": NOTHING if owed is None else "balance" if owed else "settled"},
        complaint_category=complaint.category,
    )


def _owed_now(desk: Desk) -> int:
    """In minor units; a debt that time has ended is owed no more, whatever the ledger has."""
    ended = desk.account.closed_reason == ClosedReason.EXTINGUISHED
    return 0 if ended else desk.statement().balance.total_minor


def next_body(body: NextBody, language: str) -> dict[str, str]:
    """Where the person goes next."""
    months = body.within_months
    return {
        "next_body": body.named_in(language),
        "next_body_phone": body.phone,
        "next_body_site": body.website,
        "next_body_months": str(months) if months is not None else NOTHING,
    }


def _until(desk: Desk, complaint_id: str, told: BookedMessage) -> OccasionFacts:
    decide_by = datetime.fromisoformat(((told.booking or {}).get("answer") or {})["decide_by"])
    day = local_day(decide_by, desk.debtor.time_zone)
    return OccasionFacts(dates={"decide_by": day}, texts={"complaint_id": complaint_id})
