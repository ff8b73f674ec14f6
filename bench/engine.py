"""The engine that every subject shares: one Temporal dev server without files or UI, with one namespace a subject."""

import asyncio
import socket
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from temporalio.api.workflowservice.v1 import GetSystemInfoRequest
from temporalio.client import Client
from temporalio.service import RPCError

from bench.subjects import Subject
from tools.temporal_cli import find_temporal_cli
from workflows.codec import data_converter
from workflows.visibility import SEARCH_ATTRIBUTES

PARTITIONS = 1
"""Of every task queue; the default of four needs four times the pollers, or some tasks wait for one."""

_ATTRIBUTE_TYPES = {1: "Text", 2: "Keyword", 3: "Int", 4: "Double", 5: "Bool", 6: "Datetime", 7: "KeywordList"}
_STARTS_WITHIN_SECONDS = 30
_STOPS_WITHIN_SECONDS = 15


class EngineError(Exception):
    """The engine did not start."""


@dataclass(frozen=True)
class Engine:
    """A running dev server."""

    address: str
    version: str
    process: psutil.Process

    async def client(self, subject: Subject, keys: str | None = None) -> Client:
        """A client of a subject's namespace."""
        return await Client.connect(self.address, namespace=subject, data_converter=data_converter(keys))


@asynccontextmanager
async def dev_server(log: Path) -> AsyncIterator[Engine]:
    """Run a dev server, with its state in memory.

    Raises:
        EngineError: if it does not answer.
    """
    port = _free_port()
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(*_command(port), stdout=DEVNULL, stderr=output)
    try:
        address = f"127.0.0.1:{port}"
        version = await _version(address, process)
        yield Engine(address, version, psutil.Process(process.pid))
    finally:
        await _stop(process)


def _command(port: int) -> list[str]:
    command = [str(find_temporal_cli()), "server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", str(port)]
    for direction in ("Read", "Write"):
        command += ["--dynamic-config-value", f"matching.numTaskqueue{direction}Partitions={PARTITIONS}"]
    for subject in Subject:
        command += ["--namespace", subject]
    for attribute in SEARCH_ATTRIBUTES:
        command += ["--search-attribute", f"{attribute.name}={_ATTRIBUTE_TYPES[attribute.indexed_value_type]}"]
    return [*command, "--log-level", "error"]


async def _version(address: str, process: Process) -> str:
    """Wait for the last of the namespaces, which are made one after the other."""
    for _ in range(_STARTS_WITHIN_SECONDS * 5):
        if process.returncode is not None:
            break
        try:
            client = await Client.connect(address, namespace=list(Subject)[-1])
            info = await client.workflow_service.get_system_info(GetSystemInfoRequest())
            await client.count_workflows("CollectionStage = 'none'")
        except (RuntimeError, RPCError):
            await asyncio.sleep(0.2)
        else:
            return str(info.server_version)
    raise EngineError(f"the Temporal dev server did not answer within {_STARTS_WITHIN_SECONDS} seconds")


async def _stop(process: Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _STOPS_WITHIN_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
