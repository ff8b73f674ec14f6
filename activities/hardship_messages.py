"""What the check-in and the offer around a time of grace say, read from the records when they are composed."""

from datetime import timedelta

from activities.desk import Desk
from activities.plan_bounds import bounds_of
from activities.plan_messages import last_day
from domain.messages import OccasionFacts
from domain.plan_schedules import Schedule, even_schedule, is_within, months_from
from domain.terms import HoldKind
from storage.people import open_holds

GRACE_KINDS = frozenset({HoldKind.HARDSHIP, HoldKind.GRACE})
"""Holds that give a person time."""

_SETTLED_ALREADY = GRACE_KINDS | {HoldKind.PLAN, HoldKind.PROMISE}
_FIRST_AFTER = timedelta(days=30)
"""From an offer to the first instalment that it names."""


def grace_that_ends(desk: Desk, hold_id: str) -> OccasionFacts | None:
    """The last day of a time of grace; none once it has ended or has no end."""
    holds = open_holds(desk.session, desk.account.debtor_id, desk.account.account_id, desk.now)
    ends = [each.ends_at for each in holds if each.kind in GRACE_KINDS and each.hold_id == hold_id]
    return OccasionFacts(dates={"grace_ends": last_day(ends[0], desk)}) if ends and ends[0] is not None else None


def plan_to_offer(desk: Desk, _hold_id: str) -> OccasionFacts | None:
    """A plan that would be agreed at once; none while grace goes on, or once another arrangement was made."""
    holds = open_holds(desk.session, desk.account.debtor_id, desk.account.account_id, desk.now)
    schedule = _gentlest(desk)
    if not schedule or any(each.kind in _SETTLED_ALREADY for each in holds):
        return None
    rows = tuple((each.due_date, each.amount_minor) for each in schedule)
    return OccasionFacts(
        amounts={"offer_first": rows[0][1], "offer_total": sum(amount for _, amount in rows)},
        dates={"offer_first_date": rows[0][0]},
        texts={"offer_count": str(len(rows))},
        schedules={"offer_schedule": rows},
    )


def _gentlest(desk: Desk) -> Schedule:
    """Of the monthly plans within the policy's limits the one with the most instalments."""
    bounds = bounds_of(desk)
    first = bounds.today + _FIRST_AFTER
    found = (
        even_schedule(months_from(first, number), bounds.covers_minor[0], bounds)
        for number in range(bounds.most_instalments, 0, -1)
    )
    return next((each for each in found if each and is_within(each, bounds)), ())
