"""What the messages about an instalment plan say, read from the records in the moment in which they are composed."""

from datetime import date, datetime, timedelta

from activities.desk import Desk
from domain.case import Plan
from domain.local_days import local_day
from domain.messages import OccasionFacts
from storage.plans import missed_at, plan_in_force


def agreed_plan(desk: Desk, plan_id: str) -> OccasionFacts | None:
    """The whole plan as it was agreed; none once it has ended."""
    plan = plan_in_force(desk.session, desk.account.account_id, plan_id)
    if plan is None or plan.agreed_at is None:
        return None
    schedule = tuple((last_day(each.due_at, desk), each.amount_minor) for each in plan.instalments)
    return OccasionFacts(
        amounts={"plan_total": plan.total_minor},
        dates={"plan_agreed_on": local_day(plan.agreed_at, desk.debtor.time_zone)},
        days={"plan_cure": desk.policy.plans.cure.days},
        schedules={"plan_schedule": schedule},
    )


def coming_instalment(desk: Desk, subject: str) -> OccasionFacts | None:
    """What must be paid by an instalment's date, and that date; none once it is paid or its plan has ended.

    Args:
        desk: the account.
        subject: the plan's id, a dot, and the number of the instalment counted from 1.
    """
    plan_id, _, number = subject.rpartition(".")
    plan = plan_in_force(desk.session, desk.account.account_id, plan_id)
    if plan is None:
        return None
    paid = desk.statement().paid_minor
    left = plan.left_by(int(number), paid)
    if not left:
        return None
    due_at = plan.instalments[int(number) - 1].due_at
    amounts = {"instalment_amount": left, "plan_left": plan.left_minor(paid)}
    return OccasionFacts(amounts=amounts, dates={"instalment_date": last_day(due_at, desk)})


def missed_instalment(desk: Desk, plan_id: str) -> OccasionFacts | None:
    """What a plan lacks, and until when a new one may replace it; none once that is over or all has been caught up."""
    plan = plan_in_force(desk.session, desk.account.account_id, plan_id)
    missed = missed_at(desk.session, desk.account.account_id, plan_id)
    if plan is None or missed is None:
        return None
    lacking = plan.left_by(_fallen_due(plan, desk.now), desk.statement().paid_minor)
    if not lacking:
        return None
    answer_by = last_day(missed + desk.policy.plans.renegotiate_within, desk)
    return OccasionFacts(amounts={"missed_amount": lacking}, dates={"answer_by": answer_by})


def last_day(moment: datetime, desk: Desk) -> date:
    """The last whole day before a moment, where the person lives."""
    return local_day(moment, desk.debtor.time_zone) - timedelta(days=1)


def _fallen_due(plan: Plan, now: datetime) -> int:
    return sum(1 for each in plan.instalments if each.due_at <= now)
