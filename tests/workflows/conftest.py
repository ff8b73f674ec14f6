"""A house for the lives of each module, on an engine whose clock the tests turn: each test has a year of its own."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from tests.engine import time_skipping_engine
from tests.workflows.house import House, open_house


@pytest_asyncio.fixture(scope="module")
async def time_skipping_house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """One house for a module, since to open one takes longer than most lives in it."""
    async with time_skipping_engine() as engine, open_house(engine, tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest_asyncio.fixture
async def house(time_skipping_house: House) -> AsyncIterator[House]:
    """The house at 09:00 in Beijing on the day after its accounts' due date, which is 1 March of a fresh year."""
    due_date = time_skipping_house.due_date
    await time_skipping_house.begin(due_date.replace(year=time_skipping_house.now.year + 1))
    yield time_skipping_house
    # An activity whose workflow ends under it would keep the engine from skipping time in the next test.
    await time_skipping_house.pass_time(timedelta(minutes=1))
    await time_skipping_house.clear()
