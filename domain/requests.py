"""Requests: what a caller asks of a case. Each carries a ``request_id``; a repeat gets the first answer."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from domain.facts import Amount, Day, Instant, Message, PlannedInstalment, ReasonCode, Reference, UntilDay
from domain.remedies import Remedy
from domain.terms import Track

TaskSubject = Annotated[str, StringConstraints(pattern=r"^(tell|retrain|vulnerable|paid_after_end):[A-Za-z0-9._:\-]+$")]
"""What a person was asked that no request of its own answers."""


class Request(Message):
    """Something asked of the case, answered once under its own id."""

    request_id: Reference


class PlanInterval(StrEnum):
    """The time between two instalments of a plan."""

    WEEK = "week"
    """Seven days."""
    FORTNIGHT = "fortnight"
    """Fourteen days."""
    MONTH = "month"
    """A calendar month, on the first date's day or the month's last."""


class ProposePlan(Request):
    """Ask for a schedule within the policy's limits; it binds nobody until agreed."""

    instalment_count: Annotated[int, Field(ge=1, le=120)]
    first_due_date: Day
    proposed_by: Reference
    interval: PlanInterval = PlanInterval.MONTH
    disposable_income: Amount | None = None
    """What the person says is left to them in a month."""
    approved_by: Reference | None = None
    """Who lets it be beyond the policy's limits: somebody else than who proposes it."""

    added = frozenset({"disposable_income", "approved_by"})


class CounterPlan(Request):
    """The person's own wish: answered with a plan like it, or with the nearest one within the policy's limits.

    Like a proposal the answer binds nobody until agreed.
    """

    instalments: Annotated[tuple[PlannedInstalment, ...], Field(min_length=1, max_length=120)]
    proposed_by: Reference
    disposable_income: Amount | None = None
    """What the person says is left to them in a month."""
    approved_by: Reference | None = None
    """Who lets it be beyond the policy's limits: somebody else than who proposes it."""


class ComplaintOutcome(StrEnum):
    """How a complaint was decided."""

    UPHELD = "upheld"
    """The complaint is right."""
    PARTLY_UPHELD = "partly_upheld"
    """Part of it is right."""
    REJECTED = "rejected"
    """It is not right."""


class ResolveComplaint(Request):
    """Decide a complaint or dispute."""

    complaint_id: Reference
    outcome: ComplaintOutcome
    resolved_by: Reference
    explanation_ref: Reference
    remedy: ReasonCode | None = None
    """What is done about it outside of the case, in code."""
    remedies: Annotated[tuple[Remedy, ...], Field(max_length=10)] = ()
    """What the case carries out."""


class ExtendComplaint(Request):
    """Give a complaint more time than the first deadline, as far as the jurisdiction lets."""

    complaint_id: Reference
    until: UntilDay
    reason_code: ReasonCode
    extended_by: Reference


class CompleteTask(Request):
    """Say that a person did what they were asked and no other request answers, such as telling an outcome."""

    subject: Annotated[TaskSubject, Field(max_length=160)]
    completed_by: Reference


class GrantGrace(Request):
    """Give the person time."""

    until: UntilDay
    reason_code: ReasonCode
    granted_by: Reference


class PaidBy(Message):
    """What must be paid, and by when, for a waiver to count."""

    pay_amount: Amount
    by: UntilDay


class RequestWaiver(Request):
    """Ask that interest or fees be waived, at once or once something has been paid."""

    amount: Amount
    reason_code: ReasonCode
    requested_by: Reference
    condition: PaidBy | None = None


class DecideWaiver(Request):
    """Approve or refuse a waiver that somebody else requested."""

    waiver_id: Reference
    approve: bool
    decided_by: Reference


class SetTrack(Request):
    """Choose how the timetable bends."""

    track: Track
    reason_code: ReasonCode
    set_by: Reference
    evidence_ref: Reference | None = None
    """For ``firm``: the call or the stored text that shows it."""


class DecideLegalReferral(Request):
    """Approve or refuse the referral whose checklist has this digest."""

    referral_id: Reference
    checklist_digest: Reference
    approve: bool
    reason_code: ReasonCode
    decided_by: Reference


class WithdrawReferral(Request):
    """Take a referral back from counsel: the debt is time-barred or disputed, say, or should not have been referred."""

    referral_id: Reference
    reason_code: ReasonCode
    withdrawn_by: Reference


class BeginCall(Request):
    """Ask for the permit to make a call now."""

    call_id: Reference
    agent_id: Reference


class HoldCase(Request):
    """Stop the case by hand."""

    hold_id: Reference
    reason_code: ReasonCode
    held_by: Reference
    until: UntilDay | None = None


class ResumeCase(Request):
    """End one manual hold."""

    hold_id: Reference
    reason_code: ReasonCode
    resumed_by: Reference


class EndCircumstance(Request):
    """End a circumstance, a hardship or a time of grace that is over, or was reported in error."""

    circumstance_id: Reference
    reason_code: ReasonCode
    ended_by: Reference


class VerifyDebt(Request):
    """A named person has looked into a dispute and found the debt to be owed, with the evidence."""

    complaint_id: Reference
    evidence_ref: Reference
    verified_by: Reference


class AnnounceCreditReport(Request):
    """The lender means to report the debt to a credit bureau."""

    reason_code: ReasonCode
    announced_by: Reference


class NoticeWay(StrEnum):
    """How a notice of the law was given without this product."""

    LETTER = "letter"
    """Posted."""
    EMAIL = "email"
    """By email."""
    BY_HAND = "by_hand"
    """Handed over to the person."""
    PORTAL = "portal"
    """Shown to the person in their own account with the lender."""


class RecordDutyDone(Request):
    """A named person gave a notice that the account owes in another way, and has the proof."""

    message_id: Reference
    done_at: Instant
    by_channel: NoticeWay
    evidence_ref: Reference
    done_by: Reference


class StoppedChoice(StrEnum):
    """How a case goes on whose person has stopped all contact."""

    CLOSE = "close"
    """The collection ends."""
    WAIT = "wait"
    """Nothing is done until a date; then the choice is asked for again."""
    LEGAL_REVIEW = "legal_review"
    """The review for legal is opened, although the stages are not exhausted."""


class DecideStoppedCase(Request):
    """Choose how a case goes on whose person has stopped all contact."""

    choice: StoppedChoice
    reason_code: ReasonCode
    decided_by: Reference
    until: UntilDay | None = None

    @model_validator(mode="after")
    def _waits_until_a_date(self) -> Self:
        if (self.until is None) is (self.choice is StoppedChoice.WAIT):
            raise ValueError("until goes with the choice wait, and only with it")
        return self


class EndContactPreference(Request):
    """End what the person told us of when to reach them."""

    preference_id: Reference
    reason_code: ReasonCode
    ended_by: Reference


class CloseCase(Request):
    """End the collection of a debt that is still unpaid."""

    reason_code: ReasonCode
    closed_by: Reference


REQUESTS: dict[str, type[Request]] = {
    "propose_plan": ProposePlan,
    "counter_plan": CounterPlan,
    "resolve_complaint": ResolveComplaint,
    "extend_complaint": ExtendComplaint,
    "complete_task": CompleteTask,
    "grant_grace": GrantGrace,
    "request_waiver": RequestWaiver,
    "decide_waiver": DecideWaiver,
    "set_track": SetTrack,
    "decide_legal_referral": DecideLegalReferral,
    "withdraw_referral": WithdrawReferral,
    "begin_call": BeginCall,
    "hold_case": HoldCase,
    "resume_case": ResumeCase,
    "end_circumstance": EndCircumstance,
    "verify_debt": VerifyDebt,
    "announce_credit_report": AnnounceCreditReport,
    "record_duty_done": RecordDutyDone,
    "decide_stopped_case": DecideStoppedCase,
    "end_contact_preference": EndContactPreference,
    "close_case": CloseCase,
}
"""Every request by the name of its update."""
