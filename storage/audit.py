"""The audit trail: append-only, one hash chain an account, so that a changed, removed or re-ordered record shows."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785
from sqlmodel import Session, col, func, select

from storage.tables import AuditRecord

_FIRST = "0" * 64


@dataclass(frozen=True, slots=True)
class BrokenChain:
    """Where an account's trail does not follow from what stands before it."""

    account_id: str
    number: int
    problem: str


def append(session: Session, account_id: str, at: datetime, kind: str, subject: str = "", **detail: Any) -> None:
    """Add a record to an account's trail. ``detail`` holds codes, references and amounts, never personal data.

    The caller holds the lock on the debtor, so that two records never take the same number.
    """
    number, previous = _head(session, account_id)
    record = AuditRecord(
        account_id=account_id,
        number=number + 1,
        at=at,
        kind=kind,
        subject=subject,
        detail={name: value for name, value in detail.items() if value is not None},
        previous_hash=previous,
        hash="",
    )
    record.hash = record_hash(record)
    session.add(record)
    session.flush()


def record_hash(record: AuditRecord) -> str:
    """The digest of everything that a record says and of the record before it."""
    body: dict[str, Any] = {
        "account_id": record.account_id,
        "number": record.number,
        "at": record.at.astimezone(UTC).isoformat(),
        "kind": record.kind,
        "subject": record.subject,
        "detail": record.detail,
        "previous_hash": record.previous_hash,
    }
    return hashlib.sha256(rfc8785.dumps(body)).hexdigest()


def trail(session: Session, account_id: str) -> Sequence[AuditRecord]:
    """Every record of an account, in order."""
    statement = select(AuditRecord).where(col(AuditRecord.account_id) == account_id)
    return session.exec(statement.order_by(col(AuditRecord.number))).all()


def last_of_kind(session: Session, account_id: str, kind: str) -> AuditRecord | None:
    """The newest record of a kind, or none."""
    chosen = select(AuditRecord).where(col(AuditRecord.account_id) == account_id, col(AuditRecord.kind) == kind)
    return session.exec(chosen.order_by(col(AuditRecord.number).desc()).limit(1)).first()


def verify(records: Iterable[AuditRecord]) -> list[BrokenChain]:
    """What does not hold in trails given in order of account and number; empty when all is well."""
    broken: list[BrokenChain] = []
    account, number, previous = "", 0, _FIRST
    for record in records:
        if record.account_id != account:
            account, number, previous = record.account_id, 0, _FIRST
        if record.number != number + 1:
            broken.append(BrokenChain(account, number + 1, "the record is missing"))
        elif record.previous_hash != previous:
            broken.append(BrokenChain(account, record.number, "the record before it was replaced"))
        if record_hash(record) != record.hash:
            broken.append(BrokenChain(account, record.number, "the record was changed"))
        number, previous = record.number, record.hash
    return broken


def every_record(session: Session) -> Iterable[AuditRecord]:
    """All trails, in the order that :func:`verify` wants."""
    return session.exec(select(AuditRecord).order_by(col(AuditRecord.account_id), col(AuditRecord.number)))


def _head(session: Session, account_id: str) -> tuple[int, str]:
    newest = select(func.max(AuditRecord.number)).where(col(AuditRecord.account_id) == account_id).scalar_subquery()
    statement = select(AuditRecord.number, AuditRecord.hash).where(
        col(AuditRecord.account_id) == account_id, col(AuditRecord.number) == newest
    )
    head = session.exec(statement).one_or_none()
    return head if head is not None else (0, _FIRST)
