"""The records of the people who call: who they are, what they learned, what they took on, and how it was judged.

What an agent is allowed follows from these rows alone; nothing stores that somebody is certified.
"""

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.columns import JsonDocument, UtcInstant
from storage.personal import PersonalText


class Agent(SQLModel, table=True):
    """A person who calls for us, or decides for us."""

    agent_id: str = Field(primary_key=True, max_length=80)
    name: str = Field(sa_type=PersonalText("agent.name"))
    languages: list[str] = Field(sa_type=JsonDocument)
    """In which the agent can lead a call, such as ``zh-CN``."""
    authority: int = Field(default=0)
    """How far the agent may decide alone and approve for others; 0 decides nothing."""
    active: bool = Field(default=True)
    registered_at: datetime = Field(sa_type=UtcInstant)


class Attendance(SQLModel, table=True):
    """One module of a course that an agent attended; attended again, the last time counts."""

    agent_id: str = Field(primary_key=True, foreign_key="agent.agent_id", max_length=80)
    jurisdiction: str = Field(primary_key=True, max_length=20)
    course_version: str = Field(primary_key=True, max_length=20)
    module_id: str = Field(primary_key=True, max_length=64)
    attended_at: datetime = Field(sa_type=UtcInstant)
    recorded_by: str = Field(max_length=100)


class ExamAttempt(SQLModel, table=True):
    """One exam that an agent sat, with the answers that were given and how they were judged."""

    number: int | None = Field(default=None, primary_key=True)
    agent_id: str = Field(foreign_key="agent.agent_id", index=True, max_length=80)
    jurisdiction: str = Field(max_length=20)
    course_version: str = Field(max_length=20)
    taken_at: datetime = Field(sa_type=UtcInstant)
    answers: dict[str, str] = Field(sa_type=JsonDocument)
    """The option chosen, by question."""
    score_percent: int
    passed: bool
    recorded_by: str = Field(max_length=100)


class Suspension(SQLModel, table=True):
    """Why an agent may not call until trained and examined again. The agent need not be registered."""

    agent_id: str = Field(primary_key=True, max_length=100)
    reference: str = Field(primary_key=True, max_length=160)
    """What led to it, such as a review or a complaint; it suspends once."""
    reason_code: str = Field(max_length=64)
    suspended_at: datetime = Field(sa_type=UtcInstant)
    suspended_by: str = Field(max_length=100)


class CallClaim(SQLModel, table=True):
    """An agent's word to make a call that waits; others leave it alone until the claim lapses."""

    call_id: str = Field(primary_key=True, foreign_key="calltask.call_id", max_length=120)
    agent_id: str = Field(foreign_key="agent.agent_id", index=True, max_length=80)
    claimed_at: datetime = Field(sa_type=UtcInstant)
    until: datetime = Field(sa_type=UtcInstant)


class CallReview(SQLModel, table=True):
    """How a reviewer judged one call."""

    contact_id: str = Field(primary_key=True, foreign_key="contact.contact_id", max_length=120)
    agent_id: str = Field(index=True, max_length=100)
    """Whose call it was."""
    course_version: str = Field(max_length=20)
    """Of the course whose score card was used."""
    marks: dict[str, int] = Field(sa_type=JsonDocument)
    """Percent of each criterion that was met."""
    score_percent: int
    passed: bool
    failed_critical: list[str] = Field(default_factory=list, sa_type=JsonDocument)
    """The critical criteria that were not met."""
    reviewed_at: datetime = Field(sa_type=UtcInstant)
    reviewed_by: str = Field(max_length=100)
