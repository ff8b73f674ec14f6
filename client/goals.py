"""How an account stands to the goal of the policy that its case started with, for its status."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from domain.recovery import aim_of, recovery_of
from storage.ledgers import read_entries, read_instalments
from storage.policies import kept_policy
from storage.tables import Account, AuditRecord


def goal_of(session: Session, account: Account, now: datetime) -> dict[str, Any]:
    """The status field ``goal``; nothing for an account whose case has never opened."""
    opened = select(func.min(col(AuditRecord.at))).where(
        col(AuditRecord.account_id) == account.account_id, col(AuditRecord.kind) == "opened"
    )
    opened_at = session.exec(opened).one()
    if account.policy_version is None or opened_at is None:
        return {}
    instalments = read_instalments(session, account.account_id)
    aim = aim_of(kept_policy(session, account.policy_version).goal, instalments, opened_at)
    recovery = recovery_of(aim, instalments, read_entries(session, account.account_id), now)
    return {
        "goal": {
            "recover_percent": aim.recover_percent,
            "within_until": f"{aim.until:%Y-%m-%dT%H:%M:%SZ}",
            "recovered_percent": recovery.recovered_percent,
        }
    }
