"""What time does to a case: promises fall due, plans are kept or broken, calls lapse, stages follow each other."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from domain.case import Case, Milestone, Plan
from domain.holds import Hold, add_time_off_hold, last_end, lasting_at_least
from domain.ledger import Debt
from domain.owed_messages import Barred
from domain.terms import Channel, ClosedReason, HoldKind, PlanOutcome, PromiseOutcome, Stage

_PAID = frozenset({ClosedReason.CURED, ClosedReason.SETTLED})

_PLAN_GOES_ON = frozenset({HoldKind.PLAN, HoldKind.PROMISE, HoldKind.CEASE_CONTACT})
"""Holds that stop no time of a plan: ways of paying, and a stop of contact, which asks for no time to pay."""


def advance(case: Case, now: datetime) -> Case:
    """The case brought up to that moment, one thing after the other."""
    if case.closed is not None:
        case = _reopen(case, now)
    if case.closed is not None:
        return case
    for step in (_judge_promise, _judge_plan, _lapse_offers, _stand_by, _lapse_call, _enter_next_stage):
        case = step(case, now)
    return case


def with_milestone(case: Case, kind: str, at: datetime, detail: str = "", amount_minor: int | None = None) -> Case:
    """The case with something to write into the audit trail."""
    milestone = Milestone(case.milestone_number, kind, at, detail, amount_minor)
    return replace(case, milestones=(*case.milestones, milestone), milestone_number=case.milestone_number + 1)


def without_channel(case: Case, channel: Channel) -> Case:
    """The case knowing that a channel cannot reach the person."""
    return case if channel in case.unusable else replace(case, unusable=(*case.unusable, channel))


def fall_back(case: Case, channel: Channel, at: datetime, unusable: bool) -> Case:
    """Try the touch's next channel.

    A touch with none left is given up: at once for the next one if nothing in it can reach the person, else until the
    cadence brings the next one's turn.
    """
    turn, touch = case.turn, case.touch
    case = replace(case, failed=(*case.failed, channel))
    if unusable:
        case = without_channel(case, channel)
    if any(each not in case.failed and each not in case.unusable for each in touch.channels):
        return case
    given_up = replace(case, touches=turn + 1, failed=())
    if all(each in case.unusable for each in touch.channels):
        return given_up
    return replace(given_up, last_touch_at=at, planned=None)


def stand_still(case: Case, at: datetime) -> Case:
    """The case as a hold leaves it: nothing planned, and no call on the agents' list but one that is under way."""
    call = case.call
    if call is not None and call.permit_until is not None and at < call.permit_until:
        call = replace(call, deadline=call.permit_until)
    else:
        call = None
    return case if (call, case.planned) == (case.call, None) else replace(case, call=call, planned=None)


def earliest_contact_at(case: Case, now: datetime) -> datetime:
    """Before then the present stage may not ask for anything, whatever was planned before the facts changed."""
    earliest = (case.debt.overdue_since(now) or now) + case.starts_after(case.stage_plan)
    resumed = last_end(case.holds, now)
    return earliest if resumed is None else max(earliest, resumed + case.timetable.resume_after)


def plan_check_at(plan: Plan, debt: Debt, cure: timedelta, holds: Iterable[Hold] = ()) -> datetime | None:
    """When the next instalment that is not yet covered must have been paid, cure included; none when all are.

    The cure stands still in the holds.
    """
    paid, due = debt.paid_minor - plan.paid_before_minor, 0
    for instalment in plan.instalments:
        due += instalment.amount_minor
        if due > paid:
            return add_time_off_hold(holds, instalment.due_at, cure)
    return None


def plan_judged_at(case: Case, plan: Plan, now: datetime) -> datetime | None:
    """When the plan is next looked at by itself; none when all of it is paid.

    That is when its next unpaid instalment must have been paid, or when no new plan may replace it any more;
    what comes to light while its times stand still waits for the end of that.
    """
    holds = _stopping_plan(case, now)
    check_at = plan_check_at(plan, case.debt, case.timetable.plan_cure, holds)
    if check_at is None:
        return None
    if plan.renegotiated_from is not None:
        within = case.timetable.plan_renegotiate_within
        check_at = max(check_at, add_time_off_hold(holds, plan.renegotiated_from, within))
    return check_at if now < check_at else max(check_at, add_time_off_hold(holds, now, timedelta(0)))


def may_be_renegotiated(case: Case, now: datetime) -> bool:
    """Whether the plan in force has missed an instalment beyond its cure, and a new plan may replace it."""
    plan, cure, within = case.plan, case.timetable.plan_cure, case.timetable.plan_renegotiate_within
    if plan is None or plan.agreed_at is None or plan.renegotiated_from is None:
        return False
    holds = _stopping_plan(case, now)
    check_at = plan_check_at(plan, case.debt, cure, holds)
    return check_at is not None and check_at <= now < add_time_off_hold(holds, plan.renegotiated_from, within)


def _stopping_plan(case: Case, now: datetime) -> tuple[Hold, ...]:
    """The holds in which the times of a plan stand still.

    One that only a person can end lasts at least until somebody is asked about it again.
    """
    if not case.timetable.plan_waits_in_holds:
        return ()
    holds = (each for each in case.holds if each.kind not in _PLAN_GOES_ON)
    return lasting_at_least(holds, now + case.timetable.review_within, now)


def stage_may_end(case: Case, now: datetime) -> bool:
    """Whether the present stage has had its time and its contacts."""
    return case.attempts >= case.stage_plan.attempts and case.stage_age(now) >= case.stage_minimum


def exhausted(case: Case) -> bool:
    """Whether enough contacts really left, on enough channels, with enough proof of delivery, for a legal review."""
    timetable = case.timetable
    used = sum(1 for count in case.contacts.values() if count)
    return (
        case.next_stage_plan is None
        and case.attempts >= case.stage_plan.attempts
        and used >= timetable.channels_for_exhaustion
        and case.delivered >= timetable.deliveries_for_exhaustion
    )


def _reopen(case: Case, now: datetime) -> Case:
    """Something is owed again after all was paid. The time between ages nothing.

    If what had been paid is owed again, the case goes on where it ended; if it is another instalment, from the start.
    """
    closed, overdue_since = case.closed, case.debt.overdue_since(now)
    if closed is None or closed.reason not in _PAID or overdue_since is None:
        return case
    case = with_milestone(replace(_without_time_closed(case, closed.at, now), closed=None), "reopened", now)
    if overdue_since <= closed.at or case.stage is Stage.LEGAL:
        return case
    case = replace(case, referral=None, review_not_before=None, delivered=0)
    return enter(case, case.timetable.stages[0].stage, now)


def _without_time_closed(case: Case, closed_at: datetime, now: datetime) -> Case:
    """The case as if it had been closed and opened at one instant: what was before is that much more recent."""

    def moved(moment: datetime | None) -> datetime | None:
        return moment if moment is None or moment > now else min(moment + (now - closed_at), now)

    holds = tuple(
        replace(each, since=moved(each.since) or now, until=moved(each.until), ended_at=moved(each.ended_at))
        for each in case.holds
    )
    entered_at = moved(case.stage_entered_at) or now
    return replace(
        case, holds=holds, stage_entered_at=entered_at, last_touch_at=moved(case.last_touch_at), planned=None
    )


def _judge_promise(case: Case, now: datetime) -> Case:
    promise = case.promise
    if promise is None:
        return case
    paid = min(promise.amount_minor, max(0, case.debt.paid_minor - promise.paid_before_minor))
    kept = paid == promise.amount_minor
    if not kept and now < promise.check_at:
        return case
    behaved = replace(
        case.behaviour,
        promises_kept=case.behaviour.promises_kept + kept,
        promises_broken=case.behaviour.promises_broken + (not paid),
    )
    outcome = PromiseOutcome.of(paid, promise.amount_minor)
    following, later = next(iter(case.later_promises), None), case.later_promises[1:]
    case = replace(case, promise=following, later_promises=later, behaviour=behaved)
    case = with_milestone(case, outcome.milestone, now, promise.promise_id, paid)
    return _judge_promise(_end_hold(case, HoldKind.PROMISE, promise.promise_id, now), now)


def _judge_plan(case: Case, now: datetime) -> Case:
    plan = case.plan
    if plan is None or plan.agreed_at is None:
        return case
    judged_at = plan_judged_at(case, plan, now)
    if judged_at is not None and now < judged_at:
        return case if may_be_renegotiated(case, now) else _caught_up(case, plan, now)
    if judged_at is not None and plan.renegotiated_from is None and not plan.replaces:
        waiting = replace(case, plan=replace(plan, renegotiated_from=now))
        if may_be_renegotiated(waiting, now):
            return with_milestone(waiting, "plan_missed", now, plan.plan_id)
    if judged_at is None:
        return end_plan(case, PlanOutcome.KEPT, now)
    behaved = replace(case.behaviour, plans_broken=case.behaviour.plans_broken + 1)
    return end_plan(replace(case, behaviour=behaved), PlanOutcome.BROKEN, now)


def end_plan(case: Case, outcome: PlanOutcome, now: datetime) -> Case:
    """The case without the plan in force, which ended so."""
    plan = case.plan
    if plan is None:
        return case
    case = with_milestone(_without_question(case, plan.subject), outcome.milestone, now, plan.plan_id)
    return _end_hold(replace(case, plan=None, new_plan=None), HoldKind.PLAN, plan.plan_id, now)


def _caught_up(case: Case, plan: Plan, now: datetime) -> Case:
    """What was missing has been paid: nobody need think of another plan any more."""
    if plan.subject not in case.asked:
        return case
    return with_milestone(_without_question(case, plan.subject), "plan_caught_up", now, plan.plan_id)


def _without_question(case: Case, subject: str) -> Case:
    return replace(case, asked={each: deadline for each, deadline in case.asked.items() if each != subject})


def _lapse_offers(case: Case, now: datetime) -> Case:
    """A waiver lapses on the date of its condition, with nobody saving anything; nobody need decide it any more."""
    for waiver in case.waivers:
        if waiver.lapses_at is not None and waiver.lapses_at <= now:
            lapsed = replace(waiver, outcome="lapsed")
            waivers = tuple(lapsed if each is waiver else each for each in case.waivers)
            case = _without_question(replace(case, waivers=waivers), waiver.subject)
            case = with_milestone(case, "waiver_lapsed", now, waiver.waiver_id)
    return case


def _stand_by(case: Case, now: datetime) -> Case:
    return stand_still(case, now) if case.open_holds(now) else case


def _lapse_call(case: Case, now: datetime) -> Case:
    call = case.call
    if call is None or now < max(call.deadline, call.permit_until or call.deadline):
        return case
    case = with_milestone(replace(case, call=None, planned=None), "call_lapsed", now, call.call_id)
    return fall_back(case, Channel.CALL, now, unusable=False)


def _enter_next_stage(case: Case, now: datetime) -> Case:
    """Stages change only when a contact falls due, so that none is entered without one and none is skipped."""
    following = case.next_stage_plan
    if following is None or case.planned is None or now < case.planned.at or case.open_holds(now):
        return case
    if following.stage is Stage.PRE_LEGAL and case.bar_on(Barred.PRE_LEGAL, now=now) is not None:
        return case
    overdue_since = case.debt.overdue_since(now)
    if overdue_since is None or now < overdue_since + case.starts_after(following) or not stage_may_end(case, now):
        return case
    return enter(case, following.stage, now)


def enter(case: Case, stage: Stage, now: datetime) -> Case:
    """The case at the beginning of a stage."""
    case = replace(case, stage=stage, stage_entered_at=now, touches=0, attempts=0, failed=())
    return with_milestone(case, "stage_entered", now, stage)


def _end_hold(case: Case, kind: HoldKind, hold_id: str, now: datetime) -> Case:
    holds = tuple(each.ended(now) if each.kind is kind and each.hold_id == hold_id else each for each in case.holds)
    return replace(case, holds=holds, planned=None)
