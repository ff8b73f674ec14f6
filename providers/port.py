"""The port that every provider's adapter implements. No provider's own type crosses it, and no adapter retries."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from domain.messages import Words
from domain.terms import Channel


@dataclass(frozen=True, slots=True)
class ContactIntent:
    """One message on its way to one address."""

    contact_id: str
    channel: Channel
    to: str
    """The address itself: a number in E.164, an email address, or postal lines. Never to be logged."""
    language: str
    words: Words
    valid_until: datetime
    """A UTC instant after which it may no longer arrive: the end of the lawful window."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took the message."""

    provider: str
    provider_ref: str
    delivered: bool = False
    """Whether its arrival is proved already."""
    simulated: bool = False
    """Kept in the outbox instead of being sent."""


class RejectionKind(StrEnum):
    """Why a provider will never send this message, told apart by what the case does next."""

    ADDRESS_INVALID = "address_invalid"
    """The address does not exist or cannot take this kind of message: it is not used again."""
    OPTED_OUT = "opted_out"
    """The person stopped messages from us at the provider: the address is not used again."""
    NOT_ALLOWED = "not_allowed"
    """The route or the content is not allowed here: another channel is tried, the address stays usable elsewhere."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The provider refused for good; it was not sent."""

    kind: RejectionKind
    code: str
    """The provider's own code, or the route policy's rule."""


@dataclass(frozen=True, slots=True)
class Busy:
    """The provider certainly did not take the message, and may take it later."""

    code: str
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """The hand-off may or may not have happened: ask with ``lookup`` before anything else."""

    code: str


SendResult = Accepted | Rejected | Busy | Unknown


class NeverTaken(StrEnum):
    """The provider can tell for certain that it never took the message."""

    NEVER_TAKEN = "never_taken"


LookupResult = Accepted | NeverTaken | Unknown


class Provider(Protocol):
    """One provider for one channel."""

    @property
    def name(self) -> str:
        """Under which the records name it."""

    def send(self, intent: ContactIntent) -> SendResult:
        """Hand the message over, once."""

    def lookup(self, intent: ContactIntent, since: datetime) -> LookupResult:
        """What became of a message whose hand-off was begun at ``since`` and never answered."""
