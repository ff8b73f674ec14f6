"""Connects a command to the records and to Temporal for as long as it runs."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar

from temporalio.client import Client

from activities.assembly import load_library, open_records
from activities.desk import Library
from client.connection import connect
from client.duecourse import Duecourse
from client.errors import EngineUnavailable
from config.logs import configure_logs
from config.settings import Settings, load_settings
from storage.database import Database
from storage.schema import require_current

Answer = TypeVar("Answer")


def settings() -> Settings:
    """The settings of this process; from here on libraries speak up on standard error, for warnings only."""
    loaded = load_settings()
    configure_logs(loaded.log_format, logging.WARNING)
    return loaded


@contextmanager
def records() -> Iterator[Database]:
    """The records, for commands that need nothing else.

    Raises:
        SchemaBehindError: if they lack migrations.
    """
    with _opened(settings()) as database:
        yield database


def library() -> Library:
    """The policies and jurisdiction packs of these settings."""
    return load_library(settings())


def run(work: Callable[[Duecourse], Awaitable[Answer]]) -> Answer:
    """Do something with the records and Temporal, and close both."""

    async def connected() -> Answer:
        async with duecourse(settings()) as way_in:
            return await work(way_in)

    return asyncio.run(connected())


@asynccontextmanager
async def duecourse(chosen: Settings) -> AsyncIterator[Duecourse]:
    """The way in to records and Temporal.

    Raises:
        SchemaBehindError: if the records lack migrations.
        EngineUnavailable: if Temporal does not answer.
    """
    with _opened(chosen) as database:
        yield Duecourse(await temporal(chosen), database, load_library(chosen))


async def temporal(chosen: Settings) -> Client:
    """A connection to Temporal.

    Raises:
        EngineUnavailable: if it does not answer.
    """
    keys = chosen.codec_keys.get_secret_value() if chosen.codec_keys is not None else None
    try:
        return await connect(keys)
    except RuntimeError as error:
        raise EngineUnavailable("Temporal does not answer; start it, or say by TEMPORAL_ADDRESS where it is") from error


@contextmanager
def _opened(chosen: Settings) -> Iterator[Database]:
    database = open_records(chosen)
    try:
        require_current(database)
        yield database
    finally:
        database.dispose()
