"""While a waiver is offered, no demand lets the person think that only the whole amount will do."""

from datetime import date
from pathlib import Path

import pytest

from activities.composer import Composer
from domain.messages import MessageFacts, MessageKey, WaiverOffer
from domain.terms import Channel, Stage
from tests.messages.builders import LANGUAGES, STAGES, facts
from tests.messages.test_several_accounts import SHORT
from tests.messages.test_templates_at_start import problems_with, spoil

LEFT = {"en": "is then left|is left to pay", "zh-CN": "全部结清|就全部结清"}


def offered(*, settles: bool = True) -> MessageFacts:
    """An offer to give up 567.89 once 11,855.00 has come in."""
    offer = WaiverOffer(1_185_500, date(2026, 10, 29), 56_789, settles=settles)
    return facts(waiver_offers=(offer,), product="Shop", currency="USD", lender=SHORT, person_name="Ann Lee")


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL, Channel.LETTER, Channel.CALL])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_demand_tells_what_to_pay_until_when_and_what_is_given_up(
    composer: Composer, language: str, channel: Channel, stage: Stage
) -> None:
    key = MessageKey.demand(stage, channel, language)
    text = composer.compose(key, offered()).text
    day = "2026年10月29日" if language == "zh-CN" else "29 Oct 2026"
    for said in ("11,855.00", day, "567.89"):
        assert said in text
        assert said not in composer.compose(key, facts()).text
    settled = LEFT[language].split("|")
    assert any(each in text for each in settled)
    assert not any(each in composer.compose(key, offered(settles=False)).text for each in settled)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_announcement_says_nothing_of_an_offer(composer: Composer, language: str) -> None:
    key = MessageKey.demand(Stage.FIRST_REMINDER, Channel.VOICE, language)
    assert "11,855" not in composer.compose(key, offered()).text


def test_a_text_with_an_offer_is_no_registered_template_with_fixed_places(composer: Composer) -> None:
    key = MessageKey.demand(Stage.FIRST_REMINDER, Channel.SMS, "zh-CN")
    assert composer.compose(key, offered()).parameters is None
    assert composer.compose(key, facts()).parameters is not None


@pytest.mark.parametrize("name", ["pay", "pay_by", "waived"])
@pytest.mark.parametrize("shared", ["waiver_offers.j2", "sms_waiver_offers.j2"])
def test_a_template_that_hides_a_part_of_the_offer_stops_the_worker(
    copied_templates: Path, shared: str, name: str
) -> None:
    spoil(copied_templates / "en" / "shared" / shared, f"{{{{ each.{name} }}}}", "some")
    assert f"does not state {name} of each open offer" in problems_with(copied_templates)
