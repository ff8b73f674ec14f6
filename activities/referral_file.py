"""The file that counsel gets with a referral: the account, every contact with its words, what was told and decided."""

from typing import Any

from sqlmodel import col, select

from activities.desk import Desk
from domain.case import Case
from domain.ledger import Sums
from domain.money import format_minor
from storage import audit
from storage.companions import carrier_of
from storage.people import addresses
from storage.tables import BookedMessage, Contact, LegalReferral


def referral_file(desk: Desk, case: Case, referral: LegalReferral) -> dict[str, Any]:
    """Everything about one account. It names the person and is for counsel's eyes only."""
    return {
        "referral_id": referral.referral_id,
        "account_id": case.account_id,
        "approved_by": referral.approved_by,
        "checklist": referral.checklist,
        "checklist_digest": referral.checklist_digest,
        "debtor": _debtor(desk),
        "product": desk.account.product,
        "currency": desk.account.currency,
        "statement": _statement(desk),
        "contacts": _contacts(desk),
        "messages": _messages(desk),
        "policy": {"name": case.timetable.policy, "version": case.timetable.version},
        "audit_head": _audit_head(desk),
        "drawn_up_at": desk.now,
    }


def _debtor(desk: Desk) -> dict[str, Any]:
    known = addresses(desk.session, desk.account.debtor_id)
    return {
        "debtor_id": desk.debtor.debtor_id,
        "name": desk.debtor.name,
        "addresses": [{"kind": each.kind, "value": each.value} for each in known],
    }


def _statement(desk: Desk) -> dict[str, Any]:
    statement, currency = desk.statement(), desk.account.currency
    return {
        "arrears": _sums(statement.arrears(desk.now), currency),
        "balance": _sums(statement.balance, currency),
        "paid": format_minor(statement.paid_minor, currency),
        "waived": _sums(statement.waived, currency),
        "instalments": [
            {
                "number": each.instalment.number,
                "due_date": each.instalment.due_date.isoformat(),
                "left": _sums(each.left, currency),
            }
            for each in statement.instalments
        ],
    }


def _sums(sums: Sums, currency: str) -> dict[str, str]:
    return {
        "principal": format_minor(sums.principal_minor, currency),
        "interest": format_minor(sums.interest_minor, currency),
        "fees": format_minor(sums.fees_minor, currency),
        "total": format_minor(sums.total_minor, currency),
    }


def _contacts(desk: Desk) -> list[dict[str, Any]]:
    chosen = select(Contact).where(col(Contact.account_id) == desk.account.account_id)
    return [
        {
            "contact_id": each.contact_id,
            "channel": each.channel,
            "message_class": each.message_class,
            "occasion": each.occasion or each.stage,
            "stage": each.stage,
            "at": each.attempted_at,
            "status": each.status,
            "delivered_at": each.delivered_at,
            "told_with": each.told_with,
            "subject": carrier_of(desk.session, each).subject,
            "words": carrier_of(desk.session, each).words,
            "template": each.template_id,
        }
        for each in desk.session.exec(chosen.order_by(col(Contact.attempted_at)))
    ]


def _messages(desk: Desk) -> list[dict[str, Any]]:
    """Facts and requests in the order in which they were booked: payments, plans, complaints and their decisions."""
    chosen = select(BookedMessage).where(
        col(BookedMessage.account_id) == desk.account.account_id, col(BookedMessage.booked_at).is_not(None)
    )
    rows = desk.session.exec(chosen.order_by(col(BookedMessage.booked_at)))
    return [{"name": each.name, "booked_at": each.booked_at, **each.body} for each in rows]


def _audit_head(desk: Desk) -> dict[str, Any]:
    newest = audit.trail(desk.session, desk.account.account_id)[-1]
    return {"number": newest.number, "hash": newest.hash}
