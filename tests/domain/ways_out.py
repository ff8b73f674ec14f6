"""What people do towards a way out, or while they look for one: offers, remedies, plans renegotiated, counsel's word.

As in ``happenings``, one that makes no sense as the life stands answers with nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from domain.facts import (
    AgreePlan,
    CallOutcome,
    LegalOutcome,
    Message,
    PleadLimitation,
    RecordCallOutcome,
    RecordPromise,
)
from domain.ledger import Component, Sums
from domain.money import format_minor
from domain.next_step import needs_person
from domain.remedies import Remedy, RemedyKind
from domain.requests import (
    ComplaintOutcome,
    CompleteTask,
    ExtendComplaint,
    PaidBy,
    ProposePlan,
    RequestWaiver,
    ResolveComplaint,
    ResumeCase,
    WithdrawReferral,
)
from domain.terms import Track
from tests.domain.happenings import (
    AgreesPlan,
    CircumstanceOver,
    ComplaintDecided,
    CounselReports,
    ReferralJudged,
    ResumedByHand,
    TrackChosen,
    WaiverGranted,
    pays,
)
from tests.domain.simulator import Life

_OMBUDSMAN = "ombudsman"


@dataclass(frozen=True)
class PromisesOnline:
    """Promises a share of the arrears on the page that is the person's own."""

    percent: int = 30
    in_days: int = 10

    def __call__(self, life: Life) -> Message | None:
        amount = life.case.debt.arrears_minor(life.now) * self.percent // 100
        if amount <= 0:
            return None
        number = life.turn_of("online")
        return RecordPromise(
            event_id=f"online-{number}",
            occurred_at=life.now,
            promise_id=f"page-{number}",
            amount=format_minor(amount, life.case.currency),
            date=(life.now + timedelta(days=self.in_days)).date(),
            channel="web",
        )


@dataclass(frozen=True)
class WaiverOffered:
    """An agent asks to waive a share of interest and fees once a share of the arrears has been paid in time."""

    percent: int = 50
    pay_percent: int = 50
    in_days: int = 10

    def __call__(self, life: Life) -> Message | None:
        left = life.office.books.statement(life.now).balance
        amount = (left.interest_minor + left.fees_minor) * self.percent // 100
        pay = life.case.debt.arrears_minor(life.now) * self.pay_percent // 100
        if amount <= 0 or pay <= 0:
            return None
        by = (life.now + timedelta(days=self.in_days)).date()
        return RequestWaiver(
            request_id=f"offer-{life.turn_of('offer')}",
            amount=format_minor(amount, life.case.currency),
            reason_code="settle_by_date",
            requested_by="agent-1",
            condition=PaidBy(pay_amount=format_minor(pay, life.case.currency), by=by),
        )


@dataclass(frozen=True)
class MeetsOffer:
    """Pays what a standing offer asks for."""

    def __call__(self, life: Life) -> Message | None:
        standing = {each.waiver_id for each in life.case.waivers if each.offered}
        offers = [each for each in life.office.books.offers if each.waiver_id in standing]
        return pays(life, offers[0].pay_minor) if offers else None


@dataclass(frozen=True)
class PlanProposedTo:
    """An agent proposes to pay the arrears in months."""

    parts: int = 2
    first_in_days: int = 5

    def __call__(self, life: Life) -> Message | None:
        if life.case.debt.arrears_minor(life.now) < self.parts:
            return None
        return ProposePlan(
            request_id=f"proposal-{life.turn_of('proposal')}",
            instalment_count=self.parts,
            first_due_date=(life.now + timedelta(days=self.first_in_days)).date(),
            proposed_by="agent-1",
        )


@dataclass(frozen=True)
class AgreesProposal:
    """Agrees to the plan that was proposed last."""

    def __call__(self, life: Life) -> Message | None:
        proposed = life.case.new_plan or life.case.plan
        if proposed is None or proposed.agreed_at is not None:
            return None
        return AgreePlan(
            event_id=f"accept-{life.turn_of('accept')}",
            occurred_at=life.now,
            plan_id=proposed.plan_id,
            agreed_by="the-person",
        )


@dataclass(frozen=True)
class RefusesToPay:
    """Rings up and says that they will not pay."""

    def __call__(self, life: Life) -> Message | None:
        number = life.turn_of("refusal")
        return RecordCallOutcome.model_validate(
            {
                "event_id": f"refusal-{number}",
                "occurred_at": life.now,
                "call_id": f"refused-{number}",
                "outcome": CallOutcome.REFUSED,
                "agent_id": "agent-1",
                "direction": "inbound",
                "number_ref": "number-1",
                "dialled_at": life.now,
                "connected": True,
                "right_party": True,
            }
        )


@dataclass(frozen=True)
class Remedied:
    """The oldest undecided complaint is upheld, with these remedies as far as there is something to remedy."""

    kinds: tuple[RemedyKind, ...] = (RemedyKind.APOLOGISE,)
    resolved_by: str = _OMBUDSMAN
    explanation_ref: str = "words-1"

    def __call__(self, life: Life) -> Message | None:
        undecided = [each for each in life.case.complaints if each.outcome is None]
        if not undecided:
            return None
        made = [_remedy(kind, life) for kind in self.kinds]
        return ResolveComplaint(
            request_id=f"remedy-{life.turn_of('remedy')}",
            complaint_id=undecided[0].complaint_id,
            outcome=ComplaintOutcome.PARTLY_UPHELD,
            resolved_by=self.resolved_by,
            explanation_ref=self.explanation_ref,
            remedies=tuple(each for each in made if each is not None),
        )


def _remedy(kind: RemedyKind, life: Life) -> Remedy | None:
    left = life.office.books.statement(life.now).balance
    match kind:
        case RemedyKind.WAIVE:
            charges = (left.interest_minor + left.fees_minor + 1) // 2
            return _amount(kind, charges, None, life)
        case RemedyKind.CORRECT_BALANCE:
            return _amount(kind, *_something(left), life)
        case RemedyKind.RESTART_GENTLER:
            return Remedy(kind=kind, stage=life.case.timetable.stages[0].stage)
        case RemedyKind.RETRAIN_AGENT:
            return Remedy(kind=kind, agent_id="agent-1")
        case _:
            return Remedy(kind=kind)


def _something(left: Sums) -> tuple[int, Component]:
    """A half of the first component of which anything is left."""
    if left.fees_minor:
        return (left.fees_minor + 1) // 2, Component.FEES
    if left.interest_minor:
        return (left.interest_minor + 1) // 2, Component.INTEREST
    return (left.principal_minor + 1) // 2, Component.PRINCIPAL


def _amount(kind: RemedyKind, minor: int, component: Component | None, life: Life) -> Remedy | None:
    if not minor:
        return None
    return Remedy(kind=kind, amount=format_minor(minor, life.case.currency), component=component)


@dataclass(frozen=True)
class ComplaintProlonged:
    """The oldest undecided complaint gets more time."""

    def __call__(self, life: Life) -> Message | None:
        undecided = [each for each in life.case.complaints if each.outcome is None]
        if not undecided:
            return None
        return ExtendComplaint(
            request_id=f"extend-{life.turn_of('extend')}",
            complaint_id=undecided[0].complaint_id,
            until=undecided[0].decide_by + timedelta(days=15),
            reason_code="awaiting_documents",
            extended_by=_OMBUDSMAN,
        )


@dataclass(frozen=True)
class ToldInPerson:
    """Somebody tells what no message could, or sees to who is vulnerable."""

    def __call__(self, life: Life) -> Message | None:
        subjects = sorted(each for each in life.case.asked if each.startswith(("tell:", "vulnerable:")))
        if not subjects:
            return None
        number = life.turn_of("in-person")
        return CompleteTask(request_id=f"told-{number}", subject=subjects[0], completed_by="lead-1")


@dataclass(frozen=True)
class PleadsLimitation:
    """Says that the debt is too old to be sued for."""

    def __call__(self, life: Life) -> Message | None:
        number = life.turn_of("plea")
        return PleadLimitation(event_id=f"plea-{number}", occurred_at=life.now, reported_by="agent-1")


@dataclass(frozen=True)
class PleaInError:
    """It turns out that nobody had pleaded it."""

    def __call__(self, life: Life) -> Message | None:
        pleas = [each.hold_id for each in life.case.open_holds(life.now) if each.hold_id.startswith("plea-")]
        if not pleas:
            return None
        number = life.turn_of("no-plea")
        return ResumeCase(
            request_id=f"no-plea-{number}", hold_id=pleas[0], reason_code="reported_in_error", resumed_by="lead-1"
        )


@dataclass(frozen=True)
class ReferralTakenBack:
    """The referral is taken back from counsel."""

    def __call__(self, life: Life) -> Message | None:
        referral = life.case.referral
        if referral is None:
            return None
        return WithdrawReferral(
            request_id=f"withdraw-{life.turn_of('withdraw')}",
            referral_id=referral.referral_id,
            reason_code="should_not_be",
            withdrawn_by="counsel-1",
        )


_ANSWERS: dict[str, tuple[Callable[[Life], Message | None], ...]] = {
    "plan": (AgreesPlan(2, 5, 7),),
    "waiver": (WaiverGranted(),),
    "complaint_overdue": (Remedied(), ComplaintDecided()),
    "tell": (ToldInPerson(),),
    "vulnerable": (ToldInPerson(),),
    "track": (TrackChosen(Track.STANDARD), TrackChosen(Track.FIRM)),
    "referral": (ReferralJudged(), ReferralJudged(approve=False)),
    "counsel": (
        CounselReports(LegalOutcome.SETTLED),
        CounselReports(LegalOutcome.JUDGMENT),
        ReferralTakenBack(),
    ),
    "hold": (ComplaintDecided(), CircumstanceOver(), ResumedByHand(), PleaInError()),
}


@dataclass(frozen=True)
class QuestionAnswered:
    """A person who was asked answers the first thing that only a person can, each time in another way."""

    way: int = 0
    """In which way first."""

    def __call__(self, life: Life) -> Message | None:
        for subject in needs_person(life.case, life.now):
            about = subject.partition(":")[0]
            answers = _ANSWERS.get(about, ())
            turn = self.way + life.turn_of(f"answer {about}")
            for number in range(len(answers)):
                message = answers[(turn + number) % len(answers)](life)
                if message is not None:
                    return message
        return None
