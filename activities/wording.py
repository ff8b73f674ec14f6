"""Finds words that no message may hold: threats, insults, impersonation, false claims, promises about credit records.

The lists are data, one a language (``forbidden_words.yaml``), each entry with its reason; this reads and applies them.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from config.yaml_documents import read_document, validate

FORBIDDEN_WORDS = "forbidden_words.yaml"

_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_CHINESE = "\u2e80-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_CHINESE}]|\d+|[^\W\d_{_CHINESE}]+")
"""What texts are made of: one Chinese character, a number, or a run of other letters."""
_ATOM = re.compile(rf"[{_CHINESE}]|\s+|[^\s{_CHINESE}]+")
_BETWEEN_CHARACTERS = r"[\s·.*_-]{0,3}"
"""What may be put between two Chinese characters to slip past a list."""
_GAP = r"[^\n。！？!?;；]{0,10}?"


class WordingKind(StrEnum):
    """What is wrong with a forbidden phrase."""

    THREAT = "threat"
    """Frightens with what will not or may not happen."""
    PRESSURE = "pressure"
    """Hurries the person with an end that nobody set."""
    INSULT = "insult"
    """Attacks the person's dignity."""
    IMPERSONATION = "impersonation"
    """Writes as a court, an authority or a lawyer."""
    FALSE_CLAIM = "false_claim"
    """Says that something is so which is not."""
    EXPOSURE = "exposure"
    """Threatens to tell others."""
    BORROWING = "borrowing"
    """Leads the person to borrow in order to pay."""
    CREDIT_PROMISE = "credit_promise"
    """Promises to clean a credit record."""


class WordingRule(BaseModel):
    """Phrases that are forbidden for one reason."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: WordingKind
    phrases: Annotated[
        tuple[Annotated[str, StringConstraints(strip_whitespace=True, min_length=2)], ...], Field(min_length=1)
    ]
    reason: Annotated[str, StringConstraints(min_length=1)]
    source: str | None = None
    """The rule of the regulations' list that it follows from, such as ``CN-08``."""


class WordingRules(BaseModel):
    """One language's list, as its file has it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: Annotated[tuple[WordingRule, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Finding:
    """A forbidden phrase that stands in a text."""

    phrase: str
    """As the list has it, not as the text has it: the text may be personal."""
    rule: WordingRule
    line: int
    """Where in the text, counted from 1."""

    def __str__(self) -> str:
        source = f", rule {self.rule.source}" if self.rule.source else ""
        return f'"{self.phrase}" is forbidden ({self.rule.kind}{source}): {self.rule.reason}'


class ForbiddenWords:
    """One language's list, ready to be applied to any text."""

    def __init__(self, rules: WordingRules) -> None:
        self._phrases = [(_phrase(phrase), rule) for rule in rules.rules for phrase in rule.phrases]

    @classmethod
    def load(cls, language_folder: Path) -> Self:
        """Read the list of a language's folder.

        Raises:
            ConfigError: if it is missing or malformed.
        """
        return cls(validate(WordingRules, read_document(language_folder / FORBIDDEN_WORDS)))

    @property
    def phrases(self) -> tuple[tuple[str, WordingRule], ...]:
        """Every phrase of the list with its rule."""
        return tuple((phrase.written, rule) for phrase, rule in self._phrases)

    def findings(self, text: str) -> tuple[Finding, ...]:
        """Every forbidden phrase of the text, once each."""
        return tuple(self._findings(_plain_letters(text)))

    def _findings(self, plain: str) -> Iterator[Finding]:
        present = set(_WORD.findall(plain))
        for phrase, rule in self._phrases:
            if phrase.words <= present and (match := phrase.pattern.search(plain)):
                yield Finding(phrase.written, rule, plain.count("\n", 0, match.start()) + 1)


class PlainText:
    """A text that can be asked whether it says something, whatever the width and case of its letters."""

    def __init__(self, text: str) -> None:
        self._plain = _plain_letters(text)

    def says(self, phrase: str) -> bool:
        """Whether the phrase stands in the text; ``…`` in it stands for at most ten characters."""
        return _phrase(phrase).pattern.search(self._plain) is not None

    def before(self, phrases: Iterable[str]) -> "PlainText":
        """What stands before the first of the phrases; the whole text if none stands in it."""
        matches = (_phrase(phrase).pattern.search(self._plain) for phrase in phrases)
        return PlainText(self._plain[: min((match.start() for match in matches if match), default=None)])


class _Phrase:
    """One phrase as a pattern, and the words without which a text need not be searched for it."""

    def __init__(self, written: str) -> None:
        self.written = written
        parts = [_plain_letters(part.strip()) for part in written.split("…")]
        self.words = frozenset(word for part in parts for word in _WORD.findall(part))
        last = r"(?![a-z0-9])" if re.search(r"[a-z0-9]$", parts[-1]) else ""
        self.pattern = re.compile(_at_word_start(_GAP.join(_part_pattern(part) for part in parts)) + last)


@cache
def _phrase(written: str) -> _Phrase:
    return _Phrase(written)


def _plain_letters(text: str) -> str:
    """The text in one width and case, without invisible characters, so that disguised words are still recognised."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text).casefold())


def _at_word_start(pattern: str) -> str:
    """The pattern where a word begins. Its first letter leads, because a search for a letter is 20 times as fast."""
    first = pattern[0]
    return rf"{first}(?<![a-z0-9]{first}){pattern[1:]}" if re.match(r"[a-z0-9]", first) else pattern


def _part_pattern(part: str) -> str:
    """Words with any space between them, and Chinese characters with any of the little tricks between them."""
    atoms = _ATOM.findall(part)
    return "".join(_atom_pattern(atom, following) for atom, following in pairwise([*atoms, ""]))


def _atom_pattern(atom: str, following: str) -> str:
    if atom.isspace():
        return r"\s+"
    joint = _BETWEEN_CHARACTERS if _is_chinese(atom) and _is_chinese(following) else ""
    return re.escape(atom) + joint


def _is_chinese(atom: str) -> bool:
    return re.fullmatch(f"[{_CHINESE}]", atom) is not None
