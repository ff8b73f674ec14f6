"""Sets the pages of a referral file as a PDF by the one layout for them."""

from datetime import datetime
from typing import Any

from providers.typesetting import LAYOUTS, NotTypeset, set_pages

LAYOUT = LAYOUTS / "referral.typ"


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
        return set_pages(LAYOUT, "file", pages, stamp)
    except NotTypeset as error:
        raise PagesNotSet(
            f"{pages['reference']} {error} Try the layout with a plain account, then look at names and words."
        ) from None
