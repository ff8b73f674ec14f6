"""What reports read of one account: its ledger, stages, contacts, promises and complaints, and nothing personal."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.ledger import Entry, Instalment
from domain.policy import Goal
from domain.requests import ComplaintOutcome
from domain.terms import Channel, ClosedReason, PromiseOutcome, Stage, Track


@dataclass(frozen=True, slots=True)
class StageEntered:
    """When a stage began."""

    stage: Stage
    at: datetime


@dataclass(frozen=True, slots=True)
class ContactMade:
    """A message or call that left."""

    channel: Channel
    at: datetime
    arrived: bool
    """Whether its delivery is proved or, of a call, the person talked with."""


@dataclass(frozen=True, slots=True)
class ComplaintMade:
    """A complaint or dispute; one that reached several accounts of a person stands with the first of them."""

    category: str
    outcome: ComplaintOutcome | None
    """None while it is open."""


@dataclass(frozen=True, slots=True)
class AccountHistory:
    """One account that was put into collection, as known at the moment of the report."""

    policy: str
    currency: str
    goal: Goal
    opened_at: datetime
    instalments: tuple[Instalment, ...]
    entries: tuple[Entry, ...] = ()
    stages: tuple[StageEntered, ...] = ()
    """In the order in which they began, after the first one."""
    track: Track = Track.STANDARD
    closed: ClosedReason | None = None
    contacts: tuple[ContactMade, ...] = ()
    promises: tuple[PromiseOutcome | None, ...] = ()
    """What became of each; none while its day and grace are not over."""
    complaints: tuple[ComplaintMade, ...] = ()

    @property
    def cohort(self) -> str:
        """The month in which it became overdue, such as ``2026-11``."""
        first_day = min(each.due_date for each in self.instalments) + timedelta(days=1)
        return f"{first_day:%Y-%m}"

    @property
    def stage(self) -> Stage:
        """Where it stands, or stood when it ended."""
        return self.stages[-1].stage if self.stages else Stage.FIRST_REMINDER

    @property
    def furthest_stage(self) -> Stage:
        """How far it has ever come, however gently it began anew."""
        order = list(Stage)
        reached = [each.stage for each in self.stages]
        return max(reached, key=order.index, default=Stage.FIRST_REMINDER)

    def stage_at(self, moment: datetime) -> Stage:
        """The stage at that moment."""
        entered = (each.stage for each in reversed(self.stages) if each.at <= moment)
        return next(entered, Stage.FIRST_REMINDER)
