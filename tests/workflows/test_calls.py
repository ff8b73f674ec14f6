"""Lives in which a person calls: a task, a permit for each dial, an outcome, or nobody who reports."""

from datetime import timedelta
from typing import Any

import pytest

from client.errors import Refused
from domain.agents import AgentCard
from storage.agent_measures import measures_of_agents
from storage.agents import register_agent, suspend
from storage.call_tasks import take
from storage.tables import CallTask
from tests.workflows.house import House

FIRST_CALL_DAY = 37
"""The escalation begins with a call, on the 36th day at the latest."""


async def awaiting_call(house: House) -> tuple[str, CallTask]:
    """An account whose first call is on the agents' list, in the morning."""
    account = await house.collect()
    await house.until_day(FIRST_CALL_DAY)
    task = house.call_task(account)
    assert task is not None
    return account, task


async def begin(house: House, account: str, call_id: str, agent_id: str = "agent-1") -> dict[str, Any]:
    """An agent asks for the permit."""
    return await house.ask(account, "begin_call", call_id=call_id, agent_id=agent_id)


async def report(house: House, account: str, call_id: str, outcome: str, **body: Any) -> dict[str, Any]:
    """The agent reports how the dial ended."""
    debtor = house.account(account).debtor_id
    dialled = {
        "call_id": call_id,
        "outcome": outcome,
        "agent_id": "agent-1",
        "direction": "outbound",
        "number_ref": house.address_ref(debtor, "phone"),
        "dialled_at": house.now.isoformat(),
        "connected": outcome not in ("no_answer", "number_invalid"),
    }
    return await house.tell(account, "record_call_outcome", **{**dialled, **body})


def called(house: House, account: str) -> list[str | None]:
    """How the dials ended, as the attempt log has it."""
    return [each.code for each in house.contacts(account) if each.channel == "call"]


async def test_a_call_is_a_task_with_its_script_and_a_deadline(house: House) -> None:
    account, task = await awaiting_call(house)
    status = await house.status(account)
    assert (status["state"], status["next_step"]["kind"]) == ("awaiting_call", "await_call")
    assert status["call"]["call_id"] == task.call_id
    assert "1,234.56" in task.script


async def test_a_permit_reveals_which_number_to_dial_and_the_outcome_goes_on_the_record(house: House) -> None:
    account, task = await awaiting_call(house)
    permit = await begin(house, account, task.call_id)
    assert permit["number_ref"] == house.address_ref(house.account(account).debtor_id, "phone")
    assert "13800138000" not in str(permit)
    await report(house, account, task.call_id, "reached", ended_at=house.now.isoformat(), right_party=True)
    assert called(house, account) == ["reached"]
    status = await house.status(account)
    assert (status["state"], status["call"]) == ("collecting", None)
    await house.until_day(FIRST_CALL_DAY + 20)
    assert house.diary(account)[-1].endswith("email escalation")
    assert "incident" not in house.audit_kinds(account)


async def test_the_record_of_a_call_says_who_called_and_whether_it_was_the_right_person(house: House) -> None:
    account, task = await awaiting_call(house)
    await begin(house, account, task.call_id)
    await report(house, account, task.call_id, "reached", right_party=True)
    (call,) = [each for each in house.contacts(account) if each.channel == "call"]
    assert (call.agent_id, call.right_party) == ("agent-1", True)


async def test_the_script_is_drawn_anew_when_the_call_begins_and_says_what_may_be_offered(house: House) -> None:
    account, task = await awaiting_call(house)
    await house.pay(account, "234.56")
    await begin(house, account, task.call_id)
    script = house.call_task(account).script  # type: ignore[union-attr]
    assert "1,234.56" not in script
    assert "= 逾期应还合计 | ¥1,000.00" in script
    assert "分期最多12期，每期不少于¥50.00，总长不超过366天，每月不超过对方所述可支配收入的50%；" in script
    assert script.index("两项只有本人知道的信息") < script.index("1,000.00")


async def test_the_script_offers_no_more_than_is_left_to_agents_to_waive(house: House) -> None:
    account, task = await awaiting_call(house)
    waived = await house.ask(account, "request_waiver", amount="50.00", reason_code="goodwill", requested_by="agent-1")
    assert waived["status"] == "waived"
    await begin(house, account, task.call_id)
    script = house.call_task(account).script  # type: ignore[union-attr]
    assert "减免利息和费用，合计不超过¥20.36" in script, "30% of 234.56, less what was waived"


async def test_nobody_calls_without_being_certified_and_the_call_waits_for_somebody_who_is(house: House) -> None:
    account, task = await awaiting_call(house)
    with pytest.raises(Refused, match="stranger may not call in CN: nobody is registered under that id"):
        await begin(house, account, task.call_id, "stranger")
    (refused,) = house.audit(account, "call_not_permitted")
    assert (refused.detail["code"], refused.detail["agent_id"]) == ("agent_not_certified", "stranger")
    assert called(house, account) == []
    await begin(house, account, task.call_id, "agent-1")


async def test_a_suspension_stops_the_next_permit_until_the_exam_is_passed_again(house: House) -> None:
    account, task = await awaiting_call(house)
    await begin(house, account, task.call_id)
    await house.pass_time(timedelta(minutes=11))
    with house.database.writing() as session:
        suspend(session, "agent-1", house.now, reason_code="complaint_upheld", reference="c-1", by="ombudsman-1")
    with pytest.raises(Refused, match=r"agent-1 may not call in CN: suspended on .* \(complaint_upheld\)"):
        await begin(house, account, task.call_id)
    await house.pass_time(timedelta(hours=1))
    house.train_agents()
    assert (await begin(house, account, task.call_id))["permit_ref"]


async def test_a_call_that_a_colleague_has_taken_is_not_begun_by_another(house: House) -> None:
    account, task = await awaiting_call(house)
    with house.database.writing() as session:
        take(session, house.library.courses, task.call_id, "agent-7", house.now)
    with pytest.raises(Refused, match="agent-7 has taken"):
        await begin(house, account, task.call_id, "agent-1")
    await begin(house, account, task.call_id, "agent-7")


async def test_an_agent_who_does_not_speak_the_persons_language_does_not_call(house: House) -> None:
    account, task = await awaiting_call(house)
    with house.database.writing() as session:
        register_agent(session, AgentCard(agent_id="agent-7", name="Smith", languages=("en",)), house.now)
    with pytest.raises(Refused, match="agent-7 does not speak zh-CN"):
        await begin(house, account, task.call_id, "agent-7")


async def test_a_promise_made_in_the_call_holds_contact(house: House) -> None:
    account, task = await awaiting_call(house)
    await begin(house, account, task.call_id)
    promise = {"amount": "600.00", "date": house.day(FIRST_CALL_DAY + 20)}
    await report(house, account, task.call_id, "promised", right_party=True, promise=promise)
    before = house.diary(account)
    await house.until_day(FIRST_CALL_DAY + 20, "23:00")
    assert house.diary(account) == before


async def test_a_permit_is_refused_while_another_runs_and_given_again_after_it_lapsed(house: House) -> None:
    account, task = await awaiting_call(house)
    await begin(house, account, task.call_id)
    with pytest.raises(Refused, match="a permit for this call runs until"):
        await begin(house, account, task.call_id)
    await house.pass_time(timedelta(minutes=11))
    assert (await begin(house, account, task.call_id))["permit_ref"]


async def test_no_permit_is_given_at_night(house: House) -> None:
    account, task = await awaiting_call(house)
    await house.until_day(FIRST_CALL_DAY, "22:00")
    with pytest.raises(Refused, match="not permitted now"):
        await begin(house, account, task.call_id)
    await house.until_day(FIRST_CALL_DAY + 1, "08:00")
    await begin(house, account, task.call_id)


async def test_no_permit_is_given_beyond_six_dials_of_a_number_in_a_day(house: House) -> None:
    account, task = await awaiting_call(house)
    for _ in range(6):
        await begin(house, account, task.call_id)
        await house.pass_time(timedelta(minutes=11))
    with pytest.raises(Refused, match="not permitted now"):
        await begin(house, account, task.call_id)


async def test_when_nobody_reports_in_time_the_case_goes_on_by_the_next_channel(house: House) -> None:
    account, task = await awaiting_call(house)
    await house.until_day(FIRST_CALL_DAY + 4)
    assert "call_lapsed" in house.audit_kinds(account)
    assert house.diary(account)[-1].split()[2:] == ["voice", "escalation"]
    with pytest.raises(Refused, match=f"no call {task.call_id} is waiting"):
        await begin(house, account, task.call_id)


async def test_an_outcome_that_comes_after_the_task_lapsed_is_still_recorded(house: House) -> None:
    account, task = await awaiting_call(house)
    await begin(house, account, task.call_id)
    await house.until_day(FIRST_CALL_DAY + 4)
    await report(house, account, task.call_id, "no_answer")
    assert called(house, account) == ["no_answer"]


async def test_a_dead_number_moves_the_call_to_the_next_channel_and_is_used_no_more(house: House) -> None:
    account = await house.collect(house.overdue(phone="+8613800138041"))
    await house.until_day(FIRST_CALL_DAY)
    task = house.call_task(account)
    assert task is not None
    await begin(house, account, task.call_id)
    await report(house, account, task.call_id, "number_invalid")
    await house.until_day(FIRST_CALL_DAY + 60)
    after = [each.channel for each in house.demands(account) if each.attempted_at > house.moment(FIRST_CALL_DAY)]
    assert set(after) - {"call"} == {"email", "letter"}


async def test_a_dial_without_a_permit_counts_and_raises_an_incident(house: House) -> None:
    account, task = await awaiting_call(house)
    await report(house, account, task.call_id, "no_answer")
    assert called(house, account) == ["no_answer"]
    (incident,) = house.audit(account, "incident")
    assert incident.detail["words"] == "a call was made without a permit"


async def test_talking_of_the_debt_with_somebody_who_was_not_verified_raises_an_incident(house: House) -> None:
    account, task = await awaiting_call(house)
    await begin(house, account, task.call_id)
    await report(house, account, task.call_id, "refused", right_party=False)
    (incident,) = house.audit(account, "incident")
    assert incident.detail["words"] == "the debt was talked about with somebody who was not verified"


async def test_a_call_task_is_withdrawn_when_a_hold_arrives(house: House) -> None:
    account, task = await awaiting_call(house)
    await house.tell(account, "file_complaint", complaint_id="complaint-8", category="conduct")
    with pytest.raises(Refused, match="no call"):
        await begin(house, account, task.call_id)


async def test_a_call_task_ends_with_the_money(house: House) -> None:
    account, _ = await awaiting_call(house)
    await house.pay(account, "1234.56")
    assert await house.ended(account)
    assert (await house.status(account))["call"] is None


async def test_an_agents_measures_follow_from_the_calls_and_what_became_of_them(house: House) -> None:
    begun = house.now
    account, task = await awaiting_call(house)
    await begin(house, account, task.call_id, "agent-7")
    promise = {"amount": "600.00", "date": house.day(FIRST_CALL_DAY + 3)}
    given = {"agent_id": "agent-7", "right_party": True, "promise": promise}
    await report(house, account, task.call_id, "promised", **given)
    await house.pay(account, "600.00")
    await house.until_day(FIRST_CALL_DAY + 8)
    text = await house.duecourse.store_text(account, "You called me twice in an hour.")
    complaint = {"complaint_id": f"complaint-of-{account}", "category": "conduct", "agent_id": "agent-7"}
    await house.tell(account, "file_complaint", **complaint, text_ref=text)
    decision = {"outcome": "upheld", "resolved_by": "ombudsman-1", "explanation_ref": text}
    await house.ask(account, "resolve_complaint", complaint_id=complaint["complaint_id"], **decision)
    with house.reading() as session:
        (measured,) = [each for each in measures_of_agents(session, begun) if each.agent_id == "agent-7"]
    assert (measured.calls, measured.conversations, measured.right_party) == (1, 1, 1)
    assert (measured.promises_taken, measured.promises_kept) == (1, 1)
    assert (measured.promises_partly_kept, measured.promises_broken) == (0, 0)
    assert (measured.complaints_upheld, measured.reviews, measured.quality_percent) == (1, 0, None)
