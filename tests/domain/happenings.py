"""What people do in a life. Each happening is called with the life when its moment comes, and answers with a message.

A happening that makes no sense as the life stands answers with none, so that any script of them can be lived.
"""

from dataclasses import dataclass
from datetime import timedelta

from domain.admission import circumstance_hold
from domain.facts import (
    AgreePlan,
    CallOutcome,
    CircumstanceKind,
    ComplaintCategory,
    DeliveryReport,
    FileComplaint,
    HearDecision,
    LegalOutcome,
    LiftHold,
    Message,
    OptIn,
    OptOut,
    PlannedInstalment,
    PromiseMade,
    RecordCallOutcome,
    RecordLegalOutcome,
    RecordPayment,
    ReportCircumstance,
    ReportDelivery,
    ReportHardship,
    ReversePayment,
)
from domain.ledger import EntryKind
from domain.money import format_minor, split_evenly
from domain.requests import (
    BeginCall,
    CloseCase,
    ComplaintOutcome,
    DecideLegalReferral,
    DecideStoppedCase,
    DecideWaiver,
    EndCircumstance,
    GrantGrace,
    HoldCase,
    RequestWaiver,
    ResolveComplaint,
    ResumeCase,
    SetTrack,
    StoppedChoice,
)
from domain.terms import PERSON_WIDE_HOLDS, Channel, HoldKind, Track
from tests.domain.simulator import Life


@dataclass(frozen=True)
class Pays:
    """Pays a share of the arrears, or of nothing if nothing is owed."""

    percent: int = 100

    def __call__(self, life: Life) -> Message | None:
        amount = life.case.debt.arrears_minor(life.now) * self.percent // 100
        return pays(life, amount) if amount > 0 else None


@dataclass(frozen=True)
class PaysOldest:
    """Pays all that is left of the instalment that has waited longest."""

    def __call__(self, life: Life) -> Message | None:
        oldest = next(iter(life.case.debt.open), None)
        return pays(life, oldest.left_minor) if oldest is not None and oldest.overdue_from <= life.now else None


@dataclass(frozen=True)
class PaysExactly:
    """Pays an amount in minor units."""

    amount_minor: int

    def __call__(self, life: Life) -> Message | None:
        return pays(life, self.amount_minor)


def pays(life: Life, amount_minor: int) -> RecordPayment:
    """A payment of that amount, now."""
    number = life.turn_of("payment")
    return RecordPayment(
        event_id=f"pay-{number}",
        occurred_at=life.now,
        payment_id=f"p-{number}",
        amount=format_minor(amount_minor, life.case.currency),
        currency=life.case.currency,
        received_at=life.now,
    )


@dataclass(frozen=True)
class PaymentBounces:
    """The latest payment that still stands is taken back."""

    def __call__(self, life: Life) -> Message | None:
        taken_back = {each.reverses for each in life.office.entries}
        standing = [each.entry_id for each in life.office.entries if each.kind is EntryKind.PAYMENT]
        standing = [each for each in standing if each not in taken_back]
        if not standing:
            return None
        return ReversePayment(
            event_id=f"bounce-{standing[-1]}", occurred_at=life.now, payment_id=standing[-1], reason_code="bounced"
        )


@dataclass(frozen=True)
class Promises:
    """Rings up and promises a share of the arrears for a later day."""

    percent: int = 100
    in_days: int = 7

    def __call__(self, life: Life) -> Message | None:
        amount = life.case.debt.arrears_minor(life.now) * self.percent // 100
        if amount <= 0:
            return None
        number = life.turn_of("promise")
        promise = PromiseMade(
            amount=format_minor(amount, life.case.currency), date=(life.now + timedelta(days=self.in_days)).date()
        )
        return _call(life, f"in-{number}", CallOutcome.PROMISED, "inbound", promise)


@dataclass(frozen=True)
class AgreesPlan:
    """Agrees to pay the arrears in equal parts."""

    parts: int = 3
    first_in_days: int = 10
    every_days: int = 14

    def __call__(self, life: Life) -> Message | None:
        arrears = life.case.debt.arrears_minor(life.now)
        if arrears < self.parts:
            return None
        number = life.turn_of("plan")
        return AgreePlan(
            event_id=f"agree-{number}",
            occurred_at=life.now,
            plan_id=f"plan-{number}",
            agreed_by="agent-1",
            instalments=tuple(
                PlannedInstalment(
                    due_date=(life.now + timedelta(days=self.first_in_days + self.every_days * index)).date(),
                    amount=format_minor(amount, life.case.currency),
                )
                for index, amount in enumerate(split_evenly(arrears, self.parts))
            ),
        )


@dataclass(frozen=True)
class KeepsPlan:
    """Pays what is left of the next plan instalment."""

    def __call__(self, life: Life) -> Message | None:
        plan = life.case.plan
        if plan is None or plan.agreed_at is None:
            return None
        owed = -(life.case.debt.paid_minor - plan.paid_before_minor)
        for each in plan.instalments:
            owed += each.amount_minor
            if owed > 0:
                return pays(life, owed)
        return None


@dataclass(frozen=True)
class Complains:
    """Complains about conduct or disputes the debt."""

    category: ComplaintCategory = ComplaintCategory.CONDUCT

    def __call__(self, life: Life) -> Message | None:
        number = life.turn_of("complaint")
        return FileComplaint(
            event_id=f"complain-{number}",
            occurred_at=life.now,
            complaint_id=f"c-{number}",
            category=self.category,
            agent_id="agent-1",
        )


@dataclass(frozen=True)
class ComplaintDecided:
    """The oldest undecided complaint is decided."""

    outcome: ComplaintOutcome = ComplaintOutcome.REJECTED

    def __call__(self, life: Life) -> Message | None:
        undecided = [each for each in life.case.complaints if each.outcome is None]
        if not undecided:
            return None
        return ResolveComplaint(
            request_id=f"resolve-{life.turn_of('resolve')}",
            complaint_id=undecided[0].complaint_id,
            outcome=self.outcome,
            resolved_by="ombudsman",
            explanation_ref="words-1",
        )


@dataclass(frozen=True)
class ReportsHardship:
    """Reports a hardship, with or without an end."""

    days: int | None = None

    def __call__(self, life: Life) -> Message | None:
        number = life.turn_of("hardship")
        until = None if self.days is None else life.now + timedelta(days=self.days)
        return ReportHardship(
            event_id=f"hard-{number}",
            occurred_at=life.now,
            hardship_id=f"hardship-{number}",
            reason_code="job_lost",
            until=until,
        )


@dataclass(frozen=True)
class CircumstanceReported:
    """A circumstance of the person becomes known."""

    kind: CircumstanceKind = CircumstanceKind.VULNERABLE
    days: int | None = None

    def __call__(self, life: Life) -> Message | None:
        number = life.turn_of("circumstance")
        until = None if self.days is None else life.now + timedelta(days=self.days)
        return ReportCircumstance(
            event_id=f"circ-{number}",
            occurred_at=life.now,
            circumstance_id=f"circumstance-{number}",
            kind=self.kind,
            reported_by="agent-1",
            until=until,
        )


@dataclass(frozen=True)
class DecisionHeard:
    """Another case of the person tells that the oldest open complaint is decided; the person is yet to be told."""

    def __call__(self, life: Life) -> Message | None:
        undecided = [each for each in life.case.complaints if each.outcome is None and each.category != "dispute"]
        if not undecided:
            return None
        return HearDecision(
            event_id=f"decided-{life.turn_of('decided')}",
            occurred_at=life.now,
            complaint_id=undecided[0].complaint_id,
            outcome="upheld",
        )


@dataclass(frozen=True)
class HoldLifted:
    """Another case of the person tells that the oldest open hold on the person has ended."""

    def __call__(self, life: Life) -> Message | None:
        holds = [each for each in life.case.open_holds(life.now) if each.kind in PERSON_WIDE_HOLDS]
        if not holds:
            return None
        return LiftHold(
            event_id=f"lift-{life.turn_of('lift')}",
            occurred_at=life.now,
            hold_kind=holds[0].kind,
            hold_id=holds[0].hold_id,
        )


@dataclass(frozen=True)
class CircumstanceOver:
    """A person ends the oldest open circumstance, hardship or time of grace."""

    def __call__(self, life: Life) -> Message | None:
        holds = [each.hold_id for each in life.case.open_holds(life.now)]
        over = [each for each in holds if circumstance_hold(life.case, each, life.now) is not None]
        if not over:
            return None
        number = life.turn_of("over")
        return EndCircumstance(
            request_id=f"over-{number}", circumstance_id=over[0], reason_code="is_over", ended_by="lead-1"
        )


@dataclass(frozen=True)
class HeldByHand:
    """A person stops the case."""

    days: int | None = None

    def __call__(self, life: Life) -> Message | None:
        number = life.turn_of("manual")
        until = None if self.days is None else life.now + timedelta(days=self.days)
        return HoldCase(
            request_id=f"hold-{number}", hold_id=f"m-{number}", reason_code="asked", held_by="lead-1", until=until
        )


@dataclass(frozen=True)
class ResumedByHand:
    """A person ends the oldest open manual hold."""

    def __call__(self, life: Life) -> Message | None:
        holds = [each.hold_id for each in life.case.open_holds(life.now) if each.kind is HoldKind.MANUAL]
        if not holds:
            return None
        number = life.turn_of("resume")
        return ResumeCase(request_id=f"resume-{number}", hold_id=holds[0], reason_code="done", resumed_by="lead-1")


@dataclass(frozen=True)
class HoldDecided:
    """A person who was asked ends what only a person can end: a complaint, a circumstance, or a hold by hand."""

    def __call__(self, life: Life) -> Message | None:
        return ComplaintDecided()(life) or CircumstanceOver()(life) or ResumedByHand()(life)


@dataclass(frozen=True)
class GraceGranted:
    """A person gives time."""

    days: int = 10

    def __call__(self, life: Life) -> Message | None:
        until = life.now + timedelta(days=self.days)
        number = life.turn_of("grace")
        return GrantGrace(request_id=f"grace-{number}", until=until, reason_code="illness", granted_by="agent-1")


@dataclass(frozen=True)
class StoppedCaseDecided:
    """A person chooses how a case goes on whose person has stopped all contact."""

    choice: StoppedChoice
    days: int = 20

    def __call__(self, life: Life) -> Message | None:
        if not any(each.kind is HoldKind.CEASE_CONTACT for each in life.case.open_holds(life.now)):
            return None
        return DecideStoppedCase(
            request_id=f"stopped-{life.turn_of('stopped')}",
            choice=self.choice,
            until=life.now + timedelta(days=self.days) if self.choice is StoppedChoice.WAIT else None,
            reason_code="asked_to_cease",
            decided_by="lead-1",
        )


@dataclass(frozen=True)
class OptsOut:
    """Wants no more contact by a channel."""

    channel: Channel = Channel.SMS

    def __call__(self, life: Life) -> Message | None:
        return OptOut(event_id=f"out-{life.turn_of('out')}", occurred_at=life.now, channel=self.channel)


@dataclass(frozen=True)
class OptsIn:
    """Allows a channel again."""

    channel: Channel = Channel.SMS

    def __call__(self, life: Life) -> Message | None:
        return OptIn(event_id=f"in-{life.turn_of('in')}", occurred_at=life.now, channel=self.channel)


@dataclass(frozen=True)
class TrackChosen:
    """A person chooses a track."""

    track: Track = Track.SUPPORTIVE

    def __call__(self, life: Life) -> Message | None:
        number = life.turn_of("track")
        return SetTrack(request_id=f"track-{number}", track=self.track, reason_code="review", set_by="lead-1")


@dataclass(frozen=True)
class WaiverAsked:
    """An agent asks to waive an amount of interest or fees."""

    amount_minor: int = 100

    def __call__(self, life: Life) -> Message | None:
        return RequestWaiver(
            request_id=f"waiver-{life.turn_of('waiver')}",
            amount=format_minor(self.amount_minor, life.case.currency),
            reason_code="goodwill",
            requested_by="agent-1",
        )


@dataclass(frozen=True)
class WaiverGranted:
    """Somebody else decides the oldest undecided waiver."""

    approve: bool = True

    def __call__(self, life: Life) -> Message | None:
        undecided = [each for each in life.case.waivers if each.approved is None]
        if not undecided:
            return None
        return DecideWaiver(
            request_id=f"decide-{life.turn_of('decide')}",
            waiver_id=undecided[0].waiver_id,
            approve=self.approve,
            decided_by="lead-1",
        )


@dataclass(frozen=True)
class ReferralJudged:
    """A person decides on the open review."""

    approve: bool = True

    def __call__(self, life: Life) -> Message | None:
        referral = life.case.referral
        if referral is None:
            return None
        return DecideLegalReferral(
            request_id=f"judge-{life.turn_of('judge')}",
            referral_id=referral.referral_id,
            checklist_digest=referral.checklist_digest,
            approve=self.approve,
            reason_code="reviewed",
            decided_by="counsel-1",
        )


@dataclass(frozen=True)
class CounselReports:
    """Counsel reports the end of the legal matter."""

    outcome: LegalOutcome = LegalOutcome.SETTLED

    def __call__(self, life: Life) -> Message | None:
        referral = life.case.referral
        if referral is None:
            return None
        return RecordLegalOutcome(
            event_id=f"legal-{life.turn_of('legal')}",
            occurred_at=life.now,
            referral_id=referral.referral_id,
            outcome=self.outcome,
        )


@dataclass(frozen=True)
class ReceiptArrives:
    """The provider tells what became of the oldest contact that is still open."""

    status: DeliveryReport = DeliveryReport.DELIVERED
    gone: bool = False

    def __call__(self, life: Life) -> Message | None:
        contact_id = next(iter(life.office.sent), None)
        if contact_id is None:
            return None
        return ReportDelivery(
            event_id=f"receipt-{life.turn_of('receipt')}",
            occurred_at=life.now,
            contact_id=contact_id,
            status=self.status,
            at=life.now,
            code="gone" if self.gone else None,
        )


@dataclass(frozen=True)
class AgentCalls:
    """An agent takes the permit for the call on the list, and reports how it ended a few minutes later."""

    outcome: CallOutcome = CallOutcome.REACHED

    def __call__(self, life: Life) -> Message | None:
        call = life.case.call
        if call is None:
            return None
        call_id = call.call_id
        life.tell(life.now + timedelta(minutes=5), lambda then: _call(then, call_id, self.outcome, "outbound"))
        return BeginCall(request_id=f"permit-{life.turn_of('permit')}", call_id=call_id, agent_id="agent-1")


@dataclass(frozen=True)
class ClosedByHand:
    """A person ends the collection of a debt that is still unpaid."""

    def __call__(self, life: Life) -> Message | None:
        return CloseCase(request_id=f"close-{life.turn_of('close')}", reason_code="too_small", closed_by="lead-1")


@dataclass(frozen=True)
class ToldAgain:
    """A message is told another time, word for word: the first, the second and so on, over and over."""

    def __call__(self, life: Life) -> Message | None:
        return life.told[life.turn_of("again") % len(life.told)] if life.told else None


def _call(
    life: Life, call_id: str, outcome: CallOutcome, direction: str, promise: PromiseMade | None = None
) -> RecordCallOutcome:
    return RecordCallOutcome.model_validate(
        {
            "event_id": f"call-{life.turn_of('call')}",
            "occurred_at": life.now,
            "call_id": call_id,
            "outcome": outcome,
            "agent_id": "agent-1",
            "direction": direction,
            "number_ref": "number-1",
            "dialled_at": life.now,
            "connected": outcome is not CallOutcome.NO_ANSWER,
            "promise": promise,
        }
    )
