"""The worker processes of the bench, and what the kernel says that a process has used."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.announcements import Announcements, Done
from bench.engine import Engine
from bench.subjects import Subject

_READY_WITHIN_SECONDS = 60
_STOPS_WITHIN_SECONDS = 45
_ROOT = Path(__file__).parents[1]


class WorkerError(Exception):
    """A worker process did not become ready; the message names its log."""


@dataclass(frozen=True)
class WorkerProcess:
    """One subject's worker, running."""

    subject: Subject
    process: psutil.Process
    announcements: Announcements


def cpu_seconds(process: psutil.Process) -> float:
    """CPU time that the process has used since it began, in seconds, in user and kernel together."""
    times = process.cpu_times()
    return float(times.user + times.system)


def own_mebibytes(process: psutil.Process) -> float:
    """Proportional set size: the process's memory, with what it shares divided among those who share it."""
    return float(process.memory_full_info().pss) / 2**20


@asynccontextmanager
async def worker_process(
    subject: Subject, engine: Engine, folder: Path, keys: str | None = None
) -> AsyncIterator[WorkerProcess]:
    """Run a subject's worker in a process of its own.

    Raises:
        WorkerError: if it does not become ready.
    """
    log = folder / f"worker-{subject}.log"
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bench.worker",
            subject,
            str(folder),
            stdout=PIPE,
            stderr=errors,
            cwd=_ROOT,
            env=_environment(engine, keys),
        )
    announcements = Announcements()
    listening = asyncio.create_task(announcements.listen(_lines(process)))
    try:
        if not await announcements.until(lambda: bool(announcements.heard[Done.READY]), _READY_WITHIN_SECONDS):
            raise WorkerError(f"the worker of {subject} did not start; its last words are in {log}")
        yield WorkerProcess(subject, psutil.Process(process.pid), announcements)
    finally:
        await _stop(process)
        await listening


def _environment(engine: Engine, keys: str | None) -> dict[str, str]:
    given = {name: value for name, value in os.environ.items() if not name.startswith(("DUECOURSE_", "TEMPORAL_"))}
    return {**given, "TEMPORAL_ADDRESS": engine.address, **({"DUECOURSE_CODEC_KEYS": keys} if keys else {})}


def _lines(process: Process) -> asyncio.StreamReader:
    if process.stdout is None:
        raise RuntimeError("the worker was started without a pipe")
    return process.stdout


async def _stop(process: Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _STOPS_WITHIN_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
