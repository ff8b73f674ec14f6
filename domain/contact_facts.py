"""What the rules of contact are asked about: person, proposal, log of contacts, and what the records say against it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.contact_preferences import SuitableTimes
from domain.holds import Hold
from domain.terms import Channel, MessageClass


class ServiceOccasion(StrEnum):
    """What a message of class ``service`` may be."""

    PLAN_REMINDER = "plan_reminder"
    """An instalment of the agreed plan is coming."""
    PLAN_AGREEMENT = "plan_agreement"
    """What was agreed, in writing."""
    PLAN_MISSED = "plan_missed"
    """An instalment was missed, and a new plan is offered."""
    PROMISE_REMINDER = "promise_reminder"
    """The day that the person promised is coming."""
    CHECK_IN = "check_in"
    """How the person is, before their time of grace ends."""
    OFFER = "offer"
    """A way out that the person may take."""
    SUPPORTIVE_OFFER = "supportive_offer"
    """The way out that the supportive track offers by itself."""


class ReplyOccasion(StrEnum):
    """What a message of class ``reply`` may be."""

    ANSWER = "answer"
    """To what the person has just written or asked."""
    OPT_OUT_CONFIRMATION = "opt_out_confirmation"
    """The one word that a channel is stopped."""
    RECEIPT = "receipt"
    """A payment arrived."""
    CLOSURE = "closure"
    """The case is over."""
    PAYMENT_AFTER_END = "payment_after_end"
    """A payment arrived after the case was over, and what of it is owed back."""
    REFUND = "refund"
    """What was paid too much has been paid back."""
    CREDIT_OWED = "credit_owed"
    """Too much was paid and is owed back."""
    COMPLAINT_ACKNOWLEDGEMENT = "complaint_acknowledgement"
    """A complaint arrived."""
    COMPLAINT_EXTENSION = "complaint_extension"
    """A complaint takes longer."""
    COMPLAINT_OUTCOME = "complaint_outcome"
    """A complaint is decided."""
    TRACK_FINDING = "track_finding"
    """Somebody has found that a debt is left unpaid on purpose, so that reminders come sooner."""
    REMEDY = "remedy"
    """What was done about a complaint."""


class Direction(StrEnum):
    """Who began a contact."""

    OUTBOUND = "outbound"
    """We did."""
    INBOUND = "inbound"
    """The person did."""


@dataclass(frozen=True, slots=True)
class Person:
    """Where a person is, as far as the rules ask."""

    time_zones: tuple[str, ...]
    """Every zone in which the person may be; without a known one nothing is sent."""
    jurisdiction: str
    region: str | None = None
    """Such as a state. Where it is not known, the rules of every region bind."""
    suitable: tuple[tuple[Channel, SuitableTimes], ...] = ()
    """When the person wants to be reached by some channels, on the clock of the first zone."""

    def suitable_by(self, channel: Channel) -> SuitableTimes | None:
        """When the person wants to be reached by a channel, or none if they told us nothing of it."""
        return next((times for known, times in self.suitable if known is channel), None)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A contact that somebody wants to make."""

    account_id: str
    channel: Channel
    message_class: MessageClass
    address_ref: str
    occasion: str = ""
    """Which message of its class; demands need none."""
    contact_id: str = ""
    """When given, what the log holds under it is this very contact and does not count against it."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One row of a person's log of contacts. What was released, because it never left, is not in the log."""

    contact_id: str
    account_id: str
    channel: Channel
    message_class: MessageClass
    at: datetime
    """A UTC instant: of the hand-off, the dial, or the arrival of what the person sent."""
    address_ref: str
    connected: bool | None = False
    """Whether a call was answered; none while that is not known, which counts as answered."""
    conversation: bool | None = False
    """Whether people talked; none while that is not known, which counts as having talked."""
    direction: Direction = Direction.OUTBOUND
    occasion: str = ""
    told_along: bool = False
    """Whether another account's contact told of this one too: it then counts for this debt, and for nothing else."""


@dataclass(frozen=True, slots=True)
class OptOut:
    """The person stopped a channel, or one address of it."""

    channel: Channel
    address_ref: str | None
    """None: the whole channel."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Consent:
    """The person allowed a channel, or one address of it."""

    channel: Channel
    address_ref: str | None
    """None: the whole channel."""
    confirmed_at: datetime
    """When it was given, or the address last proved to be the person's, whichever is later."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is true of person and account at this moment, read from the records."""

    arrears_minor: int
    closed: bool = False
    """Whether the account's case has ended."""
    holds: tuple[Hold, ...] = ()
    """Of the account, and of the person for all accounts."""
    opt_outs: tuple[OptOut, ...] = ()
    """Those in force."""
    consents: tuple[Consent, ...] = ()
    """Those in force."""
    unusable_addresses: frozenset[str] = frozenset()
    """Known to be somebody else's, or not to be used for another reason."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule says of a proposal."""

    rule: str
    """Its id in the pack."""
    allowed: bool
    words: str
    """Why, in plain English without personal data."""
    until: datetime | None = None
    """Of a refusal: when this rule will allow it, or none when waiting never helps."""
