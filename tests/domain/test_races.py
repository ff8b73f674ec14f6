"""What arrives while something is under way, or after it is over, changes what it must and nothing else."""

from dataclasses import replace

from domain.case import CallTask, Case, Complaint, PlannedContact, Referral
from domain.events import (
    CallEnded,
    CallPermitted,
    CallRequested,
    CaseEvent,
    ComplaintFiled,
    ComplaintResolved,
    ContactFailed,
    ContactSent,
    DebtChanged,
    HoldEnded,
    HoldPlaced,
    Referred,
    TimePassed,
    apply,
)
from domain.ledger import Debt, OpenInstalment
from domain.next_step import StepKind, next_step
from domain.terms import Channel, HoldKind, Stage
from tests.domain.builders import case, day, hold, instalment
from tests.domain.happenings import AgentCalls, Complains, ComplaintDecided
from tests.domain.simulator import Habits, Life

_COMPLAINT = Complaint("c1", "conduct", decide_by=day(90))
_APPROVED = Referral("ref-1", "digest", approved_by="counsel-1")


def after(start: Case, *events: CaseEvent) -> Case:
    """The case after all of these."""
    for event in events:
        start = apply(start, event)
    return start


def test_a_referral_handed_over_while_a_complaint_arrived_is_not_forgotten() -> None:
    approved = replace(case(), stage=Stage.PRE_LEGAL, referral=_APPROVED)
    referred = after(approved, ComplaintFiled(_COMPLAINT, day(80)), Referred(_APPROVED, day(79)))
    assert (referred.stage, referred.referral) == (Stage.LEGAL, replace(_APPROVED, referred_at=day(79)))
    decided = after(referred, ComplaintResolved("c1", "rejected", day(85)), TimePassed(day(85)))
    assert next_step(decided, day(85)).subject == "counsel:ref-1"


def test_a_complaint_voids_an_approval_that_was_not_used_yet() -> None:
    approved = replace(case(), stage=Stage.PRE_LEGAL, referral=_APPROVED)
    assert after(approved, ComplaintFiled(_COMPLAINT, day(80))).referral is None


def test_a_moment_found_by_a_contact_under_way_does_not_outlive_a_hold_that_came_meanwhile() -> None:
    sent = ContactSent(Channel.SMS, day(1), PlannedContact(day(8), "cadence"))
    held = after(case(), HoldPlaced(hold(1.1, 7.9)), sent, TimePassed(day(2)))
    assert held.planned is None
    assert next_step(after(held, TimePassed(day(8))), day(8)).kind is StepKind.FIND_MOMENT


def test_a_call_asked_for_while_a_complaint_arrived_is_not_waited_for() -> None:
    asked = CallRequested(CallTask("acc-1.1", day(33)))
    held = after(case(), ComplaintFiled(_COMPLAINT, day(31)), asked, TimePassed(day(31)))
    assert held.call is None


def test_a_call_under_way_when_a_complaint_arrives_may_be_finished_and_counts() -> None:
    calling = after(case(), CallRequested(CallTask("acc-1.1", day(33))), CallPermitted("acc-1.1", day(31.1)))
    held = after(calling, ComplaintFiled(_COMPLAINT, day(31.05)), TimePassed(day(31.06)))
    ended = after(held, CallEnded("acc-1.1", day(31.09), number_unusable=False))
    assert (ended.contacts, ended.last_touch_at) == ({Channel.CALL: 1}, day(31.09))


def test_a_call_under_way_when_a_complaint_arrives_is_not_waited_for_beyond_its_permit() -> None:
    calling = after(case(), CallRequested(CallTask("acc-1.1", day(33))), CallPermitted("acc-1.1", day(31.1)))
    held = after(calling, ComplaintFiled(_COMPLAINT, day(31.05)), TimePassed(day(31.1)))
    assert held.call is None


def test_a_call_that_was_taken_off_the_list_by_a_complaint_is_asked_for_anew() -> None:
    escalated = replace(case(), stage=Stage.ESCALATION, stage_entered_at=day(30), opened_at=day(30))
    life = Life(escalated, [instalment()], Habits(after_call_request=(Complains(), AgentCalls())))
    life.tell(day(40), ComplaintDecided())
    life.live(day(50))
    requests = [each.at for each in life.deeds if each.step.kind is StepKind.REQUEST_CALL]
    assert requests == [day(30), day(43)]


def test_a_contact_under_way_when_its_stage_ends_counts_for_the_case_and_not_for_the_new_stage() -> None:
    entered = replace(case(), stage=Stage.GENTLE_REMINDER, stage_entered_at=day(15.1))
    sent = after(entered, ContactSent(Channel.SMS, day(15), PlannedContact(day(22), "cadence")))
    assert (sent.attempts, sent.touches) == (0, 0)
    assert (sent.contacts, sent.last_touch_at, sent.contact_number) == ({Channel.SMS: 1}, day(15), 2)


def test_a_contact_that_fails_after_its_stage_has_ended_uses_up_no_channel_of_the_new_one() -> None:
    entered = replace(case(), stage=Stage.GENTLE_REMINDER, stage_entered_at=day(15.1))
    failed = after(entered, ContactFailed(Channel.SMS, day(15), unusable=False))
    assert (failed.failed, failed.channel) == ((), Channel.SMS)


def test_a_hold_ends_by_its_kind_and_id_because_ids_are_unique_within_a_kind_only() -> None:
    complained = after(case(), ComplaintFiled(replace(_COMPLAINT, complaint_id="h1"), day(2)), HoldPlaced(hold(2)))
    resumed = after(complained, HoldEnded(HoldKind.MANUAL, "h1", day(3)))
    assert [each.kind for each in resumed.open_holds(day(4))] == [HoldKind.COMPLAINT]


def test_a_payment_of_the_oldest_instalment_puts_off_what_was_planned_for_it() -> None:
    planned = case(instalment(0), instalment(30), planned=PlannedContact(day(31), "cadence"), stage=Stage.ESCALATION)
    paid = apply(planned, DebtChanged(Debt((OpenInstalment(day(30), 10_000),), paid_minor=10_000, bookings=1)))
    assert next_step(planned, day(31)).kind is StepKind.REQUEST_CALL
    assert next_step(paid, day(31)).kind is StepKind.FIND_MOMENT


def test_nobody_is_contacted_for_nothing_when_a_complaint_was_lifted_but_not_decided() -> None:
    complained = after(case(), ComplaintFiled(_COMPLAINT, day(2)), DebtChanged(Debt((), 10_000, bookings=1)))
    lifted = apply(complained, HoldEnded(HoldKind.COMPLAINT, "c1", day(5)))
    assert next_step(complained, day(4)).kind is StepKind.AWAIT_PERSON
    assert next_step(lifted, day(5)).kind is StepKind.CLOSE
