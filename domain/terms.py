"""The closed vocabularies of collection. Every other module matches these exhaustively."""

from enum import StrEnum
from typing import Self


class Stage(StrEnum):
    """How far the collection of an account has gone; stages are passed in this order and never skipped."""

    FIRST_REMINDER = "first_reminder"
    """Right after the due date: a gentle word."""
    GENTLE_REMINDER = "gentle_reminder"
    """Still gentle, so that the person sees that it is serious."""
    ESCALATION = "escalation"
    """A person calls to learn the reason and offers a way out; emails and letters follow."""
    PRE_LEGAL = "pre_legal"
    """Final notice, waiting period, checklist, a person's approval."""
    LEGAL = "legal"
    """Referred to counsel: no reminders, payments still count."""


class Channel(StrEnum):
    """A way to reach the debtor."""

    SMS = "sms"
    """A text message."""
    VOICE = "voice"
    """A recorded announcement by telephone that states no fact of the debt."""
    EMAIL = "email"
    """An email."""
    LETTER = "letter"
    """A posted letter."""
    CALL = "call"
    """A telephone call made by a person who holds a permit for it."""


class CreditKind(StrEnum):
    """What kind of credit an account is, where the law owes one kind other notices than another."""

    CREDIT_AGREEMENT = "credit_agreement"
    """An agreement that the credit laws regulate in full."""
    DEFERRED_PAYMENT = "deferred_payment"
    """Deferred payment credit, also called buy now, pay later: no interest, and paid off within a year."""


ADDRESS_KINDS = {
    Channel.SMS: "phone",
    Channel.VOICE: "phone",
    Channel.CALL: "phone",
    Channel.EMAIL: "email",
    Channel.LETTER: "postal",
}
"""Which kind of address each channel needs."""


class MessageClass(StrEnum):
    """What a message is for, which decides the rules that it obeys."""

    DEMAND = "demand"
    """Asks for payment: obeys every rule."""
    SERVICE = "service"
    """Plan or promise reminder, check-in, offer: may go in the hold that owes it."""
    REPLY = "reply"
    """Answers the person or confirms something: no product cap, may follow closure or a hold."""
    STATUTORY = "statutory"
    """A notice that the law requires."""


class CaseState(StrEnum):
    """What the case is doing now, in the words that an operator filters by."""

    COLLECTING = "collecting"
    """Contacts go out by the timetable."""
    ON_HOLD = "on_hold"
    """Something stops all contact."""
    IN_PLAN = "in_plan"
    """An agreed plan is in good standing."""
    AWAITING_CALL = "awaiting_call"
    """A call task waits for an agent."""
    LEGAL_REVIEW = "legal_review"
    """A person decides on the referral."""
    LEGAL = "legal"
    """Referred to counsel."""
    CLOSED = "closed"
    """Nothing more will happen by itself."""


class Track(StrEnum):
    """How the timetable bends to the person's circumstances, always within the law."""

    SUPPORTIVE = "supportive"
    """Slower, with offers."""
    STANDARD = "standard"
    """The timetable as written."""
    FIRM = "firm"
    """Sooner and shorter."""


class HoldKind(StrEnum):
    """Why contact is stopped."""

    COMPLAINT = "complaint"
    """A complaint about conduct is open; holds all of the person's cases."""
    DISPUTE = "dispute"
    """The debt is disputed; holds the one account."""
    HARDSHIP = "hardship"
    """Hardship was reported; holds all of the person's cases."""
    GRACE = "grace"
    """A person granted time."""
    PROMISE = "promise"
    """A promise to pay is not yet due."""
    PLAN = "plan"
    """An agreed plan is in good standing."""
    MANUAL = "manual"
    """A person stopped the case."""
    REPRESENTED = "represented"
    """The person is represented by counsel or an adviser."""
    DECEASED = "deceased"
    """The person has died."""
    INSOLVENT = "insolvent"
    """An insolvency procedure is open."""
    BREATHING_SPACE = "breathing_space"
    """A statutory moratorium runs."""
    ACTIVE_DUTY = "active_duty"
    """The person is on active military duty."""
    VULNERABLE = "vulnerable"
    """The person is vulnerable and is dealt with by a person."""
    CEASE_CONTACT = "cease_contact"
    """The person asked in writing that contact cease."""


class PromiseOutcome(StrEnum):
    """What became of a promise."""

    KEPT = "kept"
    """All of it was paid in time."""
    PARTLY_KEPT = "partly_kept"
    """Some of it was paid in time."""
    BROKEN = "broken"
    """None of it was paid in time."""

    @classmethod
    def of(cls, paid_minor: int, promised_minor: int) -> Self:
        """What becomes of a promise of which that much was paid in time."""
        if paid_minor >= promised_minor:
            return cls.KEPT
        return cls.PARTLY_KEPT if paid_minor else cls.BROKEN

    @property
    def milestone(self) -> str:
        """What the audit trail calls it."""
        return f"promise_{self}"


class PlanOutcome(StrEnum):
    """How an agreed plan ended."""

    KEPT = "kept"
    """All of it was paid."""
    BROKEN = "broken"
    """An instalment stayed unpaid beyond its cure, and no other plan took its place."""
    REPLACED = "replaced"
    """Another plan took its place after a missed instalment."""

    @property
    def milestone(self) -> str:
        """What the audit trail calls it."""
        return f"plan_{self}"


class ClosedReason(StrEnum):
    """Why a case ended."""

    CURED = "cured"
    """The arrears are zero; sums not yet due remain."""
    SETTLED = "settled"
    """The balance is zero."""
    LEGAL_OUTCOME = "legal_outcome"
    """Counsel reported the end of the legal matter."""
    EXTINGUISHED = "extinguished"
    """The limitation period is over, and with it the debt itself has ended."""
    WRITTEN_OFF = "written_off"
    """A person ended the collection of a debt that remains unpaid."""


PERSON_WIDE_HOLDS = frozenset(
    {
        HoldKind.COMPLAINT,
        HoldKind.HARDSHIP,
        HoldKind.REPRESENTED,
        HoldKind.DECEASED,
        HoldKind.INSOLVENT,
        HoldKind.BREATHING_SPACE,
        HoldKind.ACTIVE_DUTY,
        HoldKind.VULNERABLE,
        HoldKind.CEASE_CONTACT,
    }
)
"""Holds that concern the person and so stop every case of theirs."""


class Weekday(StrEnum):
    """A day of the week."""

    MONDAY = "monday"
    """The first one, as ISO 8601 counts."""
    TUESDAY = "tuesday"
    """The second."""
    WEDNESDAY = "wednesday"
    """The third."""
    THURSDAY = "thursday"
    """The fourth."""
    FRIDAY = "friday"
    """The fifth."""
    SATURDAY = "saturday"
    """The sixth."""
    SUNDAY = "sunday"
    """The seventh."""
