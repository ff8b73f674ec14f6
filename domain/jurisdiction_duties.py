"""The duties of a jurisdiction pack: notices that are owed by themselves, as a reader checks them against the law."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from domain.jurisdiction_rules import Count, Flag, OccasionName, RuleId, Sentence, Sourced
from domain.owed_messages import Barred
from domain.terms import Channel, CreditKind
from domain.written import Duration


class Trigger(StrEnum):
    """From when a notice is owed, while something is overdue."""

    FIRST_COMMUNICATION = "first_communication"
    """The first contact about the debt that left, or the first conversation about it."""
    PAYMENT_MISSED = "payment_missed"
    """A payment has fallen due and is not paid in full; each asks for a notice, unless one already told of it."""
    TWO_PAYMENTS_MISSED = "two_payments_missed"
    """Two payments or more have fallen due, and no less is overdue than the last two of them together."""
    ESCALATION = "escalation"
    """The case has come to the stage escalation."""
    PRE_LEGAL = "pre_legal"
    """The case has come to the stage pre_legal."""
    DEBT_VERIFIED = "debt_verified"
    """A named person has looked into a dispute that is open, and found the debt to be owed."""
    REVIEW_CHOSEN = "review_chosen"
    """A named person has decided on the legal review of somebody who has stopped all contact."""
    CREDIT_REPORT_ANNOUNCED = "credit_report_announced"
    """The lender has announced that it means to report the debt to a credit bureau."""


class Proof(StrEnum):
    """What shows that a notice was given."""

    SENT = "sent"
    """That it left."""
    DELIVERED = "delivered"
    """A receipt that it arrived."""


class Duty(Sourced):
    """One notice that is owed by itself."""

    id: OccasionName
    """Of one of the pack's notices."""
    rule: RuleId
    """The rule of the jurisdiction that it comes from."""
    credit_kinds: tuple[CreditKind, ...] = ()
    """Which accounts owe it; without any, all of them."""
    effective_from: date | None = None
    """The first day on which it is owed, if later than the pack's."""
    trigger: Trigger
    or_trigger: Trigger | None = None
    """Another one, if either will do."""
    within: Duration | None = None
    """From the trigger to the deadline, if the law sets one."""
    warn_before: Duration | None = None
    """How long before the deadline a person is asked to see to a notice that has not gone."""
    repeats_every: Duration | None = None
    """From one notice to the deadline of the next, for as long as the trigger holds."""
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    """In the order in which they are tried."""
    proof: Proof
    arrives_after_working_days: Annotated[int, Field(strict=True, ge=0, le=30)] = 0
    """After how many working days from its sending a notice is taken to have arrived."""
    waits_days: Count | None = None
    """The period that begins with the day of the arrival, in whole days where the person lives."""
    blocks: tuple[Barred, ...] = ()
    """What may not begin before the notice has been given and its period is over."""
    consequence: Sentence
    """What follows if it is missed."""
    last_notice: Flag = False
    """Whether it is the final notice to somebody who has stopped all contact, whom the policy's own may not reach."""
    stops_interest: Flag = False
    """Whether no interest and no default sum runs from its deadline until it is given."""

    def binds(self, credit_kind: CreditKind) -> bool:
        """Whether accounts of that kind owe it."""
        return not self.credit_kinds or credit_kind in self.credit_kinds

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if Channel.CALL in self.channels or Channel.VOICE in self.channels:
            raise ValueError("a notice is given in writing; leave call and voice out of its channels")
        if (self.within is None) != (self.warn_before is None):
            raise ValueError("write within and warn_before together, or neither")
        if self.within is not None and self.warn_before is not None and self.warn_before > self.within:
            raise ValueError("warn_before must not be longer than within")
        if self.repeats_every is not None and (self.within is None or self.within > self.repeats_every):
            raise ValueError("a notice that repeats needs within, no longer than repeats_every")
        if self.stops_interest and self.within is None:
            raise ValueError("a notice that stops interest when it is late needs within, its deadline")
        return self
