"""Receipts and the last word in running cases: each leaves exactly once, and the case ends after it."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.engine import time_skipping_engine
from tests.workflows.house import POLICIES, House, open_house


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    """The shipped policies, with receipts by text or email for China."""
    folder = tmp_path / "policies"
    shutil.copytree(POLICIES, folder)
    path = folder / "fenfu-cn.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "\nreceipts:\n  channels: [sms, email]\n", encoding="utf-8")
    return folder


@pytest_asyncio.fixture
async def receipting(policies: Path, tmp_path: Path) -> AsyncIterator[House]:
    """A house whose policy gives receipts."""
    async with time_skipping_engine() as engine, open_house(engine, tmp_path, policies=policies) as house:
        yield house


def told(house: House, account: str) -> list[str]:
    """What was answered to the person, in order."""
    return [each.occasion for each in house.contacts(account) if each.message_class == "reply"]


async def test_a_receipt_and_a_last_word_leave_once_and_the_case_ends_after_them(receipting: House) -> None:
    house = receipting
    account = await house.collect()
    await house.until_day(3)
    await house.pay(account, "100.00")
    await house.pay(account, "100.00")
    await house.until_day(5)
    assert told(house, account) == ["receipt"]
    await house.until_day(5, "23:30")
    await house.pay(account, "1034.56")
    assert (await house.status(account))["state"] == "collecting"
    await house.until_day(6, "12:00")
    assert await house.ended(account)
    assert told(house, account) == ["receipt", "closure"]
    assert (await house.status(account))["closed"]["reason"] == "settled"
    assert [day for day in house.days_of_demands(account) if day > 5] == []
