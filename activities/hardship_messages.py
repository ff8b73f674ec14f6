"""What the check-in and the offer around a time of grace say, read from the records when they are composed."""

from datetime import UTC, datetime

from activities.desk import Desk
from activities.plan_messages import last_day
from activities.plan_offers import gentlest_plan, offer_facts
from domain.holds import Hold
from domain.messages import OccasionFacts
from domain.terms import HoldKind
from storage.people import as_hold, every_hold, open_holds

GRACE_KINDS = frozenset({HoldKind.HARDSHIP, HoldKind.GRACE})
"""Holds that give a person time."""

_SETTLED_ALREADY = GRACE_KINDS | {HoldKind.PLAN, HoldKind.PROMISE}
_NEVER = datetime.max.replace(tzinfo=UTC)


def grace_that_ends(desk: Desk, hold_id: str) -> OccasionFacts | None:
    """The last day of a time of grace; none once it has ended, has no end, or another one goes on after it."""
    last = _last_grace(desk)
    if last is None or last.hold_id != hold_id or last.ends_at is None or not last.open_at(desk.now):
        return None
    return OccasionFacts(dates={"grace_ends": last_day(last.ends_at, desk)})


def plan_to_offer(desk: Desk, hold_id: str) -> OccasionFacts | None:
    """A plan that would be agreed at once; none while grace goes on, or once another arrangement was made.

    Of several times of grace only the last to end is followed by an offer.
    """
    holds = open_holds(desk.session, desk.account.debtor_id, desk.account.account_id, desk.now)
    last, schedule = _last_grace(desk), gentlest_plan(desk)
    if not schedule or any(each.kind in _SETTLED_ALREADY for each in holds):
        return None
    if last is not None and last.hold_id != hold_id:
        return None
    return offer_facts(schedule)


def _last_grace(desk: Desk) -> Hold | None:
    """Of all times of grace that the account has had the one that ends or ended last; of two, the later one."""
    rows = every_hold(desk.session, desk.account.debtor_id, desk.account.account_id)
    holds = [as_hold(each) for each in rows if each.kind in GRACE_KINDS]
    return max(reversed(holds), key=lambda each: each.ends_at or _NEVER, default=None)
