"""Accounts as a list shows them: from the records, with what their running cases say in Temporal's visibility.

Visibility lags behind a case by moments; ``status`` of one account never does.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select
from temporalio.client import Client, WorkflowExecution

from activities.desk import Library
from cli.failures import CannotError
from client.duecourse import Duecourse
from client.statuses import what_is_owed
from domain.money import format_minor
from domain.orders import WORKFLOW_TYPE, workflow_id
from domain.terms import CaseState, Stage
from storage.tables import Account, AccountState
from workflows.visibility import DEBTOR_REF, HOLDS, JURISDICTION, STAGE, STATE

_PREFIX = workflow_id("")


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which accounts to list; what is none does not choose."""

    state: str | None = None
    """A state of an account in the records (``registered``, ``closed``) or of a running case."""
    stage: Stage | None = None
    debtor_id: str | None = None
    jurisdiction: str | None = None

    @property
    def by_case(self) -> bool:
        """Whether only running cases can tell."""
        return self.stage is not None or self.state in set(CaseState) - {CaseState.CLOSED}


@dataclass(frozen=True, slots=True)
class Page:
    """A page of accounts, and the token by which the next one is asked for."""

    accounts: list[dict[str, Any]]
    after: str | None


async def list_accounts(duecourse: Duecourse, chosen: Chosen, limit: int, after: str | None, now: datetime) -> Page:
    """A page of accounts.

    Raises:
        CannotError: if the token is of another list.
    """
    if chosen.by_case:
        cases, following = await _page_of_cases(duecourse.temporal, chosen, limit, after)
        accounts = _accounts_by_id(duecourse, list(cases), now)
        return Page([_row(accounts[each], cases[each]) for each in cases if each in accounts], following)
    accounts = _page_of_accounts(duecourse, chosen, limit, after, now)
    running = [account_id for account_id, each in accounts.items() if each["state"] == AccountState.OPEN]
    cases = await cases_of(duecourse.temporal, running)
    following = list(accounts)[-1] if len(accounts) == limit else None
    return Page([_row(each, cases.get(account_id)) for account_id, each in accounts.items()], following)


async def cases_of(temporal: Client, account_ids: Sequence[str]) -> dict[str, WorkflowExecution]:
    """The running cases of these accounts."""
    if not account_ids:
        return {}
    ids = ", ".join(f"'{workflow_id(each)}'" for each in account_ids)
    query = f"WorkflowType = '{WORKFLOW_TYPE}' AND ExecutionStatus = 'Running' AND WorkflowId IN ({ids})"
    return {_account_id(each): each async for each in temporal.list_workflows(query, page_size=1000)}


async def _page_of_cases(
    temporal: Client, chosen: Chosen, limit: int, after: str | None
) -> tuple[dict[str, WorkflowExecution], str | None]:
    pages = temporal.list_workflows(_query(chosen), page_size=limit, next_page_token=_from_token(after))
    await pages.fetch_next_page()
    token = pages.next_page_token
    found = {_account_id(each): each for each in pages.current_page or ()}
    return found, base64.urlsafe_b64encode(token).decode() if token else None


def _query(chosen: Chosen) -> str:
    conditions = [f"WorkflowType = '{WORKFLOW_TYPE}'", "ExecutionStatus = 'Running'"]
    wanted = {
        STATE.name: chosen.state,
        STAGE.name: chosen.stage,
        DEBTOR_REF.name: chosen.debtor_id,
        JURISDICTION.name: chosen.jurisdiction,
    }
    conditions += [f"{name} = '{_quoted(value)}'" for name, value in wanted.items() if value is not None]
    return " AND ".join(conditions)


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


def _from_token(token: str | None) -> bytes | None:
    if token is None:
        return None
    try:
        return base64.b64decode(token.encode(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise CannotError("that token is of another list; take the one that the page before ended with") from error


def _account_id(case: WorkflowExecution) -> str:
    return case.id.removeprefix(_PREFIX)


def _page_of_accounts(
    duecourse: Duecourse, chosen: Chosen, limit: int, after: str | None, now: datetime
) -> dict[str, dict[str, Any]]:
    query = select(Account).where(col(Account.account_id) > (after or ""))
    if chosen.state is not None:
        query = query.where(col(Account.state) == chosen.state)
    if chosen.debtor_id is not None:
        query = query.where(col(Account.debtor_id) == chosen.debtor_id)
    if chosen.jurisdiction is not None:
        query = query.where(col(Account.jurisdiction) == chosen.jurisdiction)
    with duecourse.database.reading() as session:
        rows = session.exec(query.order_by(col(Account.account_id)).limit(limit)).all()
        return {each.account_id: _of_records(session, duecourse.library, each, now) for each in rows}


def _accounts_by_id(duecourse: Duecourse, account_ids: Sequence[str], now: datetime) -> dict[str, dict[str, Any]]:
    with duecourse.database.reading() as session:
        rows = session.exec(select(Account).where(col(Account.account_id).in_(account_ids))).all()
        return {each.account_id: _of_records(session, duecourse.library, each, now) for each in rows}


def _of_records(session: Session, library: Library, account: Account, now: datetime) -> dict[str, Any]:
    arrears = what_is_owed(session, library, account, now).arrears(now).total_minor
    return {
        "account_id": account.account_id,
        "debtor_id": account.debtor_id,
        "policy": account.policy,
        "jurisdiction": account.jurisdiction,
        "state": account.state,
        "stage": account.stage if account.state != AccountState.REGISTERED else None,
        "outstanding": format_minor(arrears, account.currency),
        "currency": account.currency,
        "holds": [],
        "next_contact_at": account.next_due_at,
        "closed": account.closed_reason,
    }


def _row(account: Mapping[str, Any], case: WorkflowExecution | None) -> dict[str, Any]:
    """The account, with what its running case says where there is one."""
    if case is None:
        return dict(account)
    attributes = case.typed_search_attributes
    told = {"state": attributes.get(STATE), "stage": attributes.get(STAGE), "holds": attributes.get(HOLDS)}
    return {**account, **{name: value for name, value in told.items() if value is not None}}
