"""A person with two accounts is written to once for both, and both cases go on from there."""

from tests.workflows.house import House


async def test_two_workflows_of_one_person_send_one_message_and_both_count_it(house: House) -> None:
    first = house.overdue()
    second = house.overdue(debtor_id=first.debtor_id, product="循环额度")
    for account in (first, second):
        await house.collect(account)
    await house.until_day(2)
    assert len(house.outbox()) == 1
    one, other = house.demands(first.account_id), house.demands(second.account_id)
    assert [(each.channel, each.stage) for each in (*one, *other)] == [("sms", "first_reminder")] * 2
    assert one[0].attempted_at == other[0].attempted_at
    for account in (first, second):
        assert (await house.status(account.account_id))["contacts"]["sms"] == 1


async def test_over_a_whole_stage_the_two_are_written_to_as_often_as_one(house: House) -> None:
    first = house.overdue()
    second = house.overdue(debtor_id=first.debtor_id)
    alone = house.overdue()
    for account in (first, second, alone):
        await house.collect(account)
    await house.until_day(20)
    days = house.days_of_demands(alone.account_id)
    assert house.days_of_demands(first.account_id) == house.days_of_demands(second.account_id) == days
    assert house.broken_chains() == []


async def test_when_one_of_them_is_paid_the_other_is_asked_for_alone(house: House) -> None:
    first = house.overdue()
    second = house.overdue(debtor_id=first.debtor_id)
    for account in (first, second):
        await house.collect(account)
    await house.until_day(2)
    await house.pay(first.account_id, "1234.56")
    await house.until_day(20)
    assert len(house.demands(first.account_id)) == 1
    assert len(house.demands(second.account_id)) == 3
