"""What may be done about a complaint that is right: a closed list, each with what it needs."""

from enum import StrEnum
from typing import Self

from pydantic import model_validator

from domain.facts import Amount, Message, Reference
from domain.ledger import Component
from domain.terms import Stage


class RemedyKind(StrEnum):
    """One thing that may be done."""

    CORRECT_BALANCE = "correct_balance"
    """Take off what was never owed: an amount of one component."""
    WAIVE = "waive"
    """Give up interest or fees that were owed."""
    APOLOGISE = "apologise"
    """Say sorry in writing, with the outcome."""
    RESTART_GENTLER = "restart_gentler"
    """Begin a gentler stage anew."""
    CEASE_CONTACT = "cease_contact"
    """Ask for payment no more, on none of the person's accounts."""
    RETRAIN_AGENT = "retrain_agent"
    """Let the agent call nobody until trained and examined again."""


def entry_prefix(complaint_id: str) -> str:
    """How the ids of the ledger's entries begin that a decision on a complaint booked."""
    return f"remedy:{complaint_id}:"


_NEEDS = {
    RemedyKind.CORRECT_BALANCE: {"amount", "component"},
    RemedyKind.WAIVE: {"amount"},
    RemedyKind.APOLOGISE: set(),
    RemedyKind.RESTART_GENTLER: {"stage"},
    RemedyKind.CEASE_CONTACT: set(),
    RemedyKind.RETRAIN_AGENT: set(),
}
_MAY_NAME = {RemedyKind.RETRAIN_AGENT: {"agent_id"}}


class Remedy(Message):
    """One remedy."""

    kind: RemedyKind
    amount: Amount | None = None
    component: Component | None = None
    stage: Stage | None = None
    agent_id: Reference | None = None
    """Who is retrained; the agent whom the complaint names unless told otherwise."""

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        given = {name for name in ("amount", "component", "stage", "agent_id") if getattr(self, name) is not None}
        needed = _NEEDS[self.kind]
        missing, idle = sorted(needed - given), sorted(given - needed - _MAY_NAME.get(self.kind, set()))
        if missing:
            raise ValueError(f"{self.kind} needs {' and '.join(missing)}")
        if idle:
            raise ValueError(f"{self.kind} takes no {' and no '.join(idle)}; leave it out")
        return self
