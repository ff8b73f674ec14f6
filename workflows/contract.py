"""What callers of the workflows rely on: the type, the id, the input and the result."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.case import Case


@dataclass(frozen=True, slots=True)
class RejectedInput:
    """A message that was not taken, without its content."""

    message: str
    error_code: str
    at: datetime
    payload_digest: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Carried:
    """What a run hands to the next when its history has grown long."""

    case: Case
    applied: dict[str, str]
    """Digests of the messages that were applied, by their id."""
    answers: dict[str, dict[str, Any]]
    """The answers that requests were given, by request id."""
    rejected: tuple[RejectedInput, ...] = ()


@dataclass(frozen=True, slots=True)
class StartCollection:
    """Start the collection of a registered account. ``carried`` is set by a former run of the same workflow only."""

    account_id: str
    policy: str | None = None
    carried: Carried | None = None


@dataclass(frozen=True, slots=True)
class CollectionResult:
    """How the collection of an account ended. Amounts are minor units."""

    account_id: str
    reason: str
    closed_at: datetime
    paid_minor: int
    waived_minor: int
    balance_minor: int
    credit_minor: int
    contacts: dict[str, int] = field(default_factory=dict)
