"""What an import tells in the end: what it did or would do, and which rows it refused and why."""

import csv
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cli.account_files import AccountRow, Reading, RefusedRow
from cli.importing import Fitting, Imported
from cli.printing import console, print_table
from domain.registration import end_of_day
from domain.terms import Stage

_SHOWN = 20
_COLUMNS = ("file", "line", "account_id", "column", "reason")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_MEANINGS = {
    "new": "registered now",
    "known": "registered before, with the same content",
    "started": "collection started",
    "running": "being collected already, nothing was started or sent again",
    "closed": "ended before, nothing was started",
}


@dataclass(frozen=True)
class ImportReport:
    """The report of one import, or of a dry run when nothing was imported."""

    reading: Reading
    fitting: Fitting
    imported: Imported | None
    at: datetime

    @property
    def refused(self) -> list[RefusedRow]:
        """Everything that was refused, in the order of the files."""
        at_import = self.imported.refused if self.imported is not None else []
        return sorted([*self.fitting.refused, *at_import], key=lambda each: (each.file, each.line))

    @property
    def refused_rows(self) -> int:
        """How many rows were refused; one may have several things wrong."""
        return len({(each.file, each.line) for each in self.refused})

    def as_json(self) -> dict[str, Any]:
        """The report for machines."""
        return {
            "file": self.reading.file,
            "encoding": self._encoding(),
            "rows": self.reading.rows,
            **(self._counts() if self.imported is not None else {"would_start": self._plan()}),
            "refused_rows": self.refused_rows,
            "refused": [asdict(each) for each in self.refused],
        }

    def show(self, rejects: Path | None) -> None:
        """Show the report; ``rejects`` is where all refused rows were written, if anywhere."""
        title = f"{self.reading.file}: {self.reading.rows} rows, read as {self._encoding()}"
        if self.imported is None:
            rows = [list(each.values()) for each in self._plan()]
            title += f"; {len(self.fitting.accounts)} accounts would be started"
            print_table(title, ("jurisdiction", "policy", "stage", "#accounts"), rows)
        else:
            counts = self._counts()
            told = [(name, counts[name], words) for name, words in _MEANINGS.items() if counts[name]]
            print_table(title, ("", "#accounts", ""), told)
        if self.refused:
            self._show_refused(rejects)

    def _show_refused(self, rejects: Path | None) -> None:
        rows = [[getattr(each, name) for name in _COLUMNS] for each in self.refused[:_SHOWN]]
        columns = ("file", "#line", "account", "column", "reason")
        print_table(f"Refused rows: {self.refused_rows}", columns, rows)
        hidden = len(self.refused) - _SHOWN
        if rejects is not None:
            console().print(f"All of them are in {rejects}", style="dim")
        elif hidden > 0:
            console().print(f"There are {hidden} more: add --rejects FILE.csv", style="dim")

    def _encoding(self) -> str:
        return "UTF-8" if self.reading.encoding.startswith("utf-8") else self.reading.encoding.upper()

    def _counts(self) -> dict[str, int]:
        counts = self.imported.counts() if self.imported is not None else Counter()
        return {name: counts[name] for name in _MEANINGS}

    def _plan(self) -> list[dict[str, Any]]:
        """What would be started, counted by jurisdiction, policy and the stage in which each account would be."""
        counts = Counter(
            (row.registration.jurisdiction, policy.name, _begins(row, self.at)) for row, policy in self.fitting.accounts
        )
        return [
            {"jurisdiction": jurisdiction, "policy": policy, "stage": stage, "accounts": count}
            for (jurisdiction, policy, stage), count in sorted(counts.items())
        ]


def write_rejects(path: Path, refused: list[RefusedRow]) -> None:
    """Write refused rows as CSV for spreadsheets; a cell that one would take for a formula is made plain text."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        writer.writerows([_plain(str(getattr(each, name))) for name in _COLUMNS] for each in refused)


def _begins(row: AccountRow, now: datetime) -> str:
    """Every case begins with the first stage, since none is skipped; one that owes nothing yet waits for its day."""
    first_due = min(each.due_date for each in row.registration.instalments)
    overdue = end_of_day(first_due, row.registration.time_zone) <= now
    return Stage.FIRST_REMINDER.value if overdue else f"{Stage.FIRST_REMINDER}, once overdue"


def _plain(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
