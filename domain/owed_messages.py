"""Messages that a case owes beside its stages' demands, and what may not begin before some of them are done.

Whoever owes a message says what it is and when; the case finds its turn, its channel and its end.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.terms import Channel, HoldKind, MessageClass


class Barred(StrEnum):
    """What may be kept from beginning."""

    PRE_LEGAL = "pre_legal"
    """The stage before legal, with every message that speaks of a referral."""
    REFERRAL = "referral"
    """The legal review and the referral."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Keeps something from beginning, over a half-open span of time."""

    bar_id: str
    """The message from which it comes."""
    what: Barred
    since: datetime
    until: datetime | None = None
    """None: until the message has gone, or a person ends it."""
    reason: str = ""
    """In an operator's words, without personal data."""

    def stands_at(self, now: datetime) -> bool:
        """Whether it bars at that moment."""
        return self.since <= now and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class OwedMessage:
    """One message that the case owes the person."""

    message_id: str
    """Its own for the whole life of the account."""
    message_class: MessageClass
    occasion: str
    """Which message of its class, such as ``validation_notice``."""
    channels: tuple[Channel, ...]
    """In the order in which they are tried; never a call by a person."""
    due_at: datetime
    """Not before then; a rule may move it."""
    deadline: datetime | None = None
    """By then it must have gone. One that no law demands is given up then."""
    warn_at: datetime | None = None
    """When a person is asked to see to one that the law demands and that has not gone."""
    allowed_in: tuple[HoldKind, ...] = ()
    """Holds in spite of which it goes."""
    failed: tuple[Channel, ...] = ()
    """Channels that could not carry it."""
    contact_number: int = 0
    """The number of the contact by which it goes, given by the case."""
    by_person: bool = False
    """Whether a person must tell it in another way if it cannot go."""
    owed_by: str = ""
    """The id of the hold with which it falls away; empty for one that no hold owes."""
    only_while_overdue: bool = False
    """Whether it falls away once nothing is overdue any more, of which another message tells."""
    outlives_case: bool = False
    """Whether it is still sent when the case ends before it could go."""

    def channel(self, unusable: Collection[Channel]) -> Channel | None:
        """The first channel that is left for it, or none."""
        return next((each for each in self.channels if each not in unusable and each not in self.failed), None)

    @property
    def subject(self) -> str:
        """Under which a person is asked to see to it."""
        return f"duty:{self.message_id}"
