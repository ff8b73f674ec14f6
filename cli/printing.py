"""How answers look: tables for people, one JSON document for machines."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from rich.cells import cell_len
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
    """Print a table; columns whose name begins with ``#`` hold numbers.

    On a screen too narrow for whole words beside each other, each row is printed as fields below each other.
    """
    screen = console(on_stderr=on_stderr)
    screen.print(Text(title, style="bold"))
    cells = [[cell(value) for value in row] for row in rows]
    names = [name.removeprefix("#") for name in columns]
    texts = list(zip(names, *([each.plain for each in row] for row in cells), strict=True))
    gaps, least = len(columns) - 1, [max(map(_longest_word, column)) for column in texts]
    if not cells:
        return
    if sum(least) + gaps > screen.width:
        _print_blocks(screen, names, cells)
        return
    gap = 2 if sum(least) + 2 * gaps <= screen.width else 1
    wanted = [max(map(_longest_line, column)) for column in texts]
    table = Table(header_style="dim", box=None, pad_edge=False, padding=(0, gap, 0, 0))
    for column, name, width in zip(columns, names, _widths(least, wanted, screen.width - gap * gaps), strict=True):
        justify: Literal["left", "right"] = "right" if column.startswith("#") else "left"
        table.add_column(name, justify=justify, overflow="fold", width=width)
    for each in cells:
        table.add_row(*each)
    screen.print(table)


def _widths(least: Sequence[int], wanted: Sequence[int], room: int) -> list[int]:
    """What each column gets: its longest word, and of the room that is left what it wants, small wishes first."""
    widths, spare = list(least), room - sum(least)
    wishes = sorted((want - word, column) for column, (word, want) in enumerate(zip(least, wanted, strict=True)))
    for number, (wish, column) in enumerate(wishes):
        given = min(wish, spare // (len(wishes) - number))
        widths[column] += given
        spare -= given
    return widths


def _print_blocks(screen: Console, names: Sequence[str], rows: Iterable[Sequence[Text]]) -> None:
    for row in rows:
        block = Table.grid(padding=(0, 2))
        block.add_column(style="dim", no_wrap=True)
        block.add_column(overflow="fold")
        for name, value in zip(names, row, strict=True):
            if value.plain:
                block.add_row(Text(name), value)
        screen.print(block)
        screen.print()


def _longest_word(text: str) -> int:
    return max(map(cell_len, text.split()), default=0)


def _longest_line(text: str) -> int:
    return max(map(cell_len, text.splitlines()), default=0)


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
