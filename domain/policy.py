"""A collection policy: how one lender recovers one kind of debt, as a compliance officer reads it from top to bottom.

A policy may only be stricter than the law: the jurisdiction's rules are checked at every contact, whatever stands here.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Self

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.faults import Fault, FaultsFound
from domain.ledger import Component, Sums
from domain.messages import Lender
from domain.money import MoneyError, parse_minor
from domain.terms import Channel, Stage, Track
from domain.timetable import StagePlan, Timetable, Touch
from domain.track_policy import Tracks
from domain.tracks import ALWAYS_FIRST
from domain.written import Duration, DurationOrZero, Form, write_duration

PolicyName = Annotated[
    str, Form(r"^[a-z0-9]([a-z0-9-]{0,98}[a-z0-9])?$", "small letters, digits and dashes, such as fenfu-cn")
]
Jurisdiction = Annotated[str, Form(r"^[A-Z]{2}$", "a country's two capital letters, such as CN")]
Currency = Annotated[str, Form(r"^[A-Z]{3}$", "a currency's three capital letters, such as CNY")]
Language = Annotated[str, Form(r"^[a-z]{2,3}(-[A-Z]{2})?$", "a language such as en or zh-CN")]
Line = Annotated[str, Form(r"^\S(.{0,298}\S)?$", "one line of text without spaces at its ends, at most 300 characters")]
Phone = Annotated[str, Form(r"^\+?[0-9][0-9 ()-]{2,24}$", "a telephone number of digits, such as +86 10 5550 0100")]
Email = Annotated[str, Form(r"^[^@\s]+@[^@\s]+\.[^@\s.]+$", "an email address, such as complaints@lender.example")]
WebAddress = Annotated[
    str,
    Form(
        r"^(https://[^\s/]+|http://(localhost|127\.0\.0\.1)(:[0-9]+)?)(/\S*)?$",
        "an address that begins with https:// (http:// for localhost only)",
    ),
]
LateRate = Annotated[
    str,
    Form(
        r"^(frozen|as agreed|at most [0-9]{1,2}(\.[0-9]{1,2})?%)$",
        "'frozen', 'as agreed' or a rate a year such as 'at most 6%'",
    ),
]
Percent = Annotated[int, Field(strict=True, ge=0, le=100)]
Count = Annotated[int, Field(strict=True, ge=1, le=100)]

_DAY = timedelta(days=1)
_WRITTEN_CHANNELS = frozenset({Channel.LETTER, Channel.EMAIL})
_RESERVED_ENDS = (".example", ".test", ".invalid", "example.com", "example.net", "example.org")
"""Names that lead nowhere by definition (RFC 2606)."""


class PolicyLanguageError(LookupError):
    """The policy has no lender's details in a language."""


class Part(BaseModel):
    """What every part of a policy obeys: immutable, and no field that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Role(StrEnum):
    """In which right the institution collects."""

    FIRST_PARTY = "first_party"
    """The lender, in its own name."""
    THIRD_PARTY = "third_party"
    """An agency on the lender's behalf."""
    DEBT_BUYER = "debt_buyer"
    """Whoever bought the debt."""


class Goal(Part):
    """What the policy is to achieve; reports measure recovery against it."""

    recover_percent: Percent
    """The share of the arrears to be recovered."""
    within: Duration
    """Counted from when an account became overdue, or its case opened if that was later."""


class LenderDetails(Part):
    """Who asks for the money and how to reach them, in one language; every message takes its words from here."""

    name: Line
    """The lender's full name."""
    collector: Line
    """The institution that writes, which may be the lender itself."""
    pay_url: WebAddress
    """Where the person pays."""
    help_phone: Phone
    """Where the person asks for help or for an arrangement."""
    complaint_phone: Phone
    """Where the person complains by voice."""
    complaint_email: Email
    """Where the person complains in writing."""
    postal_address: Line
    """Where a letter reaches the collector."""
    link_base: WebAddress
    """Where a message's full text is shown; the contact's own reference is appended."""

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The fields whose address is one of those reserved for examples, which reach nobody."""
        hosts = {
            "pay_url": self.pay_url.split("/")[2],
            "complaint_email": self.complaint_email.rpartition("@")[2],
            "link_base": self.link_base.split("/")[2],
        }
        return tuple(field for field, host in hosts.items() if host.partition(":")[0].endswith(_RESERVED_ENDS))


class PlannedTouch(Part):
    """One contact of a stage."""

    channel: Channel
    """The channel to use."""
    fallbacks: tuple[Channel, ...] = ()
    """The channels to try, in order, when that one is not usable."""

    def faults(self) -> Iterator[Fault]:
        """What is wrong with the choice of channels."""
        channels = (self.channel, *self.fallbacks)
        if len(set(channels)) < len(channels):
            yield Fault(("fallbacks",), "names a channel that was named before it; keep each channel once")
        if channels[-1] is Channel.CALL:
            words = "a call that no agent makes in time needs a channel behind it; end the list with another channel"
            yield Fault(("fallbacks",) if self.fallbacks else ("channel",), words)


class PolicyStage(Part):
    """How one stage is worked."""

    starts_after: DurationOrZero
    """Not before the oldest unpaid instalment has been overdue this long."""
    minimum: Duration
    """The least time in this stage, holds not counted."""
    cadence: Duration
    """The time from one contact to the next, on the standard track."""
    attempts: Count
    """Contacts that must really have left before the stage counts as exhausted."""
    touches: Annotated[tuple[PlannedTouch, ...], Field(min_length=1, max_length=50)]
    """The contacts in turn, begun again after the last."""

    @property
    def channels(self) -> frozenset[Channel]:
        """Every channel that this stage may use."""
        return frozenset(channel for touch in self.touches for channel in (touch.channel, *touch.fallbacks))

    def plan(self, stage: Stage) -> StagePlan:
        """The stage as a case carries it."""
        touches = tuple(Touch(each.channel, each.fallbacks) for each in self.touches)
        return StagePlan(stage, self.starts_after, self.minimum, self.cadence, touches, self.attempts)


class PolicyStages(Part):
    """The stages with contacts, in the order in which every account goes through them."""

    first_reminder: PolicyStage
    """Right after the due date: a gentle word."""
    gentle_reminder: PolicyStage
    """Still gentle, so that the person sees that it is serious."""
    escalation: PolicyStage
    """A person calls to learn the reason and offers a way out; emails and letters follow."""
    pre_legal: PolicyStage
    """The final notice, in writing, and what goes with it."""

    def in_order(self) -> tuple[tuple[Stage, PolicyStage], ...]:
        """Each stage with its name, the first one first."""
        return (
            (Stage.FIRST_REMINDER, self.first_reminder),
            (Stage.GENTLE_REMINDER, self.gentle_reminder),
            (Stage.ESCALATION, self.escalation),
            (Stage.PRE_LEGAL, self.pre_legal),
        )


class Calls(Part):
    """Calls made by people."""

    within: Duration
    """How long a call waits for an agent before the case goes on with the next channel."""
    review_percent: Percent = 10
    """How many of the conversations a reviewer listens to afterwards."""


class Promises(Part):
    """Promises to pay."""

    grace: DurationOrZero
    """How long after its date a promise may still be kept."""
    longest: Duration = timedelta(days=60)
    """How far away the date of a promise may be; who needs longer needs a plan, or time."""


class PlanLimits(Part):
    """What an instalment plan may look like when it is agreed without further approval."""

    most_instalments: Count
    """The number of instalments, at most."""
    smallest_instalment: dict[Currency, str]
    """By currency, a decimal such as "50.00"."""
    longest: Duration
    """From the agreement to the last instalment."""
    cure: DurationOrZero
    """How long a missed instalment may be made good before the plan is broken."""
    remind_before: Duration = timedelta(days=3)
    """How long before an instalment's date the person is reminded of it."""
    down_payment_percent: Percent = 0
    """The least share of the whole that the first instalment must be."""
    income_percent: Percent = 50
    """The most that the instalments of a month may take of the disposable income that the person has stated."""
    approval_authority: Annotated[int, Field(strict=True, ge=1, le=9)] = 2
    """The least authority of whoever approves a plan beyond these limits."""
    renegotiate_within: DurationOrZero = timedelta(days=7)
    """How long, after the cure of a missed instalment, one new plan may replace the plan before it is broken."""

    def smallest_instalment_minor(self, currency: str) -> int:
        """The smallest instalment in minor units of one of the policy's currencies."""
        return parse_minor(self.smallest_instalment[currency], currency)


class LateCharges(Part):
    """What becomes of late interest and fees where the law leaves it open; only accounts with terms bear any."""

    in_plan: LateRate = "frozen"
    """While an agreed plan is in good standing; owed only if it is broken: who keeps a plan owes no more than that."""
    in_hardship: LateRate = "frozen"
    """While hardship or granted time stops contact."""
    told_amount_holds: DurationOrZero = timedelta(days=7)
    """Who pays the amount that a message told within this time owes nothing of what has accrued since."""

    @staticmethod
    def limit(rate: str) -> Fraction | None:
        """The rate as a percentage a year, zero where it is frozen, or none where the contract's own rate goes on."""
        if rate == "as agreed":
            return None
        return Fraction(rate.removeprefix("at most ").removesuffix("%")) if rate != "frozen" else Fraction(0)


class Hardship(Part):
    """Time given to who cannot pay for a reason that deserves it."""

    grace: Duration
    """How long contact stops when the report names no day."""
    most_a_year: Duration = timedelta(days=120)
    """The most time that reports give in a year; beyond it a person may still grant some."""
    check_in_before: Duration = timedelta(days=7)
    """How long before the end the person is asked how they are."""
    longest_extension: Duration = timedelta(days=90)
    """The most that a person may grant at once."""


class WaiverAuthority(Part):
    """What an agent may waive alone; anything above it is approved by somebody else."""

    at_once_percent: Percent
    """Of the interest and fees owed before any was waived: all that agents may waive at once on an account."""
    principal_percent: Percent = 0
    """Of the principal owed, may be waived too; only by somebody's approval."""
    approval: dict[Annotated[int, Field(ge=1, le=9)], Percent] = Field(default_factory=dict)
    """Of interest and fees, what somebody with that authority may approve; left out, anybody else may approve all."""
    offer_within: Duration = timedelta(days=60)
    """How long an offered waiver may stand until its condition must be met."""

    def approval_percent(self, authority: int) -> int | None:
        """What somebody with that authority may approve, or none where the policy does not say."""
        if not self.approval:
            return None
        return max((percent for level, percent in self.approval.items() if level <= authority), default=0)

    def at_once_minor(self, owed: Sums) -> int:
        """The most that an agent may waive at once, in minor units, rounded down."""
        return (owed.interest_minor + owed.fees_minor) * self.at_once_percent // 100


class Complaints(Part):
    """Complaints and disputes."""

    decide_within: Duration
    """From receipt to the decision, unless the jurisdiction sets a shorter time."""
    remind_before: Duration = timedelta(days=3)
    """How long before that its owner is reminded; once it has passed, the next level is asked."""


class Receipts(Part):
    """What the person is told of their own payments."""

    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    """In the order in which they are tried: text, email or letter."""


class LegalReview(Part):
    """What must have happened before a person is asked whether to refer an account to legal."""

    final_notice_wait: Duration
    """From the last contact of ``pre_legal`` to the review, holds not counted."""
    channels: Annotated[int, Field(strict=True, ge=2, le=len(Channel))]
    """On how many different channels contacts must have left, over the whole case."""
    deliveries: Count
    """How many contacts must have proof of delivery."""
    authority: Annotated[int, Field(strict=True, ge=1, le=9)] | None = None
    """The least authority of whoever approves a referral; left out, anybody may, which suits a demonstration only."""


class Policy(Part):
    """How one lender recovers one kind of debt."""

    name: PolicyName
    """As accounts refer to it: the file's name without its ending."""
    title: Line
    """For people."""
    demonstration: Annotated[bool, Field(strict=True)] = False
    """True for a policy whose times are too short for real people; it never meets a real provider."""
    jurisdictions: Annotated[tuple[Jurisdiction, ...], Field(min_length=1)]
    """Where its debtors may live."""
    currencies: Annotated[tuple[Currency, ...], Field(min_length=1)]
    """In which its accounts may be kept."""
    role: Role
    """In which right the institution collects."""
    goal: Goal
    lenders: Annotated[dict[Language, LenderDetails], Field(min_length=1)]
    """By language; an account can only be collected in one of these."""
    payment_order: tuple[Component, ...]
    """Which component of the oldest instalment a payment fills first."""
    stages: PolicyStages
    tracks: Tracks
    calls: Calls
    resume_after: DurationOrZero
    """The pause between the end of the last hold and the next contact."""
    promises: Promises
    plans: PlanLimits
    late_charges: LateCharges = LateCharges()
    hardship: Hardship
    waivers: WaiverAuthority
    complaints: Complaints
    receipts: Receipts | None = None
    """A receipt for what was paid, one a day, and a last word when nothing is overdue any more. Left out: neither."""
    review_within: Duration
    """How long a person who must decide something has before it is raised again."""
    legal_review: LegalReview

    @model_validator(mode="after")
    def _has_no_faults(self) -> Self:
        faults = [
            *_repetitions(self),
            *_stage_faults(self),
            *_haste_faults(self),
            *self.tracks.faults(),
            *_receipt_faults(self),
            *_plan_faults(self),
            *_legal_review_faults(self),
        ]
        if faults:
            raise FaultsFound(faults)
        return self

    @cached_property
    def version(self) -> str:
        """Digest of everything that the policy says: the same for the same meaning, however it is laid out."""
        return hashlib.sha256(rfc8785.dumps(self.model_dump(mode="json"))).hexdigest()[:32]

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The lenders' fields that still hold an address reserved for examples."""
        return tuple(f"lenders.{each}.{field}" for each, card in self.lenders.items() for field in card.placeholders)

    def timetable(self) -> Timetable:
        """What a case carries of the policy for life."""
        return Timetable(
            policy=self.name,
            version=self.version,
            stages=tuple(each.plan(stage) for stage, each in self.stages.in_order()),
            track_pace={
                Track.SUPPORTIVE: self.tracks.supportive,
                Track.STANDARD: 1.0,
                Track.FIRM: self.tracks.firm,
            },
            call_within=self.calls.within,
            resume_after=self.resume_after,
            plan_cure=self.plans.cure,
            plan_renegotiate_within=self.plans.renegotiate_within,
            promise_grace=self.promises.grace,
            review_within=self.review_within,
            final_notice_wait=self.legal_review.final_notice_wait,
            channels_for_exhaustion=self.legal_review.channels,
            deliveries_for_exhaustion=self.legal_review.deliveries,
            track_minimum={Track.SUPPORTIVE: self.tracks.stages.supportive, Track.FIRM: self.tracks.stages.firm},
            track_rules=(ALWAYS_FIRST, *(each.rule() for each in self.tracks.rules)),
            track_start={Track.FIRM: self.tracks.starts_after.firm},
            track_offers=self.tracks.offers.supportive,
            person_for_vulnerable=True,
            asks_again_to_tell=True,
            plan_waits_in_holds=True,
        )

    def lender_for(self, language: str) -> Lender:
        """The lender's details in a language such as ``zh-CN``, or in another variety of it.

        Raises:
            PolicyLanguageError: if the policy has none; nobody is written to in a language not their own.
        """
        spoken = language.partition("-")[0]
        for known, details in sorted(self.lenders.items(), key=lambda each: each[0] != language):
            if known == language or known.partition("-")[0] == spoken:
                return Lender(**details.model_dump())
        raise PolicyLanguageError(
            f"policy {self.name} has no lender's details in {language}; it has {_list(self.lenders)}"
        )

    def refusal_of(self, jurisdiction: str, currency: str, language: str) -> str | None:
        """Why an account cannot be collected under this policy, in words, or none if it can."""
        if jurisdiction not in self.jurisdictions:
            return f"policy {self.name} is not for jurisdiction {jurisdiction}, only for {_list(self.jurisdictions)}"
        if currency not in self.currencies:
            return f"policy {self.name} is not for accounts in {currency}, only in {_list(self.currencies)}"
        try:
            self.lender_for(language)
        except PolicyLanguageError as error:
            return str(error)
        return None


def _repetitions(policy: Policy) -> Iterator[Fault]:
    for field in ("jurisdictions", "currencies"):
        values = getattr(policy, field)
        if len(set(values)) < len(values):
            yield Fault((field,), "names one twice; keep each once")
    if sorted(policy.payment_order) != sorted(Component):
        yield Fault(("payment_order",), f"must name each of {_list(Component)} once")


def _stage_faults(policy: Policy) -> Iterator[Fault]:
    for (before, earlier), (after, later) in pairwise(policy.stages.in_order()):
        if later.starts_after <= earlier.starts_after:
            words = f"must be later than {before} starts ({write_duration(earlier.starts_after)})"
            yield Fault(("stages", after, "starts_after"), words)
    for name, stage in policy.stages.in_order():
        for number, touch in enumerate(stage.touches):
            for fault in touch.faults():
                yield Fault(("stages", name, "touches", number, *fault.location), fault.words)
    if not any(touch.channel in _WRITTEN_CHANNELS for touch in policy.stages.pre_legal.touches):
        yield Fault(("stages", "pre_legal", "touches"), "a final notice is given in writing; add a letter or an email")


def _haste_faults(policy: Policy) -> Iterator[Fault]:
    """What would press a real person with more than one contact a day, or hurry them through a stage in hours."""
    if policy.demonstration:
        return
    for (_, earlier), (name, later) in pairwise(policy.stages.in_order()):
        if (later.starts_after - earlier.starts_after) * policy.tracks.starts_after.firm < _DAY:
            words = (
                f"lets {name} begin less than a day after the stage before it; raise it, or that stage's starts_after"
            )
            yield Fault(("tracks", "starts_after", "firm"), words)
    remedy = "write at least 1d, or mark the policy with 'demonstration: true'"
    for name, stage in policy.stages.in_order():
        if stage.minimum < _DAY:
            yield Fault(("stages", name, "minimum"), f"is shorter than a day; {remedy}")
        elif stage.minimum * policy.tracks.stages.firm < _DAY:
            words = f"hurries a person through {name} in less than a day; raise it, or that stage's minimum"
            yield Fault(("tracks", "stages", "firm"), words)
        if stage.cadence < _DAY:
            yield Fault(("stages", name, "cadence"), f"contacts a person more than once a day; {remedy}")
        elif stage.cadence * policy.tracks.firm < _DAY:
            words = f"contacts a person more than once a day in {name}; raise it, or that stage's cadence"
            yield Fault(("tracks", "firm"), words)


def _plan_faults(policy: Policy) -> Iterator[Fault]:
    smallest = policy.plans.smallest_instalment
    place = ("plans", "smallest_instalment")
    if set(smallest) != set(policy.currencies):
        yield Fault(place, f"must name the currencies of the policy, and no other: {_list(policy.currencies)}")
    for currency, amount in smallest.items():
        try:
            if parse_minor(amount, currency) <= 0:
                yield Fault((*place, currency), f"must be above zero, not {amount!r}")
        except MoneyError as error:
            yield Fault((*place, currency), str(error))


def _receipt_faults(policy: Policy) -> Iterator[Fault]:
    channels = policy.receipts.channels if policy.receipts is not None else ()
    for number, channel in enumerate(channels):
        if channel in (Channel.CALL, Channel.VOICE):
            yield Fault(("receipts", "channels", number), "a receipt is given in writing; use sms, email or letter")
        if channel in channels[:number]:
            yield Fault(("receipts", "channels", number), "names a channel that was named before it; keep each once")


def _legal_review_faults(policy: Policy) -> Iterator[Fault]:
    used = frozenset(channel for _, stage in policy.stages.in_order() for channel in stage.channels)
    if policy.legal_review.channels > len(used):
        words = f"no account could reach the review: the stages use {len(used)} ({_list(sorted(used))})"
        yield Fault(("legal_review", "channels"), words)
    attempts = sum(stage.attempts for _, stage in policy.stages.in_order())
    if policy.legal_review.deliveries > attempts:
        words = f"no account might reach the review: the stages ask for {attempts} contacts altogether"
        yield Fault(("legal_review", "deliveries"), words)


def _list(words: Iterable[str]) -> str:
    return ", ".join(words)
