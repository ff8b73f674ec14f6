"""What the reminder of a promise says, read from the records in the moment in which it is composed."""

from activities.desk import Desk
from domain.local_days import last_local_day
from domain.messages import OccasionFacts
from storage.promises import find_promise


def coming_promise(desk: Desk, promise_id: str) -> OccasionFacts | None:
    """What is left of a promise, and its day; none once it is kept or judged."""
    promise = find_promise(desk.session, desk.account.account_id, promise_id)
    if promise is None or promise.judged_at is not None:
        return None
    left = promise.amount_minor - max(0, desk.statement().paid_minor - promise.paid_before_minor)
    if left <= 0:
        return None
    day = last_local_day(promise.due_at, desk.debtor.time_zone)
    return OccasionFacts(amounts={"promise_amount": left}, dates={"promise_date": day})
