"""What each agent has done: calls and whom they reached, promises and what became of them, complaints, quality."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from domain.requests import ComplaintOutcome
from domain.terms import Channel
from storage.agent_tables import CallReview
from storage.agents import all_agents
from storage.tables import Account, AuditRecord, BookedMessage, Contact, ContactStatus

_UPHELD = frozenset({ComplaintOutcome.UPHELD, ComplaintOutcome.PARTLY_UPHELD})


@dataclass(frozen=True, slots=True)
class AgentMeasures:
    """One agent's figures since a moment."""

    agent_id: str
    calls: int
    """Dials, answered or not."""
    conversations: int
    """Calls in which people talked, those by the person included."""
    right_party: int
    """Calls in which the person was known to be the right one."""
    promises_taken: int
    promises_kept: int
    promises_broken: int
    complaints_upheld: int
    """About this agent, wholly or in part."""
    reviews: int
    reviews_failed: int
    quality_percent: int | None
    """The mean score of the reviews; none without any."""


def measures_of_agents(session: Session, since: datetime) -> list[AgentMeasures]:
    """The figures of everybody who is registered or has called, by id."""
    calls, reviews = _calls(session, since), _reviews(session, since)
    taken, kept, broken = _promises(session, since)
    upheld = Counter(_complaints_upheld(session, since))
    registered = {each.agent_id for each in all_agents(session)}
    return [
        AgentMeasures(
            agent_id,
            *calls.get(agent_id, (0, 0, 0)),
            taken[agent_id],
            kept[agent_id],
            broken[agent_id],
            upheld[agent_id],
            *reviews.get(agent_id, (0, 0, None)),
        )
        for agent_id in sorted({*registered, *calls, *reviews, *taken, *upheld})
    ]


def _calls(session: Session, since: datetime) -> dict[str, tuple[int, int, int]]:
    """Dials, conversations and calls with the right person, by agent."""
    dialled, talked = col(Contact.direction) == "outbound", col(Contact.conversation).is_(True)
    figures = select(
        col(Contact.agent_id),
        func.count().filter(dialled),
        func.count().filter(talked),
        func.count().filter(col(Contact.right_party).is_(True)),
    ).where(
        col(Contact.agent_id).is_not(None),
        col(Contact.channel) == Channel.CALL,
        # A permit that was not used yet is no call.
        col(Contact.status) == ContactStatus.SENT,
        col(Contact.attempted_at) >= since,
    )
    rows = session.exec(figures.group_by(col(Contact.agent_id)))
    return {agent_id or "": (dials, talks, right) for agent_id, dials, talks, right in rows}


def _promises(session: Session, since: datetime) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Promises taken in calls since then, and those of them that were kept or broken, by agent."""
    ended = select(AuditRecord.account_id, AuditRecord.subject, AuditRecord.kind).where(
        col(AuditRecord.kind).in_(("promise_kept", "promise_broken"))
    )
    became = {(account_id, promise_id): kind for account_id, promise_id, kind in session.exec(ended)}
    taken: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    for call in _told(session, "record_call_outcome", since):
        if "promise" not in call.body:
            continue
        agent_id, promise_id = call.body["agent_id"], ((call.booking or {}).get("answer") or {}).get("promise_id")
        kind = became.get((call.account_id, str(promise_id)))
        taken[agent_id] += 1
        kept[agent_id] += kind == "promise_kept"
        broken[agent_id] += kind == "promise_broken"
    return taken, kept, broken


def _complaints_upheld(session: Session, since: datetime) -> Iterator[str]:
    """The agent of each complaint that was decided for the person since then, once however many accounts heard it."""
    filed = {
        (_debtor(session, each), each.body["complaint_id"]): each.body["agent_id"]
        for each in _told(session, "file_complaint")
        if "agent_id" in each.body
    }
    upheld = {
        (_debtor(session, each), each.body["complaint_id"])
        for each in _told(session, "resolve_complaint", since)
        if each.body["outcome"] in _UPHELD
    }
    return (agent_id for complaint, agent_id in filed.items() if complaint in upheld)


def _told(session: Session, name: str, since: datetime | None = None) -> Iterator[BookedMessage]:
    chosen = select(BookedMessage).where(
        col(BookedMessage.name) == name,
        col(BookedMessage.booked_at).is_not(None),
        col(BookedMessage.refused).is_(False),
    )
    return iter(session.exec(chosen if since is None else chosen.where(col(BookedMessage.booked_at) >= since)))


def _debtor(session: Session, message: BookedMessage) -> str:
    return session.get_one(Account, message.account_id).debtor_id


def _reviews(session: Session, since: datetime) -> dict[str, tuple[int, int, int]]:
    """Reviews, those that failed, and the mean score, by agent."""
    failed = col(CallReview.passed).is_(False)
    figures = select(
        col(CallReview.agent_id), func.count(), func.count().filter(failed), func.sum(col(CallReview.score_percent))
    ).where(col(CallReview.reviewed_at) >= since)
    rows = session.exec(figures.group_by(col(CallReview.agent_id)))
    return {agent_id: (count, bad, round(total / count)) for agent_id, count, bad, total in rows}
