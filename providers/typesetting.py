"""Sets pages as a PDF by one of the layouts: a tagged PDF/A-2a with its fonts embedded, the same bytes each time."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst
from pylopdf_fonts_zh_cn import serif_path

LAYOUTS = Path(__file__).resolve().parent.parent / "config" / "templates"


class NotTypeset(ValueError):
    """A layout with what it was given does not compile; the message quotes nothing of that."""


def set_pages(layout: Path, name: str, content: dict[str, Any], stamp: datetime) -> bytes:
    """Return the pages; the same arguments give the same bytes.

    Args:
        layout: the Typst file.
        name: under which the layout takes its content.
        content: words ready to print.
        stamp: kept, to the second, as the file's creation date; aware.

    Raises:
        NotTypeset: a character is in none of the fonts, or the layout is broken.
    """
    try:
        return typst.compile(
            layout,
            font_paths=_fonts(),
            sys_inputs={name: json.dumps(content, ensure_ascii=False)},
            pdf_standards=["a-2a"],
            timestamp=stamp.astimezone(UTC).replace(microsecond=0),
        )
    except typst.TypstError:
        # Typst's own message quotes the words, which are personal: it goes no further.
        raise NotTypeset(
            f"cannot be typeset with {layout.name}: it holds a character that is in none of the fonts, "
            "or the layout is broken."
        ) from None


@cache
def _fonts() -> typst.Fonts:
    """The fonts of everything that is typeset: Typst's own, and one with Chinese characters."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(serif_path().parent)])
