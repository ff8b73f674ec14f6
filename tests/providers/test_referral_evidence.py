"""What shows an item of the checklist to be true, or what is missing, in the words of each language."""

import re
from pathlib import Path

import pytest

from activities.referral_evidence import CODES, evidence_of
from activities.referral_vocabulary import require_words, vocabularies
from config.jurisdiction_files import load_packs
from config.referral_words import load_referral_words
from config.yaml_documents import ConfigError
from domain.checklist import ChecklistItem, as_documents, checklist_digest
from domain.findings import SPEAKS_OF, Says, finding

CONFIG = Path(__file__).parents[2] / "config"
WORDS = load_referral_words(CONFIG / "templates", ("zh-CN", "en"))
PACKS = load_packs(CONFIG / "jurisdictions")
SAMPLES = {name: sorted(vocabularies(PACKS)[vocabulary])[0] for name, vocabulary in CODES.items()}
SAMPLES |= {"day": "2027-03-02T16:00:00Z", "moment": "2027-03-02T16:30:00Z"}


def said(language: str, says: Says, **values: str) -> str:
    """One finding in words, in the zone of Beijing."""
    (item,) = as_documents([ChecklistItem("stages_exhausted", True, (finding(says, **values),))])
    return evidence_of(item, WORDS[language], "Asia/Shanghai")


@pytest.mark.parametrize("says", Says)
def test_every_finding_is_said_wholly_in_the_language_of_the_pages(says: Says) -> None:
    values = {name: SAMPLES.get(name, "7") for name in SPEAKS_OF[says]}
    chinese, english = (said(language, says, **values) for language in ("zh-CN", "en"))
    assert not re.search(r"[A-Za-z]{2}", re.sub(r"（[a-z_]+）", "", chinese)), "only the names of requests stay"
    assert not re.search(r"[\u4e00-\u9fff]", english)
    assert all(value in chinese and value in english for value in values.values() if value == "7")


def test_codes_are_said_in_words_lists_are_joined_and_days_are_those_of_the_debtor() -> None:
    assert said("en", Says.CHANNELS_USED, channels="letter,sms", wanted="2") == (
        "channels used: letter, text message; at least 2 asked for"
    )
    assert said("zh-CN", Says.CHANNELS_USED, channels="letter,sms", wanted="2") == (
        "已使用的方式：信函、短信；要求至少 2 种"
    )
    assert said("en", Says.CHANNELS_USED, channels="", wanted="2") == "channels used: none; at least 2 asked for"
    assert said("zh-CN", Says.LIMITATION_RUNS, day="2027-03-02T16:00:00Z") == "最早于 2027-03-03 届满"
    assert said("zh-CN", Says.WAIT_RUNS, moment="2027-03-02T16:30:00Z") == "将于 2027-03-03 00:30 届满"


def test_a_checklist_from_before_findings_were_kept_is_told_in_its_own_words() -> None:
    old = {"name": "way_out_offered", "fulfilled": True, "evidence": "calls asked for: 1"}
    assert evidence_of(old, WORDS["zh-CN"], "UTC") == "calls asked for: 1"


def test_a_worker_does_not_start_while_a_finding_has_no_words() -> None:
    spoilt = {name: words for name, words in WORDS["zh-CN"].findings.items() if name != "hold_open"}
    expected = r"zh-CN/referral.yaml: findings.hold_open: has no words; write what it says, with {hold} and {reference}"
    with pytest.raises(ConfigError, match=expected):
        require_words({"zh-CN": WORDS["zh-CN"].model_copy(update={"findings": spoilt})}, PACKS)


@pytest.mark.parametrize("sentence", ["still open: {hold}", "still open: {hold} ({reference}) of {debtor}"])
def test_a_worker_does_not_start_while_a_finding_speaks_of_something_else(sentence: str) -> None:
    spoilt = WORDS["en"].findings | {"hold_open": sentence}
    expected = r"findings.hold_open: must speak of {hold} and {reference}, each in braces, and of nothing else"
    with pytest.raises(ConfigError, match=expected):
        require_words({"en": WORDS["en"].model_copy(update={"findings": spoilt})}, PACKS)


def test_the_digest_is_of_the_findings_and_not_of_words() -> None:
    read = ChecklistItem("no_open_hold", True, (finding(Says.NO_HOLD),))
    assert "evidence" not in as_documents([read])[0]
    other = ChecklistItem("no_open_hold", True, (finding(Says.NO_HOLD_BUT_CEASE),))
    assert checklist_digest([read]) != checklist_digest([other])
