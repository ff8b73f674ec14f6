"""Words for what pydantic refuses, by the options that a person sees."""

from collections.abc import Mapping

from pydantic import ValidationError

from domain.unreadable import faults


def in_options(error: ValidationError, options: Mapping[str, str]) -> str:
    """What is wrong in one line, with the option to correct.

    Args:
        error: what pydantic refused.
        options: by a field's path such as ``promise.date``, the options that are not called like their field.
    """
    return "; ".join(f"{_option(location, options)}: {words}" for location, words in faults(error))


def _option(location: tuple[str | int, ...], options: Mapping[str, str]) -> str:
    path = ".".join(part for part in location if isinstance(part, str))
    return options.get(path) or f"--{path.rpartition('.')[2].replace('_', '-')}"
