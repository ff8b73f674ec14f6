"""Decisions by people that bend a life: grace, waivers, tracks, and the end of a debt that stays unpaid."""

import pytest

from client.errors import Refused
from tests.workflows.house import House


async def opened(house: House) -> str:
    """A plain account that was reminded once."""
    account = await house.collect()
    await house.until_day(2)
    return account


async def test_grace_gives_the_account_time_and_ends_by_itself(house: House) -> None:
    account = await opened(house)
    await house.ask(account, "grant_grace", until=house.day(30), reason_code="first_delay", granted_by="agent-1")
    await house.until_day(30, "23:00")
    assert (await house.status(account))["holds"][0]["kind"] == "grace"
    await house.until_day(45)
    assert house.days_of_demands(account)[1] >= 34


async def test_grace_can_be_ended_before_its_time(house: House) -> None:
    account = await opened(house)
    grace = await house.ask(
        account, "grant_grace", until=house.day(30), reason_code="first_delay", granted_by="agent-1"
    )
    ended = {"circumstance_id": grace["hold_id"], "reason_code": "no_longer_needed", "ended_by": "agent-1"}
    await house.ask(account, "end_circumstance", **ended)
    assert (await house.status(account))["state"] == "collecting"


async def test_a_waiver_within_the_authority_is_booked_at_once(house: House) -> None:
    account = await opened(house)
    answer = await house.ask(account, "request_waiver", amount="34.56", reason_code="goodwill", requested_by="agent-1")
    assert (answer["status"], answer["outstanding"]) == ("waived", "1200.00")
    await house.until_day(16)
    assert "1,200.00" in house.demands(account)[-1].words


async def test_a_larger_waiver_needs_somebody_else_with_the_authority_for_it(house: House) -> None:
    for agent_id, authority in (("agent-1", 4), ("lead-1", 2), ("head-1", 4)):
        house.appoint(agent_id, authority)
    account = await opened(house)
    asked = await house.ask(account, "request_waiver", amount="200.00", reason_code="goodwill", requested_by="agent-1")
    assert (asked["status"], (await house.status(account))["outstanding"]) == ("awaiting_approval", "1234.56")
    decision = {"waiver_id": asked["waiver_id"], "approve": True}
    with pytest.raises(Refused, match="somebody else than who requested it"):
        await house.ask(account, "decide_waiver", decided_by="agent-1", **decision)
    with pytest.raises(Refused, match=r"lead-1 has authority 2 and may approve 140\.73"):
        await house.ask(account, "decide_waiver", decided_by="lead-1", **decision)
    decided = await house.ask(account, "decide_waiver", decided_by="head-1", **decision)
    assert (decided["status"], decided["outstanding"]) == ("waived", "1034.56")
    with pytest.raises(Refused, match="no undecided waiver"):
        await house.ask(account, "decide_waiver", decided_by="head-1", **decision)
    with pytest.raises(Refused, match=r"only interest and fees can be waived, and 34\.56 CNY of them is left"):
        await house.ask(account, "request_waiver", amount="34.57", reason_code="goodwill", requested_by="agent-1")


async def test_two_waivers_that_wait_cannot_ask_for_the_same_interest(house: House) -> None:
    account = await opened(house)
    await house.ask(account, "request_waiver", amount="200.00", reason_code="goodwill", requested_by="agent-1")
    with pytest.raises(Refused, match=r"34\.56 CNY of them is left"):
        await house.ask(account, "request_waiver", amount="100.00", reason_code="goodwill", requested_by="agent-2")


async def test_what_is_waived_need_not_be_paid_to_close_the_case(house: House) -> None:
    account = await opened(house)
    await house.ask(account, "request_waiver", amount="34.56", reason_code="goodwill", requested_by="agent-1")
    await house.pay(account, "1200.00")
    assert await house.ended(account)
    assert (await house.status(account))["closed"]["reason"] == "settled"


async def test_a_gentler_track_slows_the_reminders(house: House) -> None:
    account = await opened(house)
    await house.ask(account, "set_track", track="supportive", reason_code="struggles", set_by="agent-1")
    await house.until_day(25)
    first, second, *_ = house.days_of_demands(account)
    assert (first, second >= 11) == (1, True)


async def test_a_case_that_a_person_closes_stays_closed_though_money_comes_later(house: House) -> None:
    account = await opened(house)
    await house.ask(account, "close_case", reason_code="uneconomic", closed_by="boss")
    assert await house.ended(account)
    closed = (await house.status(account))["closed"]
    assert (closed["reason"], closed["detail"]) == ("written_off", "uneconomic")
    assert (await house.pay(account, "100.00"))["outstanding"] == "1134.56"
    await house.until_day(40)
    assert (await house.status(account))["state"] == "closed"
    assert house.days_of_demands(account) == [1]


async def test_a_case_with_an_open_complaint_cannot_be_closed(house: House) -> None:
    account = await opened(house)
    await house.tell(account, "file_complaint", complaint_id="complaint-11", category="conduct")
    with pytest.raises(Refused, match="resolve it first"):
        await house.ask(account, "close_case", reason_code="uneconomic", closed_by="boss")
