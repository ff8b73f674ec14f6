"""What each message that is no demand must tell, as two files list it for all languages.

``notices.yaml`` has the notices that the law demands, ``messages.yaml`` the service messages and the replies.
"""

from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from activities.fact_words import names_for
from config.yaml_documents import read_document, validate
from domain.contact_facts import ReplyOccasion, ServiceOccasion
from domain.terms import Channel, MessageClass

NOTICES = "notices.yaml"
MESSAGES = "messages.yaml"


class ListedMessage(BaseModel):
    """One message that is no demand."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    languages: Annotated[tuple[str, ...], Field(min_length=1)]
    states: Annotated[tuple[str, ...], Field(min_length=1)]
    """Facts that must stand in its words."""
    rows: tuple[str, ...]
    """The amounts of its table, in order."""

    @property
    def message_class(self) -> MessageClass:
        """Its class, which is also the folder of its templates."""
        raise NotImplementedError

    @property
    def occasion(self) -> str:
        """Which message of its class."""
        raise NotImplementedError

    @model_validator(mode="after")
    def _names_known_facts(self) -> Self:
        facts = names_for(self.message_class, Channel.LETTER)
        unknown = sorted({*self.states, *self.rows} - facts)
        if unknown:
            known = ", ".join(sorted(facts))
            raise ValueError(f"{self.occasion} asks for {', '.join(unknown)}, which is no fact; use some of {known}")
        return self


class NoticeContent(ListedMessage):
    """One notice."""

    notice: str
    """As packs name it."""

    @property
    def message_class(self) -> MessageClass:
        """Statutory."""
        return MessageClass.STATUTORY

    @property
    def occasion(self) -> str:
        """The notice."""
        return self.notice


class MessageContent(ListedMessage):
    """One service message or reply."""

    service: ServiceOccasion | None = None
    """Which service message it is, if it is one."""
    reply: ReplyOccasion | None = None
    """Which reply it is, if it is one."""

    @model_validator(mode="after")
    def _is_one_message(self) -> Self:
        if (self.service is None) == (self.reply is None):
            raise ValueError("is either a service message or a reply; name one of 'service' and 'reply'")
        return self

    @property
    def message_class(self) -> MessageClass:
        """By what it names."""
        return MessageClass.REPLY if self.service is None else MessageClass.SERVICE

    @property
    def occasion(self) -> str:
        """What it names."""
        return str(self.service or self.reply)


class _Notices(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    notices: tuple[NoticeContent, ...]


def load_notices(folder: Path) -> tuple[NoticeContent, ...]:
    """Read the list from the templates' folder; raises :class:`ConfigError`."""
    return validate(_Notices, read_document(folder / NOTICES)).notices


class _Messages(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    messages: tuple[MessageContent, ...]


def load_messages(folder: Path) -> tuple[MessageContent, ...]:
    """Read the list of service messages and replies from the templates' folder; raises :class:`ConfigError`."""
    return validate(_Messages, read_document(folder / MESSAGES)).messages
