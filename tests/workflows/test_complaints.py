"""Whole lives of complaints: acknowledged, extended, decided, told and resumed; remedied; and overdue for ever."""

from datetime import timedelta

from client.complaints import FiledComplaint, NewComplaint, file_complaint
from domain.facts import ComplaintCategory
from tests.workflows.house import House


async def complain(house: House, account: str, text: str = "他对我大喊大叫。") -> FiledComplaint:
    """The person fills in the form."""
    complaint = NewComplaint(ComplaintCategory.CONDUCT, text, agent_id="agent-7", event_id=f"form-{account}")
    return await file_complaint(house.duecourse, account, complaint)


async def decide(house: House, account: str, complaint: FiledComplaint, *remedies: dict[str, str]) -> None:
    """Somebody else decides, and writes why."""
    reasons = await house.duecourse.store_text(account, "您说得对，我们会改正。")
    decision = {"outcome": "upheld", "resolved_by": "ombudsman", "explanation_ref": reasons, "remedies": list(remedies)}
    await house.ask(account, "resolve_complaint", complaint_id=complaint.complaint_id, **decision)


def replies(house: House, account: str) -> list[str]:
    """What was said to the person about the complaint, in order."""
    return [each.occasion for each in house.contacts(account) if each.message_class == "reply"]


async def test_a_complaint_is_acknowledged_extended_decided_told_and_then_the_case_resumes(house: House) -> None:
    account = await house.collect()
    await house.until_day(2)
    complaint = await complain(house, account)
    assert complaint.acknowledge_by is not None
    assert await complain(house, account) == complaint
    await house.until_day(3)
    assert replies(house, account) == ["complaint_acknowledgement"]
    until = (complaint.decide_by + timedelta(days=10)).isoformat()
    more = {"complaint_id": complaint.complaint_id, "until": until, "reason_code": "complex", "extended_by": "owner"}
    await house.ask(account, "extend_complaint", **more)
    await house.until_day(25)
    assert (await house.status(account))["holds"][0]["kind"] == "complaint"
    assert "complaint_overdue" not in house.audit_kinds(account)
    await decide(house, account, complaint)
    await house.until_day(26)
    assert replies(house, account) == ["complaint_acknowledgement", "complaint_extension", "complaint_outcome"]
    assert (await house.status(account))["holds"] == []
    await house.until_day(40)
    assert house.days_of_demands(account)[:2] == [1, house.days_of_demands(account)[1]]
    assert house.days_of_demands(account)[1] >= 28
    assert house.broken_chains() == []


async def test_an_overdue_complaint_escalates_and_never_resumes_contact(house: House) -> None:
    account = await house.collect()
    await house.until_day(2)
    complaint = await complain(house, account)
    await house.until_day(120)
    assert house.days_of_demands(account) == [1]
    asked = house.asked_of_people(account)
    assert {f"hold:{complaint.complaint_id}", f"complaint_overdue:{complaint.complaint_id}"} <= set(asked)
    assert (await house.status(account))["state"] == "on_hold"
    await decide(house, account, complaint)
    await house.until_day(121)
    assert (await house.status(account))["holds"] == []
    assert house.audit_kinds(account).count("complaint_overdue") == 1


async def test_a_remedy_begins_the_case_anew_gently_and_takes_off_what_was_not_owed(house: House) -> None:
    account = await house.collect()
    await house.until_day(30)
    assert (await house.status(account))["stage"] == "gentle_reminder"
    complaint = await complain(house, account)
    await decide(
        house,
        account,
        complaint,
        {"kind": "restart_gentler", "stage": "first_reminder"},
        {"kind": "correct_balance", "component": "fees", "amount": "34.56"},
        {"kind": "apologise"},
    )
    await house.until_day(45)
    status = await house.status(account)
    assert (status["stage"], status["outstanding"]) == ("first_reminder", "1200.00")
    restarted = [each.words for each in house.demands(account) if each.attempted_at > house.moment(30)]
    assert any("1,200.00" in words for words in restarted)
    assert replies(house, account)[-1] == "complaint_outcome"


async def test_the_other_account_knows_the_decision_at_once_and_resumes_when_the_answer_has_left(
    house: House,
) -> None:
    first = await house.collect(house.overdue(debtor_id="deb-both"))
    second = await house.collect(house.overdue(debtor_id="deb-both"))
    await house.until_day(2)
    complaint = await complain(house, first)
    await house.until_day(5)
    assert (await house.status(second))["holds"][0]["kind"] == "complaint"
    assert [replies(house, each) for each in (first, second)] == [["complaint_acknowledgement"], []]
    await house.until_day(5, "23:30")
    await decide(house, first, complaint)
    await house.pass_time(timedelta(minutes=5))
    other = await house.status(second)
    assert (other["complaints"][0]["outcome"], other["holds"][0]["kind"]) == ("upheld", "complaint")
    assert other["next_step"]["kind"] == "wait"
    await house.until_day(7)
    assert [(await house.status(each))["holds"] for each in (first, second)] == [[], []]
    assert (await house.status(second))["complaints"][0]["outcome"] == "upheld"
    told = next(each for each in house.contacts(first) if each.occasion == "complaint_outcome")
    await house.until_day(20)
    demands = [each.attempted_at for account in (first, second) for each in house.demands(account)]
    assert [at for at in demands if house.moment(2) < at < told.attempted_at] == []
    assert any(at > told.attempted_at for at in demands)
