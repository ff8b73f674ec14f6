"""The whole house on one engine, as in production: records, client, workers, providers; and a clock that tests turn.

Only what lies beyond the network is not real: messages end in the outbox or at the providers' stand-ins.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from config.jurisdiction_files import load_packs
from sqlmodel import Session, col, select
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.assembly import activities_of
from activities.composer import Composer
from activities.desk import Library
from activities.legal import CounselFolder
from client.duecourse import Duecourse
from config.policy_files import load_policies
from domain.orders import workflow_id
from domain.registration import Registration
from domain.terms import Channel
from providers.outbox import Outbox
from providers.port import Provider
from storage import schema
from storage.audit import BrokenChain, every_record, trail, verify
from storage.database import Database
from storage.tables import Address, AuditRecord, CallTask, Contact
from workflows.hosting import collections_worker, contact_worker

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "config" / "templates"
POLICIES = ROOT / "config" / "policies"
PACKS = ROOT / "config" / "jurisdictions"

_ENDED_SOON = timedelta(minutes=10)


@dataclass
class House:
    """Everything that a test of a life needs at hand."""

    client: Client
    database: Database
    library: Library
    duecourse: Duecourse
    providers: Mapping[Channel, Provider]
    folder: Path
    sleep: Callable[[timedelta], Awaitable[None]]
    now: datetime
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def collect(self, registration: Registration) -> str:
        """Register and start an account."""
        await self.duecourse.collect(registration)
        return registration.account_id

    async def pass_time(self, length: timedelta, step: timedelta = timedelta(hours=6)) -> None:
        """Let virtual time pass in steps, so that everything due in between happens when it is due."""
        end = self.now + length
        while self.now < end:
            await self.sleep(min(step, end - self.now))

    async def tell(self, account_id: str, name: str, **body: Any) -> dict[str, Any]:
        """Tell a fact under a fresh id, as having occurred now, unless the body says otherwise."""
        body = {"event_id": f"event-{next(self._ids)}", "occurred_at": self.now.isoformat(), **body}
        return await self.duecourse.tell(account_id, name, body)

    async def ask(self, account_id: str, name: str, **body: Any) -> dict[str, Any]:
        """Ask for something under a fresh id, unless the body says otherwise."""
        return await self.duecourse.ask(account_id, name, {"request_id": f"request-{next(self._ids)}", **body})

    async def pay(self, account_id: str, amount: str, **body: Any) -> dict[str, Any]:
        """Record a payment in the account's currency, as having arrived now."""
        paid = {"payment_id": f"payment-{next(self._ids)}", "amount": amount, "currency": "CNY", **body}
        return await self.tell(account_id, "record_payment", **{"received_at": self.now.isoformat(), **paid})

    async def status(self, account_id: str) -> dict[str, Any]:
        """The case as its callers see it."""
        return await self.duecourse.status(account_id)

    async def ended(self, account_id: str) -> bool:
        """Whether no workflow runs for the account any more; gives one that is ending a moment of real time."""
        execution = WorkflowExecution(workflow_id=workflow_id(account_id))
        request = DescribeWorkflowExecutionRequest(namespace=self.client.namespace, execution=execution)
        for _ in range(50):
            # Described in the raw: the time-skipping server answers attributes that were unset in a form of its own.
            answer = await self.client.workflow_service.describe_workflow_execution(request)
            if answer.workflow_execution_info.status != WorkflowExecutionStatus.RUNNING:
                return True
            await asyncio.sleep(0.1)
        return False

    def contacts(self, account_id: str) -> list[Contact]:
        """Every contact of the account, in the order in which they were made."""
        with self.reading() as session:
            chosen = select(Contact).where(col(Contact.account_id) == account_id)
            return list(session.exec(chosen.order_by(col(Contact.attempted_at), col(Contact.contact_id))))

    def audit_kinds(self, account_id: str) -> list[str]:
        """What the audit trail of the account tells, by kind."""
        return [record.kind for record in self.audit(account_id)]

    def audit(self, account_id: str) -> list[AuditRecord]:
        """The audit trail of the account."""
        with self.reading() as session:
            return list(trail(session, account_id))

    def broken_chains(self) -> list[BrokenChain]:
        """What does not hold in any trail."""
        with self.reading() as session:
            return verify(every_record(session))

    def call_task(self, account_id: str) -> CallTask | None:
        """The call that waits for an agent."""
        with self.reading() as session:
            chosen = select(CallTask).where(col(CallTask.account_id) == account_id, col(CallTask.ended_at).is_(None))
            return session.exec(chosen.order_by(col(CallTask.requested_at).desc())).first()

    def address_ref(self, debtor_id: str, kind: str) -> str:
        """The reference of the person's first address of a kind."""
        with self.reading() as session:
            chosen = select(Address).where(col(Address.debtor_id) == debtor_id, col(Address.kind) == kind)
            return session.exec(chosen.order_by(col(Address.number))).first().address_ref  # type: ignore[union-attr]

    def reading(self) -> Session:
        """A session on the records; use it in a ``with`` statement."""
        return Session(self.database.engine, expire_on_commit=False)


@asynccontextmanager
async def open_house(
    environment: WorkflowEnvironment,
    folder: Path,
    *,
    url: str | None = None,
    providers: Mapping[Channel, Provider] | None = None,
    policies: Path = POLICIES,
    packs: Path = PACKS,
    starts_at: datetime | None = None,
    **worker_options: Any,
) -> AsyncIterator[House]:
    """Open the house on an engine; on a time-skipping one, at the moment that the test wants."""
    database = Database(url or f"sqlite:///{folder / 'records.db'}")
    schema.migrate(database)
    library = Library(load_policies(policies), load_packs(packs))
    outbox = Outbox(folder / "outbox")
    carriers = providers or dict.fromkeys((Channel.SMS, Channel.VOICE, Channel.EMAIL, Channel.LETTER), outbox)
    if starts_at is not None:
        await environment.sleep(starts_at - await environment.get_current_time())

    async def sleep(length: timedelta) -> None:
        await environment.sleep(length)
        house.now = await environment.get_current_time()

    duecourse = Duecourse(environment.client, database, library, clock=lambda: house.now)
    now = await environment.get_current_time() if environment.supports_time_skipping else datetime.now(UTC)
    house = House(environment.client, database, library, duecourse, carriers, folder, sleep, now)
    try:
        async with open_workers(house, **worker_options):
            yield house
    finally:
        database.dispose()


@asynccontextmanager
async def open_workers(house: House, **worker_options: Any) -> AsyncIterator[list[Worker]]:
    """Workers for every queue of the house; several sets may run at once."""
    composer = Composer(TEMPLATES)
    counsel = CounselFolder(house.folder / "legal")
    assembly = activities_of(house.database, house.client, house.library, composer, house.providers, counsel)
    with ThreadPoolExecutor(50) as threads:
        workers = [collections_worker(house.client, assembly.office, threads, **worker_options)]
        workers += [
            contact_worker(house.client, channel, activities, threads, per_second=1000)
            for channel, activities in assembly.contacts.items()
        ]
        async with AsyncExitStack() as stack:
            for worker in workers:
                await stack.enter_async_context(worker)
            yield workers
