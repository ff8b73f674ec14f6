"""Lives on a worker that remembers nothing: every task replays the whole history, and nothing comes out otherwise."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.engine import time_skipping_engine
from tests.histories.reading import activities_of_history, kinds_of, signals_of, updates_of
from tests.histories.scenarios import SCENARIOS
from tests.workflows.house import House, open_house

HARDEST = (
    "plan_broken",
    "complaint_and_hardship",
    "call_tasks_with_permit",
    "rejected_inputs",
    "person_wide_fact_heard_from_another_case",
)
"""Scenarios in which updates, signals, timers and activities meet."""


@pytest_asyncio.fixture(scope="module")
async def forgetful_house(time_skipping_house: House, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A house like the other, with an engine and a clock of its own, whose worker keeps no case in memory."""
    folder: Path = tmp_path_factory.mktemp("forgetful")
    async with time_skipping_engine() as engine, open_house(engine, folder, max_cached_workflows=0) as house:
        yield house


async def lived(house: House, scenario: str) -> dict[str, Any]:
    """Play a scenario in the next year, and tell what can be told of it."""
    await house.begin(house.due_date.replace(year=house.now.year + 1))
    account = await SCENARIOS[scenario](house)
    assert await house.ended(account)
    history = (await house.workflow(account).fetch_history()).to_json_dict()
    await house.clear()
    status = await house.status(account)
    return {
        "diary": house.diary(account),
        "trail": house.audit_kinds(account),
        "reason": status["closed"]["reason"],
        "owed": (status["outstanding"], status["balance"], status["credit"]),
        "rejected": [each["error_code"] for each in status["rejected_inputs"]],
        "activities": activities_of_history(history),
        "messages": (updates_of(history), signals_of(history)),
        "failed": kinds_of(history).count("EVENT_TYPE_WORKFLOW_TASK_FAILED"),
    }


@pytest.mark.parametrize("scenario", HARDEST)
async def test_a_life_that_is_replayed_at_every_step_is_the_same_life(
    time_skipping_house: House, forgetful_house: House, scenario: str
) -> None:
    remembered = await lived(time_skipping_house, scenario)
    replayed = await lived(forgetful_house, scenario)
    assert replayed["failed"] == 0
    assert replayed == remembered
