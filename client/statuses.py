"""The status of a case where its workflow cannot be asked, and what only the calendar knows of it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from domain.money import format_minor
from storage.accounts import find_account, stored_case
from storage.database import Database
from storage.ledgers import read_statement
from storage.tables import Account, AuditRecord, Debtor
from workflows.contract import RejectedInput
from workflows.status import status_of


def as_seen_now(database: Database, account_id: str, answer: dict[str, Any], now: datetime) -> dict[str, Any]:
    """A workflow's answer with the days past due counted on the person's calendar."""
    with database.reading() as session:
        account = find_account(session, account_id)
        return answer | {"days_past_due": _days_past_due(session, account, now)}


def status_from_records(database: Database, account_id: str, now: datetime) -> dict[str, Any]:
    """The status of an account that no workflow collects; raises :class:`UnknownAccountError`."""
    with database.reading() as session:
        account = find_account(session, account_id)
        days = {"days_past_due": _days_past_due(session, account, now)}
        case = stored_case(account)
        if case is not None:
            return status_of(case, now, _rejected(session, account_id)) | days
        statement = read_statement(session, account_id)
        return {
            "account_id": account_id,
            "policy": account.policy,
            "state": account.state,
            "outstanding": format_minor(statement.arrears(now).total_minor, account.currency),
            "balance": format_minor(statement.balance.total_minor, account.currency),
            "currency": account.currency,
            **days,
        }


def _days_past_due(session: Session, account: Account, now: datetime) -> int:
    """Whole days since the due date of the oldest unpaid instalment, on the person's calendar."""
    oldest = read_statement(session, account.account_id).oldest_unpaid(now)
    if oldest is None:
        return 0
    debtor = session.get_one(Debtor, account.debtor_id)
    return (now.astimezone(ZoneInfo(debtor.time_zone)).date() - oldest.due_date).days


def _rejected(session: Session, account_id: str) -> list[RejectedInput]:
    chosen = select(AuditRecord).where(
        col(AuditRecord.account_id) == account_id, col(AuditRecord.kind) == "input_rejected"
    )
    rows = session.exec(chosen.order_by(col(AuditRecord.number).desc()).limit(20)).all()
    return [
        RejectedInput(
            row.detail["message"],
            row.detail["error_code"],
            row.at,
            row.detail.get("payload_digest", ""),
            row.subject or None,
        )
        for row in reversed(rows)
    ]
