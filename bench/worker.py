"""One subject's worker process: hosts its workflow and activities until it is told to stop.

``python -m bench.worker SUBJECT FOLDER``; the environment says where Temporal is. It imports no more
than its subject needs, so that its memory can be told.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path

from temporalio.client import Client
from temporalio.worker import Worker

from bench.announcements import Done, announce, announce_to, keep_standard_output
from bench.from_memory import FromMemory
from bench.policies import bench_policies
from bench.subjects import Subject
from bench.twin import BareTwin, twin_contact, twin_record
from domain.orders import CONTACT_QUEUES
from workflows.account import AccountCollection
from workflows.codec import data_converter
from workflows.hosting import Activities, collections_worker, contact_worker, sandboxed

_UNLIMITED = 10_000
"""Contacts a second by each channel: no limit here."""
THREADS = 50
"""Activities at the same time."""


async def main(subject: Subject, folder: Path) -> None:
    """Work until SIGTERM."""
    announce_to(keep_standard_output())
    converter = data_converter(os.environ.get("DUECOURSE_CODEC_KEYS"))
    client = await Client.connect(os.environ["TEMPORAL_ADDRESS"], namespace=subject, data_converter=converter)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    with ThreadPoolExecutor(THREADS) as threads:
        async with AsyncExitStack() as hosted:
            for worker in _workers(subject, client, threads, folder):
                await hosted.enter_async_context(worker)
            announce(Done.READY, subject)
            await stop.wait()


def twin_workers(client: Client, threads: Executor) -> list[Worker]:
    """The twin on the very queues that cases have, with the same pollers."""
    hosted = {"workflows": [BareTwin], "workflow_runner": sandboxed("bench")}
    return [
        collections_worker(client, [twin_record], threads, **hosted),
        *_contact_workers(client, threads, [twin_contact]),
    ]


def memory_workers(client: Client, threads: Executor, folder: Path) -> list[Worker]:
    """Cases whose activities answer from memory."""
    activities = FromMemory(bench_policies(), folder)
    return [
        collections_worker(client, activities.office, threads),
        *_contact_workers(client, threads, activities.contacts),
    ]


def product_workers(client: Client, threads: Executor, folder: Path) -> list[Worker]:
    """Cases whose activities are the real ones."""
    from bench.product import product_activities

    office, assembly = product_activities(client, folder)
    return [
        collections_worker(client, office, threads),
        *(contact_worker(client, channel, each, threads, _UNLIMITED) for channel, each in assembly.contacts.items()),
    ]


def product_and_twin_workers(client: Client, threads: Executor, folder: Path) -> list[Worker]:
    """Cases with the real activities and twins, hosted together."""
    from bench.product import product_activities

    office, assembly = product_activities(client, folder)
    hosted = {"workflows": [AccountCollection, BareTwin], "workflow_runner": sandboxed("bench")}
    return [
        collections_worker(client, [*office, twin_record], threads, **hosted),
        *(
            contact_worker(client, channel, [*each, twin_contact], threads, _UNLIMITED)
            for channel, each in assembly.contacts.items()
        ),
    ]


def _workers(subject: Subject, client: Client, threads: Executor, folder: Path) -> Sequence[Worker]:
    if subject is Subject.TWIN:
        return twin_workers(client, threads)
    if subject is Subject.PRODUCT:
        return product_workers(client, threads, folder)
    return memory_workers(client, threads, folder)


def _contact_workers(client: Client, threads: Executor, activities: Activities) -> list[Worker]:
    return [contact_worker(client, channel, activities, threads, _UNLIMITED) for channel in CONTACT_QUEUES]


if __name__ == "__main__":
    chosen, where = sys.argv[1:]
    asyncio.run(main(Subject(chosen), Path(where)))
