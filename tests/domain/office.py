"""The activities as they would be if every moment were lawful and every provider honest: what a simulated life asks.

It turns booked messages into events, as the records do. The ledger, complaints, referrals and the messages that are
owed are its desks, in files of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from domain.admission import circumstance_hold
from domain.case import Case, Plan, PlanInstalment, Promise, Waiver, WaiverCondition
from domain.checklist import ProofKind
from domain.contact_facts import ReplyOccasion
from domain.events import (
    CallEnded,
    CallPermitted,
    CaseClosed,
    CaseEvent,
    ChannelOpened,
    ChannelStopped,
    ComplaintResolved,
    DeliveryFailed,
    DeliveryProved,
    HoldEnded,
    HoldPlaced,
    MessageSettled,
    MessagesOwed,
    PaymentRefused,
    PersonAsked,
    PlanAgreed,
    PlanProposed,
    PromiseTaken,
    ReferralDecided,
    ReferralVoided,
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
    PleadLimitation,
    RecordCallOutcome,
    RecordLegalOutcome,
    RecordPayment,
    RecordPromise,
    ReportCircumstance,
    ReportDelivery,
    ReportHardship,
    ReversePayment,
)
from domain.holds import LIMITATION_PLEADED, Hold
from domain.ledger import Entry, EntryKind, Instalment
from domain.money import parse_minor, split_evenly
from domain.orders import Booking, ContactOrder, Refusal
from domain.requests import (
    AnnounceCreditReport,
    BeginCall,
    CloseCase,
    CompleteTask,
    DecideLegalReferral,
    DecideStoppedCase,
    DecideWaiver,
    EndCircumstance,
    ExtendComplaint,
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
from domain.terms import Channel, ClosedReason, HoldKind, Stage, Track
from domain.tracks import FIRM_REVIEW
from tests.domain.office_checklist import ReferralDesk
from tests.domain.office_complaints import ComplaintDesk
from tests.domain.office_ledger import Books, Charging, Offer
from tests.domain.office_messages import of_hold, of_plan, of_promise, offer, reply

PERMIT = timedelta(minutes=10)
HARDSHIP_GRACE = timedelta(days=30)
GRACE_KINDS = frozenset({HoldKind.HARDSHIP, HoldKind.GRACE})
REVIEW_PAUSE = timedelta(days=30)
WAIVER_DEADLINE = timedelta(days=5)
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
    charging: Charging = field(default_factory=Charging)
    books: Books = field(init=False)
    complaints: ComplaintDesk = field(init=False)
    referrals: ReferralDesk = field(init=False)
    stopped: set[Channel] = field(default_factory=set)
    """Channels that the person has opted out of."""
    sent: dict[str, SentContact] = field(default_factory=dict)
    """Contacts whose arrival is still open, by contact id."""

    def __post_init__(self) -> None:
        self.books = Books(self.instalments, self.charging)
        self.complaints = ComplaintDesk(self.books)
        self.referrals = ReferralDesk(self.books)

    @property
    def entries(self) -> list[Entry]:
        """What was booked, in order."""
        return self.books.entries

    @property
    def booked_at(self) -> list[datetime]:
        """When each entry was booked."""
        return self.books.booked_at

    def book(self, message: Message, case: Case, now: datetime) -> Booking:
        """What a message that the case admits does to it."""
        return (
            self._money(message, case, now)
            or self._complaint(message, case, now)
            or self._arrangement(message, case, now)
            or self._time(message, case, now)
            or Booking(self._of_stop(message, case, now) or (_event(message, case, now),))
        )

    def note_left(self, order: ContactOrder, now: datetime) -> tuple[CaseEvent, ...]:
        """Keep a contact that left; answers what follows from it."""
        self.sent[order.contact_id] = SentContact(order.channel, order.stage, bool(order.message_id))
        if order.message_id:
            return self.complaints.note_sent(order.message_id, now)
        self.referrals.note_demand(order, now)
        return ()

    def _money(self, message: Message, case: Case, now: datetime) -> Booking | None:
        match message:
            case RecordPayment():
                return self._payment(message, now)
            case ReversePayment():
                return self._reversal(message, now)
            case RequestWaiver():
                return self._waiver_request(message, case, now)
            case DecideWaiver():
                return self._waiver_decision(message, case, now)
        return None

    def _complaint(self, message: Message, case: Case, now: datetime) -> Booking | None:
        match message:
            case FileComplaint():
                return self.complaints.file(message, now)
            case ExtendComplaint():
                return self.complaints.extend(message, case, now)
            case ResolveComplaint():
                return self.complaints.resolve(message, case, now)
            case CompleteTask():
                return self.complaints.complete(message, case, now)
            case BeginCall() if message.agent_id in self.complaints.suspended:
                return Booking(refusal=Refusal("agent_suspended", "who is to be retrained calls nobody"))
            case LiftHold(hold_kind=HoldKind.COMPLAINT):
                self.complaints.told_at.setdefault(message.hold_id, now)
                return Booking((ComplaintResolved(message.hold_id, "decided_on_another_account", now),))
        return None

    def _arrangement(self, message: Message, case: Case, now: datetime) -> Booking | None:
        match message:
            case AgreePlan():
                agreed = _plan_agreed(message, case, now)
                self.referrals.note_offer(ProofKind.PLAN, message.plan_id, now)
                return Booking((agreed, of_plan(agreed.plan_id, agreed.instalments, now)))
            case ProposePlan():
                self.referrals.note_offer(ProofKind.PLAN, message.request_id, now)
                return Booking((PlanProposed(_proposal(message, case, now)),))
            case RecordPromise():
                return _promised(message.promise_id, message.amount, message.date, case, now)
            case RecordCallOutcome() if message.promise is not None:
                return _promised(message.event_id, message.promise.amount, message.promise.date, case, now)
            case RecordCallOutcome():
                return Booking(_call_outcome(message, now))
        return None

    def _time(self, message: Message, case: Case, now: datetime) -> Booking | None:
        match message:
            case ReportHardship() | GrantGrace():
                placed = _time_given(message, now)
                return Booking((placed, of_hold(placed.hold, now)))
            case EndCircumstance():
                hold = circumstance_hold(case, message.circumstance_id, now)
                if hold is not None and hold.kind in GRACE_KINDS:
                    ended = HoldEnded(hold.kind, hold.hold_id, now)
                    return Booking((ended, MessagesOwed((offer(hold.hold_id, now),))))
            case SetTrack(track=Track.FIRM):
                told = reply(ReplyOccasion.TRACK_FINDING, message.request_id, now)
                return Booking((TrackSet(Track.FIRM, message.reason_code, now + FIRM_REVIEW), told))
            case ReportDelivery():
                return Booking(self._delivery(message, case, now))
        return None

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
        return Booking(self.books.book(Entry(message.payment_id, EntryKind.PAYMENT, amount), now))

    def _reversal(self, message: ReversePayment, now: datetime) -> Booking:
        if message.payment_id not in {each.entry_id for each in self.books.standing_payments()}:
            return Booking(refusal=Refusal("unknown_payment", "no such payment stands"))
        entry = Entry(f"r-{message.payment_id}", EntryKind.REVERSAL, 0, reverses=message.payment_id)
        return Booking(self.books.book(entry, now))

    def _waiver_request(self, message: RequestWaiver, case: Case, now: datetime) -> Booking:
        """Interest and fees only, and no more of them than nobody else asked for."""
        left = self.books.statement(now).balance
        asked = sum(each.amount_minor for each in case.waivers if each.pending)
        amount = parse_minor(message.amount, self.currency)
        if amount > left.interest_minor + left.fees_minor - asked:
            return Booking(refusal=Refusal("waiver_exceeds", "less interest and fees are left"))
        condition = None
        if message.condition is not None:
            pay_by = end_of(message.condition.by)
            pay = parse_minor(message.condition.pay_amount, self.currency)
            condition = WaiverCondition(pay, pay_by, lapses_undecided=True)
        waiver = Waiver(message.request_id, amount, message.requested_by, condition=condition)
        return Booking((WaiverRequested(waiver, now + WAIVER_DEADLINE),))

    def _waiver_decision(self, message: DecideWaiver, case: Case, now: datetime) -> Booking:
        decided = WaiverDecided(message.waiver_id, message.approve)
        waiver = next(each for each in case.waivers if each.waiver_id == message.waiver_id)
        if not message.approve:
            return Booking((decided,))
        if waiver.condition is not None:
            if waiver.condition.pay_by <= now:
                return Booking(refusal=Refusal("date_in_past", "the time for its condition is over"))
            pay = waiver.condition
            self.books.offers.append(Offer(waiver.waiver_id, waiver.amount_minor, pay.pay_minor, pay.pay_by, now))
            return Booking((decided,))
        left = self.books.statement(now).balance
        if waiver.amount_minor > left.interest_minor + left.fees_minor:
            return Booking(refusal=Refusal("waiver_exceeds", "less interest and fees are left by now"))
        entry = Entry(message.waiver_id, EntryKind.WAIVER, waiver.amount_minor)
        return Booking((decided, *self.books.book(entry, now)))

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

    def _delivery(self, message: ReportDelivery, case: Case, now: datetime) -> tuple[CaseEvent, ...]:
        contact = self.sent.pop(message.contact_id, None)
        if contact is None:
            return ()
        arrived = message.status is DeliveryReport.DELIVERED
        self.referrals.note_receipt(message.contact_id, now if arrived else None)
        if arrived:
            return () if contact.owed else (DeliveryProved(message.contact_id), *_review_anew(contact, case))
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
    return _hold_event(message, now) or _decision(message, case, now) or _permit(message, now)


def _hold_event(message: Message, now: datetime) -> CaseEvent | None:
    match message:
        case ReportCircumstance():
            return HoldPlaced(Hold(kind_of(message), message.circumstance_id, now, _end(message.until)))
        case PleadLimitation():
            return HoldPlaced(Hold(HoldKind.MANUAL, message.event_id, now, reason=LIMITATION_PLEADED))
        case HoldCase():
            return HoldPlaced(Hold(HoldKind.MANUAL, message.hold_id, now, _end(message.until)))
        case ResumeCase():
            return HoldEnded(HoldKind.MANUAL, message.hold_id, now)
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
        case DecideLegalReferral():
            return ReferralDecided(message.approve, message.decided_by, now + REVIEW_PAUSE)
        case WithdrawReferral():
            return CaseClosed(ClosedReason.LEGAL_OUTCOME, now, LegalOutcome.WITHDRAWN)
        case RecordLegalOutcome():
            return CaseClosed(ClosedReason.LEGAL_OUTCOME, now, message.outcome)
        case CloseCase():
            return CaseClosed(ClosedReason.WRITTEN_OFF, now, message.reason_code)
        case SetTrack():
            return TrackSet(message.track, message.reason_code)
    return None


def _permit(message: Message, now: datetime) -> CaseEvent:
    if isinstance(message, BeginCall):
        return CallPermitted(message.call_id, now + PERMIT)
    raise TypeError(f"nobody in the office knows what {type(message).__name__} does")


def _time_given(message: ReportHardship | GrantGrace, now: datetime) -> HoldPlaced:
    if isinstance(message, GrantGrace):
        return HoldPlaced(Hold(HoldKind.GRACE, message.request_id, now, end_of(message.until)))
    until = end_of(message.until) if message.until is not None else now + HARDSHIP_GRACE
    return HoldPlaced(Hold(HoldKind.HARDSHIP, message.hardship_id, now, until, reason=message.reason_code))


def _review_anew(contact: SentContact, case: Case) -> tuple[CaseEvent, ...]:
    """A review that only waited for the proof that the final notice arrived is drawn up again, with the proof."""
    waits = case.referral is not None and "final_notice_delivered" in case.referral.missing
    return (ReferralVoided(),) if waits and contact.stage is Stage.PRE_LEGAL else ()


def _plan_agreed(message: AgreePlan, case: Case, now: datetime) -> PlanAgreed:
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


def _promised(promise_id: str, amount: str, day: datetime | date, case: Case, now: datetime) -> Booking:
    """A promise that can stand beside those that are open, with its reminder."""
    due_at, minor = end_of(day), parse_minor(amount, case.currency)
    check_at = due_at + case.timetable.promise_grace
    refusal = _beside(minor, check_at, case)
    if refusal is not None:
        return Booking(refusal=refusal)
    taken = PromiseTaken(Promise(promise_id, minor, check_at, 0), now)
    return Booking((taken, *of_promise(promise_id, due_at, now)))


def _beside(amount_minor: int, check_at: datetime, case: Case) -> Refusal | None:
    if case.promise is None:
        return None
    others, debt = (case.promise, *case.later_promises), case.debt
    last = others[-1]
    wanted = max(debt.paid_minor, last.paid_before_minor + last.amount_minor) + amount_minor
    if len(others) >= 2:
        return Refusal("promises_open", "two promises are open")
    if last.check_at >= check_at or wanted - debt.paid_minor > debt.balance_minor:
        return Refusal("promise_conflict", "it cannot stand beside the other")
    return None


def _call_outcome(message: RecordCallOutcome, now: datetime) -> tuple[CaseEvent, ...]:
    unusable = message.outcome in (CallOutcome.WRONG_PARTY, CallOutcome.NUMBER_INVALID)
    ended = (CallEnded(message.call_id, now, unusable),) if message.direction == "outbound" else ()
    refused = (PaymentRefused(message.call_id),) if message.outcome is CallOutcome.REFUSED else ()
    return (*ended, *refused)


def _end(until: datetime | date | None) -> datetime | None:
    return None if until is None else end_of(until)
