"""What a case still does once it has ended: its last answers go, or a person is asked to tell them."""

from dataclasses import replace

from domain.admission import refusal_of
from domain.case import Case
from domain.complaints import answer_id
from domain.events import CaseClosed, ChannelStopped, ContactSent, MessagesOwed, PersonAsked, TimePassed, apply
from domain.next_step import StepKind, next_step
from domain.owed_messages import OwedMessage
from domain.requests import CompleteTask, HoldCase
from domain.terms import Channel, ClosedReason, MessageClass
from tests.domain.builders import case, day

ANSWER = OwedMessage(
    answer_id("c-1"),
    MessageClass.REPLY,
    "complaint_outcome",
    (Channel.EMAIL,),
    day(6),
    deadline=day(36),
    by_person=True,
    outlives_case=True,
)


def closed_owing(message: OwedMessage = ANSWER) -> Case:
    """A case that a person closes on day 5 while it owes a message."""
    owing = apply(case(), MessagesOwed((message,)))
    return at_day(5, apply(owing, CaseClosed(ClosedReason.WRITTEN_OFF, day(5))))


def at_day(number: int, known: Case) -> Case:
    return apply(known, TimePassed(day(number)))


def test_an_answer_that_is_owed_goes_after_the_end_and_then_the_case_is_over() -> None:
    ended = closed_owing()
    step = next_step(ended, day(5))
    assert (step.kind, step.due_at, step.message_id) == (StepKind.CONTACT, day(6), ANSWER.message_id)
    sent = apply(at_day(6, ended), ContactSent(Channel.EMAIL, day(6), message_id=ANSWER.message_id))
    assert next_step(at_day(6, sent), day(6)).kind is StepKind.ENDED


def test_what_does_not_outlive_the_case_ends_with_it() -> None:
    assert next_step(closed_owing(replace(ANSWER, outlives_case=False)), day(5)).kind is StepKind.ENDED


def test_an_answer_that_no_channel_can_carry_is_a_persons_to_tell_and_the_end_does_not_wait() -> None:
    ended = at_day(5, apply(closed_owing(), ChannelStopped(Channel.EMAIL)))
    step = next_step(ended, day(5))
    assert (step.kind, step.subject) == (StepKind.ASK_PERSON, f"tell:{ANSWER.message_id}")
    asked = apply(ended, PersonAsked(step.subject or "", day(10), day(5)))
    assert next_step(asked, day(5)).kind is StepKind.ENDED
    assert "message_given_up" in [each.kind for each in asked.milestones]


def test_an_answer_that_nobody_need_tell_is_given_up_when_it_is_of_no_more_use() -> None:
    ended = at_day(36, closed_owing(replace(ANSWER, by_person=False)))
    assert next_step(ended, day(36)).kind is StepKind.ENDED
    assert ended.owed_messages == ()


def test_a_case_that_only_sends_its_last_answers_takes_no_request_but_what_still_must_be_done() -> None:
    ended = closed_owing()
    refusal = refusal_of(ended, HoldCase(request_id="r", hold_id="h", reason_code="x", held_by="lead-1"), day(5))
    assert refusal is not None
    assert refusal.code == "closed"
    told = CompleteTask(request_id="r", subject=f"tell:{ANSWER.message_id}", completed_by="lead-1")
    assert refusal_of(ended, told, day(5)) is None
