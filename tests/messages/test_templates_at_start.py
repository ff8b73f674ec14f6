"""A worker whose messages would lack something does not start, and says which file to mend, where and how."""

import os
import re
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import pytest

from activities.composer import Composer
from activities.email_layout import EmailLayout
from activities.language_messages import LanguageMessages
from config.yaml_documents import ConfigError
from domain.messages import MessageKey
from domain.terms import Channel, Stage
from tests.messages.builders import LANGUAGES, TEMPLATES, facts

NEEDED = ("{{", "{% include", "Subject:")
"""A line with one of these says something that a person must be told."""

NEEDED_PROSE = {
    "zh-CN": (
        "您的权利",
        "您的义务",
        "如果一直没有还",
        "如果仍然没有还",
        "这个账户还可能",
        "本短信由",
        "这是系统",
        "不想再",
        "做：问清原因",
        "这笔债务已",
    ),
    "en": (
        "Your rights",
        "Your part",
        "If it stays unpaid",
        "This account may also",
        "Automated",
        "To stop",
        "Do: ask for",
        "The law limits",
        "Because of its age",
    ),
}
"""Lines without a fact that say what a person must be told."""

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
"""Whether every line of the shared paragraphs is taken out; otherwise every third: each time a language is checked."""

SHARED = [
    path.relative_to(TEMPLATES) for language in LANGUAGES for path in sorted(TEMPLATES.glob(f"{language}/shared/*.j2"))
]
"""The paragraphs that messages bring in."""


def problems_with(templates: Path) -> str:
    with pytest.raises(ConfigError) as refused:
        Composer(templates)
    return str(refused.value)


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_needed_line_of_a_message_can_be_taken_out(copied_templates: Path, language: str) -> None:
    """One line of every message at a time: the problems name the file of each."""
    folder, layout = copied_templates / language, EmailLayout(copied_templates)
    own = (path for path in folder.glob("*/*.j2") if path.parent.name != "shared")
    messages = {path: path.read_text(encoding="utf-8") for path in own}
    for taken_out in zip_longest(*(without_needed_lines(text, language) for text in messages.values())):
        spoilt = {path: each for path, each in zip(messages, taken_out, strict=True) if each is not None}
        for path, (_, text) in spoilt.items():
            path.write_text(text, encoding="utf-8")
        problems = problems_of(folder, layout)
        for path, (line, _) in spoilt.items():
            assert f"{path}:" in problems, f"nobody misses this line of {path.name}: {line}"
            path.write_text(messages[path], encoding="utf-8")


@pytest.mark.parametrize("name", SHARED, ids=str)
def test_no_needed_line_of_a_shared_paragraph_can_be_taken_out(copied_templates: Path, name: Path) -> None:
    path, language = copied_templates / name, name.parts[0]
    layout = EmailLayout(copied_templates)
    taken_out = [*without_needed_lines(path.read_text(encoding="utf-8"), language)]
    assert taken_out
    for line, text in taken_out if THOROUGH else taken_out[len(taken_out) // 2 :: 3]:
        path.write_text(text, encoding="utf-8")
        assert problems_of(copied_templates / language, layout), f"nobody misses this line: {line}"


def without_needed_lines(text: str, language: str) -> Iterator[tuple[str, str]]:
    """Each line that is needed and does not begin or end a block, and the text without it."""
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if is_needed(line, language) and len(re.findall("{% (?:if|for)", line)) == line.count("{% end"):
            yield line, "".join(lines[:number] + lines[number + 1 :])


def problems_of(language: Path, layout: EmailLayout) -> str:
    try:
        LanguageMessages(language, layout)
    except ConfigError as refused:
        return str(refused)
    return ""


def is_needed(line: str, language: str) -> bool:
    return any(mark in line for mark in NEEDED) or line.startswith(NEEDED_PROSE[language])


def test_every_shared_paragraph_is_used() -> None:
    for language in LANGUAGES:
        used = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.glob(f"{language}/**/*.j2"))
        for path in TEMPLATES.glob(f"{language}/shared/*.j2"):
            assert f'include "shared/{path.name}"' in used


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_missing_template_is_named(copied_templates: Path, language: str) -> None:
    missing = copied_templates / language / "demand" / "escalation.letter.j2"
    missing.unlink()
    assert f"{missing}: is missing; write this template" in problems_with(copied_templates)


def test_a_missing_paragraph_is_named_where_it_is_included(copied_templates: Path) -> None:
    (copied_templates / "en" / "shared" / "rights.j2").unlink()
    place = copied_templates / "en" / "demand" / "pre_legal.email.j2"
    assert f"{place}:18: includes shared/rights.j2, which is missing" in problems_with(copied_templates)


def test_an_unknown_variable_is_named_with_its_line_and_the_known_ones(copied_templates: Path) -> None:
    path = copied_templates / "zh-CN" / "shared" / "ways_to_pay.j2"
    spoil(path, "{{ pay_url }}", "{{ pay_link }}")
    problems = problems_with(copied_templates)
    assert (
        f"{path}:1: {{{{ pay_link }}}} is not known here; use one of account_ending, account_id, arrears," in problems
    )


def test_an_announcement_cannot_use_a_fact_of_the_debt(copied_templates: Path) -> None:
    path = copied_templates / "en" / "shared" / "voice.j2"
    spoil(path, "a private matter", "your {{ product }}")
    assert f"{path}:3: {{{{ product }}}} is not known here" in problems_with(copied_templates)


@pytest.mark.parametrize("words", ["an overdue payment", "your 3 letters", "your loan"])
def test_an_announcement_cannot_hint_at_a_debt(copied_templates: Path, words: str) -> None:
    spoil(copied_templates / "en" / "shared" / "voice.j2", "a private matter", words)
    assert "in the announcement, where others may learn of it" in problems_with(copied_templates)


@pytest.mark.parametrize(
    "words", ["Your overdue payment", "About {{ product }}", "From {{ lender_name }}", "{{ arrears }}"]
)
def test_a_subject_cannot_reveal_what_it_is_about(copied_templates: Path, words: str) -> None:
    spoil(copied_templates / "en" / "demand" / "escalation.letter.j2", "A letter for you, to read in private", words)
    assert "subject" in problems_with(copied_templates)


def test_the_first_lines_of_an_email_cannot_reveal_what_it_is_about(copied_templates: Path) -> None:
    spoil(copied_templates / "zh-CN" / "shared" / "email_greeting.j2", "您好！", "您好！您有一笔逾期款项。")
    assert '"逾期" in the preview' in problems_with(copied_templates)


def test_a_call_cannot_state_a_fact_before_the_person_is_verified(copied_templates: Path) -> None:
    path = copied_templates / "zh-CN" / "demand" / "escalation.call.j2"
    spoil(
        path,
        '{% include "shared/call_verification.j2" %}',
        '您的{{ product }}\n{% include "shared/call_verification.j2" %}',
    )
    assert f"{path}: tells of the debt before the point verification" in problems_with(copied_templates)


def test_a_call_cannot_say_that_it_collects_a_debt_before_the_person_is_verified(copied_templates: Path) -> None:
    path = copied_templates / "en" / "demand" / "escalation.call.j2"
    verification, from_whom = '{% include "shared/call_verification.j2" %}', '{% include "shared/from_whom.j2" %}'
    spoil(path, verification, f"{from_whom}\n\n{verification}")
    assert f"{path}: tells of the debt before the point verification" in problems_with(copied_templates)


def test_a_row_of_another_amount_is_noticed(copied_templates: Path) -> None:
    spoil(copied_templates / "en" / "shared" / "amounts.j2", "{{ arrears_interest }}", "{{ arrears_fees }}")
    assert "does not list arrears_principal, arrears_interest, arrears_fees" in problems_with(copied_templates)


def test_an_amount_inside_a_longer_number_does_not_count(copied_templates: Path) -> None:
    spoil(copied_templates / "en" / "shared" / "sms_amount.j2", "{{ days_overdue }} late", "1{{ days_overdue }} late")
    assert "does not state days_overdue" in problems_with(copied_templates)


def test_a_fact_that_only_a_comment_holds_does_not_count(copied_templates: Path) -> None:
    spoil(copied_templates / "en" / "shared" / "complaint.j2", "{{ complaint_phone }}", "{# {{ complaint_phone }} #}")
    assert "does not state complaint_phone" in problems_with(copied_templates)


def test_a_forbidden_word_is_named_with_its_line_and_reason(copied_templates: Path) -> None:
    path = copied_templates / "zh-CN" / "demand" / "gentle_reminder.email.j2"
    spoil(path, "祝您一切顺利。", "再不还，后果自负。")
    problems = problems_with(copied_templates)
    assert f'{path}:22: "后果自负" is forbidden (threat, rule CN-08)' in problems


def test_a_forbidden_word_in_a_paragraph_that_nothing_includes_is_found_too(copied_templates: Path) -> None:
    (copied_templates / "en" / "shared" / "draft.j2").write_text("You will go to jail.", encoding="utf-8")
    assert 'draft.j2:1: "jail" is forbidden' in problems_with(copied_templates)


def test_broken_syntax_is_named_with_its_line(copied_templates: Path) -> None:
    path = copied_templates / "en" / "shared" / "sms_amount.j2"
    spoil(path, "{% endif %}", "{% endfi %}")
    assert f"{path}:2: cannot be read" in problems_with(copied_templates)


def test_what_fails_only_when_it_is_filled_is_named_with_its_line(copied_templates: Path) -> None:
    path = copied_templates / "en" / "shared" / "ways_to_pay.j2"
    spoil(path, "{{ pay_url }}", "\n{{ pay_url.secure }}")
    assert f"{path}:2: cannot be filled" in problems_with(copied_templates)


def test_a_template_cannot_reach_into_python(copied_templates: Path) -> None:
    path = copied_templates / "en" / "shared" / "ways_to_pay.j2"
    spoil(path, "{{ pay_url }}", "{{ pay_url }}{{ pay_url.__class__.__mro__ }}")
    assert f"{path}:1: cannot be filled" in problems_with(copied_templates)


def test_an_include_whose_name_is_computed_is_refused(copied_templates: Path) -> None:
    path = copied_templates / "en" / "demand" / "escalation.email.j2"
    spoil(path, '{% include "shared/help.j2" %}', '{% include ("shared/" ~ product) %}')
    assert f"{path}:10: hides which template it brings in" in problems_with(copied_templates)


def test_all_problems_are_told_at_once(copied_templates: Path) -> None:
    (copied_templates / "zh-CN" / "demand" / "escalation.sms.j2").unlink()
    spoil(copied_templates / "zh-CN" / "shared" / "help.j2", "{{ help_phone }}", "{{ phone }}")
    problems = problems_with(copied_templates)
    assert "escalation.sms.j2: is missing" in problems
    assert "help.j2:1" in problems


def test_the_language_of_last_resort_is_needed(copied_templates: Path) -> None:
    (copied_templates / "en" / "language.yaml").unlink()
    assert "is the language of last resort" in problems_with(copied_templates)


def test_a_misspelt_field_of_a_list_is_named_with_its_line(copied_templates: Path) -> None:
    spoil(copied_templates / "en" / "forbidden_words.yaml", "reason:", "raeson:")
    assert "forbidden_words.yaml:" in problems_with(copied_templates)


@pytest.mark.parametrize(
    "changed", ["en/demand/escalation.email.j2", "en/shared/help.j2", "en/language.yaml", "email.html.j2"]
)
def test_the_version_changes_with_all_that_shapes_the_words_and_only_with_that(
    composer: Composer, copied_templates: Path, changed: str
) -> None:
    path = copied_templates / changed
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    after = Composer(copied_templates)
    email = MessageKey.demand(Stage.ESCALATION, Channel.EMAIL, "en")
    chinese = MessageKey.demand(Stage.ESCALATION, Channel.SMS, "zh-CN")
    versions = [each.compose(email, facts()).template_version for each in (composer, after)]
    untouched = [each.compose(chinese, facts()).template_version for each in (composer, after)]
    assert versions[0] != versions[1]
    assert (untouched[0] == untouched[1]) is (changed != "email.html.j2")


def test_a_running_worker_keeps_the_templates_that_it_checked(copied_templates: Path) -> None:
    running = Composer(copied_templates)
    key = MessageKey.demand(Stage.ESCALATION, Channel.EMAIL, "en")
    before = running.compose(key, facts())
    for path in copied_templates.rglob("*.j2"):
        path.write_text("edited", encoding="utf-8")
    assert running.compose(key, facts()) == before
