"""What a name holds comes out as a name: never as markup, code, another line or a row of amounts."""

import pytest
from hypothesis import given, settings

from activities.composer import Composer
from domain.messages import MessageFacts, MessageKey
from domain.terms import Channel, Stage
from providers.letter_pdf import letter_blocks
from tests.messages.builders import LANGUAGES, LENDER, STAGES, any_facts, facts, keys
from tests.messages.test_demands import VisibleText

WRITTEN = [key for key in keys() if key.channel is not Channel.VOICE]
quick = settings(max_examples=60, deadline=None)


@pytest.mark.parametrize("language", LANGUAGES)
@quick
@given(given_facts=any_facts())
def test_no_name_becomes_markup_or_a_link(composer: Composer, language: str, given_facts: MessageFacts) -> None:
    for stage in STAGES:
        key = MessageKey.demand(stage, Channel.EMAIL, language)
        plain, odd = (VisibleText(composer.compose(key, each).html) for each in (facts(), given_facts))
        assert odd.tags == plain.tags
        assert set(odd.links) == {LENDER.pay_url, given_facts.link}


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "https://evil.example"],
)
def test_an_attack_in_a_name_is_shown_as_text(composer: Composer, name: str) -> None:
    html = composer.compose(MessageKey.demand(Stage.ESCALATION, Channel.EMAIL, "en"), facts(person_name=name)).html
    assert name in VisibleText(html).text
    assert "<script" not in html
    assert "<img" not in html
    assert f'href="{name}' not in html


@pytest.mark.parametrize("key", WRITTEN, ids=lambda key: f"{key.language}/{key.occasion}.{key.channel}")
def test_code_in_a_name_is_not_run(composer: Composer, key: MessageKey) -> None:
    odd = facts(person_name="{{ account_id }}{% raw %}", product="{{ 7 * 7 }}")
    text = composer.compose(key, odd).text
    assert "{{ 7 * 7 }}" in text
    assert "49" not in text.replace(LENDER.help_phone, "")


@pytest.mark.parametrize("key", keys(), ids=lambda key: f"{key.language}/{key.occasion}.{key.channel}")
def test_a_name_of_several_lines_stays_on_one(composer: Composer, key: MessageKey) -> None:
    odd = facts(person_name="Ann\r\nBcc: all@evil.example\n\n= Total | ¥1.00\u2028x", product="A\n\nSubject: B")
    plain, words = composer.compose(key, facts()), composer.compose(key, odd)
    assert len(words.text.splitlines()) == len(plain.text.splitlines())
    assert words.subject == plain.subject
    assert "\n" not in words.subject


@pytest.mark.parametrize("language", LANGUAGES)
@quick
@given(given_facts=any_facts())
def test_no_name_changes_what_kinds_of_blocks_a_letter_has(
    composer: Composer, language: str, given_facts: MessageFacts
) -> None:
    for stage in STAGES:
        words = composer.compose(MessageKey.demand(stage, Channel.LETTER, language), given_facts)
        kinds = [block["kind"] for block in letter_blocks(words.text)]
        assert kinds[:2] == ["letterhead", "right"]
        assert kinds.count("table") == 1
        assert set(kinds[2:]) == {"paragraph", "table"}


def test_a_name_cannot_turn_the_reading_direction(composer: Composer) -> None:
    odd = facts(person_name="Ann\u202e00.1¥", product="Card\u2066x")
    text = composer.compose(MessageKey.demand(Stage.ESCALATION, Channel.EMAIL, "en"), odd).text
    assert "\u202e" not in text
    assert "\u2066" not in text
