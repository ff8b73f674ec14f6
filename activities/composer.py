"""Composes every message to a person, so that none goes out without what the person has a right to know.

All templates are checked when the composer is made, which is when a worker starts; and every message is checked again
with its own facts.
"""

from pathlib import Path

from activities.email_layout import EmailLayout
from activities.language_files import CONVENTIONS
from activities.language_messages import LanguageMessages
from config.yaml_documents import ConfigError
from domain.messages import MessageFacts, MessageKey, MessageRefused, Words
from domain.terms import Channel, MessageClass

DEFAULT_LANGUAGE = "en"
"""In which a person is written to whose own language has no templates."""


class Composer:
    """Writes messages in every language that has a folder of templates."""

    def __init__(self, folder: Path) -> None:
        """Read and check all templates: one folder a language, such as ``zh-CN``, and the layout of emails.

        Raises:
            ConfigError: naming everything that is missing or wrong, with its file, its line and how to mend it.
        """
        layout = EmailLayout(folder)
        names = sorted(path.parent.name for path in folder.glob(f"*/{CONVENTIONS}"))
        if DEFAULT_LANGUAGE not in names:
            problem = f"{folder / DEFAULT_LANGUAGE / CONVENTIONS}: is missing; it is the language of last resort"
            raise ConfigError((problem,))
        self._languages = {name: LanguageMessages(folder / name, layout) for name in names}

    @property
    def languages(self) -> tuple[str, ...]:
        """Every language that has a folder of templates."""
        return tuple(self._languages)

    def language_for(self, wanted: str) -> str:
        """The language in which to write to a person who wants a language such as ``zh-CN``, ``zh`` or ``en-GB``."""
        tag = wanted.replace("_", "-").casefold()
        alike = [name for name in self._languages if _spoken(name) == _spoken(tag)]
        exact = [name for name in alike if name.casefold() == tag]
        return next(iter([*exact, *alike]), DEFAULT_LANGUAGE)

    def writes(self, message_class: MessageClass, occasion: str, channel: Channel, language: str) -> bool:
        """Whether there is a template for a message in a language that has a folder."""
        return language in self._languages and self._languages[language].writes(message_class, occasion, channel)

    def compose(self, key: MessageKey, facts: MessageFacts) -> Words:
        """The words of a message.

        Raises:
            MessageRefused: naming what is missing or wrong; the message is not to be sent.
        """
        messages = self._languages.get(key.language)
        if messages is None:
            raise MessageRefused(f"there are no templates in {key.language!r}; ask language_for first")
        return messages.compose(key, facts)


def _spoken(tag: str) -> str:
    return tag.partition("-")[0].casefold()
