"""Reads a YAML 1.2 file into a validated model; every error names its file, line and field, and how to mend it."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from domain.faults import FaultsFound, Location, write_location

ModelT = TypeVar("ModelT", bound=BaseModel)

_SHOWN_CHARACTERS = 60


class ConfigError(ValueError):
    """A configuration file cannot be used. ``problems`` read ``file:line: field: what is wrong and how to mend it``."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        """Take every problem found, at least one."""
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Document:
    """The content of one YAML file as plain values, and where each of them stands."""

    path: Path
    data: dict[str, Any]
    root: Node

    def line_of(self, location: Location) -> int:
        """The line of a field, counted from 1; of the nearest field above it when the file does not have it."""
        node, line = self.root, self.root.start_mark.line
        for part in location:
            found = _child(node, part)
            if found is None:
                break
            line, node = found
        return int(line) + 1


def read_document(path: Path) -> Document:
    """Read one file whose top is a mapping.

    Raises:
        ConfigError: if it cannot be read, is not YAML, repeats a key, or is not a mapping.
    """
    try:
        text = path.read_text(encoding="utf-8")
        data, root = _read_yaml(text)
    except OSError as error:
        raise ConfigError(
            (f"{path}: cannot be read ({error.strerror}); check the path and its permissions",)
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError((f"{path}: is not UTF-8 at byte {error.start}; save it as UTF-8",)) from error
    except YAMLError as error:
        raise ConfigError((_syntax_problem(path, error),)) from error
    if not isinstance(data, dict):
        raise ConfigError((f"{path}:1: must be a mapping of fields, one 'name: value' a line",))
    return Document(path, data, root)


def validate(model: type[ModelT], document: Document) -> ModelT:
    """The document as a model.

    Raises:
        ConfigError: naming every error at once.
    """
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        schema = model.model_json_schema()
        problems = [each for details in _first_causes(error) for each in _problems(document, schema, details)]
        raise ConfigError(tuple(problems)) from error


def _read_yaml(text: str) -> tuple[Any, Node]:
    """YAML 1.2 in pure Python: ``21:00`` and ``no`` stay text, a repeated key is an error, and no object is built."""
    yaml = YAML(typ="safe", pure=True)
    root = yaml.compose(text)
    return None if root is None else yaml.constructor.construct_document(root), root


def _child(node: Node, part: str | int) -> tuple[int, Node] | None:
    """The line and node of one field of a node, or none."""
    if isinstance(node, MappingNode):
        return next(((key.start_mark.line, value) for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        item = node.value[part]
        return item.start_mark.line, item
    return None


def _syntax_problem(path: Path, error: YAMLError) -> str:
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return f"{path}: is not YAML: {str(error).splitlines()[0]}"
    line = error.problem_mark.line + 1
    if "duplicate key" in (error.problem or ""):
        key = (error.problem or "").split('"')[1]
        return f"{path}:{line}: {key}: stands twice in the same mapping; keep one"
    return f"{path}:{line}: is not YAML: {error.problem}"


def _first_causes(error: ValidationError) -> list[ErrorDetails]:
    """The errors without complaints that a list is too short because of items that are themselves wrong."""
    found = error.errors()
    inside = {details["loc"][:depth] for details in found for depth in range(len(details["loc"]))}
    return [details for details in found if details["type"] != "too_short" or details["loc"] not in inside]


def _problems(document: Document, schema: dict[str, Any], details: ErrorDetails) -> Iterator[str]:
    """One error of the model as lines; a check over several fields may have found several faults."""
    location, raised = details["loc"], details.get("ctx", {}).get("error")
    if isinstance(raised, FaultsFound):
        for fault in raised.faults:
            yield _problem(document, (*location, *fault.location), fault.words)
        return
    place = _place(document.data, location, absent=details["type"] in ("missing", "extra_forbidden"))
    if details["type"].startswith("union_tag"):
        place = (*place, details["ctx"]["discriminator"].strip("'"))
    yield _problem(document, place, _words(details, schema))


def _problem(document: Document, location: Location, words: str) -> str:
    place = f"{document.path}:{document.line_of(location)}"
    return f"{place}: {write_location(location)}: {words}" if location else f"{place}: {words}"


def _place(data: object, location: Location, absent: bool) -> Location:
    """The location as the document has it: without the names of a union's branches, which the validator adds.

    ``absent`` tells that its last part is a field which the document need not have.
    """
    place: list[str | int] = []
    for number, part in enumerate(location):
        try:
            data = data[part]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            if not absent or number < len(location) - 1:
                continue
        place.append(part)
    return tuple(place)


def _words(details: ErrorDetails, schema: dict[str, Any]) -> str:
    shown = repr(details["input"])[:_SHOWN_CHARACTERS]
    match details["type"]:
        case "missing" | "union_tag_not_found":
            return "is missing; add it"
        case "extra_forbidden":
            return _unknown_field(details["loc"], schema)
        case "value_error":
            return str(details.get("ctx", {}).get("error", details["msg"]))
        case "enum" | "literal_error" | "union_tag_invalid":
            return _choice(details.get("ctx", {}), shown)
        case "string_type":
            return f"must be text; write it in quotes, not as {shown}"
        case "too_short":
            return f"must have at least {details.get('ctx', {}).get('min_length')}, not {shown}"
        case "too_long":
            return f"must have at most {details.get('ctx', {}).get('max_length')}"
        case "tuple_type" | "list_type":
            return f"must be a list, one '- item' a line, not {shown}"
        case "model_type" | "dict_type":
            return f"must be a mapping of fields, one 'name: value' a line, not {shown}"
        case _:
            message = details["msg"].removeprefix("Input ").removeprefix("Value ")
            return f"{message[0].lower()}{message[1:]}, not {shown}"


def _choice(context: Mapping[str, Any], shown: str) -> str:
    """For a value that is not one of a few: of an enumeration, or the name of a union's branch."""
    expected = context.get("expected_tags") or context.get("expected", "")
    return f"must be one of {expected}, not {repr(context['tag']) if 'tag' in context else shown}"


def _unknown_field(location: Location, schema: dict[str, Any]) -> str:
    known = _fields_at(schema, location[:-1])
    close = difflib.get_close_matches(str(location[-1]), known, n=1)
    if close:
        return f"is not a field here; write {close[0]!r}, if that is what was meant"
    return f"is not a field here; remove it (fields here: {', '.join(known) or 'none'})"


def _fields_at(schema: dict[str, Any], location: Location) -> list[str]:
    """The fields that the model has at a place, in its own order."""
    here: Mapping[str, Any] = _resolve(schema, schema)
    for part in location:
        branches = here.get("discriminator", {}).get("mapping", {})
        if isinstance(part, int):
            here = here.get("items", {})
        elif part in branches:
            here = {"$ref": branches[part]}
        else:
            others = [here.get("additionalProperties"), *here.get("patternProperties", {}).values()]
            here = here.get("properties", {}).get(part) or next((each for each in others if each), {})
        here = _resolve(schema, here)
    return list(here.get("properties", {}))


def _resolve(schema: dict[str, Any], here: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference, and through an optional field to what it may hold."""
    options = [each for each in here.get("anyOf", ()) if each.get("type") != "null"]
    if options:
        here = options[0]
    reference = here.get("$ref")
    return schema["$defs"][reference.rsplit("/", 1)[-1]] if reference else here
