"""By which terms, stops and caps an account accrues late charges: from contract, holds, policy and law."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction

from sqlmodel import Session

from domain.jurisdiction import Pack
from domain.late_charges import Accrual, RateLimit
from domain.late_terms import LateTerms
from domain.local_days import last_local_day, local_day
from domain.policy import Policy
from domain.statements import paid_minor
from domain.terms import HoldKind
from storage.duties import interest_stopped
from storage.ledgers import read_entries
from storage.people import as_hold, every_hold
from storage.plans import plan_unless_failed
from storage.tables import Account, Debtor


def accrual_of(
    session: Session, account: Account, policy: Policy, pack: Pack, as_of: datetime, booked_by: datetime | None = None
) -> Accrual | None:
    """How late charges are reckoned up to a moment, or none for an account without terms, which accrues nothing.

    Args:
        session: of the records.
        account: whose late charges.
        policy: what becomes of them where the law leaves it open.
        pack: the law.
        as_of: the last moment that counts.
        booked_by: if given, by what was booked until then.
    """
    if account.terms is None:
        return None
    terms = LateTerms.model_validate(account.terms).reckoned_in(account.currency)
    time_zone = session.get_one(Debtor, account.debtor_id).time_zone
    cap = pack.cost_cap(terms.lender_type, terms.contract_date)
    return Accrual(
        terms=terms,
        until=local_day(as_of, time_zone),
        time_zone=time_zone,
        limits=(
            *_by_holds(session, account, policy, pack, time_zone),
            *_by_kept_plans(session, account, time_zone, booked_by),
            *_by_gaps(session, account, time_zone, as_of),
        ),
        cap_percent=Fraction(cap.annual_percent) if cap is not None else None,
    )


def _by_holds(session: Session, account: Account, policy: Policy, pack: Pack, time_zone: str) -> Iterator[RateLimit]:
    """By law from a hold's first day on; by policy from the next, as that day's interest may have been told."""
    for row in every_hold(session, account.debtor_id, account.account_id):
        hold = as_hold(row)
        by_law, by_policy = pack.interest_limit(hold.kind), _by_policy(hold.kind, policy)
        first, last = _days(hold.since, hold.ends_at, time_zone)
        if by_law is not None:
            yield RateLimit(first, last, by_law, hold.kind)
        if by_policy is not None:
            yield RateLimit(first + timedelta(days=1), last, by_policy, hold.kind)


def _by_kept_plans(
    session: Session, account: Account, time_zone: str, booked_by: datetime | None
) -> Iterator[RateLimit]:
    """What accrues in a plan is owed only by who breaks it: a plan of which everything was paid has cost nothing."""
    holds = (as_hold(row) for row in every_hold(session, account.debtor_id, account.account_id))
    for hold in holds:
        plan = plan_unless_failed(session, account.account_id, hold.hold_id) if hold.kind is HoldKind.PLAN else None
        if plan is None:
            continue
        paid = paid_minor(read_entries(session, account.account_id, booked_by)) - plan.paid_before_minor
        if paid >= plan.total_minor:
            first, last = _days(hold.since, hold.ends_at, time_zone)
            yield RateLimit(first + timedelta(days=1), last, reason="plan_kept")


def _by_policy(kind: HoldKind, policy: Policy) -> Fraction | None:
    match kind:
        case HoldKind.PLAN:
            return policy.late_charges.limit(policy.late_charges.in_plan)
        case HoldKind.HARDSHIP | HoldKind.GRACE:
            return policy.late_charges.limit(policy.late_charges.in_hardship)
        case _:
            return None


def _by_gaps(session: Session, account: Account, time_zone: str, as_of: datetime) -> Iterator[RateLimit]:
    for gap in interest_stopped(session, account.account_id, as_of):
        yield RateLimit(*_days(gap.since, gap.until, time_zone), Fraction(0), "notice_missed")


def _days(since: datetime, until: datetime | None, time_zone: str) -> tuple[date, date | None]:
    return local_day(since, time_zone), None if until is None else last_local_day(until, time_zone)
