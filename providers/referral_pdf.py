"""Sets the pages of a referral file as a PDF by the one layout for them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from providers.letter_pdf import fonts

LAYOUT = Path(__file__).resolve().parent.parent / "config" / "templates" / "referral.typ"


class PagesNotSet(ValueError):
    """The pages cannot be typeset; the message quotes nothing of them."""


def typeset_pages(pages: dict[str, Any], stamp: datetime) -> bytes:
    """Return a tagged PDF/A-2a with contents, bookmarks and embedded fonts; the same arguments give the same bytes.

    Args:
        pages: what the layout takes: titles, a summary, and sections of blocks, all of them words ready to print.
        stamp: kept, to the second, as the file's creation date; aware.

    Raises:
        PagesNotSet: a character is in none of the fonts, or the layout does not compile.
    """
    try:
        return typst.compile(
            LAYOUT,
            font_paths=fonts(),
            sys_inputs={"file": json.dumps(pages, ensure_ascii=False)},
            pdf_standards=["a-2a"],
            timestamp=stamp.astimezone(UTC).replace(microsecond=0),
        )
    except typst.TypstError:
        # Typst's own message quotes the words, which are personal: it goes no further.
        raise PagesNotSet(
            f"{pages['reference']} cannot be typeset with {LAYOUT.name}: it holds a character that is in none of the "
            "fonts, or the layout is broken. Try the layout with a plain account, then look at names and words."
        ) from None
