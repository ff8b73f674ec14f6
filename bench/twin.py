"""The bare twin: a workflow with the same timers, signals, upserts and activities as a case, and nothing in them.

It is the floor: what the engine and its SDK ask for this many events, whoever waits in between.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from temporalio import activity, workflow
from temporalio.common import RawValue

with workflow.unsafe.imports_passed_through():
    from bench.announcements import Done, announce
    from domain.terms import Channel
    from workflows.options import RECORDS, contact_options
    from workflows.visibility import OUTSTANDING


@dataclass(frozen=True, slots=True)
class Ladder:
    """What one twin lives through."""

    account_id: str
    channels: tuple[Channel, ...]
    """How each contact goes out."""
    pause: timedelta
    """From one contact to the next, as a case's cadence is."""
    rest: timedelta
    """After the last contact, unless the last signal comes first."""
    upsert_at: tuple[int, ...] = ()
    """The contacts that come with an upsert."""
    signals: int = 0
    """How many end it."""
    begins_at: datetime | None = None
    """When the first contact is due, if not at once."""


@workflow.defn(name="BareTwin")
class BareTwin:
    """One ladder."""

    @workflow.init
    def __init__(self, ladder: Ladder) -> None:
        """Begin with an empty inbox."""
        self._ladder = ladder
        self._inbox: list[str] = []
        self._signals = 0

    @workflow.run
    async def run(self, ladder: Ladder) -> None:
        """Climb the ladder, and rest until the last signal."""
        await self._record(Done.OPENED)
        if ladder.begins_at is not None:
            await self._through(self._sleep(ladder.begins_at - workflow.now()))
            self._upsert(1)
            await self._record(Done.PLANNED)
        due_at = workflow.now()
        for number, channel in enumerate(ladder.channels, start=1):
            if due_at > workflow.now():
                await self._through(self._sleep(due_at - workflow.now()))
            if number in ladder.upsert_at:
                self._upsert(number)
            due_at = workflow.now() + ladder.pause
            await self._through(self._contact(number, channel))
        await self._rest()
        await self._record(Done.CLOSED)

    @workflow.signal(dynamic=True)
    def take_signal(self, name: str, _args: Sequence[RawValue]) -> None:
        """Take any signal."""
        self._inbox.append(name)

    async def _rest(self) -> None:
        rest = self._sleep(self._ladder.rest)
        while self._signals < self._ladder.signals and not rest.done():
            await workflow.wait_condition(lambda: bool(self._inbox) or rest.done())
            await self._take_in()
        rest.cancel()

    async def _through(self, task: "asyncio.Task[Any]") -> None:
        """Await a task, and deal with signals meanwhile."""
        while not task.done():
            await workflow.wait_condition(lambda: bool(self._inbox) or task.done())
            await self._take_in()

    async def _take_in(self) -> None:
        while self._inbox:
            await self._record(Done.BOOKED)
            self._inbox.pop(0)
            self._signals += 1
            self._upsert(100 + self._signals)

    def _sleep(self, length: timedelta) -> "asyncio.Task[None]":
        return asyncio.create_task(workflow.sleep(length))

    def _contact(self, number: int, channel: Channel) -> "asyncio.Task[None]":
        return asyncio.create_task(
            workflow.execute_activity(twin_contact, f"{self._ladder.account_id}.{number}", **contact_options(channel))
        )

    def _upsert(self, value: int) -> None:
        workflow.upsert_search_attributes([OUTSTANDING.value_set(value)])

    async def _record(self, done: Done) -> None:
        await workflow.execute_local_activity(twin_record, args=[done, self._ladder.account_id], **RECORDS)


@activity.defn
def twin_contact(contact_id: str) -> None:
    """Do nothing but say so."""
    announce(Done.CONTACTED, contact_id)


@activity.defn
def twin_record(done: Done, account_id: str) -> None:
    """Do nothing but say so."""
    announce(done, account_id)
