"""What a workflow asks of its activities and what they answer: identifiers and amounts only, no personal data."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.case import Case, Milestone, PlannedContact
from domain.events import CaseEvent
from domain.ledger import Debt
from domain.terms import Channel, MessageClass, Stage

COLLECTIONS_QUEUE = "collections"
"""The task queue of the workflows and of what only touches the records."""

CONTACT_QUEUES = {
    Channel.SMS: "contacts-sms",
    Channel.VOICE: "contacts-voice",
    Channel.EMAIL: "contacts-email",
    Channel.LETTER: "contacts-letter",
}
"""One queue a channel, each limited to its provider's rate. Calls by people are tasks and need none."""


WORKFLOW_TYPE = "AccountCollection"
"""The type of the workflow that collects one account."""


def workflow_id(account_id: str) -> str:
    """The id of an account's workflow; one account has at most one that runs."""
    return f"account-{account_id}"


class ActivityName(StrEnum):
    """The activities by the name under which a worker offers them."""

    OPEN_CASE = "open_case"
    """Local: read account, policy and the person's facts; answers an :class:`Opening`."""
    BOOK_MESSAGE = "book_message"
    """Local: book one fact or request into the records; answers a :class:`Booking`."""
    RECORD_REJECTION = "record_rejection"
    """Local: keep a refused input in the audit trail."""
    FIND_MOMENT = "find_moment"
    """Local: find the lawful moment for the next contact; answers a :class:`PlannedContact`."""
    ASK_PERSON = "ask_person"
    """Local: put a decision on a person's list; answers an :class:`Asked`, or nothing in the first release."""
    CLOSE_CASE = "close_case"
    """Local: store the closed case."""
    OPEN_REVIEW = "open_review"
    """Local: draw up the checklist for the referral; answers a :class:`Referral`."""
    CONTACT = "contact"
    """On the channel's queue: check, send, record; answers a :class:`ContactOutcome`."""
    REQUEST_CALL = "request_call"
    """Put a call on the agents' list; answers a :class:`ContactOutcome`."""
    PERMIT_CALL = "permit_call"
    """Rule on a call about to be made; answers a :class:`CallPermit`."""
    REFER_TO_LEGAL = "refer_to_legal"
    """Hand the referral over; answers a :class:`ReferralOutcome`."""
    DELIVER_FACT = "deliver_fact"
    """Tell a person's other cases of a fact that concerns the person."""


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Load the case of an account, fresh or continued from where an earlier one ended."""

    account_id: str
    as_of: datetime
    policy: str | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """The case as it begins. ``applied`` are the facts that it knows already."""

    case: Case
    applied: dict[str, str]
    """Digests by event id."""


@dataclass(frozen=True, slots=True)
class MessageToBook:
    """One fact or request, validated, to be written into the records and turned into what it does to the case."""

    account_id: str
    name: str
    message_id: str
    """The fact's ``event_id`` or the request's ``request_id``."""
    body: dict[str, Any]
    as_of: datetime
    case: Case | None = None
    """For messages whose answer depends on the case."""
    milestones: tuple[Milestone, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an input was not taken: a code for machines, words for people, neither with personal data."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Booking:
    """What a booked message does to the case, or why it was refused."""

    events: tuple[CaseEvent, ...] = ()
    answer: dict[str, Any] | None = None
    refusal: Refusal | None = None
    others: int = 0
    """Open cases of the same person that have not been told yet."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """An input that was refused, kept without its content."""

    account_id: str
    message: str
    """The signal's or update's name, as it came, at most 100 characters."""
    error_code: str
    at: datetime
    payload_digest: str
    id: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class MomentWanted:
    """Ask for the lawful moment at or after a wish."""

    account_id: str
    channel: Channel
    not_before: datetime
    as_of: datetime


@dataclass(frozen=True, slots=True)
class ContactOrder:
    """Make one contact. It is the same contact however often it is tried."""

    contact_id: str
    account_id: str
    channel: Channel
    stage: Stage
    next_due: datetime
    """When the contact after it is wanted, if this one leaves when it is ordered."""
    next_channel: Channel
    """By which channel that one is planned."""
    owed: tuple[int, int]
    """Arrears and balance as the case knows them, minor units."""
    milestones: tuple[Milestone, ...] = ()
    message_class: MessageClass = MessageClass.DEMAND
    occasion: str = ""
    """Which message of its class; empty for the stage's own."""
    message_id: str = ""
    """Of an owed message; empty for the stage's own contact."""


class ContactResult(StrEnum):
    """How a contact ended."""

    SENT = "sent"
    """It left, or for a call the task is on the agents' list."""
    DEFERRED = "deferred"
    """A rule allows it only later."""
    REFUSED = "refused"
    """A rule forbids it by this channel."""
    FAILED = "failed"
    """It did not leave and will not."""
    UNKNOWN = "unknown"
    """Whether it left cannot be known; it is not sent again."""
    NOT_NEEDED = "not_needed"
    """An owed message that nothing asks for any more: it did not leave and will not."""


@dataclass(frozen=True, slots=True)
class ContactOutcome:
    """What became of a contact."""

    result: ContactResult
    reason: str = ""
    """The rule or the provider's code, in few words."""
    next: PlannedContact | None = None
    """Sent: the lawful moment of the next contact. Deferred: of this one."""
    debt: Debt | None = None
    """What the ledger says, when it differs from what the order said."""
    unusable: bool = False
    """Refused or failed: whether the channel stays closed."""
    events: tuple[CaseEvent, ...] = ()
    """What else the contact did to the case: what is owed because of it, or barred no longer."""
    left_by: Channel | None = None
    """By which channel it left, if not by the one of the order: with another account's contact."""
    left_at: datetime | None = None
    """When it left, if not when it was ordered."""
    tell: str = ""
    """The id of a fact that the person's other cases must hear because of it; empty if none must."""


@dataclass(frozen=True, slots=True)
class PersonToAsk:
    """Put a decision on a person's list."""

    account_id: str
    subject: str
    deadline: datetime
    as_of: datetime
    milestones: tuple[Milestone, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A decision is on a person's list."""

    events: tuple[CaseEvent, ...] = ()
    """What the case owes the debtor meanwhile."""
    tell: str = ""
    """The id of a fact that the person's other cases must hear; empty if none must."""


@dataclass(frozen=True, slots=True)
class CallToPermit:
    """Rule on a call that an agent is about to make."""

    account_id: str
    call_id: str
    agent_id: str
    request_id: str


@dataclass(frozen=True, slots=True)
class CallPermit:
    """Leave to dial one number once. The number itself is read from the records with the permit's reference."""

    permit_ref: str = ""
    number_ref: str = ""
    until: datetime | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class ReviewToOpen:
    """Draw up the checklist of a case for its referral."""

    case: Case
    as_of: datetime


@dataclass(frozen=True, slots=True)
class CaseToRefer:
    """Hand the approved referral of a case over, if its checklist still holds."""

    case: Case


@dataclass(frozen=True, slots=True)
class ReferralOutcome:
    """Handed over at that moment, or not because the checklist has changed."""

    handed_over_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CaseToClose:
    """Store a case that has ended."""

    case: Case


@dataclass(frozen=True, slots=True)
class FactToDeliver:
    """Tell the person's other open cases of a fact."""

    event_id: str
    account_id: str
    """The case that heard it."""
