"""Agents in the records: registered, trained, examined, suspended; and how far each may decide."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from domain.agents import AgentCard
from storage import audit
from storage.agent_tables import Agent, Suspension


class UnknownAgentError(LookupError):
    """No agent of that id is registered."""

    def __init__(self, agent_id: str) -> None:
        """Name the agent, whose id is opaque."""
        super().__init__(f"agent {agent_id} is not registered; register them with: agents add")


def register_agent(session: Session, card: AgentCard, at: datetime) -> Agent:
    """Make an agent known, or bring what is known of them up to date; whoever had left is active again."""
    agent = session.get(Agent, card.agent_id) or Agent(
        agent_id=card.agent_id, name=card.name, languages=[], registered_at=at
    )
    agent.name, agent.languages = card.name, list(card.languages)
    agent.authority, agent.active = card.authority, True
    session.add(agent)
    session.flush()
    trail, spoken = trail_of(card.agent_id), agent.languages
    audit.append(session, trail, at, "agent_registered", languages=spoken, authority=agent.authority)
    return agent


def deactivate(session: Session, agent_id: str, at: datetime, by: str) -> None:
    """Let an agent go: they get no more calls and decide nothing.

    Raises:
        UnknownAgentError: if nobody of that id is registered.
    """
    agent = lock_agent(session, agent_id)
    agent.active = False
    session.add(agent)
    audit.append(session, trail_of(agent_id), at, "agent_deactivated", by=by)


def find_agent(session: Session, agent_id: str) -> Agent:
    """The agent of that id.

    Raises:
        UnknownAgentError: if there is none.
    """
    agent = session.get(Agent, agent_id)
    if agent is None:
        raise UnknownAgentError(agent_id)
    return agent


def is_registered(session: Session, agent_id: str) -> bool:
    """Whether somebody was ever registered under exactly that id."""
    return session.get(Agent, agent_id) is not None


def lock_agent(session: Session, agent_id: str) -> Agent:
    """The agent of that id, with everybody else held off until the transaction ends.

    Raises:
        UnknownAgentError: if there is none.
    """
    chosen = select(Agent).where(col(Agent.agent_id) == agent_id).with_for_update()
    agent = session.exec(chosen.execution_options(populate_existing=True)).one_or_none()
    if agent is None:
        raise UnknownAgentError(agent_id)
    return agent


def all_agents(session: Session) -> Sequence[Agent]:
    """Every agent that was ever registered."""
    return session.exec(select(Agent).order_by(col(Agent.agent_id))).all()


def authority_of(session: Session, agent_id: str) -> int:
    """How far a person may decide alone and approve for others; 0 for whoever is not known or has left."""
    agent = session.get(Agent, agent_id)
    return agent.authority if agent is not None and agent.active else 0


def suspend(session: Session, agent_id: str, at: datetime, *, reason_code: str, reference: str, by: str) -> bool:
    """Stop an agent from calling, everywhere, until trained and examined again; answers whether that is news.

    Args:
        session: of a writing transaction.
        agent_id: need not be registered; a suspension waits for whoever registers under that id.
        at: from when; training and exams before it count no more.
        reason_code: such as ``complaint_upheld``.
        reference: what led to it, such as a complaint's id; the same one suspends once.
        by: who decided.
    """
    if session.get(Suspension, (agent_id, reference)) is not None:
        return False
    session.add(
        Suspension(agent_id=agent_id, reference=reference, reason_code=reason_code, suspended_at=at, suspended_by=by)
    )
    session.flush()
    if session.get(Agent, agent_id) is not None:
        lock_agent(session, agent_id)
        audit.append(session, trail_of(agent_id), at, "agent_suspended", reference, reason_code=reason_code, by=by)
    return True


def trail_of(agent_id: str) -> str:
    """Under which name the audit trail of an agent is kept; no account's id begins like it."""
    return f"@{agent_id}"
