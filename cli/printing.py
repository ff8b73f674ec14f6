"""How answers look: tables for people, one JSON document for machines."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDTH_OF_A_PIPE = 160


def console(*, on_stderr: bool = False) -> Console:
    """A console that takes text as it is; a pipe gets wide lines, since nobody can widen it."""
    stream = sys.stderr if on_stderr else sys.stdout
    width = None if stream.isatty() else _WIDTH_OF_A_PIPE
    return Console(file=stream, width=width, markup=False, highlight=False, emoji=False)


def print_json(document: Any) -> None:
    """Print one JSON document."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, default=_plain) + "\n")


def print_fields(title: str, fields: Mapping[str, Any]) -> None:
    """Print a title and below it one field a line, without the empty ones."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in fields.items():
        if value not in (None, "", [], {}):
            table.add_row(Text(name.replace("_", " ")), cell(value))
    screen = console()
    screen.print(Text(title, style="bold"))
    screen.print(table)


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, on_stderr: bool = False) -> None:
    """Print a table; columns whose name begins with ``#`` hold numbers."""
    table = Table(header_style="dim", box=None, pad_edge=False)
    for name in columns:
        table.add_column(name.removeprefix("#"), justify="right" if name.startswith("#") else "left", overflow="fold")
    for row in rows:
        table.add_row(*(cell(value) for value in row))
    screen = console(on_stderr=on_stderr)
    screen.print(Text(title, style="bold"))
    if table.rows:
        screen.print(table)


def cell(value: Any) -> Text:
    """A value as a person reads it, without anything that a terminal would obey."""
    if value is None:
        return Text("")
    if isinstance(value, bool):
        return Text("yes" if value else "no")
    if isinstance(value, datetime):
        return Text(moment(value))
    if isinstance(value, Mapping):
        return Text(", ".join(f"{name} {each}" for name, each in value.items()))
    if isinstance(value, list | tuple):
        return Text("\n".join(cell(each).plain for each in value))
    return Text("".join(each for each in str(value) if each.isprintable() or each == "\n"))


def moment(value: datetime | None) -> str:
    """A moment to the second, in UTC."""
    return "" if value is None else f"{value:%Y-%m-%d %H:%M:%S}Z"


def _plain(value: Any) -> str:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else str(value)
