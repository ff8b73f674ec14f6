"""Taking promises to pay, from a call, a message or a page: held against each other, and reminded of the day before."""

from datetime import date, datetime, timedelta

from activities.amounts import minor
from activities.desk import Desk, RefusedError
from activities.occasions import owe
from domain.case import Promise
from domain.contact_facts import ServiceOccasion
from domain.events import CaseEvent, MessagesOwed, PromiseTaken
from domain.holds import Hold
from domain.money import format_minor
from domain.registration import end_of_day
from domain.terms import HoldKind
from domain.written import write_duration
from storage.arrangement_tables import RecordedPromise
from storage.people import every_hold, record_hold
from storage.promises import open_promises, record_promise

MOST_OPEN = 2
"""Promises that may be open at once."""

_DAY = timedelta(days=1)
_LAST_MOMENT = timedelta(microseconds=1)
"""Before the end of a day."""


def take_promise(
    desk: Desk, promise_id: str, amount: str, day: datetime | date, *, channel: str, taken_by: str | None
) -> tuple[CaseEvent, ...]:
    """Take a promise to pay an amount by the end of a day, or by a moment.

    Raises:
        RefusedError: if its day has passed or is too far, its id was used, it is for more than is owed, or it cannot
            stand beside those that are open.
    """
    promise = _recorded(desk, promise_id, minor(amount, desk), day, channel, taken_by)
    _refuse_beside(desk, promise)
    account = desk.account
    hold = Hold(HoldKind.PROMISE, promise_id, desk.now, until=promise.check_at)
    record_hold(desk.session, account.debtor_id, account.account_id, hold)
    record_promise(desk.session, promise)
    taken = Promise(promise_id, promise.amount_minor, promise.check_at, promise.paid_before_minor)
    return (PromiseTaken(taken, desk.now), *_reminder(desk, promise))


def _recorded(
    desk: Desk, promise_id: str, amount_minor: int, day: datetime | date, channel: str, taken_by: str | None
) -> RecordedPromise:
    due_at = day if isinstance(day, datetime) else end_of_day(day, desk.debtor.time_zone)
    if due_at <= desk.now:
        raise RefusedError("date_in_past", f"{day.isoformat()} is in the past; give a later date")
    longest = desk.policy.promises.longest
    if due_at > desk.now + longest + _DAY:
        words = (
            f"a promise may be for {write_duration(longest)} at most; give an earlier date, agree a plan or grant time"
        )
        raise RefusedError("promise_too_far", words)
    promised = [each.paid_before_minor + each.amount_minor for each in _still_open(desk)]
    return RecordedPromise(
        account_id=desk.account.account_id,
        promise_id=promise_id,
        amount_minor=amount_minor,
        due_at=due_at,
        check_at=due_at + desk.policy.promises.grace,
        paid_before_minor=max([desk.statement().paid_minor, *promised]),
        taken_at=desk.now,
        stage=desk.account.stage,
        channel=channel,
        taken_by=taken_by,
    )


def _refuse_beside(desk: Desk, promise: RecordedPromise) -> None:
    """At most two are open, each for a later day than the one before, together for no more than is owed."""
    holds = every_hold(desk.session, desk.account.debtor_id, desk.account.account_id)
    if any(each.kind == HoldKind.PROMISE and each.hold_id == promise.promise_id for each in holds):
        raise RefusedError("promise_reused", f"promise {promise.promise_id} was taken before; give this one its own id")
    others = _still_open(desk)
    if len(others) >= MOST_OPEN:
        words = f"{MOST_OPEN} promises are open already; wait until one of them is kept or broken"
        raise RefusedError("promises_open", words)
    if any(each.check_at >= promise.check_at for each in others):
        raise RefusedError("promise_conflict", "an earlier promise is still open; another must be for a later day")
    beyond = promise.paid_before_minor + promise.amount_minor - desk.statement().paid_minor
    balance = desk.statement_through(promise.due_at - _LAST_MOMENT).balance.total_minor
    if beyond > balance:
        owed = f"{format_minor(balance, desk.account.currency)} {desk.account.currency}"
        if others:
            words = f"with the promise that is open this is more than the {owed} still owed; lower its amount"
            raise RefusedError("promise_conflict", words)
        raise RefusedError("promise_exceeds", f"this is more than the {owed} still owed by then; lower its amount")


def _still_open(desk: Desk) -> list[RecordedPromise]:
    """The promises that the ledger does not show as kept, and whose time has not passed."""
    paid = desk.statement().paid_minor
    return [
        each
        for each in open_promises(desk.session, desk.account.account_id)
        if desk.now < each.check_at and paid < each.paid_before_minor + each.amount_minor
    ]


def _reminder(desk: Desk, promise: RecordedPromise) -> tuple[CaseEvent, ...]:
    """On the day before, unless that is today already."""
    remind_at = promise.due_at - 2 * _DAY
    if remind_at <= desk.now:
        return ()
    promise_id = promise.promise_id
    occasion, deadline = ServiceOccasion.PROMISE_REMINDER, promise.due_at
    return (MessagesOwed((owe(desk, occasion, promise_id, remind_at, deadline, owed_by=promise_id),)),)
