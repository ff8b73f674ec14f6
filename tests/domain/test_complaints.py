"""Complaints in a case: deadlines, reminders, escalation, more time, and a hold that lasts until the person knows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.calendars import HolidayCalendar
from domain.case import Case, Complaint
from domain.complaint_deadlines import ComplaintTimes, deadlines, longest_extension
from domain.complaints import answer_id, overdue_subject, tell_subject
from domain.contact_facts import ReplyOccasion
from domain.events import (
    CaseEvent,
    ChannelStopped,
    ComplaintExtended,
    ComplaintFiled,
    ComplaintResolved,
    ComplaintTold,
    MessagesOwed,
    PersonAsked,
    StageRestarted,
    TaskCompleted,
    TimePassed,
    apply,
)
from domain.next_step import StepKind, needs_person, next_step
from domain.owed_messages import OwedMessage
from domain.remedies import Remedy
from domain.terms import Channel, HoldKind, MessageClass, Stage
from tests.domain.builders import case, day, days

TIMES = ComplaintTimes(acknowledge_within_working_days=1, decide_within=days(15), remind_before=days(3))
CHINA = HolidayCalendar("CN", working_weekends=True)
ANSWER = OwedMessage(
    answer_id("c-1"),
    MessageClass.REPLY,
    ReplyOccasion.COMPLAINT_OUTCOME,
    (Channel.EMAIL,),
    day(6),
    deadline=day(36),
    allowed_in=tuple(HoldKind),
    by_person=True,
)


def lived(the_case: Case, *happenings: tuple[float, CaseEvent]) -> Case:
    """The case after events on days."""
    for on, event in happenings:
        the_case = apply(apply(apply(the_case, TimePassed(day(on))), event), TimePassed(day(on)))
    return the_case


def complained(**changes: Any) -> Case:
    """A case in its second stage with a complaint of day 5, due on day 20, whose owner is reminded on day 17."""
    complaint = Complaint("c-1", "conduct", day(20), remind_at=day(17))
    return lived(case(stage=Stage.GENTLE_REMINDER, **changes), (5, ComplaintFiled(complaint, day(5))))


def decided(on: float = 6) -> Case:
    """A complaint that was decided, and whose answer is owed."""
    resolved = ComplaintResolved("c-1", "upheld", day(on), to_tell=True)
    return lived(complained(), (on, resolved), (on, MessagesOwed((ANSWER,))))


def on_hold(the_case: Case, on: float) -> bool:
    return bool(the_case.open_holds(day(on)))


@pytest.mark.parametrize(
    ("received", "acknowledged_before"),
    [
        (datetime(2027, 3, 1, 4, tzinfo=UTC), datetime(2027, 3, 2, 16, tzinfo=UTC)),
        (datetime(2027, 3, 5, 4, tzinfo=UTC), datetime(2027, 3, 8, 16, tzinfo=UTC)),
        (datetime(2026, 9, 30, 4, tzinfo=UTC), datetime(2026, 10, 8, 16, tzinfo=UTC)),
    ],
    ids=["on a Monday", "on a Friday", "before the National Day holidays"],
)
def test_a_complaint_is_acknowledged_by_the_end_of_the_next_working_day(
    received: datetime, acknowledged_before: datetime
) -> None:
    assert deadlines(TIMES, received, "Asia/Shanghai", CHINA).acknowledge_by == acknowledged_before


def test_the_decision_is_due_in_calendar_days_and_the_owner_is_reminded_before() -> None:
    received = datetime(2026, 9, 30, 4, tzinfo=UTC)
    by = deadlines(TIMES, received, "Asia/Shanghai", CHINA)
    assert (by.decide_by - received, by.decide_by - by.remind_at) == (days(15), days(3))


def test_each_extension_reaches_as_far_as_the_jurisdiction_says_from_the_receipt() -> None:
    latest = [longest_extension(day(0), (30, 60), extensions) for extensions in range(3)]
    assert latest == [day(30), day(60), None]
    assert longest_extension(day(0), (), 0) is None


def test_the_owner_is_reminded_and_then_the_next_level_is_asked_without_resuming_contact() -> None:
    waiting = complained()
    assert next_step(waiting, day(6)).due_at == day(17)
    assert needs_person(waiting, day(17)) == ("hold:c-1",)
    reminded = lived(waiting, (17, PersonAsked("hold:c-1", day(22))))
    assert next_step(reminded, day(18)).due_at == day(20)
    overdue = apply(reminded, TimePassed(day(20)))
    assert needs_person(overdue, day(20)) == (overdue_subject("c-1"),)
    assert [each.kind for each in overdue.milestones] == ["complaint_overdue"]
    asked = lived(overdue, (20, PersonAsked(overdue_subject("c-1"), day(25))))
    for on in range(21, 200):
        asked = apply(asked, TimePassed(day(on)))
        assert on_hold(asked, on)
        assert next_step(asked, day(on)).kind in (StepKind.AWAIT_PERSON, StepKind.ASK_PERSON)
    assert asked.stage is Stage.GENTLE_REMINDER


def test_a_complaint_of_before_there_were_reminders_is_asked_about_when_its_time_has_passed() -> None:
    old = lived(case(), (5, ComplaintFiled(Complaint("c-1", "conduct", day(20)), day(5))))
    assert next_step(old, day(6)).due_at == day(20)
    later = apply(old, TimePassed(day(30)))
    assert (needs_person(later, day(30)), later.milestones) == (("hold:c-1",), ())


def test_more_time_moves_the_reminder_and_the_escalation() -> None:
    longer = lived(complained(), (10, ComplaintExtended("c-1", day(35), day(32))))
    assert next_step(longer, day(20)).due_at == day(32)
    assert not apply(longer, TimePassed(day(34))).milestones
    assert [each.kind for each in apply(longer, TimePassed(day(35))).milestones] == ["complaint_overdue"]
    assert longer.complaints[0].extensions == 1


def test_a_decided_complaint_holds_the_case_until_the_person_has_been_told() -> None:
    waiting = decided()
    assert (on_hold(waiting, 6), needs_person(waiting, day(6))) == (True, ())
    step = next_step(waiting, day(6))
    assert (step.kind, step.message_id) == (StepKind.CONTACT, answer_id("c-1"))
    told = lived(waiting, (7, ComplaintTold("c-1", day(7))))
    assert not on_hold(told, 7)


def test_an_answer_that_no_channel_carries_is_told_by_a_person_who_is_asked_once_and_reminded() -> None:
    stuck = lived(decided(), (7, ChannelStopped(Channel.EMAIL)))
    subject = tell_subject(answer_id("c-1"))
    assert (on_hold(stuck, 7), needs_person(stuck, day(7))) == (True, (subject,))
    asked = lived(stuck, (7, PersonAsked(subject, day(12), day(7))))
    assert (on_hold(asked, 7), needs_person(asked, day(7))) == (False, (subject,))
    done = lived(asked, (8, TaskCompleted(subject, day(8))))
    assert needs_person(done, day(8)) == ()


def test_somebody_may_tell_the_person_before_the_message_goes() -> None:
    told = lived(decided(), (7, TaskCompleted(tell_subject(answer_id("c-1")), day(7))))
    assert (on_hold(told, 7), told.owed_messages) == (False, ())


def test_a_case_begins_a_gentler_stage_anew() -> None:
    far = case(stage=Stage.ESCALATION, stage_entered_at=day(40), attempts=3, touches=3)
    restarted = lived(far, (50, StageRestarted(Stage.FIRST_REMINDER, day(50))))
    assert (restarted.stage, restarted.stage_entered_at, restarted.attempts) == (Stage.FIRST_REMINDER, day(50), 0)
    assert restarted.stage_age(day(53)) == timedelta(days=3)


@pytest.mark.parametrize(
    ("remedy", "words"),
    [
        ({"kind": "waive"}, "needs amount"),
        ({"kind": "correct_balance", "amount": "1.00"}, "needs component"),
        ({"kind": "restart_gentler"}, "needs stage"),
        ({"kind": "apologise", "amount": "1.00"}, "takes no amount"),
        ({"kind": "fire_agent"}, "kind"),
    ],
)
def test_a_remedy_that_is_not_on_the_list_or_lacks_something_is_malformed(remedy: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Remedy.model_validate(remedy)
