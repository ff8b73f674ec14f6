"""Plans that nobody has to ask for: the gentlest one within the policy's limits, as messages and scripts offer it."""

from datetime import datetime, timedelta

from activities.desk import Desk
from activities.plan_bounds import bounds_of
from domain.messages import OccasionFacts
from domain.plan_schedules import Schedule, even_schedule, is_within, months_from, total_of

_FIRST_AFTER = timedelta(days=30)
"""From an offer to the first instalment that it names, at the least."""


def gentlest_plan(desk: Desk, as_of: datetime | None = None) -> Schedule:
    """Of the monthly plans within the limits, now or at an earlier moment, the one with the most instalments."""
    bounds = bounds_of(desk, as_of=as_of)
    first = bounds.today + max(_FIRST_AFTER, desk.policy.tracks.offers.answer_within)
    found = (
        even_schedule(months_from(first, number), bounds.covers_minor[0], bounds)
        for number in range(bounds.most_instalments, 0, -1)
    )
    return next((each for each in found if each and is_within(each, bounds)), ())


def offer_facts(schedule: Schedule) -> OccasionFacts:
    """What a message says of a plan that it offers."""
    rows = tuple((each.due_date, each.amount_minor) for each in schedule)
    return OccasionFacts(
        amounts={"offer_first": rows[0][1], "offer_total": total_of(schedule)},
        dates={"offer_first_date": rows[0][0]},
        texts={"offer_count": str(len(rows))},
        schedules={"offer_schedule": rows},
    )
