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
