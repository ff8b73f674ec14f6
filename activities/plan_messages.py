"""What the messages about an instalment plan say, read from the records in the moment in which they are composed."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from activities.desk import Desk
from domain.messages import OccasionFacts
from storage.plans import plan_in_force


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


def last_day(due_at: datetime, desk: Desk) -> date:
    """The day where the person lives that ends at a moment."""
    return (due_at.astimezone(ZoneInfo(desk.debtor.time_zone)) - timedelta(microseconds=1)).date()
