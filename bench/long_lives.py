"""Histories of long lives, recorded on the time-skipping server with the product's real activities.

One is a year of weekly contacts, with a bare twin beside it; the other is a typical life from its start to its end.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import Client, WorkflowHistory
from temporalio.testing import WorkflowEnvironment

from bench.accounts import WEEK, handle_of, pay, promise, register_accounts, start_case, start_twin
from bench.announcements import Announcements, Done, announce_to
from bench.subjects import LASTING_POLICY, NEW_STAGE_AT, TYPICAL_POLICY
from bench.twin import Ladder
from bench.worker import THREADS, product_and_twin_workers
from domain.terms import Channel
from tools.test_server import find_test_server
from workflows.codec import data_converter
from workflows.visibility import SEARCH_ATTRIBUTES

_STEP = timedelta(days=1)
_LONGEST = timedelta(days=500)
_SETTLES_SECONDS = 0.03
_YEAR, _TWIN, _TYPICAL = "long-year", "long-twin", "long-typical"

CONTACTS_A_YEAR = 53
TYPICAL_CONTACTS = 10


@dataclass(frozen=True, slots=True)
class LongLives:
    """The histories that were recorded."""

    year: WorkflowHistory
    """Of a case: 53 weekly contacts."""
    twin: WorkflowHistory
    """Of a bare twin with as many contacts and changes of stage."""
    typical: WorkflowHistory
    """Of a case: ten contacts weekly, fortnightly and monthly, a promise, three payments, and its end."""


async def record_long_lives(folder: Path, contacts: int = CONTACTS_A_YEAR) -> LongLives:
    """Let months pass, a day at a time, and bring the histories home.

    Raises:
        TimeSkippingServerNotFoundError: if that server cannot be had.
        RuntimeError: if a life does not come to its end.
    """
    register_accounts(folder, [_YEAR], LASTING_POLICY)
    register_accounts(folder, [_TYPICAL], TYPICAL_POLICY)
    async with _workers(folder) as (environment, announcements):
        client = environment.client
        await start_case(client, _YEAR, LASTING_POLICY)
        await start_case(client, _TYPICAL, TYPICAL_POLICY)
        await start_twin(client, _ladder(contacts))
        heard, typical = announcements.heard, _TypicalLife(client)

        def done() -> bool:
            made = [sum(each.startswith(f"{life}.") for each in heard[Done.CONTACTED]) for life in (_YEAR, _TWIN)]
            return min(made) >= contacts and heard[Done.CLOSED][_TYPICAL] > 0

        await _pass_time(environment, done, lambda: typical.go_on(len(_contacts_of(announcements, _TYPICAL))))
        histories = [await handle_of(client, each).fetch_history() for each in (_YEAR, _TWIN, _TYPICAL)]
    return LongLives(*histories)


class _TypicalLife:
    """What the person of the typical life does, by the number of contacts they have had."""

    def __init__(self, client: Client) -> None:
        self._to_do: dict[int, Callable[[], Awaitable[None]]] = {
            4: lambda: promise(client, _TYPICAL, "100.00", WEEK),
            5: lambda: pay(client, _TYPICAL, 1, "100.00"),
            8: lambda: pay(client, _TYPICAL, 2, "300.00"),
            TYPICAL_CONTACTS: lambda: pay(client, _TYPICAL, 3, "600.00"),
        }

    async def go_on(self, contacts: int) -> None:
        """Do what comes next."""
        for number in [each for each in self._to_do if each <= contacts]:
            await self._to_do.pop(number)()
            await asyncio.sleep(_SETTLES_SECONDS)


def _contacts_of(announcements: Announcements, account_id: str) -> list[str]:
    return [each for each in announcements.heard[Done.CONTACTED] if each.startswith(f"{account_id}.")]


def _ladder(contacts: int) -> Ladder:
    channels = tuple(Channel.SMS if number % 2 else Channel.VOICE for number in range(contacts))
    return Ladder(_TWIN, channels, WEEK, WEEK, NEW_STAGE_AT, signals=1)


async def _pass_time(
    environment: WorkflowEnvironment, done: Callable[[], bool], meanwhile: Callable[[], Awaitable[None]]
) -> None:
    for _ in range(_LONGEST // _STEP):
        await environment.sleep(_STEP)
        await asyncio.sleep(_SETTLES_SECONDS)
        await meanwhile()
        if done():
            return
    raise RuntimeError(f"the long lives did not end within {_LONGEST.days} days")


@asynccontextmanager
async def _workers(folder: Path) -> AsyncIterator[tuple[WorkflowEnvironment, Announcements]]:
    environment = await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(find_test_server()), data_converter=data_converter()
    )
    announcements = Announcements()
    announce_to(announcements.take_from_thread)
    async with environment:
        await _register_search_attributes(environment.client)
        with ThreadPoolExecutor(THREADS) as threads:
            async with AsyncExitStack() as hosted:
                for worker in product_and_twin_workers(environment.client, threads, folder):
                    await hosted.enter_async_context(worker)
                yield environment, announcements


async def _register_search_attributes(client: Client) -> None:
    request = AddSearchAttributesRequest(namespace=client.namespace)
    for key in SEARCH_ATTRIBUTES:
        request.search_attributes[key.name] = IndexedValueType.ValueType(key.indexed_value_type)
    await client.operator_service.add_search_attributes(request)
