"""Lives in which the person cannot or will not be reached by some channel."""

from typing import Any

import pytest

from client.errors import Refused
from tests.workflows.house import House

NOWHERE = {"phone": "", "email": "", "postal_address": ""}


async def opt_out(house: House, account: str, channel: str, **body: Any) -> dict[str, Any]:
    """The person wants no more contact by a channel, or at one address of it."""
    return await house.tell(account, "opt_out", channel=channel, **body)


def channels(house: House, account: str) -> list[str]:
    """By which channels demands were made."""
    return [each.channel for each in house.demands(account)]


async def test_after_an_opt_out_of_a_channel_the_next_one_is_used(house: House) -> None:
    account = await house.collect()
    await opt_out(house, account, "sms")
    await house.until_day(9)
    assert channels(house, account) == ["voice", "voice"]


async def test_an_opt_out_holds_in_every_case_of_the_person(house: House) -> None:
    first = house.overdue()
    second = house.overdue(debtor_id=first.debtor_id)
    for account in (first, second):
        await house.collect(account)
    await opt_out(house, first.account_id, "sms")
    await house.until_day(20)
    assert "sms" not in channels(house, first.account_id) + channels(house, second.account_id)


async def test_an_opt_out_of_one_address_leaves_the_others(house: House) -> None:
    first = house.overdue(phone="+8613800138011")
    other = house.overdue(debtor_id=first.debtor_id, phone="+8613800138012")
    account = await house.collect(first)
    await house.duecourse.register(other)
    await opt_out(house, account, "sms", address_ref=f"{first.debtor_id}.phone.1")
    await house.until_day(2)
    (text,) = house.demands(account)
    assert (text.channel, text.address_ref) == ("sms", f"{first.debtor_id}.phone.2")


async def test_an_opt_out_of_an_address_that_is_not_the_persons_is_refused(house: House) -> None:
    account = await house.collect()
    with pytest.raises(Refused, match=r"no address deb-1\.phone\.1 is known of this person"):
        await opt_out(house, account, "sms", address_ref="deb-1.phone.1")


async def test_an_opt_in_opens_the_channel_again(house: House) -> None:
    account = await house.collect()
    await opt_out(house, account, "sms")
    await house.until_day(2)
    await house.tell(account, "opt_in", channel="sms")
    await house.until_day(16)
    assert channels(house, account) == ["voice", "voice", "sms"]


async def test_the_later_word_on_a_channel_counts_though_it_arrives_first(house: House) -> None:
    account = await house.collect()
    await house.until_day(5)
    await opt_out(house, account, "sms", occurred_at=house.moment(4).isoformat())
    answer = await house.tell(account, "opt_in", channel="sms", occurred_at=house.moment(3).isoformat())
    assert answer["status"] == "superseded"
    await house.until_day(20)
    assert channels(house, account)[1:] == ["voice", "voice"]


async def test_when_no_channel_is_left_a_person_is_asked_and_nothing_is_sent(house: House) -> None:
    account = await house.collect()
    for channel in ("sms", "voice", "email", "call", "letter"):
        await opt_out(house, account, channel)
    await house.until_day(10)
    assert house.demands(account) == []
    assert {each.partition(":")[0] for each in house.asked_of_people(account)} == {"address", "hold"}
    status = await house.status(account)
    assert status["next_step"]["kind"] == "await_person"
    assert "every_channel_stopped" in {each["reason"] for each in status["holds"]}
    await house.tell(account, "opt_in", channel="email")
    await house.until_day(14)  # after the pause that follows every hold
    assert channels(house, account) == ["email"]


async def test_a_person_without_any_address_is_a_persons_task_from_the_first_day(house: House) -> None:
    account = await house.collect(house.overdue(**NOWHERE))
    await house.until_day(3)
    assert house.demands(account) == []
    assert list(house.asked_of_people(account)) == ["address"]


async def test_a_person_without_a_phone_is_written_to(house: House) -> None:
    account = await house.collect(house.overdue(phone=""))
    await house.until_day(37)
    assert set(channels(house, account)) == {"email"}
    assert house.demands(account)[-1].stage == "escalation"


async def test_a_text_that_did_not_arrive_gives_the_attempt_back(house: House) -> None:
    account = await house.collect()
    await house.until_day(2)
    (text,) = house.demands(account)
    before = (await house.status(account))["contacts"]["sms"]
    await house.tell(
        account, "report_delivery", contact_id=text.contact_id, status="failed", at=house.now.isoformat(), code="30008"
    )
    assert (before, (await house.status(account))["contacts"]["sms"]) == (1, 0)
    assert (await house.status(account))["state"] == "collecting"


async def test_a_receipt_that_the_number_is_dead_stops_texts_calls_and_announcements_to_it(house: House) -> None:
    account = await house.collect(house.overdue(phone="+8613800138021"))
    await house.until_day(2)
    (text,) = house.demands(account)
    await house.tell(
        account, "report_delivery", contact_id=text.contact_id, status="failed", at=house.now.isoformat(), code="30005"
    )
    await house.until_day(37)
    assert set(channels(house, account)[1:]) == {"email"}


async def test_a_wrong_number_is_used_no_more_for_anybody_who_has_it(house: House) -> None:
    person = house.overdue(phone="+8613800138031")
    somebody_else = house.overdue(phone="+8613800138031")
    account, other_account = await house.collect(person), await house.collect(somebody_else)
    await house.until_day(2)
    await house.tell(
        account,
        "record_call_outcome",
        call_id="a-call-by-hand",
        outcome="wrong_party",
        agent_id="agent-1",
        direction="outbound",
        number_ref=house.address_ref(person.debtor_id, "phone"),
        dialled_at=house.now.isoformat(),
        connected=True,
    )
    await house.until_day(20)
    assert {each.channel for each in house.demands(account) if each.attempted_at > house.moment(3)} == {"email"}
    assert {each.channel for each in house.demands(other_account) if each.attempted_at > house.moment(3)} == {"email"}


async def test_two_accounts_of_one_person_share_the_caps(house: House) -> None:
    first = house.overdue()
    regions = (f"CN-{number}" for number in range(4))  # so that no message tells of several
    accounts = [first, *(house.overdue(debtor_id=first.debtor_id, jurisdiction=each) for each in regions)]
    for account in accounts:
        await house.collect(account)
    await house.until_day(30)
    written = sorted(
        day
        for account in accounts
        for day, demand in zip(
            house.days_of_demands(account.account_id), house.demands(account.account_id), strict=True
        )
        if demand.channel in ("sms", "email")
    )
    assert len(set(written)) == len(written), "at most one message a day"
    assert all(later - earlier >= 7 for earlier, later in zip(written, written[3:], strict=False)), (
        "three in seven days"
    )
    assert all(house.demands(account.account_id) for account in accounts)
