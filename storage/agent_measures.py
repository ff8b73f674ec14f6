"""What each agent has done: calls and whom they reached, promises and what became of them, complaints, quality."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from domain.requests import ComplaintOutcome
from domain.terms import Channel, PromiseOutcome
from storage.agent_tables import CallReview
from storage.agents import all_agents
from storage.arrangement_tables import RecordedPromise
from storage.booked_messages import booked
from storage.tables import Account, BookedMessage, Contact, ContactStatus

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
    """In full, of those taken."""
    promises_partly_kept: int
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
    promises = _promises(session, since)
    upheld = Counter(_complaints_upheld(session, since))
    registered = {each.agent_id for each in all_agents(session)}
    return [
        AgentMeasures(
            agent_id,
            *calls.get(agent_id, (0, 0, 0)),
            *_judged(promises.get(agent_id, Counter())),
            upheld[agent_id],
            *reviews.get(agent_id, (0, 0, None)),
        )
        for agent_id in sorted({*registered, *calls, *reviews, *promises, *upheld})
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


def _promises(session: Session, since: datetime) -> dict[str, Counter[str | None]]:
    """What became of the promises that each agent took since then; none for those not judged yet."""
    chosen = select(RecordedPromise.taken_by, RecordedPromise.outcome).where(
        col(RecordedPromise.taken_by).is_not(None), col(RecordedPromise.taken_at) >= since
    )
    became: dict[str, Counter[str | None]] = defaultdict(Counter)
    for agent_id, outcome in session.exec(chosen):
        became[agent_id or ""][outcome] += 1
    return became


def _judged(became: Counter[str | None]) -> tuple[int, int, int, int]:
    """Promises taken, and of those kept, partly kept and broken."""
    kept, partly = became[PromiseOutcome.KEPT], became[PromiseOutcome.PARTLY_KEPT]
    return became.total(), kept, partly, became[PromiseOutcome.BROKEN]


def _complaints_upheld(session: Session, since: datetime) -> Iterator[str]:
    """The agent of each complaint that was decided for the person since then, once however many accounts heard it."""
    filed = {
        (_debtor(session, each), each.body["complaint_id"]): each.body.get("agent_id")
        for each in _told(session, "file_complaint")
    }
    decided = {
        (_debtor(session, each), each.body["complaint_id"]): each.body
        for each in _told(session, "resolve_complaint", since)
        if each.body["outcome"] in _UPHELD
    }
    found = (filed.get(complaint) or _retrained(body) for complaint, body in decided.items())
    return (agent_id for agent_id in found if agent_id is not None)


def _retrained(decision: dict[str, Any]) -> str | None:
    """The agent whom a decision names where the complaint named none."""
    return next((each["agent_id"] for each in decision.get("remedies", ()) if "agent_id" in each), None)


def _told(session: Session, name: str, since: datetime | None = None) -> Iterator[BookedMessage]:
    chosen = booked(name)
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
