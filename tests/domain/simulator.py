"""One case's life without Temporal: the loop of the account's workflow over the pure core, on a clock that jumps.

The activities are idealised (``office``): every wanted moment is lawful, and how contacts end is chosen by ``Habits``.
What is done, and every event with the case before and after it, is kept for the properties to look at.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from heapq import heappop, heappush
from itertools import count
from typing import TypeVar, assert_never

from domain.admission import refusal_of
from domain.case import CallTask, Case, PlannedContact
from domain.checklist import ProofKind
from domain.complaints import told_of
from domain.contact_orders import events_after, order_of
from domain.events import (
    CallRequested,
    CaseClosed,
    CaseEvent,
    MilestonesWritten,
    MomentFound,
    PersonAsked,
    ReferralVoided,
    Referred,
    ReviewOpened,
    TimePassed,
    apply,
)
from domain.facts import Fact, Message, digest_of
from domain.ledger import Instalment
from domain.next_step import Step, StepKind, next_step, wanted_at
from domain.orders import Booking, ContactOrder, ContactOutcome, ContactResult, Refusal
from domain.requests import Request
from domain.terms import Channel, ClosedReason
from tests.domain.office import Office
from tests.domain.office_ledger import Charging

Tell = Callable[["Life"], Message | None]
"""What somebody tells the case at some moment, knowing how it stands then; none if there is nothing to tell."""

Kind = TypeVar("Kind")

_PATIENCE = 60
"""Turns of the loop at one instant after which the case is taken to spin."""


_MOST_MEANWHILE = 12
"""How often something is told while an action is under way."""

_BUSIEST = 3_000
"""Turns of the loop in one life after which the case is taken to do the same over and over."""


class StuckError(AssertionError):
    """The case spins on one instant, or waits for a moment that has passed."""


class Answer(StrEnum):
    """How a contact ends."""

    LEFT = "left"
    """It left."""
    UNSURE = "unsure"
    """It may have left."""
    LATER = "later"
    """A rule moves it by a day."""
    FAILED = "failed"
    """It did not leave; the channel may be tried again another time."""
    GONE = "gone"
    """It did not leave, and the channel reaches nobody."""
    NOT_NEEDED = "not_needed"
    """An owed message is not needed any more; a demand is refused by a rule. An outcome is needed until it is known."""


@dataclass(frozen=True)
class Habits:
    """How the world answers, each in turn and begun again after the last."""

    answers: tuple[Answer, ...] = (Answer.LEFT,)
    takes: tuple[timedelta, ...] = (timedelta(0),)
    """How long a contact, a call's request or a hand-over is under way."""
    meanwhile: tuple[Tell | None, ...] = (None,)
    """What is told halfway through, some times in a life: what is told may itself lead to more that takes time."""
    after_contact: tuple[Tell | None, ...] = (None,)
    """What a contact that left is answered with, an hour later."""
    after_call_request: tuple[Tell | None, ...] = (None,)
    """What agents do with a call on their list, a day later."""
    after_question: tuple[Tell | None, ...] = (None,)
    """How a person who was asked to decide answers, a day later."""
    after_review: tuple[Tell | None, ...] = (None,)
    """What is said of an opened review, two days later."""
    missing: tuple[tuple[str, ...], ...] = ((),)
    """What the law still wants before a referral, when each review is opened."""
    checklists_hold: tuple[bool, ...] = (True,)
    """Whether counsel takes what is handed over."""


@dataclass(frozen=True)
class Deed:
    """A step that was carried out or waited for, with the case as it stood."""

    at: datetime
    step: Step
    case: Case


@dataclass(frozen=True)
class Change:
    """An event that was applied."""

    at: datetime
    event: CaseEvent
    before: Case
    after: Case


@dataclass(frozen=True)
class Booked:
    """A message that was taken, at that moment."""

    at: datetime
    message: Message
    entries: int
    """How many entries the ledger had then, its own not counted."""


@dataclass
class Life:
    """The life of one case, lived by ``live``."""

    case: Case
    instalments: Sequence[Instalment]
    habits: Habits = field(default_factory=Habits)
    charging: Charging = field(default_factory=Charging)
    now: datetime = field(init=False)
    office: Office = field(init=False)
    deeds: list[Deed] = field(default_factory=list)
    waits: list[Deed] = field(default_factory=list)
    """Steps whose time had not come, as often as the loop went to wait for them."""
    changes: list[Change] = field(default_factory=list)
    booked: list[Booked] = field(default_factory=list)
    refused: list[tuple[Message, Refusal]] = field(default_factory=list)
    told: list[Message] = field(default_factory=list)
    _applied: dict[str, str] = field(default_factory=dict)
    _coming: list[tuple[datetime, int, Tell]] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)
    _turns: dict[str, int] = field(default_factory=dict)
    _action: tuple[datetime, Sequence[CaseEvent]] | None = None

    def __post_init__(self) -> None:
        self.now = self.case.opened_at
        self.office = Office(self.instalments, self.case.currency, self.charging)

    def tell(self, at: datetime, tell: Tell) -> None:
        """Have something told at that moment."""
        heappush(self._coming, (at, next(self._numbers), tell))

    def live(self, until: datetime) -> "Life":
        """Let time pass, to the end of that span or of the case and all that is told to it.

        Raises:
            StuckError: if the case makes no progress.
        """
        turns, moment, busy = 0, self.now, 0
        while self.now < until and not self._over():
            turns, moment = (turns + 1, moment) if self.now == moment else (0, self.now)
            busy += 1
            if turns > _PATIENCE or busy > _BUSIEST:
                raise StuckError(f"spins at {self.now}: {next_step(self.case, self.now)}")
            self._take_in_outcome()
            self._take_in_messages()
            self._apply(TimePassed(self.now))
            self._carry_on(next_step(self.case, self.now), until)
        return self

    def turn_of(self, habit: str) -> int:
        """How often something was asked of a habit before."""
        turn = self._turns.get(habit, 0)
        self._turns[habit] = turn + 1
        return turn

    def _over(self) -> bool:
        return self.case.closed is not None and not self._coming and self._action is None and not self._new_arrears()

    def _take_in_messages(self) -> None:
        while self._coming and self._coming[0][0] <= self.now:
            _, _, tell = heappop(self._coming)
            message = tell(self)
            if message is not None:
                self._take_in(message)

    def _take_in(self, message: Message) -> None:
        self.told.append(message)
        message_id = _id_of(message)
        if message_id in self._applied:
            if self._applied[message_id] != digest_of(message):
                self.refused.append((message, Refusal("id_reused", "used before with another content")))
            return
        refusal = refusal_of(self.case, message, self.now)
        entries = len(self.office.entries)
        booking = Booking(refusal=refusal) if refusal else self.office.book(message, self.case, self.now)
        if booking.refusal is not None:
            self.refused.append((message, booking.refusal))
            return
        self._apply(*booking.events)
        self._applied[message_id] = digest_of(message)
        self.booked.append(Booked(self.now, message, entries))

    def _take_in_outcome(self) -> None:
        if self._action is not None and self._action[0] <= self.now:
            (_, events), self._action = self._action, None
            self._apply(*events)

    def _carry_on(self, step: Step, until: datetime) -> None:
        if step.kind is StepKind.ENDED or self._action is not None or step.due_at > self.now:
            self._wait(step, until)
            return
        self.deeds.append(Deed(self.now, step, self.case))
        match step.kind:
            case StepKind.CONTACT:
                self._contact(step)
            case StepKind.REQUEST_CALL:
                self._request_call()
            case StepKind.REFER:
                self._refer()
            case StepKind.FIND_MOMENT:
                self._apply(MomentFound(PlannedContact(wanted_at(self.case, self.now), "wanted")))
            case StepKind.ASK_PERSON:
                self._ask_person(step.subject or "case")
            case StepKind.OPEN_REVIEW:
                self._open_review()
            case StepKind.CLOSE:
                self._apply(CaseClosed(step.closing or ClosedReason.SETTLED, self.now))
            case StepKind.WAIT | StepKind.AWAIT_CALL | StepKind.AWAIT_PERSON:
                raise StuckError(f"waits at {self.now} for a moment that has passed: {step}")
            case _:
                assert_never(step.kind)

    def _wait(self, step: Step, until: datetime) -> None:
        """Jump to the next moment at which something is due, told or done."""
        moments = [until]
        if self._action is not None:
            moments.append(self._action[0])
        elif step.kind is not StepKind.ENDED:
            self.waits.append(Deed(self.now, step, self.case))
            moments.append(step.due_at)
        if self._coming:
            moments.append(self._coming[0][0])
        moments += self._new_arrears()
        self.now = max(self.now, min(moments))

    def _new_arrears(self) -> list[datetime]:
        """When a case closed as paid is to be opened again, because another instalment becomes overdue."""
        if self.case.closed is None or self.case.closed.reason is not ClosedReason.CURED:
            return []
        return [each.overdue_from for each in self.case.debt.open[:1] if each.overdue_from >= self.now]

    def _contact(self, step: Step) -> None:
        order = order_of(self.case, step, _channel(step), self.now)
        answer = self._habit("answers", self.habits.answers)
        if answer is Answer.NOT_NEEDED and told_of(order.message_id) is not None:
            answer = Answer.FAILED
        told = self.office.note_left(order, self.now) if answer is Answer.LEFT else ()
        debt = self.office.books.debt_if_changed(order, self.now)
        outcome = replace(_outcome(answer, order, self.now), debt=debt, events=told)
        ends_at = self._begin((*self._written(), *events_after(outcome, order, self.now)))
        if answer is Answer.LEFT:
            self._react("after_contact", self.habits.after_contact, ends_at + timedelta(hours=1))

    def _request_call(self) -> None:
        written, call_id = self._written(), self.case.contact_id
        self.office.referrals.note_offer(ProofKind.CALL, call_id, self.now)
        ends_at = self._begin(())
        requested = CallRequested(CallTask(call_id, ends_at + self.case.timetable.call_within))
        self._action = (ends_at, (*written, requested))
        self._react("after_call_request", self.habits.after_call_request, self.now + timedelta(days=1))

    def _ask_person(self, subject: str) -> None:
        deadline = self.now + self.case.timetable.review_within
        self.office.complaints.note_asked(subject, self.now)
        self._apply(*self._written(), PersonAsked(subject, deadline, self.now))
        self._react("after_question", self.habits.after_question, self.now + timedelta(days=1))

    def _refer(self) -> None:
        referral = self.case.referral
        if referral is None:
            raise AssertionError("there is nothing to refer")
        taken = self._habit("checklists_hold", self.habits.checklists_hold)
        if taken and self.office.referrals.still_holds(self.case, self.now):
            self._begin((*self._written(), Referred(referral, self.now)))
        else:
            self._begin((ReferralVoided(),))

    def _open_review(self) -> None:
        standing = self._habit("missing", self.habits.missing)
        self._apply(ReviewOpened(self.office.referrals.review(self.case, self.now, standing)))
        self._react("after_review", self.habits.after_review, self.now + timedelta(days=2))

    def _begin(self, events: Sequence[CaseEvent]) -> datetime:
        """An action whose outcome is known when it ends."""
        takes = self._habit("takes", self.habits.takes)
        self._action = (self.now + takes, events)
        if takes and self._turns.get("meanwhile", 0) < _MOST_MEANWHILE:
            self._react("meanwhile", self.habits.meanwhile, self.now + takes / 2)
        return self.now + takes

    def _react(self, name: str, reactions: Sequence[Tell | None], at: datetime) -> None:
        reaction = self._habit(name, reactions)
        if reaction is not None:
            self.tell(at, reaction)

    def _habit(self, name: str, kinds: Sequence[Kind]) -> Kind:
        return kinds[self.turn_of(name) % len(kinds)]

    def _written(self) -> Sequence[CaseEvent]:
        milestones = self.case.milestones
        return (MilestonesWritten(milestones[-1].number),) if milestones else ()

    def _apply(self, *events: CaseEvent) -> None:
        for event in events:
            before, self.case = self.case, apply(self.case, event)
            if self.case is not before:
                self.changes.append(Change(self.now, event, before, self.case))
                self.office.books.note_holds(self.case, self.now)


def _id_of(message: Message) -> str:
    if isinstance(message, Fact):
        return message.event_id
    if isinstance(message, Request):
        return message.request_id
    raise TypeError(f"{type(message).__name__} is neither a fact nor a request")


def _outcome(answer: Answer, order: ContactOrder, now: datetime) -> ContactOutcome:
    following = PlannedContact(order.next_due, "wanted")
    match answer:
        case Answer.LEFT:
            return ContactOutcome(ContactResult.SENT, next=following)
        case Answer.UNSURE:
            return ContactOutcome(ContactResult.UNKNOWN, next=following)
        case Answer.LATER:
            return ContactOutcome(ContactResult.DEFERRED, next=PlannedContact(now + timedelta(days=1), "a rule"))
        case Answer.FAILED | Answer.GONE:
            return ContactOutcome(ContactResult.FAILED, unusable=answer is Answer.GONE)
        case Answer.NOT_NEEDED if order.message_id:
            return ContactOutcome(ContactResult.NOT_NEEDED)
        case Answer.NOT_NEEDED:
            return ContactOutcome(ContactResult.REFUSED)
        case _:
            assert_never(answer)


def _channel(step: Step) -> Channel:
    if step.channel is None:
        raise AssertionError(f"{step} has no channel")
    return step.channel
