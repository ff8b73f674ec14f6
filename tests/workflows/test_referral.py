"""A life of ``fenfu-cn`` from the due date to counsel: dates, channels and words, the review, the referral, the end."""

import zipfile
from pathlib import Path

import pytest

from client.errors import Refused
from domain.referral_document import ReferralDocument
from providers.referral_package import open_package
from tests.workflows.house import SIGNING_KEYS, House
from tests.workflows.until_review import REVIEW_DAY, call_in_vain, decide, deliver_letters, live_until_review

LIFE_OF_A_PERSON_WHO_NEVER_PAYS = """
    day   1  sms     first_reminder    已逾期1天
    day   8  voice   first_reminder
    day  15  sms     first_reminder    已逾期15天
    day  22  sms     gentle_reminder   已逾期22天
    day  29  voice   gentle_reminder
    day  36  call    escalation
    day  50  email   escalation        已逾期50天
    day  64  letter  escalation        已逾期64天
    day  79  call    escalation
    day  93  letter  pre_legal         已逾期93天
    day 123  email   pre_legal         已逾期123天
    day 154  call    pre_legal
"""
"""Weekly, weekly, every two weeks, monthly, as the policy says; calls are made the afternoon after they were asked for.

The first number counts the days after the due date in Beijing, the last words stand in the message.
"""


def handed_over(house: House, account: str) -> list[Path]:
    """The files that counsel got about the account."""
    return sorted((house.folder / "legal").glob(f"referral-{account}-*.zip"))


def document_of(package: Path) -> ReferralDocument:
    """The data of a package."""
    with zipfile.ZipFile(package) as archive:
        return ReferralDocument.model_validate_json(archive.read("referral.json"))


async def test_a_life_from_the_due_date_to_the_referral_keeps_what_the_policy_promises(house: House) -> None:
    account, referral = await live_until_review(house)
    promised = [line.split() for line in LIFE_OF_A_PERSON_WHO_NEVER_PAYS.strip().splitlines()]
    assert house.diary(account) == [" ".join(each[:4]) for each in promised]
    for contact, line in zip(house.demands(account), promised, strict=True):
        assert all(word in contact.words for word in line[4:])
        assert "08:00" <= house.clock_of(contact) < "22:00"
        owed_is_told = "1,234.56" in contact.words
        assert owed_is_told is (contact.channel not in ("voice", "call")), "an announcement states no fact of the debt"

    status = await house.status(account)
    assert (status["state"], status["stage"], referral["missing"]) == ("legal_review", "pre_legal", [])
    assert house.asked_of_people(account).keys() == {f"referral:{referral['referral_id']}"}
    assert handed_over(house, account) == []

    await decide(house, account, referral)
    await house.until_day(REVIEW_DAY, "14:00")
    (file,) = handed_over(house, account)
    opened = open_package(file.read_bytes(), SIGNING_KEYS.public)
    assert opened.problems == ()
    told = document_of(file)
    (approval,) = told.approvals
    assert (approval.decided_by, approval.authority) == ("head-of-collections", 5)
    assert told.checklist.digest == referral["checklist_digest"]
    demands = [each.channel for each in told.contacts if each.message_class == "demand"]
    assert demands == [each[2] for each in promised]
    assert (await house.status(account))["state"] == "legal"

    assert (await house.pay(account, "234.56"))["outstanding"] == "1000.00"
    await house.until_day(REVIEW_DAY + 60)
    assert len(house.demands(account)) == len(promised), "counsel's cases are not reminded"
    assert [file] == handed_over(house, account)

    outcome = {"referral_id": referral["referral_id"], "outcome": "settled"}
    await house.tell(account, "record_legal_outcome", **outcome)
    assert await house.ended(account)
    closed = (await house.status(account))["closed"]
    assert (closed["reason"], closed["detail"]) == ("legal_outcome", "settled")


async def test_the_final_notice_says_what_may_follow_and_when_it_cannot(house: House) -> None:
    account, _ = await live_until_review(house)
    notice = next(each for each in house.demands(account) if each.stage == "pre_legal")
    for words in ("正式的书面通知", "法律程序", "期限届满之前不会转入", "投诉"):
        assert words in notice.words


async def test_a_changed_checklist_voids_the_approval_and_the_new_one_must_be_read(house: House) -> None:
    account, referral = await live_until_review(house)
    await house.pay(account, "34.56")
    await decide(house, account, referral)
    await house.until_day(REVIEW_DAY, "14:00")
    assert handed_over(house, account) == []
    assert "referral_voided" in house.audit_kinds(account)
    again = (await house.status(account))["referral"]
    assert again["checklist_digest"] != referral["checklist_digest"]
    with pytest.raises(Refused):
        await decide(house, account, referral)
    await decide(house, account, again)
    await house.until_day(REVIEW_DAY, "15:00")
    assert len(handed_over(house, account)) == 1


async def test_only_somebody_with_that_authority_can_approve(house: House) -> None:
    account, referral = await live_until_review(house)
    house.appoint("agent-1", authority=4)
    for decided_by in ("agent-1", "stranger"):
        with pytest.raises(Refused, match="a referral is approved and withdrawn by somebody with 5 or more"):
            await decide(house, account, referral, decided_by=decided_by)
    await house.until_day(REVIEW_DAY + 1)
    assert handed_over(house, account) == []
    assert (await house.status(account))["state"] == "legal_review"


async def test_a_refused_referral_is_reviewed_again_later_and_nothing_is_handed_over(house: House) -> None:
    account, referral = await live_until_review(house)
    await decide(house, account, referral, approve=False)
    assert (await house.status(account))["state"] == "collecting"
    await house.until_day(REVIEW_DAY + 6, "13:00")
    assert (await house.status(account))["state"] == "legal_review"
    assert handed_over(house, account) == []


async def test_a_review_ends_when_the_money_comes(house: House) -> None:
    account, _ = await live_until_review(house)
    await house.pay(account, "1234.56")
    assert await house.ended(account)
    assert handed_over(house, account) == []


async def test_a_complaint_during_the_review_takes_it_back_and_a_later_one_is_drawn_up_anew(house: House) -> None:
    account, referral = await live_until_review(house)
    await house.tell(account, "file_complaint", complaint_id="complaint-9", category="fees")
    with pytest.raises(Refused, match="no undecided referral"):
        await decide(house, account, referral)
    await house.until_day(REVIEW_DAY + 10)
    assert handed_over(house, account) == []
    resolved = {"outcome": "rejected", "resolved_by": "boss", "explanation_ref": "letter-9"}
    await house.ask(account, "resolve_complaint", complaint_id="complaint-9", **resolved)
    await house.until_day(REVIEW_DAY + 15)
    assert (await house.status(account))["state"] == "legal_review"


async def test_without_proof_that_a_final_notice_arrived_nothing_can_be_approved(house: House) -> None:
    account = await house.collect()
    for day in range(2, REVIEW_DAY + 60):
        await house.until_day(day, "13:00")
        await call_in_vain(house, account)
        if day < 90:
            await deliver_letters(house, account)
    referral = (await house.status(account))["referral"]
    assert "final_notice_delivered" in referral["missing"]
    with pytest.raises(Refused, match="cannot be approved while missing: final_notice_delivered"):
        await decide(house, account, referral)
    assert handed_over(house, account) == []

    await deliver_letters(house, account)
    proved = (await house.status(account))["referral"]
    assert proved["missing"] == []
    assert proved["referral_id"] != referral["referral_id"]
    await decide(house, account, proved)
    await house.until_day(REVIEW_DAY + 60)
    assert len(handed_over(house, account)) == 1


async def test_a_referral_that_counsel_could_not_take_is_tried_again_and_taken_once(house: House) -> None:
    account, referral = await live_until_review(house)
    folder, elsewhere = house.folder / "legal", house.folder / "legal-away"
    folder.mkdir(exist_ok=True)
    folder.rename(elsewhere)
    folder.write_text("no folder, so that nothing can be put into it")
    await decide(house, account, referral)
    await house.until_day(REVIEW_DAY, "14:00")
    assert (await house.status(account))["state"] == "legal_review"
    assert (await house.tell(account, "opt_out", channel="sms"))["status"] == "applied", "the inbox stays open"
    folder.unlink()
    elsewhere.rename(folder)
    await house.until_day(REVIEW_DAY + 1)
    assert len(handed_over(house, account)) == 1
    assert house.audit_kinds(account).count("referred") == 1
