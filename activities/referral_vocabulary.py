"""The codes that may stand on the pages of a referral file, and the refusal to start while one has no word."""

from collections.abc import Iterator, Mapping
from string import Formatter

from activities.referral_history import ENDINGS, FINAL_NOTICE
from config.referral_words import REFERRAL_WORDS, ReferralWords
from config.yaml_documents import ConfigError
from domain.checklist import ProofKind
from domain.duties import DutyState
from domain.facts import FACTS, ComplaintCategory
from domain.findings import SPEAKS_OF
from domain.jurisdiction import Pack
from domain.ledger import Component, PostingKind
from domain.policy import Role
from domain.referral_rules import ITEMS
from domain.remedies import RemedyKind
from domain.requests import REQUESTS, ComplaintOutcome, NoticeWay
from domain.terms import Channel, HoldKind, MessageClass, Stage
from storage.tables import LEFT, ContactStatus


def vocabularies(packs: Mapping[str, Pack]) -> dict[str, frozenset[str]]:
    """Every code that the pages may show, by what kind of code it is. The notices are those of the packs."""
    notices = {notice.id for pack in packs.values() for notice in pack.duties}
    return {
        "role": frozenset(Role),
        "channel": frozenset({*Channel, *NoticeWay}),
        "stage": frozenset(Stage),
        "class": frozenset(MessageClass),
        "status": frozenset(ContactStatus),
        "entry": frozenset(PostingKind),
        "item": frozenset(ITEMS),
        "proof": frozenset(ProofKind),
        "notice": frozenset({FINAL_NOTICE, *notices}),
        "notice_state": frozenset({*DutyState, *LEFT}),
        "hold": frozenset(HoldKind),
        "category": frozenset(ComplaintCategory),
        "remedy": frozenset(RemedyKind),
        "component": frozenset(Component),
        "outcome": frozenset({*ComplaintOutcome, *ENDINGS}),
        "told": frozenset({*FACTS, *REQUESTS}),
    }


def require_words(words: Mapping[str, ReferralWords], packs: Mapping[str, Pack]) -> None:
    """Refuse to start where a referral file would show a bare code.

    Raises:
        ConfigError: naming every code that has no word in a language.
    """
    problems = tuple(
        problem
        for language, its in words.items()
        for problem in (*_wordless(language, its, packs), *_unspoken(language, its))
    )
    if problems:
        raise ConfigError(problems)


def _unspoken(language: str, words: ReferralWords) -> Iterator[str]:
    for says, speaks_of in SPEAKS_OF.items():
        place, sentence = f"{language}/{REFERRAL_WORDS}: findings.{says}", words.findings.get(says)
        if sentence is None:
            yield f"{place}: has no words; write what it says, with {_names(speaks_of)}"
        elif _placeholders(sentence) != speaks_of:
            yield f"{place}: must speak of {_names(speaks_of)}, each in braces, and of nothing else"


def _placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def _names(values: frozenset[str]) -> str:
    return " and ".join(f"{{{each}}}" for each in sorted(values)) or "nothing in braces"


def _wordless(language: str, words: ReferralWords, packs: Mapping[str, Pack]) -> Iterator[str]:
    for vocabulary, codes in vocabularies(packs).items():
        for code in sorted(codes - words.codes.get(vocabulary, {}).keys()):
            yield f"{language}/{REFERRAL_WORDS}: codes.{vocabulary}.{code}: has no word; write what counsel is to read"
