"""The track of a running case: gentler by itself, firm only by a person, and no longer than it is confirmed."""

import pytest

from client.errors import Refused
from tests.workflows.house import House


async def test_a_hardship_slows_the_reminders_that_follow_it(house: House) -> None:
    account = await house.collect()
    await house.until_day(2)
    await house.tell(account, "report_hardship", hardship_id="hardship-1", reason_code="job_lost", until=house.day(10))
    await house.until_day(40)
    status = await house.status(account)
    assert (status["track"], status["track_reason"]) == ("supportive", "hardship_reported")
    first, after_hardship, third = house.days_of_demands(account)[:3]
    assert (first, after_hardship >= 13, third - after_hardship >= 10) == (1, True, True)


async def test_repeated_refusals_ask_a_person_who_needs_evidence_and_firm_lapses(house: House) -> None:
    account = await house.collect()
    await house.until_day(2)
    number = house.address_ref(house.account(account).debtor_id, "phone")
    for call in ("call-1", "call-2"):
        said = {"call_id": call, "outcome": "refused", "agent_id": "agent-1", "number_ref": number}
        talked = {"direction": "inbound", "connected": True, "right_party": True, "dialled_at": house.now.isoformat()}
        await house.tell(account, "record_call_outcome", **said, **talked)
    assert "track:firm" in house.asked_of_people(account)
    assert (await house.status(account))["track"] == "standard"
    choice = {"track": "firm", "reason_code": "could_pay", "set_by": "boss"}
    with pytest.raises(Refused, match="firm needs evidence_ref"):
        await house.ask(account, "set_track", **choice)
    assert (await house.ask(account, "set_track", evidence_ref="call-2", **choice))["track"] == "firm"
    await house.until_day(91)
    assert (await house.status(account))["track"] == "firm"
    assert len(house.audit(account, "person_asked")) >= 2
    await house.until_day(93)
    assert (await house.status(account))["track"] == "standard"
    await house.until_day(125)
    assert [each.subject for each in house.audit(account, "track_changed")] == ["standard:firm_not_confirmed"]


async def test_a_vulnerable_person_is_seen_to_by_a_person_and_on_the_gentlest_track_until_the_report_is_over(
    house: House,
) -> None:
    account = await house.collect()
    await house.until_day(2)
    report = {"circumstance_id": "v-1", "kind": "vulnerable", "reported_by": "agent-1", "until": house.day(20)}
    await house.tell(account, "report_circumstance", **report)
    status = await house.status(account)
    assert (status["track"], status["track_reason"]) == ("supportive", "vulnerable")
    assert "vulnerable:v-1" in house.asked_of_people(account)
    with pytest.raises(Refused, match="who is vulnerable stays on the supportive track; end v-1 first"):
        await house.ask(account, "set_track", track="standard", reason_code="better", set_by="boss")
    await house.until_day(8)
    assert len(house.audit(account, "person_asked")) == 2, "nobody has seen to it, so it is asked again"
    await house.ask(account, "complete_task", subject="vulnerable:v-1", completed_by="agent-1")
    await house.until_day(19)
    assert len(house.audit(account, "person_asked")) == 2
    await house.until_day(40)
    assert (await house.status(account))["track"] == "standard"
    tracks = [each.subject for each in house.audit(account, "track_changed")]
    assert tracks == ["supportive:vulnerable", "standard:no_rule"]
    first, after_the_report = house.days_of_demands(account)[:2]
    assert (first, after_the_report >= 23) == (1, True)


async def test_the_supportive_track_comes_with_a_plan_that_the_person_takes_and_keeps(house: House) -> None:
    account = await house.collect()
    await house.until_day(10)
    await house.ask(account, "set_track", track="supportive", reason_code="struggles", set_by="boss")
    await house.until_day(12)
    assert [each.split(" ", 2)[2] for each in house.services(account)] == ["sms supportive_offer"]
    plan = (await house.status(account))["plan"]
    assert (plan["agreed_at"], len(plan["instalments"])) == (None, 12)
    with pytest.raises(Refused, match="no plan plan-9 is on offer"):
        await house.tell(account, "agree_plan", plan_id="plan-9", agreed_by="the-person")
    await house.tell(account, "agree_plan", plan_id=plan["plan_id"], agreed_by="the-person")
    assert (await house.status(account))["state"] == "in_plan"
    for number in range(12):
        await house.until_day(41 + 30 * number)
        await house.pay(account, f"{plan['instalments'][number]['amount_minor'] / 100:.2f}")
    assert await house.ended(account)
    assert house.days_of_demands(account) == [1, 8]


async def test_an_offer_that_nobody_takes_lapses_and_the_demands_after_it_carry_the_plan(house: House) -> None:
    account = await house.collect()
    await house.until_day(2)
    await house.ask(account, "set_track", track="supportive", reason_code="struggles", set_by="boss")
    await house.until_day(40)
    assert (await house.status(account))["plan"] is None
    assert [each.subject for each in house.audit(account, "offer_lapsed")] == ["offer-2"]
    assert [each.split(" ", 2)[2] for each in house.services(account)] == ["sms supportive_offer"]
    written = [each.words for each in house.demands(account) if each.channel != "voice"]
    assert ["可以马上商定的计划" in words for words in written] == [False] + [True] * (len(written) - 1)
    assert len(written) > 1
