"""Lays out an email's text as HTML: the same words, escaped, its amounts as a table and its two addresses as links."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from activities.template_files import TemplateFiles
from config.yaml_documents import ConfigError

_LAYOUT = "email.html.j2"
_VARIABLES = frozenset({"language", "subject", "blocks"})
_ROW = " | "
_TOTAL = "= "


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line."""

    text: str
    link: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table of amounts."""

    label: str
    amount: str
    total: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or, if it has rows, a table."""

    lines: tuple[tuple[Piece, ...], ...] = ()
    rows: tuple[Row, ...] = ()


class EmailLayout:
    """The one layout, checked when it is read."""

    def __init__(self, folder: Path) -> None:
        """Read the layout from the templates' folder; raises :class:`ConfigError`."""
        self._files = TemplateFiles(folder)
        self.path = self._files.path(_LAYOUT)
        problems = tuple(self._files.problems(_LAYOUT, _VARIABLES))
        if problems:
            raise ConfigError(problems)

    def html(self, subject: str, text: str, language: str, addresses: Sequence[str]) -> str:
        """The email's HTML; of all that stands in the text only the given addresses become links."""
        link = re.compile("|".join(re.escape(each) for each in sorted(addresses, key=len, reverse=True)))
        blocks = [_block(block.splitlines(), link) for block in text.split("\n\n")]
        return self._files.render(_LAYOUT, {"language": language, "subject": subject, "blocks": blocks})


def _block(lines: Sequence[str], link: re.Pattern[str]) -> Block:
    if all(_ROW in line for line in lines):
        return Block(rows=tuple(_row(line) for line in lines))
    return Block(lines=tuple(tuple(_pieces(line, link)) for line in lines))


def _row(line: str) -> Row:
    label, amount = line.removeprefix(_TOTAL).rsplit(_ROW, 1)
    return Row(label, amount, line.startswith(_TOTAL))


def _pieces(line: str, link: re.Pattern[str]) -> list[Piece]:
    pieces, at = [], 0
    for match in link.finditer(line):
        pieces += [Piece(line[at : match.start()], link=False), Piece(match[0], link=True)]
        at = match.end()
    return [*pieces, Piece(line[at:], link=False)]
