"""Promises and plans that were judged already, when money is told late or taken back: the ledger's facts decide anew.

A promise counts by when the money came, however late it is told. What a payment had kept is open again when the
payment does not hold: a promise whose time is not over, and a plan.
"""

from collections.abc import Iterator
from dataclasses import replace

from activities.booking_plans import owe_reminders
from activities.desk import Desk
from domain.case import Promise
from domain.events import CaseEvent, MessagesOwed, PlanReinstated, PromiseJudgedAnew
from domain.terms import HoldKind, PromiseOutcome
from storage import audit
from storage.arrangement_tables import RecordedPromise
from storage.ledgers import payments_booked_after
from storage.people import reopen_hold
from storage.plans import last_plan_kept, reinstate_plan
from storage.promises import judge_anew, judged_promises


def judge_promises_anew(desk: Desk) -> Iterator[CaseEvent]:
    """What a booking changes about the promises that were judged before it."""
    for promise in judged_promises(desk.session, desk.account.account_id):
        paid_minor = min(promise.amount_minor, max(0, _paid_in_time(desk, promise) - promise.paid_before_minor))
        outcome = PromiseOutcome.of(paid_minor, promise.amount_minor)
        if (outcome, paid_minor) != (promise.outcome, promise.paid_minor):
            yield _judged_anew(desk, promise, outcome, paid_minor)


def reinstate_unpaid_plan(desk: Desk) -> tuple[CaseEvent, ...]:
    """The plan that was kept last is in force again if a payment that had kept it does not hold."""
    account = desk.account
    plan = last_plan_kept(desk.session, account.account_id)
    if plan is None or not plan.left_minor(desk.statement().paid_minor):
        return ()
    reinstate_plan(desk.session, account.account_id, plan.plan_id)
    reopen_hold(desk.session, account.debtor_id, account.account_id, HoldKind.PLAN, plan.plan_id)
    audit.append(desk.session, account.account_id, desk.now, "plan_reinstated", plan.plan_id)
    return (PlanReinstated(plan, desk.now), MessagesOwed(tuple(owe_reminders(desk, plan))))


def _paid_in_time(desk: Desk, promise: RecordedPromise) -> int:
    """What had come in on the account by the promise's end, or was known to have when it was judged."""
    since = payments_booked_after(desk.session, desk.account.account_id, promise.judged_at or desk.now)
    too_late = (
        each.amount_minor for each in since if each.effective_at is None or each.effective_at >= promise.check_at
    )
    return desk.statement().paid_minor - sum(too_late)


def _judged_anew(desk: Desk, promise: RecordedPromise, outcome: PromiseOutcome, paid_minor: int) -> PromiseJudgedAnew:
    account, before = desk.account, PromiseOutcome(promise.outcome or PromiseOutcome.BROKEN)
    judged = PromiseJudgedAnew(promise.promise_id, before, outcome, desk.now)
    if outcome is not PromiseOutcome.KEPT and desk.now < promise.check_at:
        again = Promise(promise.promise_id, promise.amount_minor, promise.check_at, promise.paid_before_minor)
        judged = replace(judged, outcome=None, promise=again)
        reopen_hold(desk.session, account.debtor_id, account.account_id, HoldKind.PROMISE, promise.promise_id)
    judge_anew(desk.session, promise, judged.outcome, paid_minor)
    kind = judged.outcome.milestone if judged.outcome is not None else "promise_reopened"
    audit.append(desk.session, account.account_id, desk.now, kind, promise.promise_id, before=before)
    return judged
