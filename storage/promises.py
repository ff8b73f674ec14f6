"""Promises to pay in the records: taken, judged by their cases, and the share kept by agent, debtor and channel."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from sqlmodel import Session, col, select

from domain.terms import PromiseOutcome
from storage.arrangement_tables import RecordedPromise
from storage.tables import Account


class SharedBy(StrEnum):
    """By whom or what promises are counted."""

    AGENT = "agent"
    """Who took them; those that nobody of the house took are not counted."""
    DEBTOR = "debtor"
    """Who made them."""
    CHANNEL = "channel"
    """How they came."""


@dataclass(frozen=True, slots=True)
class ShareKept:
    """Promises that have been judged, of one agent, debtor or channel."""

    key: str
    kept: int
    partly_kept: int
    broken: int
    paid: float
    """What share of a promise was paid in time, on average: 1 for a kept one, 0 for a broken one."""

    @property
    def share(self) -> float:
        """The share of promises that were kept whole."""
        return self.kept / (self.kept + self.partly_kept + self.broken)


def record_promise(session: Session, promise: RecordedPromise) -> None:
    """Write a promise that was taken."""
    session.add(promise)
    session.flush()


def find_promise(session: Session, account_id: str, promise_id: str) -> RecordedPromise | None:
    """The promise of that id, if it is on record."""
    return session.get(RecordedPromise, (account_id, promise_id))


def judge_promise(
    session: Session, account_id: str, promise_id: str, outcome: PromiseOutcome, paid_minor: int, at: datetime
) -> None:
    """Keep what became of a promise; one that is not on record, or was judged before, stays as it is."""
    row = find_promise(session, account_id, promise_id)
    if row is None or row.judged_at is not None:
        return
    row.judged_at, row.outcome, row.paid_minor = at, outcome, paid_minor
    session.add(row)
    session.flush()


def judge_anew(session: Session, promise: RecordedPromise, outcome: PromiseOutcome | None, paid_minor: int) -> None:
    """Keep what became of a promise by what is known now; without an outcome it is open again."""
    promise.outcome, promise.paid_minor = outcome, paid_minor
    if outcome is None:
        promise.judged_at = promise.paid_minor = None
    session.add(promise)
    session.flush()


def judged_promises(session: Session, account_id: str) -> Sequence[RecordedPromise]:
    """The account's promises that have been judged, in the order in which they were taken."""
    chosen = select(RecordedPromise).where(
        col(RecordedPromise.account_id) == account_id, col(RecordedPromise.judged_at).is_not(None)
    )
    return session.exec(chosen.order_by(col(RecordedPromise.taken_at))).all()


def open_promises(session: Session, account_id: str) -> Sequence[RecordedPromise]:
    """The account's promises that have not been judged, the one due first in front."""
    chosen = select(RecordedPromise).where(
        col(RecordedPromise.account_id) == account_id, col(RecordedPromise.judged_at).is_(None)
    )
    return session.exec(chosen.order_by(col(RecordedPromise.check_at))).all()


def shares_kept(
    session: Session, by: SharedBy, since: datetime | None = None, until: datetime | None = None
) -> list[ShareKept]:
    """How promises were kept that were judged within a half-open span of time, in the order of their keys."""
    chosen = select(RecordedPromise, Account.debtor_id).join(Account)
    chosen = chosen.where(col(RecordedPromise.judged_at).is_not(None))
    if since is not None:
        chosen = chosen.where(col(RecordedPromise.judged_at) >= since)
    if until is not None:
        chosen = chosen.where(col(RecordedPromise.judged_at) < until)
    groups: dict[str, list[RecordedPromise]] = defaultdict(list)
    for promise, debtor_id in session.exec(chosen):
        key = _key(by, promise, debtor_id)
        if key is not None:
            groups[key].append(promise)
    return [_share(key, groups[key]) for key in sorted(groups)]


def _key(by: SharedBy, promise: RecordedPromise, debtor_id: str) -> str | None:
    match by:
        case SharedBy.AGENT:
            return promise.taken_by
        case SharedBy.DEBTOR:
            return debtor_id
        case SharedBy.CHANNEL:
            return promise.channel
        case _:
            assert_never(by)


def _share(key: str, promises: Sequence[RecordedPromise]) -> ShareKept:
    became = Counter(each.outcome for each in promises)
    paid = sum((each.paid_minor or 0) / each.amount_minor for each in promises) / len(promises)
    return ShareKept(
        key,
        kept=became[PromiseOutcome.KEPT],
        partly_kept=became[PromiseOutcome.PARTLY_KEPT],
        broken=became[PromiseOutcome.BROKEN],
        paid=paid,
    )
