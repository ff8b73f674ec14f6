"""Generated lives: any timetable, any debt, any habits of the world, and any script of what people do.

Strategies are kept, because making them anew for every draw takes longer than drawing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from functools import cache
from itertools import permutations
from typing import TypeVar

from hypothesis import strategies as st

from domain.case import LimitationWatch
from domain.events import BarsSet, LimitationSet, MessagesOwed, apply
from domain.facts import CallOutcome, CircumstanceKind, ComplaintCategory, DeliveryReport, LegalOutcome
from domain.late_charges import DayCount, Terms
from domain.ledger import DEFAULT_ORDER, Component, Instalment
from domain.owed_messages import Bar, Barred, OwedMessage
from domain.remedies import RemedyKind
from domain.requests import ComplaintOutcome, StoppedChoice
from domain.terms import Channel, HoldKind, MessageClass, Stage, Track
from domain.timetable import StagePlan, Timetable, Touch
from domain.tracks import ALWAYS_FIRST, TrackRule
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
from tests.domain.office_complaints import NO_WORDS
from tests.domain.office_ledger import Charging
from tests.domain.simulator import Answer, Habits, Life, Tell
from tests.domain.ways_out import (
    AgreesProposal,
    ComplaintProlonged,
    MeetsOffer,
    PlanProposedTo,
    PleadsLimitation,
    PleaInError,
    PromisesOnline,
    QuestionAnswered,
    ReferralTakenBack,
    RefusesToPay,
    Remedied,
    ToldInPerson,
    WaiverOffered,
)

Kind = TypeVar("Kind")

LIFE = 300
"""Days that a generated life is looked at."""

_CHANNELS = (Channel.SMS, Channel.EMAIL, Channel.CALL, Channel.LETTER)
_WRITTEN = [Channel.LETTER, Channel.EMAIL, Channel.SMS]
_CEASES: tuple[Tell, ...] = (CircumstanceReported(CircumstanceKind.CEASE_CONTACT),)
_STOPS_ALL: tuple[Tell, ...] = tuple(map(OptsOut, Channel))
_SOME_DAYS = st.integers(1, 40)
_RATES = st.sampled_from([None, Fraction(0), Fraction(0), Fraction(6)])
_TABLE = (
    ALWAYS_FIRST,
    TrackRule(Track.SUPPORTIVE, "hardship", hardship=True),
    TrackRule(Track.FIRM, "refuses", refusals=2),
    TrackRule(Track.FIRM, "breaks_promises", promises_broken=2),
    TrackRule(Track.SUPPORTIVE, "pays", promises_kept=1),
)
_MAYBE_DAYS = st.none() | _SOME_DAYS


@dataclass(frozen=True)
class Script:
    """Everything that a life follows from."""

    timetable: Timetable
    instalments: tuple[Instalment, ...]
    owed: tuple[OwedMessage, ...]
    bars: tuple[Bar, ...]
    habits: Habits
    charging: Charging
    limitation: LimitationWatch | None
    happenings: tuple[tuple[float, Tell], ...]
    """Days since the happening before, and what happens."""

    def live(self) -> Life:
        """The life, lived."""
        start = replace(case(*self.instalments), timetable=self.timetable)
        start = apply(apply(start, MessagesOwed(self.owed)), BarsSet(self.bars, revision=1))
        start = start if self.limitation is None else apply(start, LimitationSet(self.limitation))
        life = Life(start, self.instalments, self.habits, self.charging)
        at = life.now
        for gap, happening in self.happenings:
            at += days(gap)
            life.tell(at, happening)
        return life.live(day(LIFE))


@st.composite
def scripts(draw: st.DrawFn, most: int = 8) -> Script:
    """Any life of at most so many episodes, or one in which nobody answers until counsel has the case."""
    if draw(st.integers(0, 3)) == 0:
        return draw(unanswered())
    told: list[tuple[float, Tell]] = []
    for episode in draw(st.lists(episodes(), max_size=most)):
        told += [(draw(gaps()), happening) for happening in episode]
    return Script(
        timetable=draw(timetables()),
        instalments=draw(debts()),
        owed=tuple(draw(st.lists(owed_messages(), max_size=2, unique_by=lambda each: each.message_id))),
        bars=tuple(draw(st.lists(bars(), max_size=1))),
        habits=draw(habits()),
        charging=draw(chargings()),
        limitation=draw(st.none() | st.none() | limitations()),
        happenings=tuple(told),
    )


@cache
@st.composite
def unanswered(draw: st.DrawFn) -> Script:
    """A life in which everything arrives and hardly anybody answers, so that it comes to a referral and beyond."""
    stopped = (*_CEASES, StoppedCaseDecided(StoppedChoice.LEGAL_REVIEW))
    retrained = Complains(), Remedied((RemedyKind.RETRAIN_AGENT,))
    told: tuple[Tell, ...] = draw(st.sampled_from([(), (PlanProposedTo(),), stopped, retrained, (Pays(30),)]))
    first = draw(st.sampled_from([0.0, 24.5, 24.7, 28.0]))
    stages = list(Stage)[:4]
    plans = (
        StagePlan(stage, days(5 * number + 5), days(3), days(4), (Touch(channel, (Channel.LETTER,)),), attempts=1)
        for number, (stage, channel) in enumerate(zip(stages, _CHANNELS, strict=True))
    )
    diligent = Habits(
        after_contact=(ReceiptArrives(),),
        after_call_request=(AgentCalls(),),
        after_question=(draw(st.sampled_from([*map(QuestionAnswered, range(3))])),),
        after_review=draw(_some([ReferralJudged(), ReferralJudged(), ReferralJudged(approve=False)], 2)),
        missing=draw(_some([(), (), ("notice",)], 2)),
        checklists_hold=draw(_some([True, False], 2)),
        takes=draw(_some([days(0), days(0), days(0.2)], 2)),
    )
    return Script(
        timetable=timetable(*plans, final_notice_wait=days(2)),
        instalments=draw(debts()),
        owed=(),
        bars=(),
        habits=diligent,
        charging=draw(chargings()),
        limitation=None,
        happenings=tuple((0.01 if number else first, each) for number, each in enumerate(told)),
    )


@cache
def gaps() -> st.SearchStrategy[float]:
    """Days between two happenings, whole ones and moments apart."""
    return st.one_of(st.integers(0, 30).map(float), st.floats(0, 5, allow_nan=False))


@cache
def lengths(least: float, most: float) -> st.SearchStrategy[timedelta]:
    """Whole and broken days."""
    return st.one_of(st.integers(int(least), int(most)).map(float), st.floats(least, most)).map(days)


@cache
@st.composite
def touches(draw: st.DrawFn) -> Touch:
    """A channel and up to two to fall back to; a call always has one behind it."""
    first, *fallbacks = draw(st.lists(st.sampled_from(Channel), min_size=1, max_size=3, unique=True))
    if [first, *fallbacks][-1] is Channel.CALL:
        fallbacks.append(Channel.EMAIL if Channel.SMS in (first, *fallbacks) else Channel.SMS)
    return Touch(first, tuple(fallbacks))


@cache
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
    return timetable(
        *stages,
        channels_for_exhaustion=draw(st.integers(1, 2)),
        plan_renegotiate_within=draw(st.just(timedelta(0)) | lengths(1, 10)),
        track_rules=draw(st.sampled_from([(), _TABLE])),
        track_start=draw(st.sampled_from([{}, {Track.FIRM: 0.8}])),
        person_for_vulnerable=draw(st.booleans()),
        plan_waits_in_holds=draw(st.booleans()),
        track_minimum=draw(st.sampled_from([{}, {Track.SUPPORTIVE: 1.5, Track.FIRM: 0.5}])),
    )


@cache
@st.composite
def debts(draw: st.DrawFn) -> tuple[Instalment, ...]:
    """One to four instalments, most of them due while the case runs."""
    later = draw(st.lists(st.integers(1, 60), max_size=3, unique=True))
    return tuple(instalment(number) for number in sorted({0, *later}))


@cache
@st.composite
def chargings(draw: st.DrawFn) -> Charging:
    """By which order payments are used, and what being late costs, if it costs anything."""
    order = tuple(draw(st.sampled_from([DEFAULT_ORDER, *permutations(Component)])))
    if draw(st.booleans()):
        return Charging(order)
    terms = Terms(
        Fraction(draw(st.integers(0, 60))),
        day(0).date() - days(draw(st.integers(1, 120))),
        day_count=draw(st.sampled_from(DayCount)),
        fee_minor=draw(st.sampled_from([0, 500])),
        fee_after_days=draw(st.integers(0, 20)),
    )
    cap = draw(st.sampled_from([None, None, Fraction(24)]))
    return Charging(order, terms, cap, draw(_RATES), draw(_RATES))


@cache
def limitations() -> st.SearchStrategy[LimitationWatch]:
    """When the debt becomes too old, with or without ending by it."""
    return st.builds(
        LimitationWatch,
        expires_at=st.integers(60, 2 * LIFE).map(day),
        warn_at=st.lists(st.integers(0, 2 * LIFE).map(day), max_size=2, unique=True).map(sorted).map(tuple),
        extinguishes=st.sampled_from([False, False, True]),
    )


@cache
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


@cache
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


@cache
def happenings() -> st.SearchStrategy[Tell]:
    """Anything that anybody tells a case by itself."""
    return st.one_of(
        st.sampled_from([Pays(50), Pays(10)]),
        st.builds(Promises, st.sampled_from([100, 50]), st.integers(0, 20)),
        st.builds(PromisesOnline, st.sampled_from([100, 30]), st.integers(0, 20)),
        st.builds(PlanProposedTo, st.integers(1, 3), st.integers(1, 10)),
        st.builds(ReportsHardship, _MAYBE_DAYS),
        st.builds(GraceGranted, _SOME_DAYS),
        st.builds(HeldByHand, _MAYBE_DAYS),
        st.builds(CircumstanceReported, st.sampled_from(CircumstanceKind), _MAYBE_DAYS),
        st.builds(Complains, st.sampled_from([ComplaintCategory.CONDUCT, ComplaintCategory.DISPUTE])),
        st.sampled_from([DecisionHeard(), ResumedByHand(), HoldLifted(), CircumstanceOver()]),
        st.sampled_from([ComplaintDecided(), ToldInPerson()]),
        st.sampled_from([ComplaintProlonged(), RefusesToPay()]),
        st.sampled_from([QuestionAnswered(), MeetsOffer(), ReferralTakenBack()]),
        st.builds(OptsOut, st.sampled_from(Channel)),
        st.builds(OptsIn, st.sampled_from(Channel)),
        st.builds(TrackChosen, st.sampled_from(Track)),
        st.sampled_from([AgentCalls(), ToldAgain(), ReferralJudged(approve=False), ClosedByHand()]),
        st.builds(CounselReports, st.sampled_from(LegalOutcome)),
    )


@cache
@st.composite
def episodes(draw: st.DrawFn) -> tuple[Tell, ...]:
    """Happenings that belong together, one after the other."""
    return draw(draw(st.sampled_from(_EPISODES))())


@cache
def _one() -> st.SearchStrategy[tuple[Tell, ...]]:
    return happenings().map(lambda each: (each,))


@cache
def _paying() -> st.SearchStrategy[tuple[Tell, ...]]:
    return st.sampled_from([(Pays(),), (PaysOldest(),), (Pays(), PaymentBounces()), (PaysOldest(), PaymentBounces())])


@cache
@st.composite
def _plans(draw: st.DrawFn) -> tuple[Tell, ...]:
    """A plan, agreed as it is named or as it was proposed, and kept for a while."""
    plan = AgreesPlan(draw(st.integers(1, 4)), draw(st.integers(0, 15)), draw(st.integers(1, 20)))
    agreed = draw(st.sampled_from([(plan,), (PlanProposedTo(2, draw(st.integers(0, 3))), AgreesProposal())]))
    return *agreed, *draw(st.lists(st.just(KeepsPlan()), max_size=3))


@cache
def _insisting() -> st.SearchStrategy[tuple[Tell, ...]]:
    """Something that is told more than once."""
    return happenings().map(lambda each: (each, ToldAgain(), ToldAgain()))


@cache
def _pleas() -> st.SearchStrategy[tuple[Tell, ...]]:
    """A plea that no ordinary word ends."""
    return st.sampled_from([(PleadsLimitation(), ResumedByHand(), PleaInError()), (PleadsLimitation(),)])


@cache
def _waivers() -> st.SearchStrategy[tuple[Tell, ...]]:
    return st.tuples(st.builds(WaiverAsked, st.integers(1, 1_500)), st.builds(WaiverGranted, st.booleans()))


@cache
@st.composite
def _promises(draw: st.DrawFn) -> tuple[Tell, ...]:
    """Two promises at once, kept, kept in part or broken."""
    first, second = Promises(30, draw(st.integers(1, 9))), PromisesOnline(30, draw(st.integers(10, 25)))
    return first, second, *draw(st.lists(st.just(Pays(30)), max_size=2))


@cache
@st.composite
def _refusals(draw: st.DrawFn) -> tuple[Tell, ...]:
    """Somebody who says twice that they will not pay, and what a person makes of it."""
    return RefusesToPay(), RefusesToPay(), TrackChosen(draw(st.sampled_from([Track.FIRM, Track.STANDARD])))


@cache
@st.composite
def _stops(draw: st.DrawFn) -> tuple[Tell, ...]:
    """Somebody who stops all contact, and how it is to go on."""
    stopping = draw(st.sampled_from([_CEASES, _STOPS_ALL]))
    choices = st.sampled_from(StoppedChoice).map(StoppedCaseDecided)
    return *stopping, *draw(st.lists(choices, min_size=1, max_size=2))


@cache
@st.composite
def _offers(draw: st.DrawFn) -> tuple[Tell, ...]:
    """A waiver on a condition, which is met, or met by money that does not stay, or not met."""
    offered = WaiverOffered(draw(st.integers(20, 100)), draw(st.integers(10, 100)), draw(st.integers(0, 20)))
    met: tuple[Tell, ...] = draw(st.sampled_from([(), (MeetsOffer(),), (MeetsOffer(), PaymentBounces())]))
    return offered, WaiverGranted(), *met


@cache
@st.composite
def _complaints(draw: st.DrawFn) -> tuple[Tell, ...]:
    """A complaint with whatever comes of it; the agent whom it names may try to decide it."""
    filed = Complains(draw(st.sampled_from([ComplaintCategory.CONDUCT, ComplaintCategory.DISPUTE])))
    kinds = tuple({draw(st.sampled_from(RemedyKind)), draw(st.sampled_from(RemedyKind))})
    tries: tuple[Tell, ...] = draw(
        st.sampled_from([(), (Remedied(kinds, resolved_by="agent-1"),), (ComplaintProlonged(),)])
    )
    words = draw(st.sampled_from(["words-1", "words-1", NO_WORDS]))
    rejected = ComplaintDecided(ComplaintOutcome.REJECTED)
    decided = rejected if draw(st.integers(0, 4)) == 0 else Remedied(kinds, explanation_ref=words)
    return filed, *tries, decided


_EPISODES = (
    *(_one, _one, _one, _one, _paying, _paying, _plans, _plans),
    *(_waivers, _offers, _promises, _complaints, _complaints, _refusals, _stops),
    *(_insisting, _pleas),
)


@cache
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
        after_question=_some([*map(QuestionAnswered, range(3)), HoldDecided(), None], 3),
        after_review=_some(reviews, 3),
        missing=_some([(), (), ("notice",)], 3),
        checklists_hold=_some([True, True, False], 2),
    )


def _some(kinds: Sequence[Kind], most: int) -> st.SearchStrategy[tuple[Kind, ...]]:
    return st.lists(st.sampled_from(kinds), min_size=1, max_size=most).map(tuple)


def _one_leaves(answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    return (Answer.LEFT, *answers)
