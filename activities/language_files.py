"""What a language's folder says beside its templates: how dates are written, and which points a message must make."""

from pathlib import Path
from typing import Annotated, Literal

from babel import Locale
from babel.core import UnknownLocaleError
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from config.yaml_documents import ConfigError, read_document, validate
from domain.facts import ComplaintCategory
from domain.jurisdiction import Revival
from domain.terms import Channel, MessageClass, Stage

CONVENTIONS = "language.yaml"
REQUIRED_WORDS = "required_words.yaml"

Text = Annotated[str, StringConstraints(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Conventions(_Part):
    """How a language writes what comes from the records."""

    date: Text
    """A date's pattern, in the letters of the Unicode date field symbols."""
    moment: Text
    """The pattern of a date with its time."""
    one_day: Text
    days: Annotated[str, StringConstraints(pattern=r"\{count\}")]
    """More days than one, or none; ``{count}`` stands for the number."""
    joins_lines_with: str
    """What stands between the sentences of a text message or announcement."""
    sms_begins: Annotated[str, StringConstraints(pattern=r"\{collector\}")]
    """How every text message begins; ``{collector}`` stands for the institution that writes."""
    complaint_about: dict[ComplaintCategory, Text]
    """What a complaint is about, as an answer to it says."""
    debt_words: Annotated[tuple[Text, ...], Field(min_length=1)]
    """Never in a subject, a preview or an announcement."""
    collection_names: Annotated[tuple[Text, ...], Field(min_length=1)]
    """Never in the name of an institution that an announcement says aloud."""

    @field_validator("complaint_about")
    @classmethod
    def _has_words_for_each(cls, words: dict[ComplaintCategory, str]) -> dict[ComplaintCategory, str]:
        missing = [each.value for each in ComplaintCategory if each not in words]
        if missing:
            raise ValueError(f"has no words for {', '.join(missing)}; say what such a complaint is about")
        return words


class RequiredPoint(_Part):
    """A point that messages must make, with the wordings that make it."""

    point: Text
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    stages: tuple[Stage, ...] = tuple(Stage)
    any_of: Annotated[tuple[Text, ...], Field(min_length=1)]
    before_facts: bool = False
    """Whether it must stand before anything that tells of the debt."""
    notices: tuple[Text, ...] = ()
    """The notices that must make it; a point that names some is not for demands."""
    classes: tuple[Literal[MessageClass.SERVICE, MessageClass.REPLY], ...] = ()
    """The other classes whose messages must make it; a point that names some is not for demands."""
    occasions: tuple[Text, ...] = ()
    """With ``classes``, which of their messages; none: all of them."""
    time_barred: bool | None = None
    """Whether it is for debts alone that are too old to be sued for, or for the others; none: for all."""
    revival: Revival | None = None
    """With ``time_barred``, only where paying such a debt does that; none: wherever they live."""
    tells_of_debt: bool = False
    """Whether its wordings tell of the debt by themselves."""
    reason: Text
    source: str | None = None
    """The rule of the regulations' list that it follows from."""

    def binds(self, *, time_barred: bool, revival: Revival) -> bool:
        """Whether messages about such a debt must make the point."""
        return self.time_barred in (None, time_barred) and self.revival in (None, revival)


class RequiredWords(_Part):
    """All points of one language."""

    points: Annotated[tuple[RequiredPoint, ...], Field(min_length=1)]

    def for_demand(self, stage: Stage, channel: Channel) -> tuple[RequiredPoint, ...]:
        """The points that one stage's message must make."""
        return tuple(
            each
            for each in self.points
            if channel in each.channels and stage in each.stages and not each.notices and not each.classes
        )

    def for_listed(self, message_class: MessageClass, occasion: str, channel: Channel) -> tuple[RequiredPoint, ...]:
        """The points that a notice, a service message or a reply must make."""
        points = (each for each in self.points if channel in each.channels)
        if message_class is MessageClass.STATUTORY:
            return tuple(each for each in points if occasion in each.notices)
        mine = (each for each in points if message_class in each.classes)
        return tuple(each for each in mine if not each.occasions or occasion in each.occasions)


def load_conventions(language_folder: Path) -> Conventions:
    """Read how a language writes; raises :class:`ConfigError`."""
    return validate(Conventions, read_document(language_folder / CONVENTIONS))


def load_required_words(language_folder: Path) -> RequiredWords:
    """Read the points that a language's messages must make; raises :class:`ConfigError`."""
    return validate(RequiredWords, read_document(language_folder / REQUIRED_WORDS))


def locale_of(language_folder: Path) -> Locale:
    """The locale that the folder is named after.

    Raises:
        ConfigError: if there is none of that name.
    """
    try:
        return Locale.parse(language_folder.name, sep="-")
    except (ValueError, UnknownLocaleError) as error:
        problem = f"{language_folder}: is not named after a language; name it such as zh-CN or en"
        raise ConfigError((problem,)) from error
