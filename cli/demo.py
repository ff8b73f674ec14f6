"""The demonstration: two hundred overdue accounts on a real engine, with a life that lasts about a minute.

``python -m cli.demo`` starts everything, imports the example, lets people pay, promise, plan, complain and keep silent,
shows what happens, and stops everything. It fails when something that it promises to show did not happen.
"""

import asyncio
import logging
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.live import Live

from activities.assembly import open_records
from cli.account_files import read_accounts
from cli.connection import duecourse
from cli.demo_board import Board, Summary, as_line, as_table, look, show_summary, sum_up, what_is_missing
from cli.demo_people import AGENTS, People
from cli.demo_staff import train_agents
from cli.import_progress import progress
from cli.import_report import ImportReport
from cli.importing import fit_policies, import_accounts
from cli.printing import console
from cli.processes import ROOT, House, ProgramFailedError, open_house
from cli.report import report_of, write_page
from client.duecourse import Duecourse
from domain.registration import Registration
from tools.fetch import FetchError

ACCOUNTS = ROOT / "examples" / "overdue.csv"
INSTALMENTS = ROOT / "examples" / "instalments.csv"
POLICY = "demo"

_ACCOUNTS_AT_ONCE = 16
_LOOK_EVERY_SECONDS = 1.0
_LINE_EVERY_SECONDS = 5.0
_AT_MOST_TIMES_LONGER = 2
_PER_SECOND = "1000"
_REPORT = "report.html"


def demo_settings() -> dict[str, str]:
    """Settings for a policy in seconds and no provider: they reach nobody."""
    return {
        "profile": "dev",
        "jurisdictions_dir": str(ROOT / "examples" / "demo" / "jurisdictions"),
        **dict.fromkeys(("sms_per_second", "voice_per_second", "email_per_second", "letter_per_second"), _PER_SECOND),
    }


def main(
    seconds: Annotated[float, typer.Option(help="How long to watch; longer if not everything has happened yet.")] = 90,
    keep: Annotated[
        bool | None, typer.Option(help="Keep the UI up in the end until Enter.", show_default="on a terminal")
    ] = None,
    folder: Annotated[
        Path,
        typer.Option(help="Where messages, referrals and the report are kept until the next time, when it is emptied."),
    ] = ROOT / ".state" / "demo",
) -> None:
    """Run the main job on a real engine, with time in seconds, and clean up afterwards."""
    outbox, legal = folder / "outbox", folder / "legal"
    for each in (outbox, legal):
        shutil.rmtree(each, ignore_errors=True)
    (folder / _REPORT).unlink(missing_ok=True)
    # When people stop in the middle of a call, the SDK leaves a future behind of which asyncio would complain.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    if keep is None:
        keep = sys.stdin.isatty() and sys.stdout.isatty()
    try:
        with _open_house(outbox, legal) as house:
            missing = _show(house, seconds, keep)
    except KeyboardInterrupt:
        console(on_stderr=True).print("Stopped; everything is cleaned up.")
        raise typer.Exit(130) from None
    except (ProgramFailedError, FetchError) as error:
        console(on_stderr=True).print(str(error), soft_wrap=True)
        raise typer.Exit(1) from None
    if missing:
        console(on_stderr=True).print(f"Not everything was shown: {', '.join(missing)}.", soft_wrap=True)
        raise typer.Exit(1)


@contextmanager
def _open_house(outbox: Path, legal: Path) -> Iterator[House]:
    console().print("Starting a Temporal server, a database and a worker ...")
    with tempfile.TemporaryDirectory(prefix="duecourse-demo-") as folder:
        places = {
            "database_url": f"sqlite:///{folder}/duecourse.db",
            "outbox_dir": str(outbox),
            "legal_dir": str(legal),
        }
        with open_house(Path(folder), keep_engine=False, **places, **demo_settings()) as house:
            yield house


def _show(house: House, seconds: float, keep: bool) -> list[str]:
    """Play, tell what happened, and answer what is missing."""
    console().print(f"Each account tells its story in the Temporal UI: {house.ui_url}")
    summary = asyncio.run(_play(house, seconds))
    places = {"Messages": house.settings.outbox_dir, "Referrals": house.settings.legal_dir, "Report": _report_on(house)}
    show_summary(summary, {name: str(place) for name, place in places.items()})
    if keep:
        console().print(f"The UI stays up at {house.ui_url} until you press Enter.", style="bold")
        with suppress(EOFError):
            input()
    return what_is_missing(summary)


def _report_on(house: House) -> Path:
    """Write the report on all accounts, and answer where it stands."""
    file, database = house.settings.outbox_dir.with_name(_REPORT), open_records(house.settings)
    write_page(report_of(database, datetime.now(UTC)), file, {})
    database.dispose()
    return file


async def _play(house: House, seconds: float) -> Summary:
    """Import the example, let everybody act, and watch until the time is over and everything has happened."""
    async with duecourse(house.settings) as way_in:
        started = time.monotonic()
        accounts, refused_rows = await _import(way_in)
        goal = way_in.library.policies[POLICY].goal
        train_agents(way_in, AGENTS, datetime.now(UTC))
        async with _acting(People(way_in, accounts)) as people:
            async for board, elapsed in _boards(way_in, started):
                house.require_running()
                if people.done():
                    people.result()
                if elapsed >= seconds:
                    summary = sum_up(board, way_in.database, goal, refused_rows, datetime.now(UTC))
                    if not what_is_missing(summary) or elapsed >= seconds * _AT_MOST_TIMES_LONGER:
                        return summary
    raise AssertionError("boards never end")


async def _import(way_in: Duecourse) -> tuple[list[Registration], int]:
    """The accounts that went on, and how many rows were refused."""
    reading = read_accounts(ACCOUNTS, INSTALMENTS, POLICY)
    fitting = fit_policies(reading, way_in.library)
    rows = [row for row, _ in fitting.accounts]
    with progress(len(rows)) as tick:
        imported = await import_accounts(way_in, reading.file, rows, _ACCOUNTS_AT_ONCE, tick)
    report = ImportReport(reading, fitting, imported, datetime.now(UTC))
    report.show(None)
    return [row.registration for row in rows], report.refused_rows


@asynccontextmanager
async def _acting(people: People) -> AsyncIterator[asyncio.Task[None]]:
    """Let people live while the block runs."""
    task = asyncio.create_task(people.live())
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _boards(way_in: Duecourse, started: float) -> AsyncIterator[tuple[Board, float]]:
    """Where everything stands, shown as it changes: a table on a terminal, a line now and then elsewhere."""
    with _display() as show:
        while True:
            board, elapsed = await look(way_in.temporal, way_in.database), time.monotonic() - started
            show(board, elapsed)
            yield board, elapsed
            await asyncio.sleep(_LOOK_EVERY_SECONDS)


@contextmanager
def _display() -> Iterator[Callable[[Board, float], None]]:
    screen = console()
    if screen.is_terminal:
        with Live(console=screen, auto_refresh=False) as live:
            yield lambda board, elapsed: live.update(as_table(board, elapsed), refresh=True)
        return
    told_at = float("-inf")

    def tell(board: Board, elapsed: float) -> None:
        nonlocal told_at
        if elapsed - told_at >= _LINE_EVERY_SECONDS:
            told_at = elapsed
            screen.print(as_line(board, elapsed), soft_wrap=True)
            screen.file.flush()

    yield tell


if __name__ == "__main__":
    typer.run(main)
