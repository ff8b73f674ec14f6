"""Instalment plans: a schedule within the policy's limits, and what an agreed one leads to."""

import calendar
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from activities.booking_facts import minor
from activities.desk import Desk, RefusedError
from activities.effects import Effect
from activities.occasions import owe
from domain.case import Plan, PlanInstalment
from domain.contact_facts import ServiceOccasion
from domain.events import MessagesOwed, PlanAgreed, PlanProposed
from domain.facts import AgreePlan
from domain.holds import Hold
from domain.money import format_minor, split_evenly
from domain.owed_messages import OwedMessage
from domain.registration import end_of_day
from domain.requests import PlanInterval, ProposePlan
from domain.terms import HoldKind
from storage.people import record_hold
from storage.plans import record_plan


def propose_plan(desk: Desk, request: ProposePlan) -> Effect:
    """Offer a schedule of even instalments; it binds nobody yet.

    Raises:
        RefusedError: if it is beyond the policy's limits.
    """
    limits, currency = desk.policy.plans, desk.account.currency
    arrears = desk.statement().arrears(desk.now).total_minor
    if request.instalment_count > limits.most_instalments:
        words = f"the policy allows at most {limits.most_instalments} instalments, not {request.instalment_count}"
        raise RefusedError("plan_too_many", words)
    smallest = limits.smallest_instalment_minor(currency)
    if arrears < smallest * request.instalment_count:
        words = f"no instalment may be below {format_minor(smallest, currency)} {currency}; propose fewer"
        raise RefusedError("plan_too_small", words)
    days = _due_dates(request)
    zone = desk.debtor.time_zone
    if end_of_day(days[0], zone) <= desk.now:
        raise RefusedError("date_in_past", f"{days[0].isoformat()} is in the past; give a later date")
    if end_of_day(days[-1], zone) > desk.now + limits.longest + timedelta(days=1):
        words = f"the plan would end on {days[-1].isoformat()}; the policy allows {limits.longest.days} days"
        raise RefusedError("plan_too_long", words)
    amounts = split_evenly(arrears, request.instalment_count)
    instalments = tuple(PlanInstalment(end_of_day(day, zone), each) for day, each in zip(days, amounts, strict=True))
    plan = Plan(f"plan-{request.request_id}", instalments)
    return Effect((PlanProposed(plan),), {"plan_id": plan.plan_id, "instalments": _schedule(days, amounts, currency)})


def agree_plan(desk: Desk, fact: AgreePlan, proposed: Plan | None) -> Effect:
    """Bind the person and us to a plan: the one that was proposed, or the instalments that the fact names.

    Raises:
        RefusedError: if it does not add up to what is owed, or its dates do not follow each other.
    """
    use_proposed = proposed is not None and not fact.instalments
    instalments = proposed.instalments if proposed is not None and use_proposed else _written_plan(desk, fact)
    statement = desk.statement()
    total = sum(each.amount_minor for each in instalments)
    arrears, balance = statement.arrears(desk.now).total_minor, statement.balance.total_minor
    if total not in (arrears, balance):
        words = f"the instalments add up to {total} minor units; they must cover the arrears of {arrears}"
        raise RefusedError("plan_sum", words + (f", or the balance of {balance}" if balance != arrears else ""))
    plan = Plan(fact.plan_id, instalments, desk.now, statement.paid_minor)
    hold = Hold(HoldKind.PLAN, fact.plan_id, desk.now)
    record_hold(desk.session, desk.account.debtor_id, desk.account.account_id, hold)
    record_plan(desk.session, desk.account.account_id, plan, desk.now)
    events = (PlanAgreed(fact.plan_id, instalments, desk.now), MessagesOwed(tuple(_reminders(desk, plan))))
    return Effect(events, {"status": "applied", "plan_id": fact.plan_id})


def _reminders(desk: Desk, plan: Plan) -> Iterator[OwedMessage]:
    """One before each instalment; none for a date so near that the person has it in mind."""
    for number, instalment in enumerate(plan.instalments, start=1):
        remind_at = instalment.due_at - desk.policy.plans.remind_before
        if remind_at > desk.now:
            subject = f"{plan.plan_id}.{number}"
            yield owe(desk, ServiceOccasion.PLAN_REMINDER, subject, remind_at, instalment.due_at, owed_by=plan.plan_id)


def _written_plan(desk: Desk, fact: AgreePlan) -> tuple[PlanInstalment, ...]:
    instalments = tuple(
        PlanInstalment(end_of_day(each.due_date, desk.debtor.time_zone), minor(each.amount, desk))
        for each in fact.instalments
    )
    if any(later.due_at <= earlier.due_at for earlier, later in pairwise(instalments)):
        raise RefusedError("plan_dates", "each instalment's date must be later than the one before it")
    if instalments and instalments[0].due_at <= desk.now:
        raise RefusedError("date_in_past", "the first instalment is due in the past; give a later date")
    return instalments


def _due_dates(request: ProposePlan) -> list[date]:
    return [_after(request.first_due_date, request.interval, number) for number in range(request.instalment_count)]


def _after(first: date, interval: PlanInterval, number: int) -> date:
    if interval is not PlanInterval.MONTH:
        return first + timedelta(days=(7 if interval is PlanInterval.WEEK else 14) * number)
    year, month = divmod(first.month - 1 + number, 12)
    year, month = first.year + year, month + 1
    return date(year, month, min(first.day, calendar.monthrange(year, month)[1]))


def _schedule(days: Sequence[date], amounts: Sequence[int], currency: str) -> list[dict[str, str]]:
    pairs = zip(days, amounts, strict=True)
    return [{"due_date": day.isoformat(), "amount": format_minor(amount, currency)} for day, amount in pairs]
