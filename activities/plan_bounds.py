"""The policy's limits for an instalment plan on one account at this moment."""

from datetime import datetime

from activities.desk import Desk
from domain.local_days import local_day
from domain.plan_schedules import PlanBounds


def bounds_of(desk: Desk, disposable_minor: int | None = None, as_of: datetime | None = None) -> PlanBounds:
    """The limits now, or as of an earlier moment.

    With what the person says is left to them in a month, in minor units, they bind the instalments too.
    """
    limits, currency, statement = desk.policy.plans, desk.account.currency, desk.statement(as_of)
    now = as_of or desk.now
    share = disposable_minor * limits.income_percent // 100 if disposable_minor is not None else None
    return PlanBounds(
        currency=currency,
        covers_minor=(statement.arrears(now).total_minor, statement.balance.total_minor),
        today=local_day(now, desk.debtor.time_zone),
        most_instalments=limits.most_instalments,
        smallest_minor=limits.smallest_instalment_minor(currency),
        longest_days=limits.longest.days,
        down_payment_percent=limits.down_payment_percent,
        most_a_month_minor=share,
    )
