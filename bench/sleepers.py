"""Many accounts that sleep until one moment: their memory, what happens when all wake at once, and signals to all."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from temporalio.client import Client

from bench.accounts import fall_due, lasting_ladder, pay, register_accounts, start_case, start_twin
from bench.announcements import Done
from bench.engine import Engine
from bench.from_memory import write_due
from bench.lives import AT_ONCE, Cpu, gather_all
from bench.processes import WorkerProcess, own_mebibytes, worker_process
from bench.subjects import LASTING_POLICY, Subject

_FIRST_ASLEEP = 50
"""Put to bed before memory is read, so that what a worker needs once is not counted as theirs."""
_SLACK = timedelta(seconds=5)
_SETTLES_SECONDS = 1.0
_PATIENCE_SECONDS = 180


@dataclass(frozen=True, slots=True)
class Herd:
    """Contacts that all fell due at one moment. Times count from that moment."""

    first_contact_seconds: float
    all_contacted_seconds: float
    worker_ms_a_contact: float
    server_ms_a_contact: float


@dataclass(frozen=True, slots=True)
class Signals:
    """One payment signalled to each account, until the last was booked."""

    sent: int
    lost: int
    a_second: float
    worker_ms_each: float
    server_ms_each: float


@dataclass(frozen=True, slots=True)
class Sleepers:
    """What one subject's sleepers measured."""

    subject: Subject
    accounts: int
    mebibytes_a_thousand: float
    """Proportional set size of the worker for each 1,000 cached sleeping accounts."""
    herd: Herd | None
    """None where they were not all asleep when they fell due, so that no herd woke."""
    contacts_lost: int
    contacts_doubled: int
    signals: Signals

    def as_json(self) -> dict[str, Any]:
        """As the report keeps it."""
        return asdict(self)


async def put_to_sleep_and_wake(
    subject: Subject, engine: Engine, folder: Path, accounts: int, seconds_to_open_one: float
) -> Sleepers:
    """Start the accounts, let all wake at one moment, and then send each a payment."""
    account_ids = [f"{subject}-asleep-{number}" for number in range(accounts)]
    if subject is Subject.PRODUCT:
        await asyncio.to_thread(register_accounts, folder, account_ids, LASTING_POLICY)
    async with worker_process(subject, engine, folder) as worker:
        due_at = datetime.now(UTC) + _SLACK + timedelta(seconds=accounts * seconds_to_open_one)
        if subject is Subject.PRODUCT:
            await asyncio.to_thread(fall_due, folder, account_ids, due_at)
        write_due(folder, due_at)
        return await _Bedroom(engine, await engine.client(subject), worker, account_ids, due_at).night()


class _Bedroom:
    """One subject's sleepers."""

    def __init__(
        self, engine: Engine, client: Client, worker: WorkerProcess, account_ids: list[str], due_at: datetime
    ) -> None:
        self._engine, self._client, self._worker = engine, client, worker
        self._account_ids, self._due_at = account_ids, due_at
        self._heard = worker.announcements.heard
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._first_contact_at = 0.0

    async def night(self) -> Sleepers:
        """Sleep, wake and be paid."""
        mebibytes = await self._sleep()
        herd = await self._wake()
        contacts, expected = self._heard[Done.CONTACTED], {f"{each}.1" for each in self._account_ids}
        lost, doubled = len(expected - contacts.keys()), contacts.total() - len(expected & contacts.keys())
        signals = await self._pay()
        return Sleepers(self._worker.subject, len(expected), mebibytes, herd, lost, doubled, signals)

    async def _sleep(self) -> float:
        """Start all; answers how much memory a thousand of them take."""
        first = min(_FIRST_ASLEEP, len(self._account_ids) // 2)
        await self._open(self._account_ids[:first])
        before = own_mebibytes(self._worker.process)
        await self._open(self._account_ids[first:])
        grown = own_mebibytes(self._worker.process) - before
        return 1000 * grown / (len(self._account_ids) - first)

    async def _open(self, account_ids: list[str]) -> None:
        expected = len(self._heard[Done.OPENED]) + len(account_ids)
        await gather_all(self._gently(self._start, account_id) for account_id in account_ids)
        await self._until(Done.OPENED, expected)
        await asyncio.sleep(_SETTLES_SECONDS)

    async def _start(self, account_id: str) -> None:
        if self._worker.subject is Subject.TWIN:
            await start_twin(self._client, lasting_ladder(account_id, self._due_at))
        else:
            await start_case(self._client, account_id, LASTING_POLICY, outstanding_minor=0)

    async def _wake(self) -> Herd | None:
        """Wait until all were contacted."""
        early = (self._due_at - datetime.now(UTC)).total_seconds()
        stop_listening = self._worker.announcements.tell(self._note_first_contact)
        await asyncio.sleep(max(0.0, early))
        woken_at, before = time.perf_counter(), Cpu.now(self._worker, self._engine)
        await self._until(Done.CONTACTED, len(self._account_ids))
        seconds, used = time.perf_counter() - woken_at, Cpu.now(self._worker, self._engine).since(before)
        stop_listening()
        if early < 0:
            return None
        share = 1000 / len(self._account_ids)
        return Herd(self._first_contact_at - woken_at, seconds, used.worker * share, used.server * share)

    def _note_first_contact(self, done: Done, _what: str) -> None:
        if done is Done.CONTACTED and not self._first_contact_at:
            self._first_contact_at = time.perf_counter()

    async def _pay(self) -> Signals:
        count, began, before = len(self._account_ids), time.perf_counter(), Cpu.now(self._worker, self._engine)
        await gather_all(self._gently(self._pay_one, account_id) for account_id in self._account_ids)
        await self._until(Done.BOOKED, count)
        seconds, used = time.perf_counter() - began, Cpu.now(self._worker, self._engine).since(before)
        booked = len(self._heard[Done.BOOKED])
        return Signals(count, count - booked, booked / seconds, 1000 * used.worker / count, 1000 * used.server / count)

    async def _pay_one(self, account_id: str) -> None:
        await pay(self._client, account_id, 1, "1.00")

    async def _until(self, done: Done, expected: int) -> None:
        await self._worker.announcements.until(lambda: len(self._heard[done]) >= expected, _PATIENCE_SECONDS)

    async def _gently(self, request: Callable[[str], Awaitable[None]], account_id: str) -> None:
        async with self._at_once:
            await request(account_id)
