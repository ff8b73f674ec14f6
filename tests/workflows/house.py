"""The whole house on one engine, as in production: records, client, workers, providers; and a clock that tests turn.

Only what lies beyond the network is not real: messages end in the outbox or at the providers' stand-ins.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities import clock
from activities.assembly import activities_of, binder_of
from activities.composer import Composer
from activities.counsel_post import CounselPost
from activities.desk import Library
from activities.typed_words import TypedWords
from client.duecourse import Duecourse
from client.running import is_collected
from config.jurisdiction_files import load_packs
from config.policy_files import load_policies
from config.training_files import TRAINING, load_courses
from domain.agents import AgentCard
from domain.jurisdiction import Pack
from domain.orders import workflow_id
from domain.registration import Registration
from domain.terms import Channel, MessageClass
from providers.configured import ProviderSettings, configured_providers
from providers.counsel import Counsel, CounselFolder
from providers.outbox import Outbox
from providers.port import Provider
from providers.routing import RoutePolicy
from providers.signing import SigningKeys
from storage import schema
from storage.agents import register_agent
from storage.audit import BrokenChain, every_record, trail, verify
from storage.database import Database
from storage.tables import Account, Address, AuditRecord, CallTask, Contact, PersonTask
from tests.providers.builders import sendgrid_account, twilio_account
from tests.registrations import owed, registration
from tests.training import certify
from workflows.hosting import collections_worker, contact_worker

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "config" / "templates"
POLICIES = ROOT / "config" / "policies"
PACKS = ROOT / "config" / "jurisdictions"

SIGNING_KEYS = SigningKeys([("key-1", bytes(range(32)))])
BEIJING = ZoneInfo("Asia/Shanghai")
DUE_DATE = date(2027, 3, 1)
"""No holiday is near."""

AGENTS = ("agent-1", "agent-7")
"""Who calls in the lives of tests, certified everywhere."""


def beijing(day: date, clock: str) -> datetime:
    """The UTC instant of a time such as ``09:00`` on a day in Beijing."""
    return datetime.combine(day, time.fromisoformat(clock), BEIJING).astimezone(UTC)


@dataclass
class House:
    """Everything that a test of a life needs at hand."""

    client: Client
    database: Database
    library: Library
    duecourse: Duecourse
    providers: Mapping[Channel, Provider]
    folder: Path
    now: datetime
    due_date: date
    """When the accounts of this house are due, unless told otherwise; days are counted from it."""
    counsel: Counsel
    """Where referrals and notices after them go."""
    _sleep: Callable[[timedelta], Awaitable[datetime]]
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _collected: list[str] = field(default_factory=list)
    _skips_time: bool = False
    """Whether the engine's clock is one that tests turn."""

    def overdue(self, account_id: str | None = None, debtor_id: str | None = None, **changes: Any) -> Registration:
        """A plain account of a new person: 1,234.56 yuan in one instalment, due on day 0."""
        number = next(self._ids)
        plain = {"instalments": (owed(self.day(0)),), **changes}
        return registration(account_id or f"acc-{number}", debtor_id or f"deb-{number}", **plain)

    async def collect(self, account: Registration | None = None) -> str:
        """Register and start an account, a plain one unless told otherwise."""
        account = account or self.overdue()
        self._collected.append(account.account_id)
        await self.duecourse.collect(account)
        return account.account_id

    def day(self, day: int) -> str:
        """The date so many days after the due date."""
        return (self.due_date + timedelta(days=day)).isoformat()

    def moment(self, day: int, clock: str = "09:00") -> datetime:
        """The UTC instant of a time in Beijing, so many days after the due date."""
        return beijing(self.due_date + timedelta(days=day), clock)

    async def pass_time(self, length: timedelta, step: timedelta = timedelta(days=1)) -> None:
        """Let virtual time pass, in steps so that those who wait on real things can do them."""
        end = self.now + length
        while self.now < end:
            self.now = await self._sleep(min(step, end - self.now))

    async def until_day(self, day: int, clock: str = "09:00") -> None:
        """Let time pass until that time in Beijing, so many days after the due date."""
        await self.pass_time(self.moment(day, clock) - self.now)

    async def tell(self, account_id: str, name: str, **body: Any) -> dict[str, Any]:
        """Tell a fact under a fresh id, as having occurred now, unless the body says otherwise."""
        return await self.duecourse.tell(account_id, name, self.fact(**body))

    async def ask(self, account_id: str, name: str, **body: Any) -> dict[str, Any]:
        """Ask for something under a fresh id, unless the body says otherwise."""
        return await self.duecourse.ask(account_id, name, {"request_id": f"request-{next(self._ids)}", **body})

    async def pay(self, account_id: str, amount: str, **body: Any) -> dict[str, Any]:
        """Record a payment in yuan, as having arrived now."""
        return await self.tell(account_id, "record_payment", **self.payment(amount, **body))

    async def status(self, account_id: str) -> dict[str, Any]:
        """The case as its callers see it."""
        return await self.duecourse.status(account_id)

    async def ended(self, account_id: str) -> bool:
        """Whether no workflow runs for the account any more; gives one that is ending a moment of real time."""
        for _ in range(50):
            if not await is_collected(self.client, account_id):
                return True
            await asyncio.sleep(0.1)
        return False

    def tell_counsel(self) -> int:
        """Hand over what counsel must hear, as a worker does now and then; answers how much was acknowledged."""
        return CounselPost(self.database, self.counsel, SIGNING_KEYS).deliver(self.now)

    def appoint(self, agent_id: str, authority: int) -> None:
        """Register somebody who may decide as far as that."""
        card = AgentCard(agent_id=agent_id, name="陈经理", languages=("zh-CN",), authority=authority)
        with self.database.writing() as session:
            register_agent(session, card, self.now)

    def fact(self, **body: Any) -> dict[str, Any]:
        """The body of a fact under a fresh id, as having occurred now, unless the body says otherwise."""
        return {"event_id": f"event-{next(self._ids)}", "occurred_at": self.now.isoformat(), **body}

    def payment(self, amount: str, **body: Any) -> dict[str, Any]:
        """The body of a payment in yuan that arrives now, under fresh ids."""
        arrived = {"payment_id": f"payment-{next(self._ids)}", "amount": amount, "currency": "CNY"}
        return self.fact(**{**arrived, "received_at": self.now.isoformat(), **body})

    def workflow(self, account_id: str) -> WorkflowHandle[Any, Any]:
        """The account's workflow as any Temporal SDK reaches it."""
        return self.client.get_workflow_handle(workflow_id(account_id))

    def demands(self, account_id: str) -> list[Contact]:
        """Every contact that asked for payment, in the order in which they were made."""
        return [
            each
            for each in self.contacts(account_id)
            if each.message_class == MessageClass.DEMAND and each.direction == "outbound"
        ]

    def contacts(self, account_id: str) -> list[Contact]:
        """Every contact of the account, in the order in which they were made."""
        with self.reading() as session:
            chosen = select(Contact).where(col(Contact.account_id) == account_id)
            return list(session.exec(chosen.order_by(col(Contact.attempted_at), col(Contact.contact_id))))

    def diary(self, account_id: str) -> list[str]:
        """Every demand in a line: how many days after the due date, by which channel, in which stage."""
        return [f"day {self._day_of(each)} {each.channel} {each.stage}" for each in self.demands(account_id)]

    def days_of_demands(self, account_id: str) -> list[int]:
        """How many days after the due date each demand was made."""
        return [self._day_of(each) for each in self.demands(account_id)]

    def services(self, account_id: str) -> list[str]:
        """Every service message in a line: how many days after the due date, by which channel, on which occasion."""
        sent = (each for each in self.contacts(account_id) if each.message_class == MessageClass.SERVICE)
        return [f"day {self._day_of(each)} {each.channel} {each.occasion}" for each in sent]

    def clock_of(self, contact: Contact) -> str:
        """The time in Beijing at which a contact was made."""
        return f"{contact.attempted_at.astimezone(BEIJING):%H:%M}"

    def _day_of(self, contact: Contact) -> int:
        return (contact.attempted_at.astimezone(BEIJING).date() - self.due_date).days

    def account(self, account_id: str) -> Account:
        """The account as the records have it."""
        with self.reading() as session:
            return session.get_one(Account, account_id)

    def audit_kinds(self, account_id: str) -> list[str]:
        """What the audit trail of the account tells, by kind."""
        return [record.kind for record in self.audit(account_id)]

    def audit(self, account_id: str, kind: str | None = None) -> list[AuditRecord]:
        """The audit trail of the account, or what it has of one kind."""
        with self.reading() as session:
            return [record for record in trail(session, account_id) if kind in (None, record.kind)]

    def broken_chains(self) -> list[BrokenChain]:
        """What does not hold in any trail."""
        with self.reading() as session:
            return verify(every_record(session))

    def call_task(self, account_id: str) -> CallTask | None:
        """The call that waits for an agent."""
        with self.reading() as session:
            chosen = select(CallTask).where(col(CallTask.account_id) == account_id, col(CallTask.ended_at).is_(None))
            return session.exec(chosen.order_by(col(CallTask.requested_at).desc())).first()

    def asked_of_people(self, account_id: str) -> dict[str, datetime]:
        """What people have been asked to decide, decided or not, and by when."""
        with self.reading() as session:
            tasks = session.exec(select(PersonTask).where(col(PersonTask.account_id) == account_id))
            return {task.subject: task.deadline for task in tasks}

    def address_ref(self, debtor_id: str, kind: str) -> str:
        """The reference of the person's first address of a kind."""
        with self.reading() as session:
            chosen = select(Address).where(col(Address.debtor_id) == debtor_id, col(Address.kind) == kind)
            return session.exec(chosen.order_by(col(Address.number))).first().address_ref  # type: ignore[union-attr]

    def outbox(self) -> list[str]:
        """The files that the outbox keeps."""
        return sorted(path.name for path in (self.folder / "outbox").rglob("*.*"))

    def reading(self) -> Session:
        """A session on the records; use it in a ``with`` statement."""
        return Session(self.database.engine, expire_on_commit=False)

    def let_run_on(self) -> None:
        """Leave the workflows running when the house closes, for another one to go on with."""
        self._collected.clear()

    async def clear(self) -> None:
        """Stop the workflows that still run, so that nothing of them is left to the next test.

        What they have under way is let go first: the engine's clock would wait for it for ever.
        """
        if self._collected and self._skips_time:
            await self.pass_time(timedelta(minutes=1))
        for account_id in self._collected:
            with suppress(RPCError):
                await self.workflow(account_id).terminate()
        self._collected.clear()

    async def begin(self, due_date: date) -> None:
        """Let time pass until 09:00 in Beijing on the day after a due date that is the accounts' from now on."""
        self.due_date = due_date
        await self.pass_time(beijing(due_date + timedelta(days=1), "09:00") - self.now, timedelta(days=400))
        self.train_agents()

    def train_agents(self) -> None:
        """Let the agents pass their exams now, which count for a year."""
        certify(self.database, self.library.courses.values(), AGENTS, self.now)


@cache
def shipped_packs() -> Mapping[str, Pack]:
    """The product's own rules, read once in a run."""
    return load_packs(PACKS)


@cache
def shipped_composer() -> Composer:
    """The product's own messages, checked once in a run."""
    return Composer(TEMPLATES)


@asynccontextmanager
async def open_house(
    environment: WorkflowEnvironment,
    folder: Path,
    *,
    url: str | None = None,
    providers: Mapping[Channel, Provider] | None = None,
    policies: Path = POLICIES,
    packs: Path = PACKS,
    due_date: date = DUE_DATE,
    staffed: bool = True,
    counsel: Counsel | None = None,
    simulated_counts: bool = True,
    **worker_options: Any,
) -> AsyncIterator[House]:
    """Open the house on an engine; on a time-skipping one, in the morning after the due date.

    A house that is not staffed has no workers, until a test opens some.
    """
    database = Database(url or f"sqlite:///{folder / 'records.db'}")
    schema.migrate(database)
    rules = shipped_packs() if packs == PACKS else load_packs(packs)
    documents = load_policies(policies), rules, load_courses(TRAINING)
    library = Library(*documents, TypedWords(TEMPLATES), simulated_counts=simulated_counts)
    outbox = Outbox(folder / "outbox")
    carriers = providers or dict.fromkeys((Channel.SMS, Channel.VOICE, Channel.EMAIL, Channel.LETTER), outbox)

    async def sleep(length: timedelta) -> datetime:
        await environment.sleep(length)
        return await environment.get_current_time()

    duecourse = Duecourse(environment.client, database, library, clock=lambda: house.now)
    now = await environment.get_current_time() if environment.supports_time_skipping else datetime.now(UTC)
    at_counsel = counsel or CounselFolder(folder / "legal")
    house = House(environment.client, database, library, duecourse, carriers, folder, now, due_date, at_counsel, sleep)
    house._skips_time = environment.supports_time_skipping
    if house._skips_time and now < beijing(due_date, "00:00"):
        await house.begin(due_date)
    else:
        house.train_agents()
    try:
        async with AsyncExitStack() as stack:
            if staffed:
                await stack.enter_async_context(open_workers(house, **worker_options))
            yield house
            await house.clear()
    finally:
        database.dispose()


@asynccontextmanager
async def open_workers(house: House, **worker_options: Any) -> AsyncIterator[list[Worker]]:
    """Workers for every queue of the house; several sets may run at once."""
    composer = shipped_composer()
    assembly = activities_of(
        house.database,
        house.client,
        house.library,
        composer,
        house.providers,
        house.counsel,
        binder_of(TEMPLATES, composer, house.library, SIGNING_KEYS),
    )
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


def real_providers(url: str, outbox: Path, *, timeout_seconds: float = 10.0) -> dict[Channel, Provider]:
    """The providers as production has them, reached at a URL, with leave to send anywhere."""
    settings = ProviderSettings(
        outbox_dir=outbox,
        twilio=twilio_account(url, timeout_seconds=timeout_seconds),
        sendgrid=sendgrid_account(url, timeout_seconds=timeout_seconds),
        routes=RoutePolicy(()),
    )
    return configured_providers(settings, clock.now)
