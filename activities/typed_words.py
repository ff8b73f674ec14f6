"""Finds forbidden words in what an agent types for the person to read, before it is taken and not only when sent."""

from pathlib import Path

from sqlmodel import Session

from activities.language_files import CONVENTIONS
from activities.wording import ForbiddenWords
from domain.facts import Message
from storage.tables import StoredText

_FOR_THE_PERSON = ("explanation_ref",)
"""The fields of messages that name a text for the person. What the person writes is never judged."""


class TypedWords:
    """The forbidden words of every language: who types may write in any."""

    def __init__(self, folder: Path) -> None:
        """Read the lists of the templates' folder; raises :class:`ConfigError`."""
        self._lists = [ForbiddenWords.load(path.parent) for path in sorted(folder.glob(f"*/{CONVENTIONS}"))]

    def fault(self, session: Session, message: Message) -> str | None:
        """What must not be said in the texts that a message names for the person, and why; the text is not repeated."""
        for field in _FOR_THE_PERSON:
            text = session.get(StoredText, getattr(message, field, None) or "")
            found = [each for words in self._lists for each in words.findings(text.text)] if text is not None else []
            if found:
                return f"{field}: {found[0]}; write it in other words and store it anew"
        return None
