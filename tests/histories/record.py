"""Plays every scenario on the time-skipping server and saves its history: ``python -m tests.histories.record``.

Histories of a released version stay as they are. Those of the version in the making are recorded anew when a change
of the workflow is meant to change them.
"""

import asyncio
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.engine import time_skipping_engine
from tests.histories.scenarios import SCENARIOS, Scenario
from tests.workflows.house import House, open_house

HERE = Path(__file__).parent
VERSION = "v3"
"""The folder of the version in the making."""


async def record(folder: Path) -> None:
    """Save the history of every scenario in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as home:
        async with time_skipping_engine() as engine, open_house(engine, Path(home)) as house:
            for name, play in SCENARIOS.items():
                history = await _played(house, play)
                (folder / f"{name}.json").write_text(history, encoding="utf-8")
                sys.stdout.write(f"{name}: {history.count('eventId')} events\n")


async def _played(house: House, play: Scenario) -> str:
    await house.begin(house.due_date.replace(year=house.now.year + 1))
    account = await play(house)
    if not await house.ended(account):
        raise RuntimeError(f"{play.__name__} has not come to its end: a history is worth keeping when it is whole")
    history = await house.workflow(account).fetch_history()
    await house.clear()
    return json.dumps(_of_no_machine(history.to_json_dict()), ensure_ascii=False, indent=1) + "\n"


def _of_no_machine(value: Any) -> Any:
    """The history without the names of the machines that wrote it."""
    match value:
        case dict():
            return {name: "anybody" if name == "identity" else _of_no_machine(each) for name, each in value.items()}
        case list():
            return [_of_no_machine(each) for each in value]
        case _:
            return value


if __name__ == "__main__":
    asyncio.run(record(HERE / VERSION))
