"""Instalment plans: proposals and counter-offers within the policy's limits, and what an agreed one leads to."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from activities.amounts import minor
from activities.desk import Desk, RefusedError
from activities.effects import Effect
from activities.occasions import owe
from activities.plan_bounds import bounds_of
from activities.plan_messages import last_day
from activities.told_amounts import forgive_since_proposed
from activities.track_offers import keeps_word
from domain.agents import same_person
from domain.case import Case, Plan, PlanInstalment
from domain.contact_facts import ServiceOccasion
from domain.events import CaseEvent, DebtChanged, MessagesOwed, PlanAgreed, PlanProposed
from domain.facts import AgreePlan, PlannedInstalment
from domain.holds import Hold
from domain.money import format_minor
from domain.owed_messages import OwedMessage
from domain.plan_schedules import (
    BeyondLimit,
    DatedAmount,
    PlanBounds,
    Schedule,
    beyond_limits,
    beyond_order,
    even_schedule,
    months_from,
    nearest_schedule,
)
from domain.progress import may_be_renegotiated
from domain.registration import end_of_day
from domain.requests import CounterPlan, PlanInterval, ProposePlan
from domain.terms import HoldKind, PlanOutcome
from storage.agents import authority_of
from storage.people import end_hold, record_hold
from storage.plans import end_plan, record_plan

_AGREEMENT_WITHIN = timedelta(days=14)
"""For so long the written agreement is tried."""


def propose_plan(desk: Desk, request: ProposePlan) -> Effect:
    """Offer a schedule of even instalments; it binds nobody yet.

    Raises:
        RefusedError: if it is beyond the policy's limits and nobody may approve it.
    """
    bounds = _bounds(desk, request)
    schedule = even_schedule(_due_dates(request), bounds.covers_minor[0], bounds)
    if not bounds.covers_minor[0]:
        words = "nothing is overdue that a plan could spread; a plan over the balance is asked for by counter_plan"
        raise RefusedError("nothing_overdue", words)
    if not schedule:
        words = f"{bounds.amount(bounds.covers_minor[0])} is too little for {request.instalment_count} instalments"
        raise RefusedError("plan_too_small", words)
    _refuse_first(beyond_order(schedule, bounds))
    _refuse_unless_approved(desk, beyond_limits(schedule, bounds), request.approved_by, request.proposed_by)
    return _proposed(desk, request, schedule)


def counter_plan(desk: Desk, request: CounterPlan) -> Effect:
    """Answer the person's own wish: with a plan like it, or with the nearest one within the policy's limits.

    Raises:
        RefusedError: if there is none within the limits.
    """
    bounds, wish = _bounds(desk, request), _as_schedule(desk, request.instalments)
    faults = [*beyond_order(wish, bounds), *beyond_limits(wish, bounds)]
    if not faults:
        return _proposed(desk, request, wish, status="accepted")
    if request.approved_by is not None and not any(beyond_order(wish, bounds)):
        _refuse_unless_approved(desk, faults, request.approved_by, request.proposed_by)
        return _proposed(desk, request, wish, status="accepted")
    nearest = nearest_schedule(wish, bounds)
    if nearest is None:
        words = f"no plan within the policy's limits fits: {faults[0].words}; ask a person to approve one, or for time"
        raise RefusedError(faults[0].code, words)
    return _proposed(desk, request, nearest, status="counter_offer", reasons=[each.words for each in faults])


def agree_plan(desk: Desk, fact: AgreePlan, case: Case) -> Effect:
    """Bind the person and us to a plan: the one that was proposed, or the instalments that the fact names.

    Raises:
        RefusedError: if it does not add up to what is owed, its dates do not follow each other, or it is beyond the
            policy's limits and nobody may approve it.
    """
    renegotiated = case.plan if may_be_renegotiated(case, desk.now) else None
    proposed = case.new_plan if renegotiated is not None else case.plan
    stands = keeps_word(desk, proposed)
    within = desk.policy.tracks.offers.answer_within if stands else desk.policy.late_charges.told_amount_holds
    forgiven = forgive_since_proposed(desk, fact.plan_id, _sum_of(desk, fact, proposed), within)
    instalments = _agreed_instalments(desk, fact, proposed)
    plan = Plan(fact.plan_id, instalments, desk.now, desk.statement().paid_minor)
    if renegotiated is not None:
        _replace(desk, renegotiated)
    _record(desk, plan)
    replaces = renegotiated.plan_id if renegotiated is not None else ""
    owed = MessagesOwed((_agreement(desk, plan), *owe_reminders(desk, plan)))
    events: tuple[CaseEvent, ...] = (PlanAgreed(fact.plan_id, instalments, desk.now, replaces), owed)
    if forgiven:
        events = (DebtChanged(desk.statement().debt()), *events)
    return Effect(events, {"status": "applied", "plan_id": fact.plan_id})


def _bounds(desk: Desk, request: ProposePlan | CounterPlan) -> PlanBounds:
    stated = request.disposable_income
    return bounds_of(desk, minor(stated, desk) if stated is not None else None)


def _sum_of(desk: Desk, fact: AgreePlan, proposed: Plan | None) -> int:
    if proposed is not None and not fact.instalments:
        return proposed.total_minor
    return sum(minor(each.amount, desk) for each in fact.instalments)


def _agreed_instalments(desk: Desk, fact: AgreePlan, proposed: Plan | None) -> tuple[PlanInstalment, ...]:
    """What binds. A proposal was held against the limits when it was made, and must still cover what is owed.

    One that the supportive track has offered covers what was owed then, until its time is over or something is paid.
    """
    bounds = bounds_of(desk)
    if proposed is not None and not fact.instalments:
        schedule = tuple(DatedAmount(last_day(each.due_at, desk), each.amount_minor) for each in proposed.instalments)
        if keeps_word(desk, proposed):
            bounds = replace(bounds, covers_minor=(*bounds.covers_minor, proposed.total_minor))
        _refuse_first(beyond_order(schedule, bounds))
        return proposed.instalments
    schedule = _as_schedule(desk, fact.instalments)
    _refuse_first(beyond_order(schedule, bounds))
    _refuse_unless_approved(desk, beyond_limits(schedule, bounds), fact.approved_by, fact.agreed_by)
    return _as_instalments(desk, schedule)


def _refuse_first(faults: Iterable[BeyondLimit]) -> None:
    for each in faults:
        raise RefusedError(each.code, each.words)


def _refuse_unless_approved(desk: Desk, faults: Iterable[BeyondLimit], approved_by: str | None, asked_by: str) -> None:
    """What is beyond a limit needs the approval of somebody else with the policy's authority."""
    found, needed = list(faults), desk.policy.plans.approval_authority
    if not found:
        return
    if approved_by is None:
        raise RefusedError(found[0].code, found[0].words)
    if same_person(approved_by, asked_by):
        raise RefusedError("conflict_of_interest", "a plan beyond the limits is approved by somebody else")
    authority = authority_of(desk.session, approved_by)
    if authority < needed:
        words = f"{approved_by} has authority {authority}; a plan beyond the limits is approved with {needed} or more"
        raise RefusedError("no_authority", words)


def _proposed(desk: Desk, request: ProposePlan | CounterPlan, schedule: Schedule, **answer: object) -> Effect:
    plan = Plan(f"plan-{request.request_id}", _as_instalments(desk, schedule))
    told = {"plan_id": plan.plan_id, "instalments": _written(schedule, desk.account.currency), **answer}
    return Effect((PlanProposed(plan),), told)


def _record(desk: Desk, plan: Plan) -> None:
    hold = Hold(HoldKind.PLAN, plan.plan_id, desk.now)
    record_hold(desk.session, desk.account.debtor_id, desk.account.account_id, hold)
    record_plan(desk.session, desk.account.account_id, plan, desk.now)


def _replace(desk: Desk, plan: Plan) -> None:
    account = desk.account
    end_hold(desk.session, account.debtor_id, account.account_id, HoldKind.PLAN, plan.plan_id, desk.now)
    end_plan(desk.session, account.account_id, plan.plan_id, PlanOutcome.REPLACED, desk.now)


def _agreement(desk: Desk, plan: Plan) -> OwedMessage:
    """What was agreed, in writing."""
    occasion, deadline = ServiceOccasion.PLAN_AGREEMENT, desk.now + _AGREEMENT_WITHIN
    return owe(desk, occasion, plan.plan_id, desk.now, deadline, owed_by=plan.plan_id)


def owe_reminders(desk: Desk, plan: Plan) -> Iterator[OwedMessage]:
    """One before each instalment; none for a date so near that the person has it in mind."""
    for number, instalment in enumerate(plan.instalments, start=1):
        remind_at = instalment.due_at - desk.policy.plans.remind_before
        if remind_at > desk.now:
            subject, deadline = f"{plan.plan_id}.{number}", instalment.due_at
            yield owe(desk, ServiceOccasion.PLAN_REMINDER, subject, remind_at, deadline, owed_by=plan.plan_id)


def _as_schedule(desk: Desk, instalments: Sequence[PlannedInstalment]) -> Schedule:
    return tuple(DatedAmount(each.due_date, minor(each.amount, desk)) for each in instalments)


def _as_instalments(desk: Desk, schedule: Schedule) -> tuple[PlanInstalment, ...]:
    zone = desk.debtor.time_zone
    return tuple(PlanInstalment(end_of_day(each.due_date, zone), each.amount_minor) for each in schedule)


def _due_dates(request: ProposePlan) -> list[date]:
    if request.interval is PlanInterval.MONTH:
        return months_from(request.first_due_date, request.instalment_count)
    between = timedelta(days=7 if request.interval is PlanInterval.WEEK else 14)
    return [request.first_due_date + between * number for number in range(request.instalment_count)]


def _written(schedule: Schedule, currency: str) -> list[dict[str, str]]:
    return [
        {"due_date": each.due_date.isoformat(), "amount": format_minor(each.amount_minor, currency)}
        for each in schedule
    ]
