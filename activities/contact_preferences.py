"""When a person wants to be reached, kept with the person, and the next demand moved to such a time."""

from activities.desk import Desk, RefusedError
from activities.effects import Effect
from activities.guard import Guard
from domain.contact_preferences import (
    BY_DEFAULT,
    ContactPreference,
    SuitableTimes,
    with_preference,
    without_preference,
)
from domain.events import CaseEvent, MomentFound
from domain.facts import ReportContactPreference
from domain.terms import Channel
from storage.accounts import note_demand
from storage.people import keep_preferences, known_preferences


def book_preference(desk: Desk, fact: ReportContactPreference) -> Effect:
    """Keep what the person told us, unless a later word under the same id is known."""
    times = SuitableTimes(fact.not_before, fact.not_after, fact.weekdays)
    told = ContactPreference(fact.preference_id, fact.occurred_at, fact.channels or BY_DEFAULT, times)
    known, counts = with_preference(known_preferences(desk.debtor), told)
    keep_preferences(desk.session, desk.debtor, known)
    answer = {"status": "applied" if counts else "superseded", "preference_id": fact.preference_id}
    return Effect(_planned_anew(desk) if counts else (), answer)


def end_preference(desk: Desk, preference_id: str) -> Effect:
    """End a preference; the next demand is planned without it from then on.

    Raises:
        RefusedError: if no such preference is open.
    """
    known, ended = without_preference(known_preferences(desk.debtor), preference_id, desk.now)
    if not ended:
        raise RefusedError("unknown_preference", f"no open contact preference {preference_id} of this person")
    keep_preferences(desk.session, desk.debtor, known)
    return Effect(answer={"preference_id": preference_id, "status": "ended"})


def _planned_anew(desk: Desk) -> tuple[CaseEvent, ...]:
    """The next demand at the first time that suits, if it is planned for another."""
    account, guard = desk.account, Guard(desk)
    if account.demand_at is None or account.demand_channel is None:
        return ()
    channel, planned_at = Channel(account.demand_channel), max(account.demand_at, desk.now)
    if guard.is_open(channel, planned_at):
        return ()
    planned = guard.moment(channel, planned_at)
    note_demand(desk.session, account, planned.at, channel)
    return (MomentFound(planned),)
