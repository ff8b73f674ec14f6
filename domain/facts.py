"""Facts: what others tell a case has happened. Each is one JSON object with its own ``event_id``, applied once.

No fact carries free text or an address: callers store those first and send a reference or a reason code.
"""

import hashlib
import json
import re
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from domain.money import MoneyError, parse_minor
from domain.terms import Channel, HoldKind, Weekday

Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:\-]{0,99}$")]
"""An opaque identifier: letters, digits, dot, colon, dash and underscore, at most 100."""

ReasonCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
"""A reason in code, such as ``job_lost``; never free text, which could name a person."""

CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


def _positive_decimal(text: str) -> str:
    # What was given is not repeated: whatever a stranger put there would stand in errors and in the audit trail.
    try:
        minor = parse_minor(text, "BHD")
    except MoneyError:
        raise ValueError('amount must be a decimal with at most 3 places, such as "120.00"') from None
    if minor <= 0:
        raise ValueError('amount must be above zero, such as "120.00"')
    return text


Amount = Annotated[str, StringConstraints(max_length=24), AfterValidator(_positive_decimal)]
"""A positive decimal string in the account's currency, such as ``"120.00"``."""

_CLOCK_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")

_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)
_IN_OUR_TIME = Field(ge=datetime.combine(_FIRST_DAY, time(), UTC), lt=datetime.combine(_LAST_DAY, time(), UTC))

Instant = Annotated[AwareDatetime, _IN_OUR_TIME, AfterValidator(lambda moment: moment.astimezone(UTC))]
"""A moment with its offset, kept as UTC. Far ones, which no clock or timer can reckon with, are refused."""

Day = Annotated[date, Field(ge=_FIRST_DAY, le=_LAST_DAY)]
"""A day on the debtor's calendar."""


def _in_one_sentence(given: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(given)
    except ValidationError:
        raise ValueError("must be a day such as 2026-03-31, or a moment with its offset, from 1970 to 2199") from None


UntilDay = Annotated[Instant | Day, Field(union_mode="left_to_right"), WrapValidator(_in_one_sentence)]
"""A day, through whose end in the debtor's zone something lasts, or an exact instant."""


class Message(BaseModel):
    """What every fact and request obeys: immutable, and no field that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    added: ClassVar[frozenset[str]] = frozenset()
    """Fields that came after the first release. One that is not given leaves no trace in the digest, so that what was
    told before is recognised when it is told again."""


class Fact(Message):
    """Something that happened, told once under its own id."""

    event_id: Reference
    occurred_at: Instant


class RecordPayment(Fact):
    """Money arrived for the account."""

    payment_id: Reference
    amount: Amount
    currency: CurrencyCode
    received_at: Instant
    reference: Reference | None = None


class ReversePayment(Fact):
    """A payment that was recorded did not hold."""

    payment_id: Reference
    reason_code: ReasonCode


class RecordRefund(Fact):
    """Credit was paid back to the person."""

    refund_id: Reference
    amount: Amount


class PlannedInstalment(Message):
    """One instalment of a plan as a caller writes it."""

    due_date: Day
    amount: Amount


class AgreePlan(Fact):
    """The person agreed to a plan: one proposed before under ``plan_id``, or the instalments given here."""

    plan_id: Reference
    agreed_by: Reference
    instalments: Annotated[tuple[PlannedInstalment, ...], Field(max_length=120)] = ()
    approved_by: Reference | None = None
    """Who lets instalments given here be beyond the policy's limits: somebody else than who agreed."""

    added = frozenset({"approved_by"})


class ComplaintCategory(StrEnum):
    """What a complaint is about."""

    CONDUCT = "conduct"
    """How somebody behaved."""
    FREQUENCY = "frequency"
    """Too many contacts, or at a bad time."""
    PRIVACY = "privacy"
    """Somebody else learned of the debt, or data were misused."""
    FEES = "fees"
    """Interest or fees are thought wrong."""
    SERVICE = "service"
    """Something was promised and not done."""
    DISPUTE = "dispute"
    """The debt itself is denied, wholly or in part."""
    OTHER = "other"
    """Anything else."""


class FileComplaint(Fact):
    """The person complained, or disputes the debt."""

    complaint_id: Reference
    category: ComplaintCategory
    text_ref: Reference | None = None
    agent_id: Reference | None = None


class ReportHardship(Fact):
    """The person cannot pay for a reason that deserves time."""

    hardship_id: Reference
    reason_code: ReasonCode
    until: UntilDay | None = None
    evidence_ref: Reference | None = None
    """What shows it, such as a stored text or document."""

    added = frozenset({"evidence_ref"})


class CallOutcome(StrEnum):
    """How one dial ended."""

    REACHED = "reached"
    """Talked with the person; nothing was agreed."""
    PROMISED = "promised"
    """The person promised to pay."""
    REFUSED = "refused"
    """The person refuses to pay."""
    CALL_BACK = "call_back"
    """The person asked to be called another time."""
    NO_ANSWER = "no_answer"
    """Nobody answered, or the line was busy."""
    VOICEMAIL = "voicemail"
    """A recorder answered."""
    WRONG_PARTY = "wrong_party"
    """Somebody else answered; the number is not the person's."""
    NUMBER_INVALID = "number_invalid"
    """The number does not exist."""


class PromiseMade(Message):
    """What the person promised in a call."""

    amount: Amount
    date: UntilDay


class RecordPromise(Fact):
    """The person promised to pay: by a message, on a page or in a request. A call tells its own."""

    promise_id: Reference
    amount: Amount
    date: UntilDay
    channel: Channel | Literal["web"]
    """How it came; ``web`` is the person's own page."""
    taken_by: Reference | None = None
    """Who of the house took it, if anybody."""


class RecordCallOutcome(Fact):
    """One dial, or one inbound conversation, and how it ended."""

    call_id: Reference
    outcome: CallOutcome
    agent_id: Reference
    direction: Literal["outbound", "inbound"]
    number_ref: Reference
    dialled_at: Instant
    connected: bool
    ended_at: Instant | None = None
    right_party: bool | None = None
    reason_code: ReasonCode | None = None
    promise: PromiseMade | None = None


class OptOut(Fact):
    """The person wants no more contact by a channel, or at one address of it."""

    channel: Channel
    address_ref: Reference | None = None


class OptIn(Fact):
    """The person allows a channel or address again."""

    channel: Channel
    address_ref: Reference | None = None


class CircumstanceKind(StrEnum):
    """A circumstance of the person that stops or reroutes contact."""

    REPRESENTED = "represented"
    """A lawyer or adviser acts for the person."""
    DECEASED = "deceased"
    """The person has died."""
    INSOLVENT = "insolvent"
    """An insolvency procedure is open."""
    BREATHING_SPACE = "breathing_space"
    """A statutory moratorium runs."""
    ACTIVE_DUTY = "active_duty"
    """The person is on active military duty."""
    VULNERABLE = "vulnerable"
    """The person needs to be dealt with by a person."""
    CEASE_CONTACT = "cease_contact"
    """The person asked in writing that contact cease."""
    REFUSES_IN_WRITING = "refuses_in_writing"
    """The person refuses in writing to pay; where the pack says so, contact then ceases. It never makes a case firm."""


class ReportCircumstance(Fact):
    """A circumstance of the person was reported."""

    circumstance_id: Reference
    kind: CircumstanceKind
    reported_by: Reference
    until: UntilDay | None = None


class PleadLimitation(Fact):
    """The person pleaded that the debt is too old to be sued for; its ``event_id`` names the hold on the account."""

    reported_by: Reference


class DeliveryReport(StrEnum):
    """What a provider says became of a message."""

    DELIVERED = "delivered"
    """It arrived."""
    FAILED = "failed"
    """It did not arrive and will not."""


class ReportDelivery(Fact):
    """A provider's receipt for one contact."""

    contact_id: Reference
    status: DeliveryReport
    at: Instant
    code: Reference | None = None


class LegalOutcome(StrEnum):
    """How a referral ended at counsel's."""

    SETTLED = "settled"
    """The parties settled."""
    JUDGMENT = "judgment"
    """A court decided."""
    WITHDRAWN = "withdrawn"
    """The referral was withdrawn."""


class RecordLegalOutcome(Fact):
    """Counsel reported the end of a referral."""

    referral_id: Reference
    outcome: LegalOutcome
    amount: Amount | None = None


def _clock_time(text: str) -> str:
    if not _CLOCK_TIME.fullmatch(text):
        raise ValueError("must be a time of day such as 18:00, at most 24:00")
    return text


ClockTime = Annotated[str, StringConstraints(max_length=5), AfterValidator(_clock_time)]
"""A time of day on the debtor's clock, such as ``"18:00"``."""


class ReportContactPreference(Fact):
    """The person told us when it suits them to be reached, by some channels or by all but letters.

    A later word on a channel takes the place of an earlier one.
    """

    preference_id: Reference
    reported_by: Reference
    not_before: ClockTime | None = None
    not_after: ClockTime | None = None
    weekdays: Annotated[tuple[Weekday, ...], Field(max_length=len(Weekday))] = ()
    channels: Annotated[tuple[Channel, ...], Field(max_length=len(Channel))] = ()

    @model_validator(mode="after")
    def _leaves_some_time(self) -> Self:
        if self.not_before is None and self.not_after is None and not self.weekdays:
            raise ValueError("must say not_before, not_after or weekdays; a channel that does not suit is stopped")
        if (self.not_before or "00:00") >= (self.not_after or "24:00"):
            raise ValueError("not_after must be later than not_before on the same day")
        return self


class LiftHold(Fact):
    """A hold on the person has ended: told to their other cases by the one where it was decided."""

    hold_kind: HoldKind
    hold_id: Reference


class HearDecision(Fact):
    """A complaint about conduct was decided: the person's other cases hear of it, and hold until the person knows."""

    complaint_id: Reference
    outcome: ReasonCode


FACTS: dict[str, type[Fact]] = {
    "record_payment": RecordPayment,
    "reverse_payment": ReversePayment,
    "record_refund": RecordRefund,
    "agree_plan": AgreePlan,
    "file_complaint": FileComplaint,
    "report_hardship": ReportHardship,
    "record_promise": RecordPromise,
    "record_call_outcome": RecordCallOutcome,
    "opt_out": OptOut,
    "opt_in": OptIn,
    "report_circumstance": ReportCircumstance,
    "report_delivery": ReportDelivery,
    "record_legal_outcome": RecordLegalOutcome,
    "lift_hold": LiftHold,
    "hear_decision": HearDecision,
    "report_contact_preference": ReportContactPreference,
    "plead_limitation": PleadLimitation,
}
"""Every fact by the name of its signal and update."""

PERSON_WIDE_FACTS = frozenset(
    {
        "opt_out",
        "opt_in",
        "report_circumstance",
        "report_contact_preference",
        "file_complaint",
        "report_hardship",
        "lift_hold",
        "hear_decision",
    }
)
"""Facts about the person, which reach all of that person's cases; a dispute is the exception and binds its account."""


def digest_of(message: Message) -> str:
    """A digest of everything the message says, by which a second use of its id with another body is recognised."""
    told = message.model_dump(mode="json")
    given = {name: value for name, value in told.items() if value is not None or name not in message.added}
    body = json.dumps(given, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()[:16]
