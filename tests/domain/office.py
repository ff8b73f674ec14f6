"""The activities as they would be if every moment were lawful and every provider honest: what a simulated life asks.

It keeps the ledger by ``domain.ledger`` and turns booked messages into events, as the records do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from domain.admission import circumstance_hold
from domain.case import Case, Complaint, Plan, PlanInstalment, Promise, Waiver
from domain.events import (
    CallEnded,
    CallPermitted,
    CaseClosed,
    CaseEvent,
    ChannelOpened,
    ChannelStopped,
    ComplaintFiled,
    ComplaintResolved,
    DebtChanged,
    DeliveryFailed,
    DeliveryProved,
    HoldEnded,
    HoldPlaced,
    MessageSettled,
    PersonAsked,
    PlanAgreed,
    PlanProposed,
    PromiseTaken,
    ReferralDecided,
    ReviewChosen,
    TimePassed,
    TrackSet,
    WaiverDecided,
    WaiverRequested,
)
from domain.facts import (
    AgreePlan,
    CallOutcome,
    CircumstanceKind,
    DeliveryReport,
    FileComplaint,
    HearDecision,
    LegalOutcome,
    LiftHold,
    Message,
    OptIn,
    OptOut,
    PromiseMade,
    RecordCallOutcome,
    RecordLegalOutcome,
    RecordPayment,
    ReportCircumstance,
    ReportDelivery,
    ReportHardship,
    ReversePayment,
)
from domain.holds import Hold
from domain.ledger import Entry, EntryKind, Instalment, Statement
from domain.money import parse_minor, split_evenly
from domain.orders import Booking, Refusal
from domain.requests import (
    AnnounceCreditReport,
    BeginCall,
    CloseCase,
    DecideLegalReferral,
    DecideStoppedCase,
    DecideWaiver,
    EndCircumstance,
    GrantGrace,
    HoldCase,
    ProposePlan,
    RecordDutyDone,
    RequestWaiver,
    ResolveComplaint,
    ResumeCase,
    SetTrack,
    StoppedChoice,
    VerifyDebt,
    WithdrawReferral,
)
from domain.statements import statement
from domain.terms import Channel, ClosedReason, HoldKind, Stage

PERMIT = timedelta(minutes=10)
HARDSHIP_GRACE = timedelta(days=30)
COMPLAINT_DEADLINE = timedelta(days=15)
REVIEW_PAUSE = timedelta(days=30)
STOPPED_CASE_DEADLINE = timedelta(days=7)
EVERY_CHANNEL = "every_channel_stopped"


@dataclass(frozen=True)
class SentContact:
    """A contact that left."""

    channel: Channel
    stage: Stage
    owed: bool = False
    """Whether it was an owed message."""


@dataclass
class Office:
    """The records of one account and those who answer for it."""

    instalments: Sequence[Instalment]
    currency: str
    entries: list[Entry] = field(default_factory=list)
    booked_at: list[datetime] = field(default_factory=list)
    stopped: set[Channel] = field(default_factory=set)
    """Channels that the person has opted out of."""
    sent: dict[str, SentContact] = field(default_factory=dict)
    """Contacts whose arrival is still open, by contact id."""

    def statement(self) -> Statement:
        """The account as its ledger has it."""
        return statement(self.instalments, self.entries)

    def book(self, message: Message, case: Case, now: datetime) -> Booking:
        """What a message that the case admits does to it."""
        match message:
            case RecordPayment():
                return self._payment(message, now)
            case ReversePayment():
                return self._reversal(message, now)
            case DecideWaiver():
                return self._waiver_decision(message, case, now)
            case ReportDelivery():
                return Booking(self._delivery(message))
            case AgreePlan():
                return Booking((_plan_agreed(message, case, now),))
            case ProposePlan():
                return Booking((PlanProposed(_proposal(message, case, now)),))
            case RecordCallOutcome() if message.promise is not None and (refusal := _beside(message.promise, case)):
                return Booking(refusal=refusal)
            case RecordCallOutcome():
                return Booking(_call_outcome(message, case, now))
        return Booking(self._of_stop(message, case, now) or (_event(message, case, now),))

    def _of_stop(self, message: Message, case: Case, now: datetime) -> tuple[CaseEvent, ...]:
        match message:
            case OptOut() | OptIn():
                return self._choice(message, case, now)
            case DecideStoppedCase():
                return _choice_for_stopped(message, case, now)
            case VerifyDebt() | AnnounceCreditReport():
                return (TimePassed(now),)
            case RecordDutyDone():
                return (MessageSettled(message.message_id),)
        return ()

    def _payment(self, message: RecordPayment, now: datetime) -> Booking:
        if any(each.entry_id == message.payment_id for each in self.entries):
            return Booking(refusal=Refusal("payment_known", "this payment was recorded before"))
        amount = parse_minor(message.amount, self.currency)
        return self._booked(Entry(message.payment_id, EntryKind.PAYMENT, amount), now)

    def _reversal(self, message: ReversePayment, now: datetime) -> Booking:
        payments = {each.entry_id for each in self.entries if each.kind is EntryKind.PAYMENT}
        payments -= {each.reverses for each in self.entries if each.reverses is not None}
        if message.payment_id not in payments:
            return Booking(refusal=Refusal("unknown_payment", "no such payment stands"))
        entry = Entry(f"r-{message.payment_id}", EntryKind.REVERSAL, 0, reverses=message.payment_id)
        return self._booked(entry, now)

    def _waiver_decision(self, message: DecideWaiver, case: Case, now: datetime) -> Booking:
        decided = WaiverDecided(message.waiver_id, message.approve)
        waived = next(each.amount_minor for each in case.waivers if each.waiver_id == message.waiver_id)
        left = self.statement().balance
        amount = min(waived, left.interest_minor + left.fees_minor)
        if not message.approve or not amount:
            return Booking((decided,))
        return Booking((decided, *self._booked(Entry(message.waiver_id, EntryKind.WAIVER, amount), now).events))

    def _booked(self, entry: Entry, now: datetime) -> Booking:
        self.entries.append(entry)
        self.booked_at.append(now)
        return Booking((DebtChanged(self.statement().debt()),))

    def _choice(self, message: OptOut | OptIn, case: Case, now: datetime) -> tuple[CaseEvent, ...]:
        """A word on a channel; when every channel of the timetable is stopped, so is the case."""
        if isinstance(message, OptIn):
            self.stopped.discard(message.channel)
            lifted = (each for each in case.open_holds(now) if each.reason == EVERY_CHANNEL)
            ended = (HoldEnded(each.kind, each.hold_id, now) for each in lifted)
            return (ChannelOpened(message.channel), *(ended if channels_of(case) - self.stopped else ()))
        self.stopped.add(message.channel)
        held = any(each.reason == EVERY_CHANNEL for each in case.open_holds(now))
        if held or case.stage is Stage.LEGAL or channels_of(case) - self.stopped:
            return (ChannelStopped(message.channel),)
        hold = Hold(HoldKind.CEASE_CONTACT, f"stop-{message.event_id}", now, reason=EVERY_CHANNEL)
        asked = PersonAsked(f"hold:{hold.hold_id}", now + STOPPED_CASE_DEADLINE)
        return ChannelStopped(message.channel), HoldPlaced(hold), asked

    def _delivery(self, message: ReportDelivery) -> tuple[CaseEvent, ...]:
        contact = self.sent.pop(message.contact_id, None)
        if contact is None:
            return ()
        if message.status is DeliveryReport.DELIVERED:
            return (DeliveryProved(message.contact_id),)
        return (
            DeliveryFailed(message.contact_id, contact.channel, contact.stage, message.code == "gone", contact.owed),
        )


def channels_of(case: Case) -> set[Channel]:
    """Every channel by which a case may reach the person."""
    return {channel for stage in case.timetable.stages for touch in stage.touches for channel in touch.channels}


def _choice_for_stopped(message: DecideStoppedCase, case: Case, now: datetime) -> tuple[CaseEvent, ...]:
    match message.choice:
        case StoppedChoice.CLOSE:
            return (CaseClosed(ClosedReason.WRITTEN_OFF, now, message.reason_code),)
        case StoppedChoice.LEGAL_REVIEW:
            return (ReviewChosen(message.decided_by, now),)
    until = end_of(message.until or now)
    stops = (each for each in case.open_holds(now) if each.kind is HoldKind.CEASE_CONTACT)
    asked = (PersonAsked(f"hold:{each.hold_id}", until) for each in stops)
    return HoldPlaced(Hold(HoldKind.MANUAL, f"wait-{message.request_id}", now, until)), *asked


def end_of(until: datetime | date) -> datetime:
    """The instant at which a day has passed, or the instant itself."""
    if isinstance(until, datetime):
        return until
    return datetime.combine(until + timedelta(days=1), time(), UTC)


def _event(message: Message, case: Case, now: datetime) -> CaseEvent:
    """The event of a message that has exactly one, whatever the ledger says."""
    return _hold_event(message, now) or _decision(message, case, now) or _other_event(message, case, now)


def _hold_event(message: Message, now: datetime) -> CaseEvent | None:
    match message:
        case ReportHardship():
            until = end_of(message.until) if message.until is not None else now + HARDSHIP_GRACE
            return HoldPlaced(Hold(HoldKind.HARDSHIP, message.hardship_id, now, until, reason=message.reason_code))
        case ReportCircumstance():
            return HoldPlaced(Hold(kind_of(message), message.circumstance_id, now, _end(message.until)))
        case GrantGrace():
            return HoldPlaced(Hold(HoldKind.GRACE, message.request_id, now, end_of(message.until)))
        case HoldCase():
            return HoldPlaced(Hold(HoldKind.MANUAL, message.hold_id, now, _end(message.until)))
        case ResumeCase():
            return HoldEnded(HoldKind.MANUAL, message.hold_id, now)
        case LiftHold(hold_kind=HoldKind.COMPLAINT):
            return ComplaintResolved(message.hold_id, "decided_on_another_account", now)
        case HearDecision():
            return ComplaintResolved(message.complaint_id, message.outcome, now, to_tell=True)
        case LiftHold():
            return HoldEnded(message.hold_kind, message.hold_id, now)
    return None


def kind_of(message: ReportCircumstance) -> HoldKind:
    """The hold that a circumstance asks for, where a written refusal to pay is a word to cease contact."""
    if message.kind is CircumstanceKind.REFUSES_IN_WRITING:
        return HoldKind.CEASE_CONTACT
    return HoldKind(message.kind)


def _decision(message: Message, case: Case, now: datetime) -> CaseEvent | None:
    match message:
        case EndCircumstance():
            hold = circumstance_hold(case, message.circumstance_id, now)
            return HoldEnded(hold.kind, hold.hold_id, now) if hold is not None else None
        case ResolveComplaint():
            return ComplaintResolved(message.complaint_id, message.outcome, now)
        case DecideLegalReferral():
            return ReferralDecided(message.approve, message.decided_by, now + REVIEW_PAUSE)
        case WithdrawReferral():
            return CaseClosed(ClosedReason.LEGAL_OUTCOME, now, LegalOutcome.WITHDRAWN)
        case RecordLegalOutcome():
            return CaseClosed(ClosedReason.LEGAL_OUTCOME, now, message.outcome)
        case CloseCase():
            return CaseClosed(ClosedReason.WRITTEN_OFF, now, message.reason_code)
        case SetTrack():
            return TrackSet(message.track)
    return None


def _other_event(message: Message, case: Case, now: datetime) -> CaseEvent:
    match message:
        case FileComplaint():
            decide_by = now + COMPLAINT_DEADLINE
            return ComplaintFiled(Complaint(message.complaint_id, message.category, decide_by, message.agent_id), now)
        case BeginCall():
            return CallPermitted(message.call_id, now + PERMIT)
        case RequestWaiver():
            amount = parse_minor(message.amount, case.currency)
            return WaiverRequested(Waiver(message.request_id, amount, message.requested_by))
    raise TypeError(f"nobody in the office knows what {type(message).__name__} does")


def _plan_agreed(message: AgreePlan, case: Case, now: datetime) -> CaseEvent:
    replaces = case.plan.plan_id if case.plan is not None and case.plan.agreed_at is not None else ""
    if message.instalments:
        agreed = tuple(
            PlanInstalment(end_of(each.due_date), parse_minor(each.amount, case.currency))
            for each in message.instalments
        )
        return PlanAgreed(message.plan_id, agreed, now, replaces)
    proposed = case.new_plan if replaces else case.plan
    return PlanAgreed(message.plan_id, proposed.instalments if proposed is not None else (), now, replaces)


def _proposal(message: ProposePlan, case: Case, now: datetime) -> Plan:
    amounts = split_evenly(case.debt.arrears_minor(now), message.instalment_count)
    due_dates = [message.first_due_date + timedelta(days=30 * number) for number in range(len(amounts))]
    instalments = zip(due_dates, amounts, strict=True)
    return Plan(message.request_id, tuple(PlanInstalment(end_of(due), amount) for due, amount in instalments))


def _beside(made: PromiseMade, case: Case) -> Refusal | None:
    """Why a promise cannot stand beside those that are open."""
    if case.promise is None:
        return None
    others, debt = (case.promise, *case.later_promises), case.debt
    check_at = end_of(made.date) + case.timetable.promise_grace
    last = others[-1]
    wanted = max(debt.paid_minor, last.paid_before_minor + last.amount_minor) + parse_minor(made.amount, case.currency)
    if len(others) >= 2:
        return Refusal("promises_open", "two promises are open")
    if last.check_at >= check_at or wanted - debt.paid_minor > debt.balance_minor:
        return Refusal("promise_conflict", "it cannot stand beside the other")
    return None


def _call_outcome(message: RecordCallOutcome, case: Case, now: datetime) -> tuple[CaseEvent, ...]:
    unusable = message.outcome in (CallOutcome.WRONG_PARTY, CallOutcome.NUMBER_INVALID)
    events: list[CaseEvent] = []
    if message.direction == "outbound":
        events.append(CallEnded(message.call_id, now, unusable))
    if message.promise is not None:
        check_at = end_of(message.promise.date) + case.timetable.promise_grace
        amount = parse_minor(message.promise.amount, case.currency)
        events.append(PromiseTaken(Promise(message.event_id, amount, check_at, 0), now))
    return tuple(events)


def _end(until: datetime | date | None) -> datetime | None:
    return None if until is None else end_of(until)
