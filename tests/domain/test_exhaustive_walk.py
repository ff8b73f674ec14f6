"""Walks through every state that a case can reach by every order of events, on a clock that knows whole days only.

Two states that differ only in identifiers, counters and how long ago something was count as one. What no state may
break is checked on every step of the walk.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest

from domain.case import CallTask, Case, Complaint, PlanInstalment, PlannedContact, Promise, Referral
from domain.events import (
    CallEnded,
    CallRequested,
    CaseClosed,
    CaseEvent,
    ChannelStopped,
    ComplaintFiled,
    ComplaintResolved,
    ContactDeferred,
    ContactFailed,
    ContactSent,
    DebtChanged,
    DeliveryProved,
    HoldEnded,
    HoldPlaced,
    MilestonesWritten,
    MomentFound,
    PersonAsked,
    PlanAgreed,
    PromiseTaken,
    ReferralDecided,
    ReferralVoided,
    Referred,
    ReviewOpened,
    TimePassed,
    apply,
)
from domain.holds import Hold
from domain.ledger import Debt, OpenInstalment
from domain.next_step import Step, StepKind, next_step, wanted_at
from domain.terms import Channel, ClosedReason, HoldKind, Stage, Track
from domain.timetable import StagePlan, Timetable, Touch

START = datetime(2027, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
OWED, PART = 100, 40
TOO_MANY_STATES = 200_000
"""Of which a walk must stay far below, or time and counters have slipped into what tells states apart."""

_PRESSING = frozenset({StepKind.CONTACT, StepKind.REQUEST_CALL, StepKind.OPEN_REVIEW, StepKind.REFER})
_STAGES = list(Stage)


def stage(name: Stage, starts_after: int, *touches: Touch) -> StagePlan:
    """A stage that asks for one contact and one day."""
    return StagePlan(name, starts_after * DAY, minimum=DAY, cadence=2 * DAY, touches=touches, attempts=1)


TIMETABLE = Timetable(
    policy="walk",
    version="1",
    stages=(
        stage(Stage.FIRST_REMINDER, 0, Touch(Channel.SMS, (Channel.EMAIL,))),
        stage(Stage.GENTLE_REMINDER, 2, Touch(Channel.EMAIL)),
        stage(Stage.ESCALATION, 4, Touch(Channel.CALL, (Channel.SMS, Channel.LETTER))),
        stage(Stage.PRE_LEGAL, 6, Touch(Channel.LETTER)),
    ),
    track_pace={Track.SUPPORTIVE: 1.5, Track.STANDARD: 1.0, Track.FIRM: 0.5},
    call_within=DAY,
    resume_after=DAY,
    plan_cure=DAY,
    promise_grace=DAY,
    review_within=2 * DAY,
    final_notice_wait=2 * DAY,
    channels_for_exhaustion=2,
    deliveries_for_exhaustion=1,
    plan_waits_in_holds=True,
)


@dataclass(frozen=True)
class State:
    """A case at a moment, and which events have happened to it; each may happen once."""

    case: Case
    now: datetime
    told: frozenset[str] = frozenset()
    referrals: int = 0

    @property
    def key(self) -> Any:
        """What tells this state from another: times count in days from now, long ago and far ahead are all the same."""
        case = self.case
        return (
            *(case.stage, case.track, min(case.attempts, 1), case.failed, frozenset(case.unusable), self.told),
            *(case.debt.balance_minor, min(case.delivered, 1), self.referrals),
            tuple(sorted(channel for channel, count in case.contacts.items() if count)),
            *(self._days(each) for each in (case.stage_entered_at, case.last_touch_at, case.review_not_before)),
            tuple((hold.kind, self._days(hold.since), self._days(hold.ends_at)) for hold in case.holds),
            self._days(case.planned.at) if case.planned else None,
            (self._days(case.call.deadline) if case.call else None),
            self._days(case.promise.check_at) if case.promise else None,
            (case.plan.agreed_at is None, self._days(case.plan.instalments[0].due_at)) if case.plan else None,
            tuple(each.outcome for each in case.complaints),
            (case.referral.missing, case.referral.approved_by) if case.referral else None,
            tuple(sorted((subject.partition(":")[0], self._days(at)) for subject, at in case.asked.items())),
            case.closed.reason if case.closed else None,
        )

    def after(self, *events: CaseEvent, told: str | None = None) -> "State":
        """The state after some events at this moment."""
        case = self.case
        for event in events:
            case = apply(case, event)
        case = apply(case, TimePassed(self.now))
        if case.milestones:
            case = apply(case, MilestonesWritten(case.milestones[-1].number))
        referred = sum(isinstance(event, Referred) for event in events)
        return State(case, self.now, self.told | ({told} if told else set()), self.referrals + referred)

    def at(self, moment: datetime) -> "State":
        """The state once time has passed until a moment."""
        return replace(self, now=moment).after()

    def _days(self, moment: datetime | None) -> int | None:
        return None if moment is None else max(-4, min(6, -((self.now - moment) // DAY)))


def debt(left: int, bookings: int) -> DebtChanged:
    """What the ledger says after so many bookings."""
    still = (OpenInstalment(START, left),) if left else ()
    return DebtChanged(Debt(still, paid_minor=OWED - left, bookings=bookings))


Happening = Callable[[State], tuple[CaseEvent, ...] | None]
"""What somebody tells the case, or none if it makes no sense now."""


def _paid(amount: int) -> Happening:
    def pay(state: State) -> tuple[CaseEvent, ...] | None:
        left = state.case.debt.balance_minor
        return (debt(max(0, left - amount), state.case.debt.bookings + 1),) if left else None

    return pay


def _reversed(state: State) -> tuple[CaseEvent, ...] | None:
    return (debt(OWED, state.case.debt.bookings + 1),) if state.case.debt.balance_minor < OWED else None


def _placed(kind: HoldKind, days: int | None) -> Happening:
    def hold(state: State) -> tuple[CaseEvent, ...]:
        return (HoldPlaced(Hold(kind, kind.value, state.now, None if days is None else state.now + days * DAY)),)

    return hold


def _resumed(state: State) -> tuple[CaseEvent, ...] | None:
    held = any(hold.kind is HoldKind.MANUAL for hold in state.case.open_holds(state.now))
    return (HoldEnded(HoldKind.MANUAL, HoldKind.MANUAL.value, state.now),) if held else None


def _complained(state: State) -> tuple[CaseEvent, ...]:
    return (ComplaintFiled(Complaint("c", "conduct", state.now + 2 * DAY), state.now),)


def _resolved(state: State) -> tuple[CaseEvent, ...] | None:
    return (ComplaintResolved("c", "upheld", state.now),) if state.case.open_complaint("c") else None


def _promised(state: State) -> tuple[CaseEvent, ...] | None:
    if state.case.promise is not None:
        return None
    return (PromiseTaken(Promise("p", PART, state.now + 2 * DAY, 0), state.now),)


def _agreed(state: State) -> tuple[CaseEvent, ...] | None:
    left = state.case.debt.balance_minor
    return (PlanAgreed("plan", (PlanInstalment(state.now + 2 * DAY, left),), state.now),) if left else None


def _delivered(state: State) -> tuple[CaseEvent, ...] | None:
    return (DeliveryProved("x"),) if any(state.case.contacts.values()) else None


HAPPENINGS: dict[str, Happening] = {
    "part payment": _paid(PART),
    "full payment": _paid(OWED),
    "reversal": _reversed,
    "hardship": _placed(HoldKind.HARDSHIP, 2),
    "manual hold": _placed(HoldKind.MANUAL, None),
    "resumed": _resumed,
    "complaint": _complained,
    "resolved": _resolved,
    "promise": _promised,
    "plan": _agreed,
    "no more text messages": lambda _state: (ChannelStopped(Channel.SMS),),
    "delivered": _delivered,
}


def carried_out(state: State, step: Step) -> Iterator[State]:
    """Every way in which a step that is due can end."""
    now, case = state.now, state.case
    following, sooner = PlannedContact(now + 2 * DAY, "x"), PlannedContact(now + DAY, "x")
    match step.kind:
        case StepKind.FIND_MOMENT:
            yield state.after(MomentFound(PlannedContact(wanted_at(case, now), "x")))
        case StepKind.CONTACT if step.channel is not None:
            yield state.after(ContactSent(step.channel, now, following))
            yield state.after(ContactDeferred(sooner))
            yield state.after(ContactFailed(step.channel, now, unusable=True))
        case StepKind.REQUEST_CALL:
            yield state.after(CallRequested(CallTask("call", now + DAY)))
        case StepKind.ASK_PERSON:
            yield state.after(PersonAsked(step.subject or "", now + 2 * DAY))
        case StepKind.OPEN_REVIEW:
            yield state.after(ReviewOpened(Referral("r", "digest")))
        case StepKind.REFER:
            assert case.referral is not None
            yield state.after(Referred(case.referral, now))
            yield state.after(ReferralVoided())
        case StepKind.CLOSE:
            yield state.after(CaseClosed(step.closing or ClosedReason.SETTLED, now))
        case _:
            raise AssertionError(f"nobody would ever wake from {step}")


def answered(state: State, step: Step) -> Iterator[State]:
    """What the person whose turn it is may answer."""
    if step.kind is StepKind.AWAIT_CALL:
        yield state.after(CallEnded("call", state.now, number_unusable=False))
    referral = state.case.referral
    if referral is not None and referral.approved_by is None and not state.case.open_holds(state.now):
        again = state.now + 2 * DAY
        yield state.after(ReferralDecided(approve=True, decided_by="boss", review_again_at=again))
        yield state.after(ReferralDecided(approve=False, decided_by="boss", review_again_at=again))


def successors(state: State, happenings: tuple[str, ...]) -> Iterator[State]:
    """Every state that may follow when these things may happen."""
    for name in happenings:
        events = HAPPENINGS[name](state) if name not in state.told else None
        if events is not None:
            yield state.after(*events, told=name)
    step = next_step(state.case, state.now)
    if step.kind is StepKind.ENDED:
        return
    yield from answered(state, step)
    if step.due_at <= state.now:
        yield from carried_out(state, step)
    else:
        yield state.at(step.due_at)


def check(before: State, after: State) -> None:
    """What no step of any life may break."""
    step, holds = next_step(after.case, after.now), after.case.open_holds(after.now)
    assert step.reason, "there is always a next step with a reason"
    assert after.referrals <= 1, "a referral happens at most once"
    if step.kind in _PRESSING:
        assert not holds, f"{step.kind} while {holds} is open"
        assert after.case.closed is None
    if step.kind in (StepKind.CONTACT, StepKind.REQUEST_CALL):
        assert after.case.debt.arrears_minor(after.now), "nobody is contacted who owes nothing"
    was, now_in = _STAGES.index(before.case.stage), _STAGES.index(after.case.stage)
    assert now_in - was in (0, 1), "no stage is skipped, and none is gone back to"
    if now_in == was + 1:
        _check_stage_change(before, after)


def _check_stage_change(before: State, after: State) -> None:
    assert not before.case.open_holds(after.now), "no stage begins while anything stops the case"
    assert after.case.debt.arrears_minor(after.now)
    if after.case.stage is Stage.LEGAL:
        assert before.case.stage is Stage.PRE_LEGAL
        assert before.case.referral is not None
        assert before.case.referral.approved_by == "boss"
        return
    assert before.case.attempts >= before.case.stage_plan.attempts
    assert before.case.stage_age(after.now) >= before.case.stage_plan.minimum, "no stage is shorter than its minimum"


@dataclass
class Walk:
    """What was seen on a walk."""

    states: int = 0
    stages: set[Stage] = field(default_factory=set)
    endings: set[ClosedReason] = field(default_factory=set)


def walk(happenings: tuple[str, ...]) -> Walk:
    """Visit every state that can be reached when these things may happen, each once, at any moment."""
    debt = Debt((OpenInstalment(START, OWED),))
    case = Case("a", "d", "CN", "CNY", TIMETABLE, START, debt, stage_entered_at=START, collect_from=START)
    first, walked = State(case, START), Walk()
    seen, waiting = {first.key}, deque([first])
    while waiting:
        state = waiting.popleft()
        walked.stages.add(state.case.stage)
        for following in successors(state, happenings):
            check(state, following)
            if following.case.closed is not None:
                walked.endings.add(following.case.closed.reason)
            if following.key not in seen:
                assert len(seen) < TOO_MANY_STATES, "the walk does not end: something grows without bound"
                seen.add(following.key)
                waiting.append(following)
    walked.states = len(seen)
    return walked


_TOGETHER = (
    ("complaint", "resolved"),
    ("manual hold", "resumed"),
    ("full payment", "reversal"),
    ("plan", "part payment"),
    ("promise", "full payment"),
)
_ALONE = tuple((name,) for name in HAPPENINGS if name not in {"delivered", "reversal", "resumed", "resolved"})
_PAIRS = tuple(combinations((name for name in HAPPENINGS if name != "delivered"), 2))
_THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"


@pytest.mark.parametrize("happenings", _PAIRS if _THOROUGH else _ALONE + _TOGETHER, ids=" and ".join)
def test_no_state_that_these_happenings_can_lead_to_breaks_an_invariant(happenings: tuple[str, ...]) -> None:
    walked = walk((*happenings, "delivered"))
    assert walked.stages == set(Stage), "the walk comes to the end of the process"
    assert (ClosedReason.SETTLED in walked.endings) == ("full payment" in happenings)


def test_a_walk_notices_a_broken_invariant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domain.progress.stage_may_end", lambda _case, _now: True)
    with pytest.raises(AssertionError):
        walk(("delivered",))
