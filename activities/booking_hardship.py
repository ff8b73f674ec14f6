"""Time for who cannot pay: a report of hardship within the policy's limit, and what a person grants beyond it.

Meanwhile only supportive messages go. Before the time ends the person is asked how they are; after it a plan is offered
before anything is demanded again.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from activities.desk import Desk, RefusedError
from activities.effects import Effect
from activities.hardship_messages import GRACE_KINDS
from activities.occasions import owe
from activities.times import ends_at
from domain.contact_facts import ServiceOccasion
from domain.events import CaseEvent, HoldPlaced, MessagesOwed
from domain.facts import ReportHardship
from domain.holds import Hold, time_on_hold
from domain.owed_messages import OwedMessage
from domain.requests import GrantGrace
from domain.terms import HoldKind
from domain.written import write_duration
from storage.people import EVERY_ACCOUNT, as_hold, every_hold, record_hold
from storage.tables import PersonFact

_YEAR = timedelta(days=365)
_OFFERED_FOR = timedelta(days=14)
"""For so long after its time an offer is tried."""


def report_hardship(desk: Desk, fact: ReportHardship) -> Effect:
    """Stop contact with the person for the time that was asked for, or that the policy gives.

    Raises:
        RefusedError: if it is more than the policy gives in a year, which somebody may still grant, or if it was
            reported before and is over.
    """
    heard_elsewhere = desk.session.get(PersonFact, (desk.account.debtor_id, fact.event_id)) is not None
    hold = _granted_before(desk, fact) if heard_elsewhere else _within_year(desk, fact)
    record_hold(desk.session, desk.account.debtor_id, EVERY_ACCOUNT, hold)
    owed = _owed(desk, hold) if not heard_elsewhere else _owed(desk, hold)[1:]
    return _placed(hold, owed, status="applied")


def grant_grace(desk: Desk, request: GrantGrace) -> Effect:
    """Give the person time on this account, by somebody who answers for it.

    Raises:
        RefusedError: if it is longer than the policy lets anybody grant at once.
    """
    until, longest = ends_at(request.until, desk), desk.policy.hardship.longest_extension
    if until > desk.now + longest + timedelta(days=1):
        words = f"the policy lets nobody grant more than {write_duration(longest)} at once; grant less"
        raise RefusedError("grace_too_long", words)
    hold = Hold(HoldKind.GRACE, f"grace-{request.request_id}", desk.now, until, reason=request.reason_code)
    record_hold(desk.session, desk.account.debtor_id, desk.account.account_id, hold)
    return _placed(hold, _owed(desk, hold))


def offer_at_end(desk: Desk, kind: HoldKind, hold_id: str) -> tuple[CaseEvent, ...]:
    """What the case owes when a time of grace is ended before its time: the offer, now."""
    return (MessagesOwed((_offer(desk, hold_id, desk.now),)),) if kind in GRACE_KINDS else ()


def _placed(hold: Hold, owed: Sequence[OwedMessage], **answer: object) -> Effect:
    until = hold.until.isoformat() if hold.until is not None else None
    return Effect((HoldPlaced(hold), MessagesOwed(tuple(owed))), {**answer, "hold_id": hold.hold_id, "until": until})


def _owed(desk: Desk, hold: Hold) -> list[OwedMessage]:
    """The check-in before the end, and the offer after it."""
    until = hold.until or desk.now
    asked_at = max(until - desk.policy.hardship.check_in_before, desk.now + (until - desk.now) / 2)
    check_in = owe(desk, ServiceOccasion.CHECK_IN, hold.hold_id, asked_at, until, owed_by=hold.hold_id)
    return [check_in, _offer(desk, hold.hold_id, until)]


def _offer(desk: Desk, hold_id: str, at: datetime) -> OwedMessage:
    return owe(desk, ServiceOccasion.OFFER, hold_id, at, at + _OFFERED_FOR)


def _granted_before(desk: Desk, fact: ReportHardship) -> Hold:
    """As the case that heard it first has it on record."""
    return next(each for each in _hardships(desk) if each.hold_id == fact.hardship_id)


def _within_year(desk: Desk, fact: ReportHardship) -> Hold:
    limits, known = desk.policy.hardship, _hardships(desk)
    most, others = limits.most_a_year, [each for each in known if each.hold_id != fact.hardship_id]
    hold = _wanted(desk, fact, next((each for each in known if each.hold_id == fact.hardship_id), None))
    until = hold.until or desk.now
    beyond = _in_a_year([*others, hold], desk.now) - most
    if fact.until is None and timedelta(0) < beyond < until - desk.now:
        return replace(hold, until=until - beyond)
    if beyond > timedelta(0):
        had = _in_a_year(others, desk.now)
        words = (
            f"the policy gives {write_duration(most)} of grace in a year, and {had.days} days are taken; "
            "somebody may still give time by grant_grace"
        )
        raise RefusedError("hardship_limit", words)
    return hold


def _wanted(desk: Desk, fact: ReportHardship, known: Hold | None) -> Hold:
    """The time that the report asks for; one that is told again may last longer, never shorter."""
    until = ends_at(fact.until, desk) if fact.until is not None else desk.now + desk.policy.hardship.grace
    if known is None:
        return Hold(HoldKind.HARDSHIP, fact.hardship_id, desk.now, until, reason=fact.reason_code)
    if not known.open_at(desk.now):
        words = f"hardship {fact.hardship_id} is over; report another under its own id"
        raise RefusedError("hardship_reused", words)
    return known.prolonged(until)


def _hardships(desk: Desk) -> list[Hold]:
    rows = every_hold(desk.session, desk.account.debtor_id, desk.account.account_id)
    return [as_hold(each) for each in rows if each.kind == HoldKind.HARDSHIP]


def _in_a_year(holds: Sequence[Hold], now: datetime) -> timedelta:
    """The time under these holds in the year before now, and all that is still to come."""
    end = max([now, *(each.ends_at for each in holds if each.ends_at is not None)])
    return time_on_hold(holds, now - _YEAR, end)
