"""Generated lives: any timetable, any debt, any habits of the world, and any script of what people do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

from hypothesis import strategies as st

from domain.events import BarsSet, MessagesOwed, apply
from domain.facts import CallOutcome, CircumstanceKind, ComplaintCategory, DeliveryReport
from domain.ledger import Instalment
from domain.owed_messages import Bar, Barred, OwedMessage
from domain.requests import StoppedChoice
from domain.terms import Channel, HoldKind, MessageClass, Stage, Track
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
    DecisionHeard,
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
    StoppedCaseDecided,
    ToldAgain,
    TrackChosen,
    WaiverAsked,
    WaiverGranted,
)
from tests.domain.simulator import Answer, Habits, Life, Tell

Kind = TypeVar("Kind")

LIFE = 300
"""Days that a generated life is looked at."""

_WRITTEN = [Channel.LETTER, Channel.EMAIL, Channel.SMS]
_CEASES: tuple[Tell, ...] = (CircumstanceReported(CircumstanceKind.CEASE_CONTACT),)
_STOPS_ALL: tuple[Tell, ...] = tuple(map(OptsOut, Channel))
_SOME_DAYS = st.integers(1, 40)
_MAYBE_DAYS = st.none() | _SOME_DAYS


@dataclass(frozen=True)
class Script:
    """Everything that a life follows from."""

    timetable: Timetable
    instalments: tuple[Instalment, ...]
    owed: tuple[OwedMessage, ...]
    bars: tuple[Bar, ...]
    habits: Habits
    happenings: tuple[tuple[float, Tell], ...]
    """Days since the happening before, and what happens."""

    def live(self) -> Life:
        """The life, lived."""
        start = replace(case(*self.instalments), timetable=self.timetable)
        start = apply(apply(start, MessagesOwed(self.owed)), BarsSet(self.bars, revision=1))
        life = Life(start, self.instalments, self.habits)
        at = life.now
        for gap, happening in self.happenings:
            at += days(gap)
            life.tell(at, happening)
        return life.live(day(LIFE))


@st.composite
def scripts(draw: st.DrawFn, most: int = 8) -> Script:
    """Any life of at most so many episodes."""
    told: list[tuple[float, Tell]] = []
    for episode in draw(st.lists(episodes(), max_size=most)):
        told += [(draw(gaps()), happening) for happening in episode]
    return Script(
        timetable=draw(timetables()),
        instalments=draw(debts()),
        owed=tuple(draw(st.lists(owed_messages(), max_size=2, unique_by=lambda each: each.message_id))),
        bars=tuple(draw(st.lists(bars(), max_size=1))),
        habits=draw(habits()),
        happenings=tuple(told),
    )


def gaps() -> st.SearchStrategy[float]:
    """Days between two happenings, whole ones and moments apart."""
    return st.one_of(st.integers(0, 30).map(float), st.floats(0, 5, allow_nan=False))


def lengths(least: float, most: float) -> st.SearchStrategy[timedelta]:
    """Whole and broken days."""
    return st.one_of(st.integers(int(least), int(most)).map(float), st.floats(least, most)).map(days)


@st.composite
def touches(draw: st.DrawFn) -> Touch:
    """A channel and up to two to fall back to; a call always has one behind it."""
    first, *fallbacks = draw(st.lists(st.sampled_from(Channel), min_size=1, max_size=3, unique=True))
    if [first, *fallbacks][-1] is Channel.CALL:
        fallbacks.append(Channel.EMAIL if Channel.SMS in (first, *fallbacks) else Channel.SMS)
    return Touch(first, tuple(fallbacks))


@st.composite
def timetables(draw: st.DrawFn) -> Timetable:
    """Four stages, each starting after the one before."""
    starts_after, stages = timedelta(0), []
    for stage in list(Stage)[:4]:
        starts_after += draw(lengths(1, 20))
        plan = StagePlan(
            stage=stage,
            starts_after=starts_after,
            minimum=draw(lengths(1, 20)),
            cadence=draw(lengths(2, 15)),
            touches=tuple(draw(st.lists(touches(), min_size=1, max_size=3))),
            attempts=draw(st.integers(1, 3)),
        )
        stages.append(plan)
    renegotiate = draw(st.just(timedelta(0)) | lengths(1, 10))
    return timetable(*stages, channels_for_exhaustion=draw(st.integers(1, 2)), plan_renegotiate_within=renegotiate)


@st.composite
def debts(draw: st.DrawFn) -> tuple[Instalment, ...]:
    """One to four instalments, most of them due while the case runs."""
    later = draw(st.lists(st.integers(1, 60), max_size=3, unique=True))
    return tuple(instalment(number) for number in sorted({0, *later}))


def owed_messages() -> st.SearchStrategy[OwedMessage]:
    """A notice that the law demands, or a service message with an end."""
    moments = st.floats(0, 90).map(day)
    holds = st.lists(st.sampled_from(HoldKind), max_size=3, unique=True).map(tuple)
    channels = st.lists(st.sampled_from(_WRITTEN), min_size=1, max_size=2, unique=True).map(tuple)
    notice = st.builds(
        OwedMessage,
        message_id=st.sampled_from(["notice.1", "notice.2"]),
        message_class=st.just(MessageClass.STATUTORY),
        occasion=st.just("notice"),
        channels=channels,
        due_at=moments,
        warn_at=st.none() | moments,
        allowed_in=holds,
    )
    service = st.builds(
        OwedMessage,
        message_id=st.just("offer.1"),
        message_class=st.just(MessageClass.SERVICE),
        occasion=st.just("offer"),
        channels=channels,
        due_at=moments,
        deadline=st.none() | moments,
        allowed_in=holds,
    )
    return st.one_of(notice, service)


def bars() -> st.SearchStrategy[Bar]:
    """What keeps the last stage or the referral from beginning for a while, or until a notice has gone."""
    return st.builds(
        Bar,
        bar_id=st.just("notice.1"),
        what=st.sampled_from(Barred),
        since=st.just(day(0)),
        until=st.floats(0, 200).map(day),
        reason=st.just("the notice's period runs"),
    )


def happenings() -> st.SearchStrategy[Tell]:
    """Anything that anybody tells a case by itself."""
    return st.one_of(
        st.sampled_from([Pays(50), Pays(10)]),
        st.builds(Promises, st.sampled_from([100, 50]), st.integers(0, 20)),
        st.builds(ReportsHardship, _MAYBE_DAYS),
        st.builds(GraceGranted, _SOME_DAYS),
        st.builds(HeldByHand, _MAYBE_DAYS),
        st.builds(CircumstanceReported, st.sampled_from(CircumstanceKind), _MAYBE_DAYS),
        st.builds(Complains, st.sampled_from([ComplaintCategory.CONDUCT, ComplaintCategory.DISPUTE])),
        st.sampled_from([ComplaintDecided(), ResumedByHand(), DecisionHeard(), HoldLifted(), CircumstanceOver()]),
        st.builds(OptsOut, st.sampled_from(Channel)),
        st.builds(OptsIn, st.sampled_from(Channel)),
        st.builds(TrackChosen, st.sampled_from(Track)),
        st.sampled_from([AgentCalls(), ToldAgain(), ReferralJudged(approve=False), CounselReports(), ClosedByHand()]),
    )


@st.composite
def episodes(draw: st.DrawFn) -> tuple[Tell, ...]:
    """Happenings that belong together, one after the other."""
    match draw(st.sampled_from(["one", "one", "one", "one", "oldest", "bounce", "plan", "waiver", "paid", "stopped"])):
        case "bounce":
            return (PaysOldest() if draw(st.booleans()) else Pays()), PaymentBounces()
        case "plan":
            plan = AgreesPlan(draw(st.integers(1, 4)), draw(st.integers(0, 15)), draw(st.integers(1, 20)))
            return plan, *draw(st.lists(st.just(KeepsPlan()), max_size=3))
        case "waiver":
            return WaiverAsked(draw(st.integers(1, 1_500))), WaiverGranted(draw(st.booleans()))
        case "oldest":
            return (PaysOldest(),)
        case "paid":
            return (Pays(),)
        case "stopped":
            stopping = draw(st.sampled_from([_CEASES, _STOPS_ALL]))
            choices = st.sampled_from(StoppedChoice).map(StoppedCaseDecided)
            return *stopping, *draw(st.lists(choices, min_size=1, max_size=2))
    return (draw(happenings()),)


def habits() -> st.SearchStrategy[Habits]:
    """Any world, in which most contacts leave and arrive and most people do their work."""
    failed = DeliveryReport.FAILED
    receipts = [ReceiptArrives(), ReceiptArrives(), None, ReceiptArrives(failed), ReceiptArrives(failed, gone=True)]
    outcomes = [each for each in CallOutcome if each is not CallOutcome.PROMISED]
    reviews = [ReferralJudged(), ReferralJudged(), ReferralJudged(approve=False), None]
    return st.builds(
        Habits,
        answers=_some([Answer.LEFT, Answer.LEFT, *Answer], 6).map(_one_leaves),
        takes=_some([days(0), days(0), days(0.2), days(2)], 3),
        meanwhile=st.lists(st.none() | happenings() | st.just(PaymentBounces()), min_size=1, max_size=3).map(tuple),
        after_contact=_some(receipts, 4),
        after_call_request=_some([None, *map(AgentCalls, outcomes)], 3),
        after_question=_some([HoldDecided(), HoldDecided(), None], 3),
        after_review=_some(reviews, 3),
        missing=_some([(), (), ("notice",)], 3),
        checklists_hold=_some([True, True, False], 2),
    )


def _some(kinds: Sequence[Kind], most: int) -> st.SearchStrategy[tuple[Kind, ...]]:
    return st.lists(st.sampled_from(kinds), min_size=1, max_size=most).map(tuple)


def _one_leaves(answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    return (Answer.LEFT, *answers)
