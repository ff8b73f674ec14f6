"""Days that people write, as the moments that they mean where the person lives."""

from datetime import date, datetime

from activities.desk import Desk, RefusedError
from domain.registration import end_of_day


def ends_at(until: datetime | date, desk: Desk) -> datetime:
    """The instant until which something lasts: the end of a day where the person lives, or the instant given.

    Raises:
        RefusedError: if it has passed.
    """
    moment = until if isinstance(until, datetime) else end_of_day(until, desk.debtor.time_zone)
    if moment <= desk.now:
        raise RefusedError("date_in_past", f"{until.isoformat()} is in the past; give a later date")
    return moment
