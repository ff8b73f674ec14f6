"""The state of one account's collection, as immutable values.

What happens to it is in ``events``, what follows from it in ``next_step``.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.holds import Hold, time_on_hold
from domain.ledger import Debt
from domain.owed_messages import Bar, Barred, OwedMessage
from domain.terms import CaseState, Channel, ClosedReason, HoldKind, Stage, Track
from domain.timetable import StagePlan, Timetable, Touch
from domain.tracks import Behaviour


@dataclass(frozen=True, slots=True)
class PlannedContact:
    """The lawful moment found for the next contact."""

    at: datetime
    reason: str
    """Why then, in words."""


@dataclass(frozen=True, slots=True)
class CallTask:
    """A call that waits for an agent."""

    call_id: str
    deadline: datetime
    permit_until: datetime | None = None
    """While a permit runs the task does not lapse."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise to pay that holds contact until its date and grace have passed."""

    promise_id: str
    amount_minor: int
    check_at: datetime
    paid_before_minor: int


@dataclass(frozen=True, slots=True)
class PlanInstalment:
    """One instalment of a plan; ``due_at`` is the UTC instant at which its date has passed."""

    due_at: datetime
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Plan:
    """An instalment plan, proposed or agreed."""

    plan_id: str
    instalments: tuple[PlanInstalment, ...]
    agreed_at: datetime | None = None
    paid_before_minor: int = 0
    renegotiated_from: datetime | None = None
    """When the time began in which a new plan may replace it; an instalment had been missed beyond its cure."""
    replaces: str = ""
    """The plan that it replaced after a missed instalment. There is no second renegotiation."""
    stands_until: datetime | None = None
    """Until when a plan that the supportive track has offered may be agreed; none for one that a person proposed."""

    @property
    def total_minor(self) -> int:
        """What the plan covers."""
        return sum(each.amount_minor for each in self.instalments)

    @property
    def subject(self) -> str:
        """Under which a person is asked to renegotiate it."""
        return f"plan:{self.plan_id}"

    def left_minor(self, paid_minor: int) -> int:
        """What is left of it once that much has been paid on the account altogether."""
        return self.left_by(len(self.instalments), paid_minor)

    def left_by(self, number: int, paid_minor: int) -> int:
        """What must still be paid by the date of an instalment, counted from 1, whatever the size of the payments."""
        due = sum(each.amount_minor for each in self.instalments[:number])
        return max(0, due - (paid_minor - self.paid_before_minor))


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint or dispute."""

    complaint_id: str
    category: str
    decide_by: datetime
    agent_id: str | None = None
    outcome: str | None = None
    remind_at: datetime | None = None
    """When its owner is reminded; none where nobody is asked before its time has passed."""
    overdue: bool = False
    """Whether its time has passed undecided."""
    extensions: int = 0


@dataclass(frozen=True, slots=True)
class WaiverCondition:
    """What must be paid, and by when, for an offered waiver to be booked."""

    pay_minor: int
    pay_by: datetime
    lapses_undecided: bool = False
    """Whether its time ends the waiver also while nobody has decided it; none did at first."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A waiver of interest or fees; undecided while ``approved`` is none, and only offered if it has a condition."""

    waiver_id: str
    amount_minor: int
    requested_by: str
    approved: bool | None = None
    principal_minor: int = 0
    """How much of it gives up principal."""
    condition: WaiverCondition | None = None
    outcome: str = ""
    """Of one with a condition: ``booked`` or ``lapsed``; empty while it stands."""

    @property
    def offered(self) -> bool:
        """Whether it stands as an offer."""
        return self.condition is not None and self.approved is True and not self.outcome

    @property
    def pending(self) -> bool:
        """Whether it may still be booked."""
        return self.undecided or self.offered

    @property
    def undecided(self) -> bool:
        """Whether somebody must still decide it."""
        return self.approved is None and not self.outcome

    @property
    def lapses_at(self) -> datetime | None:
        """When it lapses by itself, if it does."""
        condition = self.condition
        if condition is None or not (self.offered or (self.undecided and condition.lapses_undecided)):
            return None
        return condition.pay_by

    @property
    def subject(self) -> str:
        """Under which a person is asked to decide it."""
        return f"waiver:{self.waiver_id}"


@dataclass(frozen=True, slots=True)
class Referral:
    """A referral to legal, from the opened review to counsel's report."""

    referral_id: str
    checklist_digest: str
    missing: tuple[str, ...] = ()
    """Checklist items that are not true."""
    approved_by: str | None = None
    referred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChosenReview:
    """Somebody chose a legal review for a person who has stopped all contact, before the stages were exhausted."""

    chosen_by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LimitationWatch:
    """When the debt becomes time-barred, as the records proved it last."""

    expires_at: datetime
    warn_at: tuple[datetime, ...] = ()
    """When a person is told, earliest first."""
    restarted_by: str = ""
    """The kind and the record of what made the period run anew; empty if nothing did."""
    extinguishes: bool = False
    """Whether the debt itself ends with the period."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """Something that the case decided by itself, to be written into the audit trail with the next activity."""

    number: int
    kind: str
    at: datetime
    detail: str = ""
    amount_minor: int | None = None
    """What of a promise had been paid, when one is judged."""


@dataclass(frozen=True, slots=True)
class Closed:
    """Why and when the case ended."""

    reason: ClosedReason
    at: datetime
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One account's collection. Moments are aware UTC, amounts minor units of ``currency``."""

    account_id: str
    debtor_ref: str
    jurisdiction: str
    currency: str
    timetable: Timetable
    opened_at: datetime
    debt: Debt
    stage: Stage = Stage.FIRST_REMINDER
    stage_entered_at: datetime = field(kw_only=True)
    collect_from: datetime = field(kw_only=True)
    """When the first instalment that the case was opened for is overdue; before then it only waits."""
    track: Track = Track.STANDARD
    holds: tuple[Hold, ...] = ()
    """Open ones and those that ended in this stage, which stopped its clock."""
    touches: int = 0
    """Contacts of this stage that are over, whether they left or were given up."""
    attempts: int = 0
    """Contacts of this stage that really left."""
    contacts: dict[Channel, int] = field(default_factory=dict)
    """Stages' contacts that really left, over the whole case."""
    delivered: int = 0
    """Contacts with proof of delivery."""
    last_touch_at: datetime | None = None
    """When the last touch was over; the cadence counts from here."""
    failed: tuple[Channel, ...] = ()
    """Channels that could not carry the touch at hand."""
    unusable: tuple[Channel, ...] = ()
    """Channels that cannot reach the person until a fact changes that."""
    planned: PlannedContact | None = None
    contact_number: int = 1
    """The number of the next contact, counted over the account's whole history."""
    call: CallTask | None = None
    promise: Promise | None = None
    """The open promise that is due first."""
    later_promises: tuple[Promise, ...] = ()
    """Those that are due after it."""
    plan: Plan | None = None
    new_plan: Plan | None = None
    """Proposed to replace the plan in force."""
    complaints: tuple[Complaint, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    referral: Referral | None = None
    review_not_before: datetime | None = None
    """After a refused referral, when it may be reviewed again."""
    asked: dict[str, datetime] = field(default_factory=dict)
    """What a named person has been asked to decide, and by when."""
    milestones: tuple[Milestone, ...] = ()
    """Not yet written into the audit trail."""
    milestone_number: int = 1
    closed: Closed | None = None
    owed_messages: tuple[OwedMessage, ...] = ()
    """Messages beside the stages' demands that have not gone yet."""
    settled_messages: tuple[str, ...] = ()
    """Those that have gone, are not needed any more or were given up, by id."""
    untold: tuple[str, ...] = ()
    """Those that a person must tell in another way, because they could not go or nobody knows whether they did."""
    answers_after_end: bool = False
    """Whether it has owed a message that outlives it, so that it answers before its run ends."""
    messages_left: dict[Channel, int] = field(default_factory=dict)
    """Those that really left; no stage counts them as its own."""
    bars: tuple[Bar, ...] = ()
    bars_revision: int = 0
    """Of two words on the bars the one with the higher revision is the later."""
    behaviour: Behaviour = field(default_factory=Behaviour)
    track_chosen: Track | None = None
    """By a person; none where the table decides."""
    track_reason: str = ""
    """Why the present track, in code."""
    table_track: Track = Track.STANDARD
    """What the policy's table says."""
    firm_until: datetime | None = None
    """When ``firm`` lapses unless a person confirms it."""
    firm_proposal: str = ""
    """Why the table proposes ``firm``, in code; empty while it does not."""
    firm_proposed_at: datetime | None = None
    firm_answered: str = ""
    """The proposal that a person has decided on."""
    chosen_review: ChosenReview | None = None
    limitation: LimitationWatch | None = None
    seen_to: tuple[str, ...] = ()
    """What a person has seen to that they are not asked about again while it lasts, by subject."""
    track_offered: bool = False
    """Whether the supportive track has made its offer since the case came to it."""

    @property
    def contacts_left(self) -> dict[Channel, int]:
        """Everything that really left, the stages' contacts and other messages."""
        sent = {each: self.contacts.get(each, 0) + self.messages_left.get(each, 0) for each in Channel}
        return {channel: number for channel, number in sent.items() if number}

    @property
    def stage_plan(self) -> StagePlan:
        """How the present stage is worked; ``legal`` has no contacts and so keeps the last plan."""
        return next((each for each in self.timetable.stages if each.stage is self.stage), self.timetable.stages[-1])

    @property
    def stage_minimum(self) -> timedelta:
        """The least time in the present stage, holds not counted, as the track bends it."""
        return self.stage_plan.minimum * self.timetable.track_minimum.get(self.track, 1.0)

    def starts_after(self, plan: StagePlan) -> timedelta:
        """How long the oldest unpaid instalment must have been overdue before a stage, as the track bends it."""
        return self.timetable.starts_after(plan, self.track)

    @property
    def next_stage_plan(self) -> StagePlan | None:
        """The stage with contacts that follows, or none after the last."""
        stages = self.timetable.stages
        position = next((index for index, each in enumerate(stages) if each.stage is self.stage), len(stages))
        return stages[position + 1] if position + 1 < len(stages) else None

    @property
    def turn(self) -> int:
        """The number of the contact whose turn it is in this stage; those that no channel can carry are passed over."""
        in_turn = range(self.touches, self.touches + len(self.stage_plan.touches))
        return next((number for number in in_turn if self._usable(number)), self.touches)

    @property
    def touch(self) -> Touch:
        """The contact whose turn it is in this stage."""
        return self._touch(self.turn)

    @property
    def channel(self) -> Channel | None:
        """The channel for the contact whose turn it is, or none when nothing in this stage can reach the person.

        One that failed is tried again only when no other is left.
        """
        usable = self._usable(self.turn)
        return next((each for each in usable if each not in self.failed), next(iter(usable), None))

    @property
    def contact_id(self) -> str:
        """The business identity of the next contact, the same however often it is tried."""
        return f"{self.account_id}.{self.contact_number}"

    def open_holds(self, now: datetime) -> tuple[Hold, ...]:
        """What stops the case at that moment."""
        return tuple(each for each in self.holds if each.open_at(now))

    def stops(self, now: datetime) -> tuple[Hold, ...]:
        """The open holds that keep the case from going on; a chosen review goes on in spite of a stop of contact."""
        holds = self.open_holds(now)
        if self.chosen_review is None:
            return holds
        return tuple(each for each in holds if each.kind is not HoldKind.CEASE_CONTACT)

    def under_chosen_review(self, now: datetime) -> bool:
        """Whether a legal review was chosen because the person has stopped all contact, and the stop is in force."""
        stopped = any(each.kind is HoldKind.CEASE_CONTACT for each in self.open_holds(now))
        return stopped and self.chosen_review is not None

    def stage_age(self, now: datetime) -> timedelta:
        """The time spent in this stage, holds not counted."""
        return now - self.stage_entered_at - time_on_hold(self.holds, self.stage_entered_at, now)

    def state(self, now: datetime) -> CaseState:
        """What the case is doing, in an operator's word."""
        kinds = {each.kind for each in self.stops(now)}
        if self.closed is not None:
            return CaseState.CLOSED
        if kinds == {HoldKind.PLAN}:
            return CaseState.IN_PLAN
        if kinds:
            return CaseState.ON_HOLD
        if self.stage is Stage.LEGAL:
            return CaseState.LEGAL
        if self.referral is not None or self.under_chosen_review(now):
            return CaseState.LEGAL_REVIEW
        return CaseState.AWAITING_CALL if self.call is not None else CaseState.COLLECTING

    def _touch(self, number: int) -> Touch:
        touches = self.stage_plan.touches
        return touches[number % len(touches)]

    def _usable(self, number: int) -> list[Channel]:
        return [each for each in self._touch(number).channels if each not in self.unusable]

    def owed_message(self, message_id: str | None) -> OwedMessage | None:
        """The owed message of that id, which has not gone yet."""
        return next((each for each in self.owed_messages if each.message_id == message_id), None)

    def bar_on(self, *what: Barred, now: datetime) -> Bar | None:
        """What keeps any of these from beginning at that moment: of several bars the one that ends last."""
        standing = [each for each in self.bars if each.what in what and each.stands_at(now)]
        endless = next((each for each in standing if each.until is None), None)
        return endless or max(standing, key=lambda each: each.until or now, default=None)

    def open_complaint(self, complaint_id: str) -> Complaint | None:
        """The undecided complaint of that id."""
        return next(
            (each for each in self.complaints if each.complaint_id == complaint_id and each.outcome is None), None
        )
