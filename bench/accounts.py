"""The accounts of the bench: registered in the records, started in the engine, and paid."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update
from sqlmodel import col
from temporalio.client import Client, WorkflowHandle

from bench.records import records_of
from bench.subjects import CHANNELS, CURRENCY, NEW_STAGE_AT, OWED_MINOR, PAID_AFTER, PAUSE, REST
from bench.twin import BareTwin, Ladder
from domain.money import format_minor
from domain.orders import COLLECTIONS_QUEUE, workflow_id
from domain.registration import OwedInstalment, Registration
from domain.terms import Channel
from storage import schema
from storage.registration import register
from storage.tables import AccountInstalment
from workflows.account import AccountCollection
from workflows.contract import StartCollection
from workflows.visibility import starting_attributes

WEEK = timedelta(weeks=1)
_LONG_AGO = timedelta(days=2)


def register_accounts(folder: Path, account_ids: Sequence[str], policy: str) -> None:
    """Make accounts known in one transaction: each of another person, and overdue since yesterday."""
    database, now = records_of(folder), datetime.now(UTC)
    schema.migrate(database)
    with database.writing() as session:
        for account_id in account_ids:
            register(session, _registration(account_id, (now - _LONG_AGO).date()), policy, now)
    database.dispose()


def fall_due(folder: Path, account_ids: Sequence[str], at: datetime) -> None:
    """Let accounts that nobody collects yet be overdue from that moment instead."""
    database = records_of(folder)
    with database.writing() as session:
        theirs = update(AccountInstalment).where(col(AccountInstalment.account_id).in_(account_ids))
        session.execute(theirs.values(overdue_from=at))
    database.dispose()


def _registration(account_id: str, due_date: date) -> Registration:
    owed = OwedInstalment(number=1, due_date=due_date, principal=format_minor(OWED_MINOR, CURRENCY))
    return Registration(
        account_id=account_id,
        debtor_id=f"d-{account_id}",
        debtor_name="王小明",
        phone="+8613800138000",
        email=f"{account_id}@example.com",
        postal_address="北京市朝阳区示例路1号",
        language="zh-CN",
        time_zone="Asia/Shanghai",
        jurisdiction="CN",
        product="分期购",
        currency=CURRENCY,
        instalments=(owed,),
    )


def brief_ladder(account_id: str) -> Ladder:
    """What the twin lives through beside a case under the policy ``bench``."""
    return Ladder(account_id, CHANNELS, PAUSE, REST, NEW_STAGE_AT, signals=len(PAID_AFTER))


def lasting_ladder(account_id: str, begins_at: datetime) -> Ladder:
    """What the twin lives through beside a case that sleeps until it is overdue, is contacted and sleeps again."""
    return Ladder(account_id, (Channel.SMS,), WEEK, WEEK, signals=100, begins_at=begins_at)


async def start_twin(client: Client, ladder: Ladder) -> None:
    """Start a twin, with the attributes that a case is started with."""
    await client.start_workflow(
        BareTwin.run,
        ladder,
        id=workflow_id(ladder.account_id),
        task_queue=COLLECTIONS_QUEUE,
        search_attributes=starting_attributes(0, "CN", f"d-{ladder.account_id}"),
    )


async def start_case(client: Client, account_id: str, policy: str, outstanding_minor: int = OWED_MINOR) -> None:
    """Start a case as the product's client does."""
    await client.start_workflow(
        AccountCollection.run,
        StartCollection(account_id, policy),
        id=workflow_id(account_id),
        task_queue=COLLECTIONS_QUEUE,
        static_summary=f"{policy}, CN, {CURRENCY}",
        static_details=f"Collection of account `{account_id}` under policy `{policy}`.",
        search_attributes=starting_attributes(outstanding_minor, "CN", f"d-{account_id}"),
    )


async def pay(client: Client, account_id: str, number: int, amount: str) -> None:
    """Signal a payment; the twin is told the same and only counts it."""
    await handle_of(client, account_id).signal("record_payment", payment(account_id, number, amount))


def payment(account_id: str, number: int, amount: str) -> dict[str, str]:
    """A payment as a backend tells it."""
    now = datetime.now(UTC).isoformat()
    return {
        "event_id": f"{account_id}-event-{number}",
        "occurred_at": now,
        "payment_id": f"{account_id}-payment-{number}",
        "amount": amount,
        "currency": CURRENCY,
        "received_at": now,
    }


async def promise(client: Client, account_id: str, amount: str, within: timedelta) -> None:
    """Signal that the person called and promised to pay."""
    now = datetime.now(UTC)
    body = {
        "event_id": f"{account_id}-event-call",
        "occurred_at": now.isoformat(),
        "call_id": f"{account_id}-call",
        "outcome": "promised",
        "agent_id": "agent-1",
        "direction": "inbound",
        "number_ref": f"d-{account_id}.phone.1",
        "dialled_at": now.isoformat(),
        "connected": True,
        "right_party": True,
        "promise": {"amount": amount, "date": (now + within).isoformat()},
    }
    await handle_of(client, account_id).signal("record_call_outcome", body)


def handle_of(client: Client, account_id: str) -> WorkflowHandle[Any, Any]:
    """The workflow of an account, whichever subject it belongs to."""
    return client.get_workflow_handle(workflow_id(account_id))
