"""Replays every saved history with the code as it is now: ``python -m tests.histories.replay``."""

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from domain.orders import workflow_id
from tests.histories.reading import History
from workflows.account import AccountCollection
from workflows.codec import data_converter
from workflows.hosting import sandboxed

HERE = Path(__file__).parent


def saved_histories() -> list[Path]:
    """Every history of every version, oldest version first."""
    return sorted(HERE.glob("v*/*.json"))


def read_history(path: Path) -> History:
    """A saved history."""
    history: History = json.loads(path.read_text(encoding="utf-8"))
    return history


async def replay(history: History) -> None:
    """Replay one history as a worker would.

    Raises:
        Exception: if the code does not do what the history says it did.
    """
    replayer = Replayer(workflows=[AccountCollection], workflow_runner=sandboxed(), data_converter=data_converter())
    await replayer.replay_workflow(WorkflowHistory.from_json(workflow_id("replayed"), history))


async def _replay_all(paths: Sequence[Path]) -> None:
    for path in paths:
        await replay(read_history(path))
    sys.stdout.write(f"{len(paths)} histories replayed\n")


if __name__ == "__main__":
    asyncio.run(_replay_all(saved_histories()))
