"""Reads CSV as spreadsheets write it: the text in one of two encodings, the header checked, each row with its line."""

import csv
import difflib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_ENCODINGS = ("utf-8-sig", "gb18030")


class UnusableFileError(Exception):
    """The file as a whole cannot be read; the message says why and how to mend it."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file's rows as text, each with the line on which it begins, the header being line 1."""

    file: str
    encoding: str
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    ragged: list[tuple[int, str]] = field(default_factory=list)
    """Lines whose row has not the header's number of cells, and what to do about it."""


def read_table(path: Path, required: Sequence[str], optional: Sequence[str]) -> Table:
    """Read a file that has the required columns, and no others than the optional ones.

    Raises:
        UnusableFileError: if it cannot be read, is in another encoding, or has not the right columns.
    """
    text, encoding = _decode(path)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(path, header, required, optional)
        table = Table(path.name, encoding)
        begins = reader.line_num + 1
        for cells in reader:
            _add_row(table, header, begins, cells)
            begins = reader.line_num + 1
    except csv.Error as error:
        raise UnusableFileError(
            f"{path}: line {reader.line_num} is not CSV ({error}); double a quote that stands within a quoted value"
        ) from error
    return table


def _add_row(table: Table, header: Sequence[str], line: int, cells: Sequence[str]) -> None:
    if not any(cell.strip() for cell in cells):
        return
    if len(cells) != len(header):
        reason = f"has {len(cells)} cells where the header has {len(header)}; quote a value that holds a comma"
        table.ragged.append((line, reason))
        return
    table.rows.append((line, {name: cell.strip() for name, cell in zip(header, cells, strict=True)}))


def _decode(path: Path) -> tuple[str, str]:
    """The text in the first encoding that fits; none is ever guessed from what the text looks like."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnusableFileError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text, encoding
    raise UnusableFileError(f"{path}: is neither UTF-8 nor GB18030; save it as 'CSV UTF-8' and import it again")


def _check_header(path: Path, header: Sequence[str], required: Sequence[str], optional: Sequence[str]) -> None:
    if not any(header):
        raise UnusableFileError(f"{path}: is empty; the first line names the columns: {', '.join(required)}")
    if len(header) == 1 and re.search(r"[;\t|]", header[0]):
        raise UnusableFileError(f"{path}: its columns must be parted by commas; export it again as CSV with commas")
    problems = [*_missing(header, required), *_unknown(header, (*required, *optional)), *_doubled(header)]
    if problems:
        raise UnusableFileError(f"{path}: {'; '.join(problems)}")


def _missing(header: Sequence[str], required: Sequence[str]) -> Iterator[str]:
    missing = [name for name in required if name not in header]
    if missing:
        yield f"missing columns: {', '.join(missing)}"


def _unknown(header: Sequence[str], known: Sequence[str]) -> Iterator[str]:
    for name in header:
        if name not in known:
            close = difflib.get_close_matches(name.lower(), known, n=1)
            yield f"unknown column {name[:40]!r}; " + (f"write {close[0]}" if close else "remove it")


def _doubled(header: Sequence[str]) -> Iterator[str]:
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled:
        yield f"columns that stand twice: {', '.join(doubled)}"
