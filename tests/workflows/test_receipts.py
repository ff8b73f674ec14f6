"""Receipts and the last word in running cases: each leaves exactly once, and the case ends after it."""

from tests.workflows.house import House


def told(house: House, account: str) -> list[str]:
    """What was answered to the person, in order."""
    return [each.occasion for each in house.contacts(account) if each.message_class == "reply"]


async def test_a_receipt_and_a_last_word_leave_once_and_the_case_ends_after_them(house: House) -> None:
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
