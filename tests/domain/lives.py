"""Generated lives: any timetable, any debt, any habits of the world, and any script of what people do."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from hypothesis import strategies as st

from domain.facts import CallOutcome, CircumstanceKind, ComplaintCategory, DeliveryReport
from domain.ledger import Instalment
from domain.terms import Channel, Stage, Track
from domain.timetable import StagePlan, Timetable, Touch
from tests.domain.builders import case, day, days, instalment, timetable
from tests.domain.happenings import (
    AgentCalls,
    AgreesPlan,
    CircumstanceOver,
    CircumstanceReported,
    ClosedByHand,
    Complains,
    ComplaintDecided,
    CounselReports,
    GraceGranted,
    HeldByHand,
    HoldDecided,
    HoldLifted,
    KeepsPlan,
    OptsIn,
    OptsOut,
    PaymentBounces,
    Pays,
    PaysOldest,
    Promises,
    ReceiptArrives,
    ReferralJudged,
    ReportsHardship,
    ResumedByHand,
    ToldAgain,
    TrackChosen,
    WaiverAsked,
    WaiverGranted,
)
from tests.domain.simulator import Answer, Habits, Life, Tell

LIFE = 300
"""Days that a generated life is looked at."""


@dataclass(frozen=True)
class Script:
    """Everything that a life follows from."""

    timetable: Timetable
    instalments: tuple[Instalment, ...]
    habits: Habits
    happenings: tuple[tuple[float, Tell], ...]
    """Days since the happening before, and what happens."""

    def start(self) -> Life:
        """The life, not yet lived."""
        life = Life(replace(case(*self.instalments), timetable=self.timetable), self.instalments, self.habits)
        at = life.now
        for gap, happening in self.happenings:
            at += days(gap)
            life.tell(at, happening)
        return life

    def live(self) -> Life:
        """The life, lived."""
        return self.start().live(day(LIFE))


def lengths(least: float, most: float) -> st.SearchStrategy[timedelta]:
    """Whole and broken days."""
    return st.one_of(
        st.integers(int(least) + (least > int(least)), int(most)).map(days), st.floats(least, most).map(days)
    )


def touches() -> st.SearchStrategy[Touch]:
    """A channel and up to two to fall back to; a call always has one behind it."""
    chosen = st.lists(st.sampled_from(Channel), min_size=1, max_size=3, unique=True)
    return chosen.map(lambda each: [*each, Channel.SMS] if each[-1] is Channel.CALL else each).map(
        lambda each: Touch(each[0], tuple(dict.fromkeys(each[1:])))
    )


def stage_plans(stage: Stage) -> st.SearchStrategy[StagePlan]:
    """Any stage; ``starts_after`` is counted from the stage before."""
    return st.builds(
        StagePlan,
        stage=st.just(stage),
        starts_after=lengths(0.5, 20),
        minimum=lengths(1, 20),
        cadence=lengths(2, 15),
        touches=st.lists(touches(), min_size=1, max_size=3).map(tuple),
        attempts=st.integers(1, 3),
    )


@st.composite
def timetables(draw: Callable[[st.SearchStrategy[StagePlan]], StagePlan]) -> Timetable:
    """Four stages, each starting after the one before."""
    starts_after, stages = timedelta(0), []
    for stage in list(Stage)[:4]:
        plan = draw(stage_plans(stage))
        starts_after += plan.starts_after
        stages.append(replace(plan, starts_after=starts_after))
    return timetable(*stages, channels_for_exhaustion=1)


def debts() -> st.SearchStrategy[tuple[Instalment, ...]]:
    """One to three instalments, the later ones due while the case runs."""
    later = st.lists(st.integers(1, 60), max_size=2, unique=True).map(sorted)
    return later.map(lambda each: (instalment(), *(instalment(overdue_on=number) for number in each)))


def happenings() -> st.SearchStrategy[Tell]:
    """Anything that anybody tells a case by itself."""
    some_days = st.integers(1, 40)
    maybe_days = st.none() | some_days
    return st.one_of(
        st.sampled_from([Pays(50), Pays(10), PaysOldest()]),
        st.builds(Promises, st.sampled_from([100, 50]), st.integers(0, 20)),
        st.builds(ReportsHardship, maybe_days),
        st.builds(GraceGranted, some_days),
        st.builds(HeldByHand, maybe_days),
        st.builds(CircumstanceReported, st.sampled_from(CircumstanceKind), maybe_days),
        st.builds(Complains, st.sampled_from([ComplaintCategory.CONDUCT, ComplaintCategory.DISPUTE])),
        st.sampled_from([ComplaintDecided(), ResumedByHand(), HoldLifted(), CircumstanceOver()]),
        st.builds(OptsOut, st.sampled_from(Channel)),
        st.builds(OptsIn, st.sampled_from(Channel)),
        st.builds(TrackChosen, st.sampled_from(Track)),
        st.sampled_from([AgentCalls(), ToldAgain(), ReferralJudged(approve=False), CounselReports(), ClosedByHand()]),
    )


def episodes() -> st.SearchStrategy[tuple[Tell, ...]]:
    """Happenings that belong together, one after the other."""
    plan = st.builds(AgreesPlan, st.integers(1, 4), st.integers(0, 15), st.integers(1, 20))
    keeps = st.lists(st.just(KeepsPlan()), max_size=3)
    waiver = st.builds(WaiverAsked, st.integers(1, 1_500))
    return st.one_of(
        happenings().map(lambda each: (each,)),
        happenings().map(lambda each: (each,)),
        st.just((Pays(), PaymentBounces())),
        st.just((PaysOldest(), PaymentBounces())),
        st.tuples(plan, keeps).map(lambda each: (each[0], *each[1])),
        st.tuples(waiver, st.builds(WaiverGranted, st.booleans())),
        st.just((Pays(),)),
    )


def habits() -> st.SearchStrategy[Habits]:
    """Any world, in which most contacts leave and arrive and most agents do their work."""
    answers = st.lists(st.sampled_from([Answer.LEFT, Answer.LEFT, *Answer]), min_size=1, max_size=6)
    receipts = st.sampled_from(
        [ReceiptArrives(), ReceiptArrives(), None, ReceiptArrives(DeliveryReport.FAILED), _gone_receipt()]
    )
    calls = st.one_of(st.none(), st.builds(AgentCalls, st.sampled_from(CallOutcome).filter(_without_promise)))
    reviews = st.sampled_from([ReferralJudged(), ReferralJudged(), ReferralJudged(approve=False), None])
    return st.builds(
        Habits,
        answers=answers.map(lambda each: (Answer.LEFT, *each)),
        takes=st.lists(st.sampled_from([days(0), days(0), days(0.2), days(2)]), min_size=1, max_size=3).map(tuple),
        meanwhile=st.lists(st.none() | happenings() | st.just(PaymentBounces()), min_size=1, max_size=3).map(tuple),
        after_contact=st.lists(receipts, min_size=1, max_size=4).map(tuple),
        after_call_request=st.lists(calls, min_size=1, max_size=3).map(tuple),
        after_question=st.lists(st.sampled_from([HoldDecided(), HoldDecided(), None]), min_size=1, max_size=3).map(
            tuple
        ),
        after_review=st.lists(reviews, min_size=1, max_size=3).map(tuple),
        missing=st.lists(st.sampled_from([(), (), ("notice",)]), min_size=1, max_size=3).map(tuple),
        checklists_hold=st.lists(st.sampled_from([True, True, False]), min_size=1, max_size=2).map(tuple),
    )


def scripts(most: int = 8) -> st.SearchStrategy[Script]:
    """Any life of at most so many episodes."""
    gaps = st.one_of(st.integers(0, 30).map(float), st.floats(0, 5, allow_nan=False))
    told = st.lists(st.tuples(episodes(), gaps, gaps), max_size=most).map(_one_by_one)
    return st.builds(Script, timetable=timetables(), instalments=debts(), habits=habits(), happenings=told)


def _one_by_one(told: list[tuple[tuple[Tell, ...], float, float]]) -> tuple[tuple[float, Tell], ...]:
    """The happenings of all episodes with the days before each: before an episode, and within it."""
    return tuple(
        (within if number else before, happening)
        for episode, before, within in told
        for number, happening in enumerate(episode)
    )


def _without_promise(outcome: CallOutcome) -> bool:
    return outcome is not CallOutcome.PROMISED


def _gone_receipt() -> ReceiptArrives:
    return ReceiptArrives(DeliveryReport.FAILED, gone=True)
