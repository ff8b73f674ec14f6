"""How documents write what plain types do not cover: text of a given form, and lengths of time such as ``7d``."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, PlainSerializer, WithJsonSchema
from pydantic.functional_validators import BeforeValidator
from pydantic_core import CoreSchema, core_schema

LONGEST = timedelta(days=3660)
"""Ten years: anything longer in a document is a slip of the pen."""

_UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1), "s": timedelta(seconds=1)}
_DURATION = r"^(0|[1-9][0-9]{0,8})[smhd]$"
_HOW_WRITTEN = "must be a whole number and one unit (s, m, h or d), such as 20s, 36h or 7d"


@dataclass(frozen=True, slots=True)
class Form:
    """Annotates a text field with the form that it must have, in a pattern for machines and in words for people."""

    pattern: str
    words: str

    def check(self, text: str) -> str:
        """The text, if it has the form.

        Raises:
            ValueError: saying what the form is.
        """
        if re.fullmatch(self.pattern, text) is None:
            raise ValueError(f"must be {self.words}, not {text[:60]!r}")
        return text

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "pattern": self.pattern}


def parse_duration(text: str) -> timedelta:
    """The length of time that ``20s``, ``30m``, ``36h`` or ``7d`` names.

    Raises:
        ValueError: if it is written otherwise.
    """
    if re.fullmatch(_DURATION, text) is None:
        raise ValueError(f"{_HOW_WRITTEN}, not {text[:60]!r}")
    return int(text[:-1]) * _UNITS[text[-1]]


def write_duration(length: timedelta) -> str:
    """A length of whole seconds in the largest unit that leaves no rest; the inverse of :func:`parse_duration`."""
    unit = next(name for name, size in _UNITS.items() if not length % size)
    return f"{length // _UNITS[unit]}{unit}"


def _read(value: object) -> timedelta:
    """A length from a document, or one that is a length already."""
    if not isinstance(value, str | timedelta):
        raise ValueError(f"{_HOW_WRITTEN}, not {value!r}")
    length = parse_duration(value) if isinstance(value, str) else value
    if length < timedelta(0) or length > LONGEST or length % timedelta(seconds=1):
        raise ValueError(f"must be whole seconds, none below zero and at most {write_duration(LONGEST)}, not {value}")
    return length


def _read_positive(value: object) -> timedelta:
    length = _read(value)
    if not length:
        raise ValueError(f"must be longer than zero, not {value}")
    return length


_WRITTEN = PlainSerializer(write_duration, return_type=str)
_SCHEMA = WithJsonSchema({"type": "string", "pattern": _DURATION, "examples": ["20s", "36h", "7d"]})

Duration = Annotated[timedelta, BeforeValidator(_read_positive), _WRITTEN, _SCHEMA]
"""A length of time above zero."""

DurationOrZero = Annotated[timedelta, BeforeValidator(_read), _WRITTEN, _SCHEMA]
"""A length of time that may be ``0s``."""
