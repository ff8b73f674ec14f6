"""The status of a case where its workflow cannot be asked, and what only calendar and records know of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from activities.desk import Library
from client.goals import goal_of
from domain.ledger import Statement
from domain.local_days import local_day
from domain.money import format_minor
from storage.accounts import find_account, stored_case
from storage.database import Database
from storage.ledgers import read_statement
from storage.tables import Account, AuditRecord, Debtor
from workflows.contract import RejectedInput
from workflows.status import status_of


@dataclass(frozen=True)
class Statuses:
    """Tells how accounts stand, from the records."""

    database: Database
    library: Library

    def as_seen_now(self, account_id: str, answer: dict[str, Any], now: datetime) -> dict[str, Any]:
        """A workflow's answer with what it cannot know: days past due and late charges up to today, and the goal."""
        with self.database.reading() as session:
            account = find_account(session, account_id)
            statement = what_is_owed(session, self.library, account, now)
            amounts = _amounts(account, statement, now) if account.terms is not None and "balance" in answer else {}
            days = {"days_past_due": _days_past_due(session, account, statement, now)}
            return answer | amounts | days | goal_of(session, account, now)

    def from_records(self, account_id: str, now: datetime) -> dict[str, Any]:
        """The status of an account that no workflow collects; raises :class:`UnknownAccountError`."""
        with self.database.reading() as session:
            account = find_account(session, account_id)
            statement = what_is_owed(session, self.library, account, now)
            days = {"days_past_due": _days_past_due(session, account, statement, now)}
            case = stored_case(account)
            if case is not None:
                return status_of(case, now, _rejected(session, account_id)) | days | goal_of(session, account, now)
            return {
                "account_id": account_id,
                "policy": account.policy,
                "state": account.state,
                **_amounts(account, statement, now),
                "currency": account.currency,
                **days,
                **goal_of(session, account, now),
            }


def what_is_owed(session: Session, library: Library, account: Account, now: datetime) -> Statement:
    """The account now. Its policy plays no part in the sums unless there are late charges, and may then be unknown."""
    if account.terms is None:
        return read_statement(session, account.account_id)
    return library.statement(session, account, now)


def _amounts(account: Account, statement: Statement, now: datetime) -> dict[str, str]:
    return {
        "outstanding": format_minor(statement.arrears(now).total_minor, account.currency),
        "balance": format_minor(statement.balance.total_minor, account.currency),
    }


def _days_past_due(session: Session, account: Account, statement: Statement, now: datetime) -> int:
    """Whole days since the due date of the oldest unpaid instalment, on the person's calendar."""
    oldest = statement.oldest_unpaid(now)
    if oldest is None:
        return 0
    debtor = session.get_one(Debtor, account.debtor_id)
    return (local_day(now, debtor.time_zone) - oldest.due_date).days


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
