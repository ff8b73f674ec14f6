"""Sets a letter as a PDF: reads the simple marks of a letter's text and hands them, as data, to the one layout.

How a letter's text is written (``Words.text`` of every template for letters). Blocks are separated by blank lines:

- ``# `` before each line: the letterhead, printed at the top of the page; its first line is the sender's name.
- ``Label | amount`` on each line: a table, the amounts one below the other.
- ``= Label | amount`` within a table: a total, set off by a rule.
- ``> `` before each line: a block at the right margin, such as a date or who signs; one that opens the letter stands
  above the subject.
- Anything else is a paragraph, and its line breaks are kept.

``Words.subject`` is printed above the text. An envelope's window shows the address and nothing else. The layout prints
no date of its own: the text carries the date, in the person's own zone.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from domain.messages import Words
from providers.typesetting import LAYOUTS, NotTypeset, set_pages

LAYOUT = LAYOUTS / "letter.typ"

Block = dict[str, Any]
"""One block of a letter as the layout takes it: ``kind`` and its ``lines`` or ``rows``."""


class LetterNotSet(ValueError):
    """A letter cannot be typeset: a character is in none of the fonts, or the layout is broken."""


def typeset(
    words: Words, to_lines: Sequence[str], language: str, *, reference: str, stamp: datetime, mark: str = ""
) -> bytes:
    """Return the letter as a tagged PDF/A-2a with its fonts embedded; the same arguments give the same bytes.

    Args:
        words: subject and text; the text as this module's docstring says.
        to_lines: the postal address, a line each.
        language: BCP 47 tag, such as ``zh-CN`` or ``en``.
        reference: printed at the foot of each page, so that a person who calls can name the letter.
        stamp: the moment kept, to the second, as the file's creation date; aware.
        mark: printed across the top of each page, for a letter that is not meant to be sent.

    Raises:
        LetterNotSet: a character is in none of the fonts, or the layout does not compile.
    """
    letter = {
        "subject": words.subject,
        "to": list(to_lines),
        "language": language,
        "reference": reference,
        "mark": mark,
        "blocks": letter_blocks(words.text),
    }
    try:
        return set_pages(LAYOUT, "letter", letter, stamp)
    except NotTypeset as error:
        raise LetterNotSet(
            f"Letter {reference} {error} Try the layout with a plain letter, then look at the name and address."
        ) from None


def letter_blocks(text: str) -> list[Block]:
    """Split a letter's text into its blocks, by the marks that this module's docstring names."""
    blocks = re.split(r"\n\s*\n", text.strip())
    return [_block([line.strip() for line in block.splitlines()]) for block in blocks if block.strip()]


def _block(lines: list[str]) -> Block:
    if all(line.startswith("# ") for line in lines):
        return {"kind": "letterhead", "lines": [line[2:] for line in lines]}
    if all(line.startswith("> ") for line in lines):
        return {"kind": "right", "lines": [line[2:] for line in lines]}
    if all(" | " in line for line in lines):
        return {"kind": "table", "rows": [_row(line) for line in lines]}
    return {"kind": "paragraph", "lines": lines}


def _row(line: str) -> Block:
    label, amount = line.removeprefix("= ").rsplit(" | ", 1)
    return {"label": label.strip(), "amount": amount.strip(), "total": line.startswith("= ")}
