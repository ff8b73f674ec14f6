"""Accounts in the records: found, locked with their person, and followed through their life."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from domain.case import Case, Milestone
from domain.terms import Channel, HoldKind, PlanOutcome, PromiseOutcome
from domain.tracks import FIRM_SUBJECT
from domain.vulnerability import vulnerable_subject
from storage import audit, person_tasks
from storage.database import lock_debtor_of
from storage.people import end_hold
from storage.plans import end_plan, note_missed
from storage.promises import judge_promise
from storage.tables import Account, AccountState, Debtor

_CASES: TypeAdapter[Case] = TypeAdapter(Case)
_PROMISES = {outcome.milestone: outcome for outcome in PromiseOutcome}
_PLANS = {outcome.milestone: outcome for outcome in PlanOutcome}
_ENDS_HOLD = dict.fromkeys(_PROMISES, HoldKind.PROMISE) | dict.fromkeys(_PLANS, HoldKind.PLAN)
"""Milestones that end a hold, whose id is their detail."""
_ANSWERS = {"track_changed": FIRM_SUBJECT, "firm_not_proposed": FIRM_SUBJECT}
"""Milestones after which what people were asked under a subject needs no answer any more."""


class UnknownAccountError(LookupError):
    """No account of that id is registered."""

    def __init__(self, account_id: str) -> None:
        """Name the account, which is an opaque id."""
        super().__init__(f"account {account_id} is not registered; register it first")


def find_account(session: Session, account_id: str) -> Account:
    """The account of that id.

    Raises:
        UnknownAccountError: if there is none.
    """
    account = session.get(Account, account_id)
    if account is None:
        raise UnknownAccountError(account_id)
    return account


def lock_account(session: Session, account_id: str) -> tuple[Account, Debtor]:
    """The account and its person, with everybody else held off the person until the transaction ends.

    Raises:
        UnknownAccountError: if there is no such account.
    """
    debtor = lock_debtor_of(session, account_id)
    if debtor is None:
        raise UnknownAccountError(account_id)
    return session.get_one(Account, account_id, populate_existing=True), debtor


def other_open_accounts(session: Session, account: Account) -> Sequence[str]:
    """The person's other accounts that are being collected."""
    chosen = select(Account.account_id).where(
        col(Account.debtor_id) == account.debtor_id,
        col(Account.account_id) != account.account_id,
        col(Account.state) == AccountState.OPEN,
    )
    return session.exec(chosen.order_by(col(Account.account_id))).all()


def stored_case(account: Account) -> Case | None:
    """The case as it was when it ended, if it has."""
    return _CASES.validate_python(account.case) if account.case is not None else None


def store_case(session: Session, account: Account, case: Case) -> None:
    """Keep a case that no workflow carries."""
    account.case = _CASES.dump_python(case, mode="json")
    account.stage, account.track = case.stage, case.track
    account.next_due_at = account.demand_at = account.demand_channel = account.demand_waits_since = None
    closed = case.closed
    account.state = AccountState.OPEN if closed is None else AccountState.CLOSED
    account.closed_at = closed.at if closed is not None else None
    account.closed_reason = closed.reason if closed is not None else None
    session.add(account)
    session.flush()


def write_milestones(session: Session, account: Account, milestones: Sequence[Milestone]) -> None:
    """Write what the case decided by itself into the trail, each once, and end the holds that it ended."""
    for milestone in milestones:
        if milestone.number <= account.milestones_written:
            continue
        audit.append(session, account.account_id, milestone.at, milestone.kind, milestone.detail)
        ended = _ENDS_HOLD.get(milestone.kind)
        if milestone.kind == "plan_missed":
            note_missed(session, account.account_id, milestone.detail, milestone.at)
        if ended is HoldKind.PROMISE:
            _judge_promise(session, account, milestone)
        if ended is HoldKind.PLAN:
            end_plan(session, account.account_id, milestone.detail, _PLANS[milestone.kind], milestone.at)
        if ended is not None:
            end_hold(session, account.debtor_id, account.account_id, ended, milestone.detail, milestone.at)
        answered = _answered_by(milestone)
        if answered is not None:
            person_tasks.close(session, account.account_id, [answered], milestone.at, None)
        _keep_standing(account, milestone)
        account.milestones_written = milestone.number
    session.add(account)
    session.flush()


def _answered_by(milestone: Milestone) -> str | None:
    """What people were asked that needs no answer any more."""
    if milestone.kind == "waiver_lapsed":
        return f"waiver:{milestone.detail}"
    if milestone.kind == "vulnerable_over":
        return vulnerable_subject(milestone.detail)
    if milestone.kind.startswith("plan_") and milestone.kind != "plan_missed":
        return f"plan:{milestone.detail}"
    return _ANSWERS.get(milestone.kind)


def _keep_standing(account: Account, milestone: Milestone) -> None:
    """Keep the stage and the track that the case has come to."""
    if milestone.kind == "stage_entered":
        account.stage = milestone.detail
    if milestone.kind == "track_changed":
        account.track = milestone.detail.partition(":")[0]


def _judge_promise(session: Session, account: Account, milestone: Milestone) -> None:
    outcome = _PROMISES[milestone.kind]
    judge_promise(session, account.account_id, milestone.detail, outcome, milestone.amount_minor or 0, milestone.at)


def find_by_state(session: Session, states: Sequence[AccountState], limit: int, after: str = "") -> Sequence[Account]:
    """Accounts in the order of their ids, a page at a time."""
    chosen = select(Account).where(col(Account.state).in_(states), col(Account.account_id) > after)
    return session.exec(chosen.order_by(col(Account.account_id)).limit(limit)).all()


def note_next_due(session: Session, account: Account, due_at: datetime | None) -> None:
    """Keep when the next contact is due, for lists that ask no workflow."""
    account.next_due_at = due_at
    session.add(account)


def note_demand(session: Session, account: Account, due_at: datetime, channel: Channel) -> None:
    """Keep when the next demand is planned and by which channel, for the person's other accounts."""
    account.demand_at, account.demand_channel = due_at, channel
    note_next_due(session, account, due_at)


def note_no_demand(session: Session, account: Account) -> None:
    """Keep that no demand is planned: one is under way, or a call waits for an agent."""
    account.demand_at = account.demand_channel = account.demand_waits_since = None
    session.add(account)
