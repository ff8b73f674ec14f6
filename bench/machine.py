"""On what a run was made: machine, versions and the settings that decide what its figures mean."""

import os
import platform
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import temporalio.service

from bench.engine import PARTITIONS
from workflows.hosting import CACHED_CASES, POLLERS


def circumstances(server_version: str | None) -> dict[str, Any]:
    """Everything that a reader must know beside the figures."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": next(_processor_names(), platform.machine()),
        "cores": os.cpu_count(),
        "memory_mebibytes": psutil.virtual_memory().total // 2**20,
        "load_average": os.getloadavg(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "temporal_sdk": temporalio.service.__version__,
        "temporal_server": server_version or "not started",
        "engine_store": "SQLite in memory",
        "records": f"SQLite {sqlite3.sqlite_version} on disk, WAL, synchronous=FULL",
        "carrier": "outbox: files, no network",
        "workflow_pollers": POLLERS,
        "task_queue_partitions": PARTITIONS,
        "cached_workflows": CACHED_CASES,
        "workflow_runner": "sandboxed",
    }


def _processor_names() -> Iterator[str]:
    information = Path("/proc/cpuinfo")
    for line in information.read_text().splitlines() if information.exists() else ():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            yield value.strip()
