"""What each notice that the law demands must tell, as one file lists it for all languages."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from activities.fact_words import NOTICE_FACTS, WRITTEN_FACTS
from config.yaml_documents import read_document, validate
from domain.terms import Channel

NOTICES = "notices.yaml"

_FACTS = WRITTEN_FACTS | NOTICE_FACTS


class NoticeContent(BaseModel):
    """One notice."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    notice: str
    """As packs name it."""
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    languages: Annotated[tuple[str, ...], Field(min_length=1)]
    states: Annotated[tuple[str, ...], Field(min_length=1)]
    """Facts that must stand in its words."""
    rows: tuple[str, ...]
    """The amounts of its table, in order."""

    @model_validator(mode="after")
    def _names_known_facts(self) -> Self:
        unknown = sorted({*self.states, *self.rows} - _FACTS)
        if unknown:
            known = ", ".join(sorted(_FACTS))
            raise ValueError(f"{self.notice} asks for {', '.join(unknown)}, which is no fact; use some of {known}")
        return self


class _Notices(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    notices: tuple[NoticeContent, ...]


def load_notices(folder: Path) -> tuple[NoticeContent, ...]:
    """Read the list from the templates' folder; raises :class:`ConfigError`."""
    return validate(_Notices, read_document(folder / NOTICES)).notices
