"""A life whose person stops all contact: a named person chooses how it goes on, and is asked again until it ends."""

from datetime import timedelta

import pytest

from client.errors import Refused
from tests.workflows.house import House
from tests.workflows.test_referral import handed_over
from tests.workflows.until_review import decide


async def test_a_person_chooses_how_a_stopped_case_goes_on_and_is_asked_again_until_it_ends(house: House) -> None:
    account = await house.collect()
    await house.until_day(3)
    told = len(house.demands(account))
    await house.tell(account, "report_circumstance", circumstance_id="c1", kind="cease_contact", reported_by="agent-1")
    asked = house.asked_of_people(account)
    assert timedelta(days=5) < asked["hold:c1"] - house.now < timedelta(days=8)

    reason = {"reason_code": "asked_to_cease", "decided_by": "lead-1"}
    await house.ask(account, "decide_stopped_case", choice="wait", until=house.day(40), **reason)
    await house.until_day(39)
    assert set(house.asked_of_people(account)) == {"hold:c1"}
    await house.until_day(43)
    assert len([each for each in house.audit(account, "person_asked") if each.subject == "hold:c1"]) == 3

    await house.ask(account, "decide_stopped_case", choice="legal_review", **reason)
    await house.until_day(46)
    (notice,) = [each for each in house.contacts(account) if each.occasion == "remedy_may_be_used"]
    assert "唯一一份正式书面通知" in notice.words
    assert (await house.status(account)).get("referral") is None, "not before its period is over"
    await house.until_day(75)
    status = await house.status(account)
    assert (status["state"], status["stage"]) == ("legal_review", "first_reminder")
    referral = status["referral"]
    assert referral["missing"] == ["final_notice_delivered"]

    judged = {"referral_id": referral["referral_id"], "checklist_digest": referral["checklist_digest"], **reason}
    with pytest.raises(Refused, match="final_notice_delivered"):
        await house.ask(account, "decide_legal_referral", approve=True, **judged)
    await house.ask(account, "decide_legal_referral", approve=False, **judged)
    assert "hold:c1" in house.asked_of_people(account)

    await house.ask(account, "decide_stopped_case", choice="close", **reason)
    assert await house.ended(account)
    assert len(house.demands(account)) == told
    assert house.broken_chains() == []


async def test_a_stopped_case_is_referred_once_its_one_formal_letter_is_proved_to_have_arrived(house: House) -> None:
    account = await house.collect()
    await house.until_day(3)
    told = len(house.demands(account))
    await house.tell(account, "report_circumstance", circumstance_id="c1", kind="cease_contact", reported_by="agent-1")
    reason = {"reason_code": "asked_to_cease", "decided_by": "lead-1"}
    await house.ask(account, "decide_stopped_case", choice="legal_review", **reason)
    await house.until_day(30)
    (notice,) = [each for each in house.contacts(account) if each.occasion == "remedy_may_be_used"]
    assert (await house.status(account))["referral"]["missing"] == ["final_notice_delivered"]
    receipt = {"contact_id": notice.contact_id, "status": "delivered", "at": notice.attempted_at.isoformat()}
    await house.tell(account, "report_delivery", **receipt)
    await house.until_day(45)
    proved = (await house.status(account))["referral"]
    assert proved["missing"] == []
    await decide(house, account, proved)
    await house.until_day(46)
    assert len(handed_over(house, account)) == 1
    assert len(house.demands(account)) == told
    assert house.broken_chains() == []


async def test_a_case_that_is_not_stopped_has_nothing_to_choose(house: House) -> None:
    account = await house.collect()
    with pytest.raises(Refused, match="has not stopped all contact"):
        await house.ask(
            account, "decide_stopped_case", choice="close", reason_code="asked_to_cease", decided_by="lead-1"
        )
