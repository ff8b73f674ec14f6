"""Words for what pydantic refuses in a message or a row: which field, and how to mend it. Values are never repeated."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from domain.facts import CurrencyCode, ReasonCode, Reference
from domain.registration import OpaqueId
from domain.requests import TaskSubject


def _pattern_of(annotated: Any) -> str:
    return str(annotated.__metadata__[0].pattern)


_FORMS = {
    _pattern_of(Reference): "must be letters, digits and . _ : - only, at most 100, and begin with a letter or digit",
    _pattern_of(ReasonCode): "must be a reason in code such as job_lost: small letters, digits and _, at most 64",
    _pattern_of(
        TaskSubject
    ): "must begin with tell: or retrain:, as tasks lists it; each other task has a command of its own",
    _pattern_of(CurrencyCode): "must be three capital letters such as CNY",
    _pattern_of(OpaqueId): "must be letters, digits and . _ - only, at most 80, and begin with a letter or digit",
    "^[A-Z]{2}(-[A-Z0-9]{1,4})?$": "must be a country such as CN, or a country and region such as US-CA",
}
"""What a pattern asks for, in words."""


def faults(error: ValidationError) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Each thing that is wrong: where, and how to mend it."""
    for details in error.errors(include_url=False, include_input=False):
        yield details["loc"], words_of(details)


def words_of(details: ErrorDetails) -> str:
    """One error of pydantic in words that tell how to mend it."""
    context = details.get("ctx", {})
    match details["type"]:
        case "missing":
            return "is missing; add it"
        case "value_error":
            return str(context["error"]).removeprefix(f"{details['loc'][-1] if details['loc'] else ''} ")
        case "string_pattern_mismatch":
            return _FORMS.get(context["pattern"], "has not the form that it must have")
        case "string_too_short":
            return "is empty; fill it in"
        case "string_too_long":
            return f"is longer than {context['max_length']} characters; shorten it"
        case "enum" | "literal_error":
            return f"must be one of {context['expected'].replace(chr(39), '')}"
        case "timezone_aware":
            return "must have an offset, such as 2026-11-24T08:00:00+08:00"
        case kind if kind.startswith(("date", "timezone")):
            return "must be a day such as 2026-11-24, or a moment such as 2026-11-24T08:00:00+08:00"
        case _:
            message = details["msg"].removeprefix("Input ").removeprefix("Value ")
            return f"{message[0].lower()}{message[1:]}"


def in_fields(error: ValidationError) -> str:
    """What is wrong in one line, by the fields of a message."""
    return "; ".join(f"{'.'.join(map(str, location)) or 'message'}: {words}" for location, words in faults(error))
