"""What can happen to a case, and what each does to it.

``apply`` is pure: the workflow, the simulator and the tests share it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import singledispatch
from typing import Annotated, Any, Literal

from pydantic import Discriminator, WrapSerializer

from domain.after_the_end import give_up_answers
from domain.case import (
    CallTask,
    Case,
    ChosenReview,
    Closed,
    Complaint,
    LimitationWatch,
    Plan,
    PlanInstalment,
    PlannedContact,
    Promise,
    Referral,
    Waiver,
)
from domain.complaints import (
    COMPLAINT_HOLDS,
    decided,
    extended,
    filed,
    hold_kind_of,
    judge_complaints,
    message_to_tell,
    told_of,
)
from domain.contact_facts import ServiceOccasion
from domain.holds import Hold
from domain.ledger import Debt
from domain.limitation_watch import is_told_once
from domain.owed_messages import Bar, OwedMessage
from domain.owing import changed, give_up_messages, untold, with_message, without_message
from domain.progress import advance, end_plan, enter, fall_back, stand_still, with_milestone, without_channel
from domain.terms import Channel, ClosedReason, HoldKind, PlanOutcome, PromiseOutcome, Stage, Track
from domain.track_of_case import chosen_by_person, judge_track
from domain.track_offers import judge_track_offer
from domain.vulnerability import let_go_of_ended, seen_to


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Nothing but time: promises, plans, calls and stages are looked at anew."""

    now: datetime
    kind: Literal["time_passed"] = "time_passed"


@dataclass(frozen=True, slots=True)
class DebtChanged:
    """The ledger was booked; ``debt`` is what it said. The later of two readings counts, whichever comes first."""

    debt: Debt
    kind: Literal["debt_changed"] = "debt_changed"


@dataclass(frozen=True, slots=True)
class HoldPlaced:
    """Something stops the case."""

    hold: Hold
    kind: Literal["hold_placed"] = "hold_placed"


@dataclass(frozen=True, slots=True)
class HoldEnded:
    """A hold was ended before its time. Ids are unique within a kind only."""

    hold_kind: HoldKind
    hold_id: str
    at: datetime
    kind: Literal["hold_ended"] = "hold_ended"


@dataclass(frozen=True, slots=True)
class PromiseTaken:
    """The person promised to pay."""

    promise: Promise
    at: datetime
    kind: Literal["promise_taken"] = "promise_taken"


@dataclass(frozen=True, slots=True)
class PromiseJudgedAnew:
    """What became of a promise is another thing by what is known now: money was told late, or taken back."""

    promise_id: str
    before: PromiseOutcome
    outcome: PromiseOutcome | None
    """None: it is open again."""
    at: datetime
    promise: Promise | None = None
    """The promise that is open again."""
    kind: Literal["promise_judged_anew"] = "promise_judged_anew"


@dataclass(frozen=True, slots=True)
class PlanProposed:
    """A schedule was offered; it binds nobody yet."""

    plan: Plan
    kind: Literal["plan_proposed"] = "plan_proposed"


@dataclass(frozen=True, slots=True)
class PlanAgreed:
    """The person agreed to a plan."""

    plan_id: str
    instalments: tuple[PlanInstalment, ...]
    at: datetime
    replaces: str = ""
    """The plan in force that it replaces after a missed instalment."""
    kind: Literal["plan_agreed"] = "plan_agreed"


@dataclass(frozen=True, slots=True)
class PlanReinstated:
    """A plan that had been kept is in force again, because a payment did not hold."""

    plan: Plan
    at: datetime
    kind: Literal["plan_reinstated"] = "plan_reinstated"


@dataclass(frozen=True, slots=True)
class ComplaintFiled:
    """A complaint or dispute was filed; contact stops at once."""

    complaint: Complaint
    at: datetime
    kind: Literal["complaint_filed"] = "complaint_filed"


@dataclass(frozen=True, slots=True)
class ComplaintResolved:
    """A complaint or dispute was decided."""

    complaint_id: str
    outcome: str
    at: datetime
    to_tell: bool = False
    """Whether the hold goes on until the person has been told."""
    kind: Literal["complaint_resolved"] = "complaint_resolved"


@dataclass(frozen=True, slots=True)
class ComplaintExtended:
    """A complaint got more time."""

    complaint_id: str
    decide_by: datetime
    remind_at: datetime
    kind: Literal["complaint_extended"] = "complaint_extended"


@dataclass(frozen=True, slots=True)
class ComplaintTold:
    """The person knows the outcome of a complaint, whose hold ends."""

    complaint_id: str
    at: datetime
    kind: Literal["complaint_told"] = "complaint_told"


@dataclass(frozen=True, slots=True)
class TaskCompleted:
    """A person did what they were asked, such as telling what no message could."""

    subject: str
    at: datetime
    kind: Literal["task_completed"] = "task_completed"


@dataclass(frozen=True, slots=True)
class StageRestarted:
    """The case begins a stage that it had passed, or its present one, anew."""

    stage: Stage
    at: datetime
    kind: Literal["stage_restarted"] = "stage_restarted"


@dataclass(frozen=True, slots=True)
class WaiverRequested:
    """Somebody asked that interest or fees be waived."""

    waiver: Waiver
    decide_by: datetime | None = None
    """By when somebody else must decide it; none for one that needs nobody."""
    kind: Literal["waiver_requested"] = "waiver_requested"


@dataclass(frozen=True, slots=True)
class WaiverDecided:
    """A waiver was approved or refused."""

    waiver_id: str
    approved: bool
    kind: Literal["waiver_decided"] = "waiver_decided"


@dataclass(frozen=True, slots=True)
class WaiverSettled:
    """An offered waiver was booked because its condition was met, or stands or lapsed because it is met no more."""

    waiver_id: str
    outcome: str
    kind: Literal["waiver_settled"] = "waiver_settled"


@dataclass(frozen=True, slots=True)
class TrackSet:
    """A person chose a track."""

    track: Track
    reason: str = ""
    firm_until: datetime | None = None
    """When ``firm`` lapses unless it is confirmed."""
    kind: Literal["track_set"] = "track_set"


@dataclass(frozen=True, slots=True)
class PaymentRefused:
    """The person said in a call that they will not pay."""

    call_id: str
    kind: Literal["payment_refused"] = "payment_refused"


@dataclass(frozen=True, slots=True)
class ChannelStopped:
    """A channel can no longer reach the person."""

    channel: Channel
    kind: Literal["channel_stopped"] = "channel_stopped"


@dataclass(frozen=True, slots=True)
class ChannelOpened:
    """A channel can reach the person again."""

    channel: Channel
    kind: Literal["channel_opened"] = "channel_opened"


@dataclass(frozen=True, slots=True)
class MomentFound:
    """The lawful moment for the next contact is known."""

    planned: PlannedContact
    kind: Literal["moment_found"] = "moment_found"


@dataclass(frozen=True, slots=True)
class ContactSent:
    """A contact left; ``next`` is the lawful moment of the one after it, when it was found with it."""

    channel: Channel
    at: datetime
    next: PlannedContact | None = None
    certain: bool = True
    """False when its fate is unknown: it counts as sent, but not towards exhausting the stage."""
    message_id: str = ""
    """Of an owed message; empty for the stage's own contact. ``next`` is then the stage's, found anew."""
    kind: Literal["contact_sent"] = "contact_sent"


@dataclass(frozen=True, slots=True)
class ContactDeferred:
    """A rule moved the contact to a later moment."""

    planned: PlannedContact
    message_id: str = ""
    kind: Literal["contact_deferred"] = "contact_deferred"


@dataclass(frozen=True, slots=True)
class ContactFailed:
    """A contact did not leave and will not: another channel is tried, and the attempt is not used up."""

    channel: Channel
    at: datetime
    unusable: bool
    """Whether the channel stays closed for later contacts too."""
    message_id: str = ""
    kind: Literal["contact_failed"] = "contact_failed"


@dataclass(frozen=True, slots=True)
class CallRequested:
    """A call task was put on the agents' list."""

    call: CallTask
    kind: Literal["call_requested"] = "call_requested"


@dataclass(frozen=True, slots=True)
class CallPermitted:
    """An agent holds a permit to dial until then."""

    call_id: str
    until: datetime
    kind: Literal["call_permitted"] = "call_permitted"


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The call of the open task was made."""

    call_id: str
    at: datetime
    number_unusable: bool
    kind: Literal["call_ended"] = "call_ended"


@dataclass(frozen=True, slots=True)
class DeliveryProved:
    """A provider proved that a contact arrived."""

    contact_id: str
    kind: Literal["delivery_proved"] = "delivery_proved"


@dataclass(frozen=True, slots=True)
class DeliveryFailed:
    """A contact that had left did not arrive: the attempt is given back."""

    contact_id: str
    channel: Channel
    stage: Stage
    unusable: bool
    owed: bool = False
    """Whether it was an owed message, which no stage had counted."""
    kind: Literal["delivery_failed"] = "delivery_failed"


@dataclass(frozen=True, slots=True)
class ReviewOpened:
    """The checklist for the referral was drawn up."""

    referral: Referral
    kind: Literal["review_opened"] = "review_opened"


@dataclass(frozen=True, slots=True)
class ReferralDecided:
    """A person approved or refused the referral."""

    approve: bool
    decided_by: str
    review_again_at: datetime
    kind: Literal["referral_decided"] = "referral_decided"


@dataclass(frozen=True, slots=True)
class LimitationSet:
    """What the records prove of the limitation period has changed."""

    watch: LimitationWatch
    kind: Literal["limitation_set"] = "limitation_set"


@dataclass(frozen=True, slots=True)
class ReviewChosen:
    """A person chose a legal review for a person who has stopped all contact."""

    chosen_by: str
    at: datetime
    kind: Literal["review_chosen"] = "review_chosen"


@dataclass(frozen=True, slots=True)
class ReferralVoided:
    """The checklist changed between approval and referral."""

    kind: Literal["referral_voided"] = "referral_voided"


@dataclass(frozen=True, slots=True)
class Referred:
    """The referral was handed over, whatever has happened to the case meanwhile."""

    referral: Referral
    at: datetime
    kind: Literal["referred"] = "referred"


@dataclass(frozen=True, slots=True)
class PersonAsked:
    """A named person was asked to decide something by then."""

    subject: str
    deadline: datetime
    at: datetime | None = None
    """None where it makes no difference when."""
    kind: Literal["person_asked"] = "person_asked"


@dataclass(frozen=True, slots=True)
class MessagesOwed:
    """The case owes these messages; of one that it knows, times and channels are new."""

    messages: tuple[OwedMessage, ...]
    kind: Literal["messages_owed"] = "messages_owed"


@dataclass(frozen=True, slots=True)
class MessageSettled:
    """An owed message is not needed any more, or went in another way."""

    message_id: str
    kind: Literal["message_settled"] = "message_settled"


@dataclass(frozen=True, slots=True)
class BarsSet:
    """What may not begin is now this; an earlier word that comes later changes nothing."""

    bars: tuple[Bar, ...]
    revision: int
    kind: Literal["bars_set"] = "bars_set"


@dataclass(frozen=True, slots=True)
class MilestonesWritten:
    """The milestones up to this number are in the audit trail."""

    up_to: int
    kind: Literal["milestones_written"] = "milestones_written"


@dataclass(frozen=True, slots=True)
class CaseClosed:
    """The case ended."""

    reason: ClosedReason
    at: datetime
    detail: str = ""
    kind: Literal["case_closed"] = "case_closed"


CaseEvent = Annotated[
    TimePassed
    | DebtChanged
    | HoldPlaced
    | HoldEnded
    | PromiseTaken
    | PromiseJudgedAnew
    | PlanProposed
    | PlanAgreed
    | PlanReinstated
    | ComplaintFiled
    | ComplaintResolved
    | ComplaintExtended
    | ComplaintTold
    | TaskCompleted
    | StageRestarted
    | WaiverRequested
    | WaiverDecided
    | WaiverSettled
    | TrackSet
    | PaymentRefused
    | ChannelStopped
    | ChannelOpened
    | MomentFound
    | ContactSent
    | ContactDeferred
    | ContactFailed
    | CallRequested
    | CallPermitted
    | CallEnded
    | DeliveryProved
    | DeliveryFailed
    | ReviewOpened
    | ReferralDecided
    | LimitationSet
    | ReviewChosen
    | ReferralVoided
    | Referred
    | PersonAsked
    | MessagesOwed
    | MessageSettled
    | BarsSet
    | MilestonesWritten
    | CaseClosed,
    Discriminator("kind"),
    WrapSerializer(lambda event, write: {**write(event), "kind": event.kind}),  # even where defaults are left out
]
"""Everything that can happen to a case."""


def apply(case: Case, event: CaseEvent) -> Case:
    """The case after an event. Applying the same hold, complaint or decision twice changes nothing."""
    return _apply(event, case)


@singledispatch
def _apply(event: Any, case: Case) -> Case:
    raise TypeError(f"no rule for {type(event).__name__} on account {case.account_id}")


@_apply.register
def _(event: TimePassed, case: Case) -> Case:
    case = advance(case, event.now)
    if case.closed is not None:
        return give_up_answers(case, event.now)
    case = judge_complaints(judge_track(case, event.now), event.now)
    case = judge_track_offer(let_go_of_ended(case, event.now), event.now)
    return give_up_messages(case, event.now)


@_apply.register
def _(event: DebtChanged, case: Case) -> Case:
    return case if event.debt.bookings < case.debt.bookings else replace(case, debt=event.debt)


@_apply.register
def _(event: HoldPlaced, case: Case) -> Case:
    return _with_hold(case, event.hold)


@_apply.register
def _(event: HoldEnded, case: Case) -> Case:
    return _without_hold(case, frozenset({event.hold_kind}), event.hold_id, event.at)


@_apply.register
def _(event: PromiseTaken, case: Case) -> Case:
    if _knows(case, HoldKind.PROMISE, event.promise.promise_id):
        return case
    earlier = () if case.promise is None else (case.promise, *case.later_promises)
    promised = [each.paid_before_minor + each.amount_minor for each in earlier]
    promise = replace(event.promise, paid_before_minor=max([case.debt.paid_minor, *promised]))
    hold = Hold(HoldKind.PROMISE, promise.promise_id, event.at, until=promise.check_at)
    first, *later = (*earlier, promise)
    return _with_hold(replace(case, promise=first, later_promises=tuple(later)), hold)


@_apply.register
def _(event: PromiseJudgedAnew, case: Case) -> Case:
    def more(outcome: PromiseOutcome) -> int:
        return (event.outcome is outcome) - (event.before is outcome)

    kept = case.behaviour.promises_kept + more(PromiseOutcome.KEPT)
    broken = case.behaviour.promises_broken + more(PromiseOutcome.BROKEN)
    case = replace(case, behaviour=replace(case.behaviour, promises_kept=kept, promises_broken=broken))
    if event.promise is None:
        return case
    known = (case.promise,) if case.promise is not None else ()
    first, *later = sorted((*known, *case.later_promises, event.promise), key=lambda each: each.check_at)
    case = replace(case, promise=first, later_promises=tuple(later))
    return _reopened(case, Hold(HoldKind.PROMISE, event.promise_id, event.at, until=event.promise.check_at))


@_apply.register
def _(event: PlanProposed, case: Case) -> Case:
    if event.plan.stands_until is not None and case.plan is not None:
        return case
    in_force = case.plan is not None and case.plan.agreed_at is not None
    return replace(case, new_plan=event.plan) if in_force else replace(case, plan=event.plan)


@_apply.register
def _(event: PlanAgreed, case: Case) -> Case:
    if _knows(case, HoldKind.PLAN, event.plan_id):
        return case
    case = end_plan(case, PlanOutcome.REPLACED, event.at) if event.replaces else case
    plan = Plan(event.plan_id, event.instalments, event.at, case.debt.paid_minor, replaces=event.replaces)
    return _with_hold(replace(case, plan=plan), Hold(HoldKind.PLAN, event.plan_id, event.at))


@_apply.register
def _(event: PlanReinstated, case: Case) -> Case:
    reminders = f"{ServiceOccasion.PLAN_REMINDER}.{event.plan.plan_id}."
    settled = tuple(each for each in case.settled_messages if not each.startswith(reminders))
    case = replace(case, plan=event.plan, new_plan=None, settled_messages=settled)
    return _reopened(case, Hold(HoldKind.PLAN, event.plan.plan_id, event.at))


@_apply.register
def _(event: ComplaintFiled, case: Case) -> Case:
    complaint = event.complaint
    if any(each.complaint_id == complaint.complaint_id for each in case.complaints):
        return case
    kind = hold_kind_of(complaint.category)
    case = _with_hold(case, Hold(kind, complaint.complaint_id, event.at, reason=complaint.category))
    return filed(case, complaint)


@_apply.register
def _(event: ComplaintResolved, case: Case) -> Case:
    case = decided(case, event.complaint_id, event.outcome)
    return case if event.to_tell else _without_hold(case, COMPLAINT_HOLDS, event.complaint_id, event.at)


@_apply.register
def _(event: ComplaintExtended, case: Case) -> Case:
    return extended(case, event.complaint_id, event.decide_by, event.remind_at)


@_apply.register
def _(event: ComplaintTold, case: Case) -> Case:
    return _without_hold(case, COMPLAINT_HOLDS, event.complaint_id, event.at)


@_apply.register
def _(event: TaskCompleted, case: Case) -> Case:
    done = () if is_told_once(event.subject) else (event.subject,)
    asked = {subject: deadline for subject, deadline in case.asked.items() if subject not in done}
    message_id = message_to_tell(event.subject)
    case = replace(
        seen_to(case, event.subject), asked=asked, untold=tuple(each for each in case.untold if each != message_id)
    )
    return case if message_id is None else _told(without_message(case, message_id), message_id, event.at)


@_apply.register
def _(event: StageRestarted, case: Case) -> Case:
    return enter(replace(case, planned=None, call=None, referral=None), event.stage, event.at)


@_apply.register
def _(event: WaiverRequested, case: Case) -> Case:
    if any(each.waiver_id == event.waiver.waiver_id for each in case.waivers):
        return case
    case = replace(case, waivers=(*case.waivers, event.waiver))
    return (
        case if event.decide_by is None else replace(case, asked=case.asked | {event.waiver.subject: event.decide_by})
    )


@_apply.register
def _(event: WaiverDecided, case: Case) -> Case:
    waivers = tuple(
        replace(each, approved=event.approved) if each.waiver_id == event.waiver_id and each.approved is None else each
        for each in case.waivers
    )
    asked = {subject: until for subject, until in case.asked.items() if subject != f"waiver:{event.waiver_id}"}
    return replace(case, waivers=waivers, asked=asked)


@_apply.register
def _(event: WaiverSettled, case: Case) -> Case:
    waivers = (
        replace(each, outcome=event.outcome) if each.waiver_id == event.waiver_id else each for each in case.waivers
    )
    return replace(case, waivers=tuple(waivers))


@_apply.register
def _(event: TrackSet, case: Case) -> Case:
    return chosen_by_person(case, event.track, event.reason, event.firm_until)


@_apply.register
def _(_event: PaymentRefused, case: Case) -> Case:
    return replace(case, behaviour=replace(case.behaviour, refusals=case.behaviour.refusals + 1))


@_apply.register
def _(event: ChannelStopped, case: Case) -> Case:
    return without_channel(case, event.channel)


@_apply.register
def _(event: ChannelOpened, case: Case) -> Case:
    unusable = tuple(each for each in case.unusable if each is not event.channel)
    owed = tuple(_untried(each, event.channel) for each in case.owed_messages)
    asked = {subject: deadline for subject, deadline in case.asked.items() if subject != "address"}
    return replace(case, unusable=unusable, owed_messages=owed, asked=asked)


@_apply.register
def _(event: MomentFound, case: Case) -> Case:
    return replace(case, planned=event.planned)


@_apply.register
def _(event: ContactSent, case: Case) -> Case:
    if event.message_id:
        return _message_sent(case, event)
    case = _counted(replace(case, contact_number=case.contact_number + 1), event.channel, event.certain)
    if _of_earlier_stage(case, event.at):
        return replace(case, last_touch_at=event.at, planned=event.next)
    return _touch_over(_attempted(case, event.certain), event.at, event.next)


@_apply.register
def _(event: ContactDeferred, case: Case) -> Case:
    if event.message_id:
        message = case.owed_message(event.message_id)
        return case if message is None else changed(case, replace(message, due_at=event.planned.at))
    return replace(case, planned=event.planned)


@_apply.register
def _(event: ContactFailed, case: Case) -> Case:
    if event.message_id:
        return _message_failed(case, event)
    case = replace(case, contact_number=case.contact_number + 1)
    if _of_earlier_stage(case, event.at):
        return without_channel(case, event.channel) if event.unusable else case
    return fall_back(case, event.channel, event.at, event.unusable)


@_apply.register
def _(event: CallRequested, case: Case) -> Case:
    return replace(case, call=event.call, planned=None, contact_number=case.contact_number + 1)


@_apply.register
def _(event: CallPermitted, case: Case) -> Case:
    if case.call is None or case.call.call_id != event.call_id:
        return case
    return replace(case, call=replace(case.call, permit_until=event.until))


@_apply.register
def _(event: CallEnded, case: Case) -> Case:
    if case.call is None or case.call.call_id != event.call_id:
        return case
    case = replace(case, call=None)
    if event.number_unusable:
        return fall_back(case, Channel.CALL, event.at, unusable=True)
    case = _attempted(_counted(case, Channel.CALL, certain=True), certain=True)
    return _touch_over(case, event.at, None)


@_apply.register
def _(_event: DeliveryProved, case: Case) -> Case:
    return replace(case, delivered=case.delivered + 1)


@_apply.register
def _(event: DeliveryFailed, case: Case) -> Case:
    if event.owed:
        return without_channel(case, event.channel) if event.unusable else case
    attempts = max(0, case.attempts - 1) if event.stage is case.stage else case.attempts
    contacts = case.contacts | {event.channel: max(0, case.contacts.get(event.channel, 0) - 1)}
    case = replace(case, attempts=attempts, contacts=contacts)
    return without_channel(case, event.channel) if event.unusable else case


@_apply.register
def _(event: ReviewOpened, case: Case) -> Case:
    return replace(case, referral=event.referral)


@_apply.register
def _(event: ReferralDecided, case: Case) -> Case:
    if case.referral is None or case.referral.approved_by is not None:
        return case
    if not event.approve:
        return replace(case, referral=None, review_not_before=event.review_again_at, chosen_review=None)
    return replace(case, referral=replace(case.referral, approved_by=event.decided_by))


@_apply.register
def _(event: LimitationSet, case: Case) -> Case:
    return case if case.limitation == event.watch else replace(case, limitation=event.watch)


@_apply.register
def _(event: ReviewChosen, case: Case) -> Case:
    stops = {f"hold:{each.hold_id}" for each in case.open_holds(event.at) if each.kind is HoldKind.CEASE_CONTACT}
    asked = {subject: deadline for subject, deadline in case.asked.items() if subject not in stops}
    return replace(case, chosen_review=ChosenReview(event.chosen_by, event.at), asked=asked)


@_apply.register
def _(_event: ReferralVoided, case: Case) -> Case:
    return case if case.stage is Stage.LEGAL else replace(case, referral=None)


@_apply.register
def _(event: Referred, case: Case) -> Case:
    referral = replace(event.referral, referred_at=event.at)
    return replace(case, referral=referral, stage=Stage.LEGAL, stage_entered_at=event.at, planned=None)


@_apply.register
def _(event: PersonAsked, case: Case) -> Case:
    owed = tuple(replace(each, failed=()) if each.subject == event.subject else each for each in case.owed_messages)
    case = replace(case, asked=case.asked | {event.subject: event.deadline}, owed_messages=owed)
    message_id = message_to_tell(event.subject)
    return case if message_id is None or event.at is None else _told(case, message_id, event.at)


@_apply.register
def _(event: MessagesOwed, case: Case) -> Case:
    for message in event.messages:
        case = with_message(case, message)
    return case


@_apply.register
def _(event: MessageSettled, case: Case) -> Case:
    return without_message(case, event.message_id)


@_apply.register
def _(event: BarsSet, case: Case) -> Case:
    if event.revision <= case.bars_revision:
        return case
    return replace(case, bars=event.bars, bars_revision=event.revision)


@_apply.register
def _(event: MilestonesWritten, case: Case) -> Case:
    return replace(case, milestones=tuple(each for each in case.milestones if each.number > event.up_to))


@_apply.register
def _(event: CaseClosed, case: Case) -> Case:
    if case.closed is not None:
        return case
    closed = Closed(event.reason, event.at, event.detail)
    return with_milestone(replace(case, closed=closed, planned=None, call=None), "closed", event.at, event.reason)


def _told(case: Case, message_id: str, at: datetime) -> Case:
    """The case once the person has been told, or a person sees to it that they are."""
    complaint_id = told_of(message_id)
    return case if complaint_id is None else _without_hold(case, COMPLAINT_HOLDS, complaint_id, at)


def _with_hold(case: Case, hold: Hold) -> Case:
    known = next((each for each in case.holds if (each.kind, each.hold_id) == (hold.kind, hold.hold_id)), None)
    if known is not None:
        lasting = known.prolonged(hold.until)
        return replace(case, holds=tuple(lasting if each is known else each for each in case.holds))
    referral = case.referral if case.stage is Stage.LEGAL else None
    return stand_still(replace(case, holds=(*case.holds, hold), referral=referral), hold.since)


def _reopened(case: Case, hold: Hold) -> Case:
    """The case with a hold as if it had never been ended before its time."""
    known = next((each for each in case.holds if (each.kind, each.hold_id) == (hold.kind, hold.hold_id)), None)
    others = tuple(each for each in case.holds if each is not known)
    return _with_hold(replace(case, holds=others), hold if known is None else replace(hold, since=known.since))


def _knows(case: Case, kind: HoldKind, hold_id: str) -> bool:
    return any((each.kind, each.hold_id) == (kind, hold_id) for each in case.holds)


def _of_earlier_stage(case: Case, ordered_at: datetime) -> bool:
    """A stage may give way while a contact of it is under way: the contact then counts for the case, not the stage."""
    return ordered_at < case.stage_entered_at


def _without_hold(case: Case, kinds: frozenset[HoldKind], hold_id: str, at: datetime) -> Case:
    holds = tuple(each.ended(at) if each.hold_id == hold_id and each.kind in kinds else each for each in case.holds)
    if holds == case.holds:
        return case
    asked = {subject: deadline for subject, deadline in case.asked.items() if subject != f"hold:{hold_id}"}
    return _without_lapsed_review(replace(case, holds=holds, asked=asked, planned=None), at)


def _without_lapsed_review(case: Case, now: datetime) -> Case:
    """A review that was chosen because of a stop ends with it, unless the case is with counsel."""
    if case.chosen_review is None or case.under_chosen_review(now):
        return case
    return replace(case, chosen_review=None, referral=case.referral if case.stage is Stage.LEGAL else None)


def _counted(case: Case, channel: Channel, certain: bool) -> Case:
    if not certain:
        return case
    return replace(case, contacts=case.contacts | {channel: case.contacts.get(channel, 0) + 1})


def _attempted(case: Case, certain: bool) -> Case:
    return replace(case, attempts=case.attempts + 1) if certain else case


def _message_sent(case: Case, event: ContactSent) -> Case:
    """An owed message left: no stage counts it, but the stage's own contact may have to wait for its sake."""
    message = case.owed_message(event.message_id)
    uncertain = message is not None and not event.certain
    case = untold(case, message) if message and uncertain else without_message(case, event.message_id)
    if event.certain:
        left = case.messages_left | {event.channel: case.messages_left.get(event.channel, 0) + 1}
        case = replace(case, messages_left=left)
    return replace(case, planned=event.next) if case.planned is not None and event.next is not None else case


def _message_failed(case: Case, event: ContactFailed) -> Case:
    """An owed message did not leave by one channel; by another it is another contact."""
    if event.unusable:
        case = without_channel(case, event.channel)
    message = case.owed_message(event.message_id)
    if message is None:
        return case
    again = replace(message, failed=(*message.failed, event.channel), contact_number=case.contact_number)
    return replace(changed(case, again), contact_number=case.contact_number + 1)


def _untried(message: OwedMessage, channel: Channel) -> OwedMessage:
    return replace(message, failed=tuple(each for each in message.failed if each is not channel))


def _touch_over(case: Case, at: datetime, planned: PlannedContact | None) -> Case:
    return replace(case, touches=case.turn + 1, failed=(), last_touch_at=at, planned=planned)
