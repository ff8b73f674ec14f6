"""Lives that something stops: complaints, disputes, hardship, circumstances and holds by hand."""

from datetime import timedelta
from itertools import pairwise

import pytest

from client.errors import Refused
from tests.workflows.house import House


async def two_accounts_of_one_person(house: House) -> tuple[str, str]:
    """Two accounts, both overdue."""
    first = house.overdue()
    second = house.overdue(debtor_id=first.debtor_id)
    return await house.collect(first), await house.collect(second)


async def hold(house: House, account: str, hold_id: str, until_day: int | None = None) -> None:
    """Stop the case by hand."""
    until = {"until": house.day(until_day)} if until_day is not None else {}
    await house.ask(account, "hold_case", hold_id=hold_id, reason_code="looking_into_it", held_by="boss", **until)


async def resolve(house: House, account: str, complaint_id: str, by: str = "boss", *remedies: dict[str, str]) -> None:
    """Decide a complaint."""
    await house.ask(
        account,
        "resolve_complaint",
        complaint_id=complaint_id,
        outcome="upheld",
        resolved_by=by,
        explanation_ref="letter-7",
        remedies=remedies,
    )


async def test_a_complaint_stops_all_the_cases_of_the_person_at_once(house: House) -> None:
    first, second = await two_accounts_of_one_person(house)
    await house.until_day(2)
    await house.tell(first, "file_complaint", complaint_id="complaint-1", category="conduct", agent_id="agent-7")
    await house.pass_time(timedelta(minutes=1))
    for account in (first, second):
        status = await house.status(account)
        assert (status["state"], [each["kind"] for each in status["holds"]]) == ("on_hold", ["complaint"])
    before = house.diary(first) + house.diary(second)
    await house.until_day(40)
    assert house.diary(first) + house.diary(second) == before


async def test_a_complaint_is_decided_by_somebody_else_than_the_agent_it_names(house: House) -> None:
    account = await house.collect()
    await house.tell(account, "file_complaint", complaint_id="complaint-2", category="conduct", agent_id="agent-7")
    with pytest.raises(Refused, match="somebody else"):
        await resolve(house, account, "complaint-2", by="agent-7")
    assert (await house.status(account))["state"] == "on_hold"
    await resolve(house, account, "complaint-2", by="boss")
    assert (await house.status(account))["state"] == "collecting"


async def test_after_a_complaint_both_cases_resume_once_and_without_a_burst(house: House) -> None:
    first, second = await two_accounts_of_one_person(house)
    await house.until_day(9)
    demands_before = len(house.demands(first)) + len(house.demands(second))
    await house.tell(first, "file_complaint", complaint_id="complaint-3", category="frequency")
    await house.until_day(30)
    await resolve(house, second, "complaint-3")
    await house.pass_time(timedelta(minutes=1))
    assert [(await house.status(account))["state"] for account in (first, second)] == ["collecting"] * 2
    await house.until_day(50)
    for account in (first, second):
        days = [day for day in house.days_of_demands(account) if day > 9]
        assert days[0] >= 33
        assert all(later - earlier >= 6 for earlier, later in pairwise(days))
    assert len(house.demands(first)) + len(house.demands(second)) - demands_before <= 6


async def test_a_complaint_that_nobody_decides_is_raised_again_and_never_resumes_contact(house: House) -> None:
    account = await house.collect()
    await house.tell(account, "file_complaint", complaint_id="complaint-4", category="fees")
    await house.until_day(60)
    assert (await house.status(account))["state"] == "on_hold"
    assert house.demands(account) == []
    assert len(house.audit(account, "person_asked")) > 3
    assert house.asked_of_people(account)["complaint_overdue:complaint-4"] > house.now


async def test_a_dispute_binds_one_account_only(house: House) -> None:
    first, second = await two_accounts_of_one_person(house)
    await house.tell(first, "file_complaint", complaint_id="dispute-1", category="dispute")
    await house.until_day(20)
    assert house.demands(first) == []
    assert len(house.demands(second)) == 3
    assert (await house.status(second))["holds"] == []
    taken_off = {"kind": "correct_balance", "component": "principal", "amount": "1.00"}
    await resolve(house, first, "dispute-1", "boss", taken_off)
    assert (await house.status(first))["state"] == "collecting"


async def test_hardship_gives_every_case_of_the_person_time_and_ends_by_itself(house: House) -> None:
    first, second = await two_accounts_of_one_person(house)
    await house.tell(first, "report_hardship", hardship_id="hardship-1", reason_code="job_lost")
    await house.until_day(30)
    assert [(await house.status(account))["state"] for account in (first, second)] == ["on_hold"] * 2
    await house.until_day(45)
    for account in (first, second):
        assert (await house.status(account))["state"] == "collecting"
        assert min(house.days_of_demands(account)) >= 34


async def test_hardship_until_a_day_lasts_through_that_day_where_the_person_lives(house: House) -> None:
    account = await house.collect()
    hardship = {"hardship_id": "hardship-2", "reason_code": "illness", "until": house.day(10)}
    await house.tell(account, "report_hardship", **hardship)
    await house.until_day(10, "23:59")
    assert (await house.status(account))["state"] == "on_hold"
    await house.until_day(11, "00:01")
    assert (await house.status(account))["state"] == "collecting"


async def test_overlapping_holds_count_as_their_union_and_their_days_once(house: House) -> None:
    account = await house.collect()
    await house.until_day(2)
    for hold_id, until_day in (("until-10", 10), ("until-20", 20), ("until-12", 12)):
        await hold(house, account, hold_id, until_day)
    await house.until_day(5)
    await hold(house, account, "until-8", 8)
    await house.until_day(20, "23:59")
    assert (await house.status(account))["state"] == "on_hold"
    assert house.days_of_demands(account) == [1]
    await house.until_day(60)
    # The first reminder lasts at least 21 days; with 19 days on hold that is until day 40.
    assert house.diary(account)[1:4] == [
        "day 27 voice first_reminder",
        "day 34 sms first_reminder",
        "day 41 sms gentle_reminder",
    ]


async def test_ending_one_of_two_holds_by_hand_leaves_the_other(house: House) -> None:
    account = await house.collect()
    await hold(house, account, "hold-a")
    await hold(house, account, "hold-b")
    await house.ask(account, "resume_case", hold_id="hold-a", reason_code="done", resumed_by="boss")
    assert [each["hold_id"] for each in (await house.status(account))["holds"]] == ["hold-b"]
    await house.ask(account, "resume_case", hold_id="hold-b", reason_code="done", resumed_by="boss")
    assert (await house.status(account))["state"] == "collecting"
    with pytest.raises(Refused, match="no open manual hold hold-a"):
        await house.ask(account, "resume_case", hold_id="hold-a", reason_code="done", resumed_by="boss")


async def test_resuming_after_a_long_hold_sends_one_message_and_not_those_that_were_missed(house: House) -> None:
    account = await house.collect()
    await house.until_day(2)
    await hold(house, account, "long", 80)
    await house.until_day(95)
    assert house.days_of_demands(account) == [1, 87, 94]


async def test_money_that_comes_during_a_hold_counts_and_closes_the_case(house: House) -> None:
    account = await house.collect()
    await hold(house, account, "hold-c")
    await house.pay(account, "1234.56")
    assert await house.ended(account)


async def test_a_case_with_an_undecided_complaint_stays_open_though_all_is_paid(house: House) -> None:
    account = await house.collect()
    await house.tell(account, "file_complaint", complaint_id="complaint-5", category="service")
    await house.pay(account, "1234.56")
    assert (await house.status(account))["state"] == "on_hold"
    await resolve(house, account, "complaint-5")
    assert await house.ended(account)


async def test_a_complaint_from_before_the_start_holds_the_case_until_it_is_decided(house: House) -> None:
    account = house.overdue()
    await house.duecourse.register(account)
    await house.tell(account.account_id, "file_complaint", complaint_id="complaint-6", category="privacy")
    await house.collect(account)
    assert (await house.status(account.account_id))["state"] == "on_hold"
    await resolve(house, account.account_id, "complaint-6")
    assert (await house.status(account.account_id))["state"] == "collecting"


async def test_an_account_that_starts_while_its_person_complains_is_held_and_resumed_with_the_others(
    house: House,
) -> None:
    first = house.overdue()
    await house.collect(first)
    await house.tell(first.account_id, "file_complaint", complaint_id="complaint-7", category="conduct")
    second = await house.collect(house.overdue(debtor_id=first.debtor_id))
    assert (await house.status(second))["state"] == "on_hold"
    await resolve(house, first.account_id, "complaint-7")
    await house.pass_time(timedelta(minutes=1))
    assert (await house.status(second))["state"] == "collecting"


async def test_a_complaint_after_the_end_is_decided_too_and_holds_the_persons_next_account_until_then(
    house: House,
) -> None:
    ended = house.overdue()
    await house.collect(ended)
    await house.pay(ended.account_id, "1234.56")
    assert await house.ended(ended.account_id)
    await house.tell(
        ended.account_id, "file_complaint", complaint_id="complaint-10", category="conduct", agent_id="a-1"
    )
    following = await house.collect(house.overdue(debtor_id=ended.debtor_id))
    assert (await house.status(following))["state"] == "on_hold"
    with pytest.raises(Refused, match="somebody else"):
        await resolve(house, ended.account_id, "complaint-10", by="a-1")
    await resolve(house, ended.account_id, "complaint-10")
    await house.pass_time(timedelta(minutes=1))
    assert (await house.status(following))["state"] == "collecting"
    complaints = (await house.status(ended.account_id))["complaints"]
    assert [each["outcome"] for each in complaints] == ["upheld"]


@pytest.mark.parametrize("kind", ["represented", "deceased", "insolvent", "breathing_space", "cease_contact"])
async def test_a_circumstance_of_the_person_stops_contact_until_a_person_ends_it(house: House, kind: str) -> None:
    first, second = await two_accounts_of_one_person(house)
    circumstance = {"circumstance_id": f"circumstance-{kind}", "kind": kind, "reported_by": "agent-1"}
    await house.tell(first, "report_circumstance", **circumstance)
    await house.until_day(25)
    assert house.demands(first) + house.demands(second) == []
    await house.ask(
        second, "end_circumstance", circumstance_id=f"circumstance-{kind}", reason_code="over", ended_by="boss"
    )
    await house.pass_time(timedelta(minutes=1))
    assert [(await house.status(account))["holds"] for account in (first, second)] == [[], []]
