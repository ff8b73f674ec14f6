"""Reads the histories of accounts that a report is reckoned from: in a few queries, and nothing personal."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from domain.account_history import AccountHistory, ComplaintMade, ContactMade, StageEntered
from domain.ledger import Entry, EntryKind, Instalment
from domain.policy import Goal
from domain.requests import ComplaintOutcome
from domain.terms import Channel, ClosedReason, PromiseOutcome, Stage, Track
from storage.arrangement_tables import RecordedPromise
from storage.policies import kept_policy
from storage.tables import (
    LEFT_OR_MAY_HAVE,
    Account,
    AccountInstalment,
    AuditRecord,
    BookedMessage,
    Contact,
    LedgerEntry,
)

_TURNS = ("opened", "stage_entered", "referred", "closed", "reopened", "track_changed", "set_track")


@dataclass
class _Turns:
    """The turns that one case took, as its trail tells them."""

    opened_at: datetime | None = None
    stages: list[StageEntered] = field(default_factory=list)
    track: Track = Track.STANDARD
    closed: ClosedReason | None = None

    def take(self, kind: str, at: datetime, subject: str, body: Mapping[str, Any]) -> None:
        """Go on with the next record of the trail."""
        match kind:
            case "opened":
                self.opened_at = self.opened_at or at
            case "stage_entered":
                self.stages.append(StageEntered(Stage(subject), at))
            case "referred":
                self.stages.append(StageEntered(Stage.LEGAL, at))
            case "closed":
                self.closed = ClosedReason(subject)
            case "reopened":
                self.closed = None
            case "track_changed":
                self.track = Track(subject.partition(":")[0])
            case "set_track":
                self.track = Track(body["track"])


def read_histories(session: Session, as_of: datetime, policy: str | None = None) -> Iterator[AccountHistory]:
    """Every account that had been put into collection and was overdue by then, under one policy or under any."""
    return _Reading(session, as_of, policy).histories()


@dataclass(frozen=True)
class _Reading:
    """One reading of the records, as they were known at a moment."""

    session: Session
    as_of: datetime
    policy: str | None

    def histories(self) -> Iterator[AccountHistory]:
        turns, instalments, entries = self._turns(), self._instalments(), self._entries()
        contacts, promises, complaints = self._contacts(), self._promises(), self._complaints()
        for account_id, policy, currency, goal in self._accounts():
            told, owed = turns[account_id], instalments[account_id]
            if told.opened_at is None or min(each.overdue_from for each in owed) > self.as_of:
                continue
            yield AccountHistory(
                policy=policy,
                currency=currency,
                goal=goal,
                opened_at=told.opened_at,
                instalments=tuple(owed),
                entries=tuple(entries[account_id]),
                stages=tuple(told.stages),
                track=told.track,
                closed=told.closed,
                contacts=tuple(contacts[account_id]),
                promises=tuple(promises[account_id]),
                complaints=tuple(complaints[account_id]),
            )

    def _accounts(self) -> Iterator[tuple[str, str, str, Goal]]:
        """Those whose case has opened, with the goal of the policy that it started with."""
        goals: dict[str, Goal] = {}
        rows = self._rows(Account.account_id, Account.policy, Account.currency, Account.policy_version)
        for account_id, policy, currency, version in rows:
            if version is None:
                continue
            if version not in goals:
                goals[version] = kept_policy(self.session, version).goal
            yield account_id, policy, currency, goals[version]

    def _turns(self) -> dict[str, _Turns]:
        """When each case opened, its stages, its track and its end, as the trail has them."""
        rows = self._rows(
            AuditRecord.account_id,
            AuditRecord.kind,
            AuditRecord.at,
            AuditRecord.subject,
            AuditRecord.detail,
            where=[col(AuditRecord.kind).in_(_TURNS), col(AuditRecord.at) <= self.as_of],
            order_by=[AuditRecord.number],
        )
        found: dict[str, _Turns] = defaultdict(_Turns)
        for account_id, kind, at, subject, detail in rows:
            found[account_id].take(kind, at, subject, detail.get("body", {}))
        return found

    def _instalments(self) -> dict[str, list[Instalment]]:
        rows = self._rows(
            AccountInstalment.account_id,
            AccountInstalment.number,
            AccountInstalment.due_date,
            AccountInstalment.overdue_from,
            AccountInstalment.principal_minor,
            AccountInstalment.interest_minor,
            AccountInstalment.fees_minor,
        )
        found: dict[str, list[Instalment]] = defaultdict(list)
        for account_id, *parts in rows:
            found[account_id].append(Instalment(*parts))
        return found

    def _entries(self) -> dict[str, list[Entry]]:
        rows = self._rows(
            LedgerEntry.account_id,
            LedgerEntry.entry_id,
            LedgerEntry.kind,
            LedgerEntry.amount_minor,
            LedgerEntry.reverses,
            LedgerEntry.effective_at,
            where=[col(LedgerEntry.effective_at) <= self.as_of],
            order_by=[LedgerEntry.number],
        )
        found: dict[str, list[Entry]] = defaultdict(list)
        for account_id, entry_id, kind, amount_minor, reverses, at in rows:
            found[account_id].append(Entry(entry_id, EntryKind(kind), amount_minor, reverses, at))
        return found

    def _contacts(self) -> dict[str, list[ContactMade]]:
        """What left; a message that told of several accounts stands with the one that it was made for."""
        rows = self._rows(
            Contact.account_id,
            Contact.channel,
            Contact.attempted_at,
            Contact.delivered_at,
            Contact.conversation,
            where=[
                col(Contact.status).in_(LEFT_OR_MAY_HAVE),
                col(Contact.told_with).is_(None),
                col(Contact.direction) == "outbound",
                col(Contact.attempted_at) <= self.as_of,
            ],
        )
        found: dict[str, list[ContactMade]] = defaultdict(list)
        for account_id, channel, at, delivered_at, talked in rows:
            arrived = bool(talked) or (delivered_at is not None and delivered_at <= self.as_of)
            found[account_id].append(ContactMade(Channel(channel), at, arrived))
        return found

    def _promises(self) -> dict[str, list[PromiseOutcome | None]]:
        """What became of each promise that had been taken."""
        rows = self._rows(
            RecordedPromise.account_id,
            RecordedPromise.judged_at,
            RecordedPromise.outcome,
            where=[col(RecordedPromise.taken_at) <= self.as_of],
            order_by=[RecordedPromise.taken_at],
        )
        found: dict[str, list[PromiseOutcome | None]] = defaultdict(list)
        for account_id, judged_at, outcome in rows:
            judged = judged_at is not None and judged_at <= self.as_of
            found[account_id].append(PromiseOutcome(outcome) if judged else None)
        return found

    def _complaints(self) -> dict[str, list[ComplaintMade]]:
        """Each complaint once, with the account that heard it first."""
        persons = dict(map(tuple, self._rows(Account.account_id, Account.debtor_id)))
        outcomes = {
            (persons[account_id], body["complaint_id"]): ComplaintOutcome(body["outcome"])
            for account_id, body in self._told("resolve_complaint")
        }
        found: dict[str, list[ComplaintMade]] = defaultdict(list)
        filed: set[tuple[str, str]] = set()
        for account_id, body in self._told("file_complaint"):
            complaint = (persons[account_id], body["complaint_id"])
            if complaint not in filed:
                filed.add(complaint)
                found[account_id].append(ComplaintMade(body["category"], outcomes.get(complaint)))
        return found

    def _told(self, name: str) -> Sequence[Any]:
        """Account and body of the messages of a name that were not refused, in the order of their coming."""
        return self._rows(
            BookedMessage.account_id,
            BookedMessage.body,
            where=[
                col(BookedMessage.name) == name,
                col(BookedMessage.booked_at) <= self.as_of,
                col(BookedMessage.refused).is_(False),
            ],
            order_by=[BookedMessage.received_at],
        )

    def _rows(
        self, account_id: Any, *columns: Any, where: Iterable[ColumnElement[bool]] = (), order_by: Iterable[Any] = ()
    ) -> Sequence[Any]:
        """Columns of a table, not whole rows with all their words; of the accounts of the report."""
        chosen = select(account_id, *columns).where(*where).order_by(*order_by, account_id)
        if self.policy is not None:
            its_accounts = select(col(Account.account_id)).where(col(Account.policy) == self.policy)
            chosen = chosen.where(col(account_id).in_(its_accounts))
        return self.session.connection().execute(chosen).all()
