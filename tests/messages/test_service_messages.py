"""Service messages and replies say what their lists ask for, in every language and by every channel of theirs."""

from dataclasses import replace
from pathlib import Path

import pytest

from activities.assembly import require_messages
from activities.composer import Composer
from activities.desk import Library
from activities.listed_messages import MessageContent, load_messages
from activities.sample_facts import SAMPLES
from config.jurisdiction_files import JURISDICTIONS, load_packs
from config.policy_files import load_policies
from config.yaml_documents import ConfigError
from domain.ledger import Sums
from domain.messages import MessageFacts, MessageKey, MessageRefused, OccasionFacts
from domain.terms import Channel, MessageClass
from tests.messages.builders import LENDER, TEMPLATES, facts

OCCASION = SAMPLES[0].occasion
LISTED = [
    pytest.param(each, channel, language, id=f"{each.occasion}-{channel}-{language}")
    for each in load_messages(TEMPLATES)
    for channel in each.channels
    for language in each.languages
]


def compose(composer: Composer, occasion: str, channel: Channel, language: str, given: MessageFacts) -> str:
    return composer.compose(MessageKey(MessageClass.SERVICE, occasion, channel, language), given).text


@pytest.mark.parametrize(("listed", "channel", "language"), LISTED)
def test_every_listed_message_is_written(
    composer: Composer, listed: MessageContent, channel: Channel, language: str
) -> None:
    key = MessageKey(listed.message_class, listed.occasion, channel, language)
    words = composer.compose(key, facts(occasion=OCCASION))
    assert words.template_id == f"{language}/{listed.message_class}/{listed.occasion}.{channel}"


@pytest.mark.parametrize(("listed", "channel", "language"), LISTED)
def test_no_message_goes_without_what_it_is_about(
    composer: Composer, listed: MessageContent, channel: Channel, language: str
) -> None:
    key = MessageKey(listed.message_class, listed.occasion, channel, language)
    with pytest.raises(MessageRefused):
        composer.compose(key, facts(occasion=OccasionFacts()))


@pytest.mark.parametrize(("language", "said"), [("en", "¥312.89 is to reach us by 19 Aug 2026"), ("zh-CN", "¥312.89")])
def test_a_plan_reminder_names_the_amount_and_the_date(composer: Composer, language: str, said: str) -> None:
    assert said in compose(composer, "plan_reminder", Channel.SMS, language, facts(occasion=OCCASION))


def test_a_message_that_asks_for_nothing_may_go_when_nothing_is_overdue(composer: Composer) -> None:
    paid = facts(occasion=OCCASION, arrears=Sums(), balance_minor=0, due_date=None, days_overdue=None)
    assert "312.89" in compose(composer, "plan_reminder", Channel.EMAIL, "en", paid)


def test_an_occasion_without_its_template_stops_the_worker_and_is_named(copied_templates: Path) -> None:
    path = copied_templates / "messages.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("[email, letter]", "[letter]", 1), encoding="utf-8")
    library = Library(load_policies(TEMPLATES.parent / "policies"), load_packs(JURISDICTIONS))
    with pytest.raises(ConfigError, match="policy fenfu-cn needs plan_reminder by email in zh-CN"):
        require_messages(library, Composer(copied_templates))


def test_a_listed_message_is_a_service_message_or_a_reply(copied_templates: Path) -> None:
    path = copied_templates / "messages.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("service: plan_reminder", "reply: receipt\n    service: plan_reminder", 1), "utf-8")
    with pytest.raises(ConfigError, match="either a service message or a reply"):
        Composer(copied_templates)


@pytest.mark.parametrize(("listed", "channel", "language"), LISTED)
def test_a_sentence_that_ends_with_a_name_with_its_own_stop_has_one(
    composer: Composer, listed: MessageContent, channel: Channel, language: str
) -> None:
    lender = replace(LENDER, name="Evergreen Co., Ltd.", collector="Evergreen Co., Ltd.")
    key = MessageKey(listed.message_class, listed.occasion, channel, language)
    assert "Ltd.." not in composer.compose(key, facts(occasion=OCCASION, lender=lender)).text
