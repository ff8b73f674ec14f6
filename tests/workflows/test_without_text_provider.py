"""A life in China where nobody carries texts or announcements: emails and letters make the contacts instead."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from activities import clock
from providers.configured import ProviderSettings, configured_providers
from tests.engine import time_skipping_engine
from tests.providers.builders import sendgrid_account
from tests.standins.provider_standin import ProviderStandIn
from tests.workflows.house import House, open_house
from tests.workflows.test_referral import document_of, handed_over
from tests.workflows.until_review import call_in_vain, decide, deliver_letters

LATEST_REVIEW = 260


@pytest.fixture(scope="module")
def standin() -> Iterator[ProviderStandIn]:
    with ProviderStandIn() as running:
        yield running


@pytest_asyncio.fixture(scope="module")
async def time_skipping_house(
    tmp_path_factory: pytest.TempPathFactory, standin: ProviderStandIn
) -> AsyncIterator[House]:
    """A house with providers for emails and letters only, where what reached nobody counts for nothing."""
    folder = tmp_path_factory.mktemp("house")
    settings = ProviderSettings(
        folder / "outbox",
        outbox_counts=False,
        sendgrid=sendgrid_account(standin.base_url),
        print_dir=folder / "print",
    )
    providers = configured_providers(settings, clock.now)
    async with (
        time_skipping_engine() as engine,
        open_house(engine, folder, providers=providers, simulated_counts=False) as house,
    ):
        yield house


async def test_an_account_whose_texts_nobody_carries_is_reached_by_email_and_letter_and_can_be_referred(
    house: House,
) -> None:
    account = await house.collect()
    referral = None
    for day in range(2, LATEST_REVIEW):
        await house.until_day(day, "13:00")
        await call_in_vain(house, account)
        await deliver_letters(house, account)
        referral = (await house.status(account)).get("referral")
        if referral is not None:
            break
    assert referral is not None
    assert referral["missing"] == []
    left = [each for each in house.demands(account) if each.status in ("sent", "delivered")]
    assert {each.channel for each in left} == {"email", "letter", "call"}
    assert not any(each.simulated for each in left)
    assert Counter(each.stage for each in left) == {
        "first_reminder": 3,
        "gentle_reminder": 2,
        "escalation": 4,
        "pre_legal": 3,
    }
    turned_away = [each for each in house.demands(account) if each.status == "rejected"]
    assert {each.channel for each in turned_away} == {"sms", "voice"}
    assert {each.code for each in turned_away} == {"kept_in_outbox"}
    await decide(house, account, referral)
    await house.until_day(LATEST_REVIEW + 1)
    (file,) = handed_over(house, account)
    evidence = {each.name: each.evidence for each in document_of(file).checklist.items}
    assert evidence["really_sent"] == "所有联系均已实际交付发送"
    assert house.broken_chains() == []
