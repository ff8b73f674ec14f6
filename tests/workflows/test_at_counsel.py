"""The hand-over by HTTP, each thing once whatever breaks, and what counsel hears of afterwards."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlmodel import col, select

from client.errors import Refused
from providers.counsel import CounselEndpoint
from providers.referral_package import open_package
from providers.signing import signature_problem
from storage.person_tasks import open_tasks
from storage.tables import LegalReferral
from tests.engine import time_skipping_engine
from tests.standins.counsel_standin import SECRET, CounselStandIn
from tests.standins.fault_proxy import Fault
from tests.workflows.house import SIGNING_KEYS, House, open_house
from tests.workflows.until_review import REVIEW_DAY, decide, live_until_review


@pytest.fixture(scope="module")
def running_counsel() -> Iterator[CounselStandIn]:
    with CounselStandIn() as running:
        yield running


@pytest_asyncio.fixture(scope="module")
async def time_skipping_house(
    running_counsel: CounselStandIn, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """A house that hands over by HTTP."""
    endpoint = CounselEndpoint(running_counsel.base_url, SECRET)
    async with (
        time_skipping_engine() as engine,
        open_house(engine, tmp_path_factory.mktemp("house"), counsel=endpoint) as house,
    ):
        yield house


@pytest.fixture
def counsel(running_counsel: CounselStandIn) -> CounselStandIn:
    running_counsel.forget()
    return running_counsel


def referral_row(house: House, account: str) -> LegalReferral:
    """The account's newest review or referral."""
    with house.reading() as session:
        chosen = select(LegalReferral).where(col(LegalReferral.account_id) == account)
        return session.exec(chosen.order_by(col(LegalReferral.opened_at).desc())).first()  # type: ignore[return-value]


def notices(counsel: CounselStandIn) -> list[dict[str, Any]]:
    """What counsel heard after the file, in order, each with its signature found to hold."""
    told = [json.loads(each.content) for each in counsel.taken.values() if each.kind != "referral"]
    assert [signature_problem(each, SIGNING_KEYS.public) for each in told] == [None] * len(told)
    return told


async def refer(house: House) -> tuple[str, str]:
    """A life until counsel has the file; answers the account and its referral."""
    account, referral = await live_until_review(house)
    await decide(house, account, referral)
    await house.until_day(REVIEW_DAY, "14:00")
    assert (await house.status(account))["state"] == "legal"
    return account, referral["referral_id"]


async def test_a_file_whose_acknowledgement_was_lost_is_handed_over_again_with_the_same_bytes(
    house: House, counsel: CounselStandIn
) -> None:
    counsel.fail_next(Fault.ACCEPTED_THEN_CUT, Fault.ACCEPTED_THEN_500, Fault.CUT_BEFORE)
    account, referral_id = await refer(house)
    assert counsel.asked == [referral_id] * 3
    (taken,) = counsel.taken.values()
    opened = open_package(taken.content, SIGNING_KEYS.public)
    assert (taken.kind, opened.problems) == ("referral", ())
    letters = [f"letters/{each.contact_id}.pdf" for each in house.contacts(account) if each.channel == "letter"]
    assert [each["name"] for each in opened.manifest["documents"]] == ["referral.pdf", "referral.json", *letters]
    assert referral_row(house, account).receipt == taken.receipt_id
    assert house.audit_kinds(account).count("referral_sealed") == house.audit_kinds(account).count("referred") == 1
    assert house.broken_chains() == []


async def test_payments_and_their_reversals_after_the_referral_reach_counsel_each_once(
    house: House, counsel: CounselStandIn
) -> None:
    account, referral_id = await refer(house)
    await house.pay(account, "234.56", payment_id="pay-1")
    counsel.fail_next(Fault.ACCEPTED_THEN_CUT)
    assert house.tell_counsel() == 0
    assert house.tell_counsel() == 1
    assert house.tell_counsel() == 0
    (told,) = notices(counsel)
    assert (told["kind"], told["referral_id"], told["outstanding"]) == ("payment", referral_id, "1000.00")
    assert told["details"]["payment_id"] == "pay-1"

    await house.tell(account, "reverse_payment", payment_id="pay-1", reason_code="bounced")
    await house.pay(account, "1234.56")
    assert await house.ended(account), "all is paid"
    assert house.tell_counsel() == 2
    assert [each["kind"] for each in notices(counsel)] == ["payment", "reversal", "payment"]
    assert notices(counsel)[-1]["balance"] == "0.00"
    assert house.audit_kinds(account).count("counsel_told") == 3


async def test_a_disputed_debt_is_told_to_counsel_and_withdrawn_by_somebody_with_that_authority(
    house: House, counsel: CounselStandIn
) -> None:
    account, referral_id = await refer(house)
    await house.tell(account, "file_complaint", complaint_id="complaint-1", category="dispute")
    withdrawal = {"referral_id": referral_id, "reason_code": "debt_disputed"}
    with pytest.raises(Refused, match="by somebody with 5 or more"):
        await house.ask(account, "withdraw_referral", **withdrawal, withdrawn_by="agent-1")
    await house.ask(account, "withdraw_referral", **withdrawal, withdrawn_by="head-of-collections")
    assert await house.ended(account)
    closed = (await house.status(account))["closed"]
    assert (closed["reason"], closed["detail"]) == ("legal_outcome", "withdrawn")
    house.tell_counsel()
    assert [each["kind"] for each in notices(counsel)] == ["complaint", "withdrawal"]
    assert notices(counsel)[-1]["details"] == {"reason_code": "debt_disputed"}

    await house.pay(account, "1.00")
    assert house.tell_counsel() == 0, "what was withdrawn is no longer counsel's"


async def test_what_counsel_refuses_a_person_decides_on_anew_with_counsels_reason_in_the_checklist(
    house: House, counsel: CounselStandIn
) -> None:
    account, referral = await live_until_review(house)
    counsel.refuse_with = "address_missing"
    await decide(house, account, referral)
    await house.until_day(REVIEW_DAY, "14:00")
    status = await house.status(account)
    assert (status["state"], counsel.asked) == ("legal_review", [referral["referral_id"]])
    again = status["referral"]
    assert again["referral_id"] != referral["referral_id"]
    item = referral_row(house, account).checklist[-1]
    (told,) = item["findings"]
    assert told["values"] == {"reference": referral["referral_id"], "code": "address_missing"}
    with house.reading() as session:
        assert [task.subject for task in open_tasks(session, account)] == [f"referral:{again['referral_id']}"]

    counsel.refuse_with = None
    await decide(house, account, again)
    await house.until_day(REVIEW_DAY, "15:00")
    assert list(counsel.taken) == [again["referral_id"]]
    assert (await house.status(account))["state"] == "legal"


async def test_a_file_that_counsel_may_have_is_withdrawn_when_what_was_approved_has_changed(
    house: House, counsel: CounselStandIn
) -> None:
    account, referral = await live_until_review(house)
    counsel.fail_next(*[Fault.ACCEPTED_THEN_500] * 30)
    await decide(house, account, referral)
    await house.pass_time(timedelta(minutes=2), timedelta(seconds=30))
    assert (await house.status(account))["state"] == "legal_review"
    await house.pay(account, "34.56")
    counsel.stop_failing()
    await house.until_day(REVIEW_DAY, "15:00")
    again = (await house.status(account))["referral"]
    assert "referral_voided" in house.audit_kinds(account)
    house.tell_counsel()
    (told,) = notices(counsel)
    assert (told["kind"], told["referral_id"]) == ("withdrawal", referral["referral_id"])

    await decide(house, account, again)
    await house.until_day(REVIEW_DAY, "17:00")
    assert list(counsel.taken)[-1] == again["referral_id"] != referral["referral_id"]


async def test_a_notice_that_counsel_refuses_is_a_persons_task_and_holds_up_no_other(
    house: House, counsel: CounselStandIn
) -> None:
    account, _ = await refer(house)
    await house.pay(account, "1.00")
    counsel.refuse_with = "unknown_case"
    assert house.tell_counsel() == 0
    assert "counsel_notice:payment" in house.asked_of_people(account)
    counsel.refuse_with = None
    await house.pay(account, "2.00")
    assert house.tell_counsel() == 1
    assert [each["details"]["amount"] for each in notices(counsel)] == ["2.00"]
