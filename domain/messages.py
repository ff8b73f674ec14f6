"""What a message to the person must tell, and the words that came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from domain.facts import ComplaintCategory
from domain.jurisdiction import Revival
from domain.ledger import Sums
from domain.terms import Channel, MessageClass, Stage


@dataclass(frozen=True, slots=True)
class Lender:
    """Who asks for the money and how to reach them, as the policy has it for one language."""

    name: str
    collector: str
    """The institution that writes, which may be the lender itself."""
    pay_url: str
    help_phone: str
    complaint_phone: str
    complaint_email: str
    postal_address: str
    link_base: str
    """Where a message's full text is shown; the contact's own reference is appended."""


@dataclass(frozen=True, slots=True)
class Itemisation:
    """How what is overdue came about since a date, in minor units: the amount then, and what came and went since."""

    on: date
    amount_minor: int
    """What was overdue at the end of that date."""
    fell_due: Sums
    """What fell due since."""
    paid_minor: int
    """What was paid or waived since."""


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """What a notice that the law demands says beside the facts of every message."""

    itemisation: Itemisation
    period_ends: date | None = None
    """The last day to answer or to pay, if the notice sets one."""


NOTHING = "none"
"""Stands in one of an occasion's texts that has nothing to say."""


@dataclass(frozen=True, slots=True)
class OccasionFacts:
    """What a service message or a reply says beside the facts of every message, by the names that templates use."""

    amounts: Mapping[str, int] = field(default_factory=dict)
    """In minor units of the account's currency."""
    dates: Mapping[str, date] = field(default_factory=dict)
    """In the person's zone."""
    days: Mapping[str, int] = field(default_factory=dict)
    """Lengths of time."""
    texts: Mapping[str, str] = field(default_factory=dict)
    schedules: Mapping[str, tuple[tuple[date, int], ...]] = field(default_factory=dict)
    """Dates with their amounts in minor units: a row each."""
    complaint_category: ComplaintCategory | None = None
    """What a complaint is about, for which every language has its words."""


@dataclass(frozen=True, slots=True)
class PlanOffered:
    """A plan that a demand, or the script of a call, offers to who needs time."""

    count: int
    """How many monthly instalments."""
    first_minor: int
    first_date: date


@dataclass(frozen=True, slots=True)
class OtherAccount:
    """Another account of the person, with the same lender, that a demand tells of too; minor units of its currency."""

    account_id: str
    product: str
    arrears: Sums
    balance_minor: int
    due_date: date
    """Of the oldest unpaid instalment."""
    days_overdue: int
    plan_offered: PlanOffered | None = None


@dataclass(frozen=True, slots=True)
class WaiverOffer:
    """A waiver that is booked once something more has been paid; minor units of the account's currency."""

    pay_minor: int
    """What is still to be paid for it."""
    pay_by: date
    """The last day for that, in the person's zone."""
    waived_minor: int
    settles: bool
    """Whether nothing overdue is left then."""


@dataclass(frozen=True, slots=True)
class CallOffers:
    """What an agent may offer in a call without asking anybody, by the account's policy."""

    most_instalments: int
    smallest_instalment_minor: int
    longest_plan: timedelta
    income_percent: int
    """Of the disposable income that the person states, at most, for the instalments of a month."""
    down_payment_percent: int
    """Of the whole, at least, for the first instalment; 0 for none."""
    hardship_grace: timedelta
    """How long contact stops for hardship."""
    waiver_minor: int
    """Of the interest and fees, at once."""


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """Everything that a template may say, read from the records when the message is composed.

    Sums are minor units of ``currency``; dates are those of the person's own zone.
    """

    contact_id: str
    account_id: str
    person_name: str
    product: str
    currency: str
    lender: Lender
    arrears: Sums
    balance_minor: int
    due_date: date | None
    """Of the oldest unpaid instalment; none when nothing is overdue."""
    days_overdue: int | None
    """Since then; none when nothing is overdue."""
    as_of: datetime
    """The moment of the sums, aware, in the person's zone."""
    postal_address: str | None = None
    """Where a letter goes."""
    time_barred: bool = False
    """Whether the debt is too old to be sued for, and the law there wants the person to be told."""
    revival: Revival = Revival.NOTHING
    """What paying a debt that is too old to be sued for does there."""
    notice: NoticeFacts | None = None
    """For a notice that the law demands."""
    occasion: OccasionFacts = field(default_factory=OccasionFacts)
    """For a service message or a reply."""
    others: tuple[OtherAccount, ...] = ()
    """For a demand that tells of several accounts: those beside its own."""
    waiver_offers: tuple[WaiverOffer, ...] = ()
    """For what asks for money: the offers that are open, so that nobody thinks that all of it must be paid."""
    offers: CallOffers | None = None
    """For the script of a call."""
    plan_offered: PlanOffered | None = None
    """For a demand to who is on the supportive track."""

    @property
    def account_ending(self) -> str:
        """By which the person knows the account and others do not."""
        return ending_of(self.account_id)

    @property
    def link(self) -> str:
        """Where the person reads the whole, in full."""
        return f"{self.lender.link_base.rstrip('/')}/{self.contact_id}"


def ending_of(account_id: str) -> str:
    """The last four characters of an account's id."""
    return account_id[-4:]


@dataclass(frozen=True, slots=True)
class MessageKey:
    """Which message: its class, its occasion (a stage, or a name such as ``plan_reminder``), channel and language."""

    message_class: MessageClass
    occasion: str
    channel: Channel
    language: str

    @classmethod
    def demand(cls, stage: Stage, channel: Channel, language: str) -> "MessageKey":
        """The key of a stage's own message."""
        return cls(MessageClass.DEMAND, stage.value, channel, language)


@dataclass(frozen=True, slots=True)
class Words:
    """A composed message, ready to be handed to a provider and to be kept as it was sent."""

    template_id: str
    """Such as ``zh-CN/demand/first_reminder.sms``."""
    template_version: str
    """Digest of the template and of all that it includes."""
    text: str
    subject: str = ""
    """Of an email or letter; reveals no fact of the debt."""
    html: str = ""
    """Of an email."""
    parameters: dict[str, str] | None = None
    """What filled the template, for providers that take a template's id and its parameters."""


class MessageRefused(ValueError):
    """A message that may not be sent: says what is missing or wrong and how to mend it, without personal data."""
