"""One run of the bench, part by part."""

import asyncio
import base64
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median

from temporalio.client import Client

from bench.accounts import register_accounts
from bench.contact_cost import measure_contacts
from bench.core import measure_core
from bench.engine import Engine, dev_server
from bench.histories import count, plain_contacts
from bench.lives import LifeRound
from bench.long_lives import CONTACTS_A_YEAR, record_long_lives
from bench.options import Options, Part
from bench.processes import WorkerProcess, worker_process
from bench.replay import replay_years
from bench.results import LongHistories, Results, typical_of
from bench.sleepers import put_to_sleep_and_wake
from bench.subjects import POLICY, Subject
from tools.fetch import FetchError, say

_ASLEEP = (Subject.TWIN, Subject.WORKFLOW, Subject.PRODUCT)
_SECONDS_TO_OPEN_ONE = 0.05
"""Where no lives were measured before the sleepers."""
_CONTACTS_OF_A_QUICK_YEAR = 26
"""No shorter than the typical life, which is recorded beside it."""

Connected = dict[Subject, tuple[WorkerProcess, Client]]


class Run:
    """Measures what the options ask for, in a folder of its own."""

    def __init__(self, options: Options, folder: Path) -> None:
        """Begin with nothing measured."""
        self.results = Results()
        self.server_version: str | None = None
        self._options, self._folder = options, folder
        self._keys = f"bench:{base64.b64encode(os.urandom(32)).decode()}"

    async def measure(self) -> None:
        """Measure every part that was asked for, one after the other."""
        parts = self._options.parts
        if Part.LIVES in parts or Part.SLEEPERS in parts:
            await self._on_the_engine()
        if Part.HISTORIES in parts:
            await self._record_histories()
        if Part.CONTACTS in parts:
            say("contacts: each activity alone")
            costs = await asyncio.to_thread(measure_contacts, self._folder, self._options.alone)
            self.results.costs.extend(costs)
        if Part.CORE in parts:
            say("core: decisions, moments and lives")
            self.results.speeds.extend(await asyncio.to_thread(measure_core, self._options.core_seconds))

    async def _on_the_engine(self) -> None:
        async with dev_server(self._folder / "server.log") as engine:
            self.server_version = engine.version
            if Part.LIVES in self._options.parts:
                await self._live(engine)
            if Part.SLEEPERS in self._options.parts:
                await self._each(_ASLEEP, lambda subject: self._sleep(engine, subject))

    async def _live(self, engine: Engine) -> None:
        """Let the subjects take turns, round by round, after a round to warm up."""
        async with self._workers(engine) as connected:
            for number in range(1 if self._options.quick else 0, self._options.rounds + 1):
                say(f"lives: round {number} of {self._options.rounds}" if number else "lives: warming up")
                await self._live_round(engine, connected, number)

    async def _live_round(self, engine: Engine, connected: Connected, number: int) -> None:
        async def live(subject: Subject) -> None:
            worker, client = connected[subject]
            account_ids = [f"{subject}-{number}-{each}" for each in range(self._accounts(number))]
            if subject is Subject.PRODUCT:
                await asyncio.to_thread(register_accounts, self._folder, account_ids, POLICY)
            measured = await LifeRound(engine, client, worker, self._folder, number, account_ids).run()
            if number:
                self.results.rounds.append(measured)

        await self._each(Subject, live)

    def _accounts(self, number: int) -> int:
        return self._options.accounts if number else max(1, self._options.accounts // 4)

    @asynccontextmanager
    async def _workers(self, engine: Engine) -> AsyncIterator[Connected]:
        """Every subject's worker and client."""
        connected: Connected = {}
        async with AsyncExitStack() as running:

            async def connect(subject: Subject) -> None:
                keys = self._keys if subject is Subject.ENCRYPTED else None
                worker = await running.enter_async_context(worker_process(subject, engine, self._folder, keys))
                connected[subject] = worker, await engine.client(subject, keys)

            await asyncio.gather(*map(connect, Subject))
            yield connected

    async def _sleep(self, engine: Engine, subject: Subject) -> None:
        say(f"sleepers: {subject}")
        rounds = self.results.of(subject)
        seconds = median(each.opened_seconds / each.accounts for each in rounds) if rounds else _SECONDS_TO_OPEN_ONE
        slept = await put_to_sleep_and_wake(subject, engine, self._folder, self._options.sleepers, seconds)
        self.results.sleepers.append(slept)

    async def _record_histories(self) -> None:
        say("histories: recording lives of months")
        contacts = _CONTACTS_OF_A_QUICK_YEAR if self._options.quick else CONTACTS_A_YEAR
        try:
            lives = await record_long_lives(self._folder, contacts)
        except FetchError as missing:
            self.results.not_run[Part.HISTORIES] = str(missing)
            return
        self.results.histories = LongHistories(
            year=count(lives.year.events),
            twin_year=count(lives.twin.events),
            typical=count(lives.typical.events),
            contact=typical_of(plain_contacts(lives.year.events)),
        )
        say("histories: replaying the year")
        self.results.replay = await replay_years(lives, self._options.replays)

    async def _each(self, subjects: Iterable[Subject], do: Callable[[Subject], Awaitable[None]]) -> None:
        """Do something for each subject: in turn, so that one is not in the other's way, unless times mean nothing."""
        if self._options.quick:
            await asyncio.gather(*map(do, subjects))
            return
        for subject in subjects:
            await do(subject)
