"""What the person is told when somebody has found that a debt is left unpaid on purpose."""

from datetime import datetime

from activities.desk import Desk
from domain.local_days import local_day
from domain.messages import OccasionFacts
from storage.tables import BookedMessage


def found(desk: Desk, request_id: str) -> OccasionFacts | None:
    """Until when reminders come sooner, and thus when it is looked at again; none once that has passed."""
    chosen = desk.session.get(BookedMessage, (desk.account.account_id, request_id))
    answer = ((chosen.booking if chosen is not None else None) or {}).get("answer") or {}
    if "firm_until" not in answer:
        return None
    until = datetime.fromisoformat(answer["firm_until"])
    if until <= desk.now:
        return None
    return OccasionFacts(dates={"firm_until": local_day(until, desk.debtor.time_zone)})
