"""The people who call for us or decide for us, as somebody registers them."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from domain.registration import OpaqueId
from domain.written import Form

Language = Annotated[str, Form(r"^[a-z]{2,3}(-[A-Z]{2})?$", "a language such as en or zh-CN")]
Authority = Annotated[int, Field(ge=0, le=9)]
"""How far a person may decide alone and approve for others, from 0, which decides nothing, to 9."""


class AgentCard(BaseModel):
    """One person, as registered."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    agent_id: OpaqueId
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    languages: Annotated[tuple[Language, ...], Field(min_length=1, max_length=20)]
    """In which the agent can lead a call."""
    authority: Authority = 0


def same_person(one: str, other: str) -> bool:
    """Whether two ids name the same person as people write them: ``agent-7``, ``Agent-7`` and ``AGENT_7`` do."""
    return _as_spelled(one) == _as_spelled(other)


def speaks(languages: Sequence[str], wanted: str) -> bool:
    """Whether somebody who speaks these can lead a call in a language, or in another variety of it."""
    return _spoken(wanted) in {_spoken(each) for each in languages}


def _as_spelled(agent_id: str) -> str:
    return "".join(letter for letter in agent_id.casefold() if letter.isalnum())


def _spoken(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].casefold()
