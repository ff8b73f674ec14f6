"""The worker: runs the workflows and the activities, until it is told to stop; then it finishes what it holds."""

import asyncio
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime

import structlog

from activities.assembly import assemble, open_records
from activities.counsel_post import CounselPost
from client.connection import connect
from client.duecourse import Duecourse
from config.logs import configure_logs
from config.settings import Settings, SettingsError, load_settings
from config.yaml_documents import ConfigError
from storage.schema import SchemaBehindError, require_current
from workflows.hosting import collections_worker, contact_worker, runtime

_DELIVER_EVERY_SECONDS = 60
log = structlog.get_logger()


async def main(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT.

    Raises:
        ConfigError: if a policy, a pack or a template cannot be used.
        SchemaBehindError: if the database lacks migrations.
    """
    database = open_records(settings)
    require_current(database)
    keys = settings.codec_keys.get_secret_value() if settings.codec_keys is not None else None
    client = await connect(keys, runtime(settings.metrics_port))
    assembly = assemble(settings, database, client)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with ThreadPoolExecutor(settings.worker_concurrency, thread_name_prefix="activity") as threads:
        async with AsyncExitStack() as workers:
            await workers.enter_async_context(collections_worker(client, assembly.office, threads))
            for channel, activities in assembly.contacts.items():
                worker = contact_worker(client, channel, activities, threads, settings.per_second(channel))
                await workers.enter_async_context(worker)
            log.info("worker started", policies=sorted(assembly.library.policies), packs=sorted(assembly.library.packs))
            await _until_stopped(stop, Duecourse(client, database, assembly.library), assembly.post)
    log.info("worker stopped")


async def _until_stopped(stop: asyncio.Event, duecourse: Duecourse, post: CounselPost) -> None:
    """Deliver now and then what was kept while nobody could be told."""
    while not stop.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _DELIVER_EVERY_SECONDS)
        if not stop.is_set():
            delivered = await duecourse.deliver_pending()
            if delivered:
                log.info("kept facts delivered", count=delivered)
            acknowledged = await asyncio.to_thread(post.deliver, datetime.now(UTC))
            if acknowledged:
                log.info("counsel told", count=acknowledged)


if __name__ == "__main__":
    try:
        loaded = load_settings()
        configure_logs(loaded.log_format)
        asyncio.run(main(loaded))
    except (SettingsError, ConfigError, SchemaBehindError) as error:
        sys.exit(str(error))
