"""The notices that the law demands tell what it wants, in every language and by every channel in which they go."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from activities.assembly import require_messages
from activities.composer import Composer
from activities.desk import Library
from activities.listed_messages import NoticeContent, load_notices
from activities.sample_facts import SAMPLES
from config.jurisdiction_files import JURISDICTIONS, load_packs
from config.policy_files import load_policies
from config.yaml_documents import ConfigError
from domain.jurisdiction import Revival
from domain.ledger import Sums
from domain.messages import Itemisation, MessageFacts, MessageKey, MessageRefused, NoticeFacts, Words
from domain.terms import Channel, MessageClass, Stage
from tests.messages.builders import TEMPLATES, facts

ITEMISED = Itemisation(date(2026, 9, 1), 1_000_000, Sums(234_500, 6_789, 1_000), 0)
FACTS = facts(notice=NoticeFacts(ITEMISED, period_ends=date(2026, 11, 13)))
WRITTEN = [
    pytest.param(notice, channel, language, id=f"{notice.notice}-{channel}-{language}")
    for notice in load_notices(TEMPLATES)
    for channel in notice.channels
    for language in notice.languages
]
PACKS = load_packs(JURISDICTIONS)
POLICIES = load_policies(TEMPLATES.parent / "policies")


def compose(
    composer: Composer, notice: str, channel: Channel, language: str = "en", given: MessageFacts = FACTS
) -> Words:
    return composer.compose(MessageKey(MessageClass.STATUTORY, notice, channel, language), given)


@pytest.mark.parametrize(("notice", "channel", "language"), WRITTEN)
def test_every_notice_is_written_and_states_its_facts(
    composer: Composer, notice: NoticeContent, channel: Channel, language: str
) -> None:
    words = compose(composer, notice.notice, channel, language)
    for said in (FACTS.person_name, FACTS.lender.name, FACTS.lender.collector, FACTS.product):
        assert said in words.text
    rows = [line.rsplit(" | ", 1)[1] for line in words.text.splitlines() if " | " in line]
    assert len(rows) == len(notice.rows)


def test_the_validation_notice_adds_up_before_the_persons_eyes(composer: Composer) -> None:
    text = compose(composer, "validation_notice", Channel.LETTER).text
    rows = [line.rsplit("¥", 1)[1] for line in text.splitlines() if " | " in line]
    amount, due, interest, fees, paid, total = (round(100 * float(each.replace(",", ""))) for each in rows)
    assert amount + due + interest + fees - paid == total == FACTS.arrears.total_minor


@pytest.mark.parametrize("channel", [Channel.LETTER, Channel.EMAIL])
def test_the_validation_notice_says_until_when_to_dispute_and_holds_the_form(
    composer: Composer, channel: Channel
) -> None:
    text = compose(composer, "validation_notice", channel).text
    assert text.count("13 Nov 2026") == 3
    assert "[  ]  I want to dispute the debt" in text
    assert FACTS.account_id[-4:] in text
    assert FACTS.account_id not in text, "the number is cut to its last four"


@pytest.mark.parametrize("notice", ["validation_notice", "default_notice", "notice_before_action", "letter_of_claim"])
def test_a_notice_without_its_last_day_is_refused(composer: Composer, notice: str) -> None:
    endless = replace(FACTS, notice=NoticeFacts(ITEMISED))
    with pytest.raises(MessageRefused):
        compose(composer, notice, Channel.LETTER, given=endless)


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.LETTER, Channel.CALL])
def test_a_demand_on_a_debt_too_old_says_so_and_speaks_of_no_referral(composer: Composer, channel: Channel) -> None:
    key = MessageKey.demand(Stage.PRE_LEGAL, channel, "en")
    old, young = composer.compose(key, facts(time_barred=True)).text, composer.compose(key, facts()).text
    assert "you will not be sued for it" in old
    assert "you will not be sued for it" not in young
    assert "referred for legal recovery" not in old
    assert "referred for legal recovery" in young


NOT_SUED = {"en": "you will not be sued for it", "zh-CN": "不会有人为此起诉您"}
REVIVES = {
    (Revival.PLEA_GIVEN_UP, "en"): "can no longer refuse",
    (Revival.PLEA_GIVEN_UP, "zh-CN"): "就不能再以此为由不还",
    (Revival.PERIOD_MAY_RESTART, "en"): "may begin again",
    (Revival.PERIOD_MAY_RESTART, "zh-CN"): "可以起诉您的期间可能重新计算",
}
"""What paying a debt that is too old does, in the words of each language."""


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL, Channel.LETTER, Channel.CALL])
@pytest.mark.parametrize("stage", [Stage.FIRST_REMINDER, Stage.PRE_LEGAL])
@pytest.mark.parametrize("revival", Revival)
def test_a_demand_on_a_debt_too_old_says_what_paying_does_where_the_person_lives(
    composer: Composer, revival: Revival, stage: Stage, channel: Channel, language: str
) -> None:
    key = MessageKey.demand(stage, channel, language)
    old = composer.compose(key, facts(time_barred=True, revival=revival)).text
    assert NOT_SUED[language] in old
    for does, said in REVIVES.items():
        assert (said in old) is (does == (revival, language))
    young = composer.compose(key, facts(revival=revival)).text
    assert not any(said in young for said in (*NOT_SUED.values(), *REVIVES.values()))


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize(
    ("occasion", "channel"),
    [("offer", Channel.SMS), ("offer", Channel.LETTER), ("plan_agreement", Channel.EMAIL)],
)
@pytest.mark.parametrize("revival", Revival)
def test_who_agrees_on_a_plan_for_a_debt_too_old_is_told_what_that_does(
    composer: Composer, revival: Revival, occasion: str, channel: Channel, language: str
) -> None:
    key = MessageKey(MessageClass.SERVICE, occasion, channel, language)
    told = facts(time_barred=True, revival=revival, occasion=SAMPLES[0].occasion)
    text = composer.compose(key, told).text
    assert NOT_SUED[language] in text
    for does, said in REVIVES.items():
        assert (said in text) is (does == (revival, language))
    if occasion == "plan_agreement" and revival is Revival.PLEA_GIVEN_UP:
        assert {"en": "none of your other rights", "zh-CN": "您的其他任何权利"}[language] in text


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_demand_template_that_hides_what_paying_does_stops_the_worker(copied_templates: Path, language: str) -> None:
    path = copied_templates / language / "shared" / "too_old.j2"
    path.write_text(path.read_text(encoding="utf-8").replace("plea_given_up", "nothing"), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"does not make the point plea_given_up"):
        Composer(copied_templates)


def test_a_text_on_a_debt_too_old_speaks_of_no_referral(composer: Composer) -> None:
    key = MessageKey.demand(Stage.PRE_LEGAL, Channel.SMS, "en")
    assert "legal" not in composer.compose(key, facts(time_barred=True)).text
    chinese = MessageKey.demand(Stage.PRE_LEGAL, Channel.SMS, "zh-CN")
    assert "转入法律程序" not in composer.compose(chinese, facts(time_barred=True)).text
    assert "转入法律程序" in composer.compose(chinese, facts()).text


def test_every_duty_of_every_pack_can_be_written_for_every_policy(composer: Composer) -> None:
    require_messages(Library(POLICIES, PACKS), composer)


def test_a_duty_without_its_template_stops_the_worker_and_is_named(copied_templates: Path) -> None:
    path = copied_templates / "notices.yaml"
    head, _, _ = path.read_text(encoding="utf-8").partition("  # Regulation on the Administration")
    path.write_text(head, encoding="utf-8")
    for language in ("en", "zh-CN"):
        words = copied_templates / language / "required_words.yaml"
        assert "bad_information" in words.read_text(encoding="utf-8")
    with pytest.raises(ConfigError, match="policy fenfu-cn needs bad_information_notice by letter in zh-CN"):
        require_messages(Library(POLICIES, PACKS), Composer(copied_templates))


def test_a_notice_that_asks_for_an_unknown_fact_is_named(copied_templates: Path) -> None:
    path = copied_templates / "notices.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("itemised_on,", "itemized_on,"), encoding="utf-8")
    with pytest.raises(ConfigError, match="asks for itemized_on, which is no fact"):
        Composer(copied_templates)
