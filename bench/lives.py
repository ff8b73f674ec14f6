"""One round of one subject: many accounts at once, each from its start through its contacts and payments to its end."""

import asyncio
import os
import time
from collections import Counter
from collections.abc import Awaitable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowExecutionStatus

from bench.accounts import brief_ladder, handle_of, pay, start_case, start_twin
from bench.announcements import Done
from bench.engine import Engine
from bench.histories import HistoryFigures, count, plain_contacts
from bench.processes import WorkerProcess, cpu_seconds
from bench.records import contacts_sent
from bench.subjects import CONTACTS, PAID_AFTER, POLICY, SIGNALS, Subject

AT_ONCE = 50
"""Requests of the bench to the engine at the same time."""

_PATIENCE_SECONDS = 480
_PAYS_AFTER_SECONDS = 0.5
"""From a contact to the payment that follows it, so that it arrives while the next timer runs."""
_SAMPLE = 5
"""Histories that are fetched whole."""


@dataclass(frozen=True, slots=True)
class Cpu:
    """CPU seconds used so far, in user and kernel together."""

    worker: float
    server: float
    driver: float

    @classmethod
    def now(cls, worker: WorkerProcess, engine: Engine) -> "Cpu":
        """Read the three processes."""
        return cls(cpu_seconds(worker.process), cpu_seconds(engine.process), time.process_time())

    def since(self, earlier: "Cpu") -> "Cpu":
        """What was used in between."""
        return Cpu(self.worker - earlier.worker, self.server - earlier.server, self.driver - earlier.driver)


@dataclass(frozen=True, slots=True)
class Round:
    """What one round measured."""

    subject: Subject
    number: int
    accounts: int
    wall_seconds: float
    opened_seconds: float
    """Until the last account was open."""
    cpu: Cpu
    contacts_lost: int
    contacts_doubled: int
    lives_unfinished: int
    contacts_unrecorded: int
    """Handed over and not in the records as sent, or the other way round; of the product only."""
    events_a_life: float
    """The median over all lives."""
    bytes_a_life: float
    sample: tuple[HistoryFigures, ...]
    bytes_a_contact: float
    """The median over contacts that nothing else happened beside, in the sample."""

    @property
    def contacts(self) -> int:
        """Contacts that this round was to make."""
        return self.accounts * CONTACTS

    @property
    def lives_a_second(self) -> float:
        """Whole lives."""
        return self.accounts / self.wall_seconds

    @property
    def worker_ms_a_contact(self) -> float:
        """CPU of the worker, in milliseconds, each contact with its share of all that a life has besides."""
        return 1000 * self.cpu.worker / self.contacts

    @property
    def server_ms_a_contact(self) -> float:
        """CPU of the server, in milliseconds, counted likewise."""
        return 1000 * self.cpu.server / self.contacts

    @property
    def busy_share(self) -> float:
        """How much of all cores the three processes used; what else the machine did is not in it."""
        return (self.cpu.worker + self.cpu.server + self.cpu.driver) / self.wall_seconds / (os.cpu_count() or 1)

    def as_json(self) -> dict[str, Any]:
        """As the report keeps it, with what follows from it."""
        return {
            **asdict(self),
            "contacts": self.contacts,
            "signals": self.accounts * SIGNALS,
            "lives_a_second": self.lives_a_second,
            "contacts_a_second": self.contacts / self.wall_seconds,
            "worker_ms_a_contact": self.worker_ms_a_contact,
            "server_ms_a_contact": self.server_ms_a_contact,
            "worker_ms_a_life": self.worker_ms_a_contact * CONTACTS,
            "server_ms_a_life": self.server_ms_a_contact * CONTACTS,
        }


class LifeRound:
    """Drives the accounts of one round."""

    def __init__(
        self,
        engine: Engine,
        client: Client,
        worker: WorkerProcess,
        folder: Path,
        number: int,
        account_ids: list[str],
    ) -> None:
        """Take where they live and who they are."""
        self._engine, self._client, self._worker, self._folder = engine, client, worker, folder
        self._number, self._account_ids, self._known = number, account_ids, frozenset(account_ids)
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._payments: set[asyncio.Task[None]] = set()
        self._contacts: Counter[str] = Counter()
        self._opened: dict[str, float] = {}
        self._closed: set[str] = set()

    async def run(self) -> Round:
        """Live all lives to their end, and count what was done."""
        stop_listening = self._worker.announcements.tell(self._hear)
        began, before = time.perf_counter(), Cpu.now(self._worker, self._engine)
        await gather_all(self._gently(self._start(account_id)) for account_id in self._account_ids)
        await self._worker.announcements.until(lambda: self._closed == self._known, _PATIENCE_SECONDS)
        wall, used = time.perf_counter() - began, Cpu.now(self._worker, self._engine).since(before)
        stop_listening()
        return await self._counted(began, wall, used)

    async def _start(self, account_id: str) -> None:
        if self._worker.subject is Subject.TWIN:
            await start_twin(self._client, brief_ladder(account_id))
        else:
            await start_case(self._client, account_id, POLICY)

    def _hear(self, done: Done, what: str) -> None:
        if done is Done.CLOSED and what in self._known:
            self._closed.add(what)
        if done is Done.OPENED and what in self._known:
            self._opened[what] = time.perf_counter()
        if done is Done.CONTACTED and what.rpartition(".")[0] in self._known:
            self._take_contact(what)

    def _take_contact(self, contact_id: str) -> None:
        account_id, _, number = contact_id.rpartition(".")
        self._contacts[contact_id] += 1
        if int(number) in PAID_AFTER and self._contacts[contact_id] == 1:
            task = asyncio.create_task(self._pay(account_id, int(number)))
            self._payments.add(task)
            task.add_done_callback(self._payments.discard)

    async def _pay(self, account_id: str, number: int) -> None:
        await asyncio.sleep(_PAYS_AFTER_SECONDS)
        await self._gently(pay(self._client, account_id, number, PAID_AFTER[number]))

    async def _gently(self, request: Awaitable[None]) -> None:
        async with self._at_once:
            await request

    async def _counted(self, began: float, wall: float, used: Cpu) -> Round:
        expected = {f"{account_id}.{number + 1}" for account_id in self._account_ids for number in range(CONTACTS)}
        lives = await self._described()
        histories = [await self._history(each) for each in self._account_ids[:_SAMPLE]]
        return Round(
            subject=self._worker.subject,
            number=self._number,
            accounts=len(self._account_ids),
            wall_seconds=wall,
            opened_seconds=max(self._opened.values(), default=began) - began,
            cpu=used,
            contacts_lost=len(expected - self._contacts.keys()),
            contacts_doubled=sum(self._contacts.values()) - len(expected & self._contacts.keys()),
            lives_unfinished=len(self._account_ids) - sum(each.closed for each in lives),
            contacts_unrecorded=len(self._contacts.keys() ^ self._recorded()),
            events_a_life=median(each.events for each in lives),
            bytes_a_life=median(each.bytes for each in lives),
            sample=tuple(count(each) for each in histories),
            bytes_a_contact=median_or_zero(each.bytes for history in histories for each in plain_contacts(history)),
        )

    def _recorded(self) -> set[str]:
        if self._worker.subject is not Subject.PRODUCT:
            return set(self._contacts)
        return contacts_sent(self._folder, self._account_ids)

    async def _described(self) -> "list[_Life]":
        lives: list[_Life] = []

        async def describe(account_id: str) -> None:
            lives.append(await self._life(account_id))

        await gather_all(self._gently(describe(account_id)) for account_id in self._account_ids)
        return lives

    async def _life(self, account_id: str) -> "_Life":
        """How a life ended; its last activity is heard of a moment before its end."""
        for _ in range(20):
            description = await handle_of(self._client, account_id).describe()
            if description.status is not WorkflowExecutionStatus.RUNNING:
                break
            await asyncio.sleep(0.1)
        info = description.raw_description.workflow_execution_info
        closed = description.status is WorkflowExecutionStatus.COMPLETED
        return _Life(closed, description.history_length, info.history_size_bytes)

    async def _history(self, account_id: str) -> list[HistoryEvent]:
        return list((await handle_of(self._client, account_id).fetch_history()).events)


@dataclass(frozen=True, slots=True)
class _Life:
    closed: bool
    events: int
    bytes: int


def median_or_zero(values: Iterable[float]) -> float:
    """The median, or zero of nothing."""
    known = list(values)
    return median(known) if known else 0.0


async def gather_all(requests: Iterable[Awaitable[None]]) -> None:
    """Await all of them at once."""
    await asyncio.gather(*requests)
