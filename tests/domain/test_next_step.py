"""What comes next: the examples that the properties over whole lives do not spell out."""

from dataclasses import replace

from domain.case import Referral
from domain.next_step import StepKind, next_step
from domain.terms import Channel, Stage
from tests.domain.builders import case, day, days, instalment, timetable
from tests.domain.happenings import AgentCalls, CounselReports, HeldByHand, ReceiptArrives, ReferralJudged
from tests.domain.simulator import Habits, Life

DILIGENT = Habits(
    after_contact=(ReceiptArrives(),), after_call_request=(AgentCalls(),), after_review=(ReferralJudged(),)
)
"""Everything leaves and arrives, agents call, and every review is approved."""


def test_counsel_is_asked_for_a_report_again_and_again_until_there_is_one() -> None:
    life = Life(case(), [instalment()], DILIGENT).live(day(200))
    questions = [each.at for each in life.deeds if each.step.subject == "counsel:ref-0"]
    assert life.case.stage is Stage.LEGAL
    assert questions == [life.case.stage_entered_at + days(5) * number for number in range(len(questions))]
    assert len(questions) > 2


def test_counsel_is_asked_in_time_even_while_something_holds_the_case() -> None:
    life = Life(case(), [instalment()], DILIGENT)
    life.tell(day(130), HeldByHand(days=60))
    life.live(day(200))
    questions = [each.at for each in life.deeds if each.step.subject == "counsel:ref-0"]
    assert questions == [life.case.stage_entered_at + days(5) * number for number in range(len(questions))]


def test_counsels_report_ends_the_case() -> None:
    life = Life(case(), [instalment()], DILIGENT)
    life.tell(day(200), CounselReports())
    life.live(day(400))
    assert life.case.closed is not None
    assert (life.case.closed.at, life.case.closed.detail) == (day(200), "settled")


def test_an_approved_referral_is_handed_over_at_once() -> None:
    approved = Referral("ref-1", "digest", approved_by="counsel-1")
    step = next_step(replace(case(), referral=approved), day(100))
    assert (step.kind, step.due_at) == (StepKind.REFER, day(100))


def test_what_a_person_must_tell_is_asked_again_at_its_deadline_although_nothing_else_is_due() -> None:
    asked = {"tell:complaint_outcome.c-1": day(25), "address": day(28)}
    waiting = case(unusable=tuple(Channel), untold=("complaint_outcome.c-1",), asked=asked)
    step = next_step(waiting, day(24))
    assert (step.kind, step.subject, step.due_at) == (StepKind.ASK_PERSON, "tell:complaint_outcome.c-1", day(25))
    table = timetable(asks_again_to_tell=False)
    assert next_step(replace(waiting, timetable=table), day(24)).subject == "address"
