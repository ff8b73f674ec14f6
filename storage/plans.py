"""Agreed instalment plans in the records: written when they bind, ended when their case judges them."""

from datetime import datetime

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from domain.case import Plan, PlanInstalment
from domain.terms import PlanOutcome
from storage.arrangement_tables import AgreedPlan

_INSTALMENTS: TypeAdapter[tuple[PlanInstalment, ...]] = TypeAdapter(tuple[PlanInstalment, ...])


def record_plan(session: Session, account_id: str, plan: Plan, agreed_at: datetime) -> None:
    """Write a plan that binds from now on."""
    session.add(
        AgreedPlan(
            account_id=account_id,
            plan_id=plan.plan_id,
            agreed_at=agreed_at,
            paid_before_minor=plan.paid_before_minor,
            instalments=_INSTALMENTS.dump_python(plan.instalments, mode="json"),
        )
    )
    session.flush()


def end_plan(session: Session, account_id: str, plan_id: str, outcome: PlanOutcome, at: datetime) -> None:
    """Keep how a plan ended; one that is not on record, or has ended, stays as it is."""
    row = session.get(AgreedPlan, (account_id, plan_id))
    if row is None or row.ended_at is not None:
        return
    row.ended_at, row.outcome = at, outcome
    session.add(row)
    session.flush()


def note_missed(session: Session, account_id: str, plan_id: str, at: datetime) -> None:
    """Keep from when another plan may replace one in which an instalment was missed."""
    row = session.get(AgreedPlan, (account_id, plan_id))
    if row is not None:
        row.missed_at = at
        session.add(row)
        session.flush()


def missed_at(session: Session, account_id: str, plan_id: str) -> datetime | None:
    """When the time began in which another plan may replace this one, if it has."""
    row = session.get(AgreedPlan, (account_id, plan_id))
    return row.missed_at if row is not None else None


def plan_in_force(session: Session, account_id: str, plan_id: str) -> Plan | None:
    """The plan of that id, unless it has ended."""
    row = session.get(AgreedPlan, (account_id, plan_id))
    return _as_plan(row) if row is not None and row.ended_at is None else None


def last_plan_kept(session: Session, account_id: str) -> Plan | None:
    """The plan that was kept, if none was agreed after it."""
    chosen = select(AgreedPlan).where(col(AgreedPlan.account_id) == account_id)
    row = session.exec(chosen.order_by(col(AgreedPlan.agreed_at).desc())).first()
    return _as_plan(row) if row is not None and row.outcome == PlanOutcome.KEPT else None


def reinstate_plan(session: Session, account_id: str, plan_id: str) -> None:
    """Keep that a plan that had ended is in force again."""
    row = session.get_one(AgreedPlan, (account_id, plan_id))
    row.ended_at = row.outcome = row.missed_at = None
    session.add(row)
    session.flush()


def plan_unless_failed(session: Session, account_id: str, plan_id: str) -> Plan | None:
    """The plan of that id, unless it was broken or replaced."""
    row = session.get(AgreedPlan, (account_id, plan_id))
    return _as_plan(row) if row is not None and row.outcome in (None, PlanOutcome.KEPT) else None


def _as_plan(row: AgreedPlan) -> Plan:
    instalments = _INSTALMENTS.validate_python(row.instalments)
    return Plan(row.plan_id, instalments, row.agreed_at, row.paid_before_minor)
