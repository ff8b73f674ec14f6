"""The report on the portfolios: recovery against the goal and what goes with it, as tables or one JSON document."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from cli.connection import library, records
from cli.failures import CannotError
from cli.options import Json
from cli.printing import console, print_json, print_table
from cli.report_json import as_json as json_of
from cli.report_tables import tables_of
from domain.report_figures import Report
from domain.reports import report_on
from storage.database import Database
from storage.reports import read_histories

commands = typer.Typer()


@commands.command(rich_help_panel="Look")
def report(
    policy: Annotated[str | None, typer.Option(help="Of one policy.", show_default="all")] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], metavar="DAY", help="As known at the end of that day, in UTC.", show_default="now"
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.html",
            help="Write it there instead, as one page with plots that opens without a network.",
            show_default=False,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show recovery against the goal, rolls from stage to stage, promises, complaints and contacts by channel."""
    with records() as database:
        found = report_of(database, _moment(as_of), policy)
    if html is not None:
        write_page(found, html, {name: each.title for name, each in library().policies.items()})
    if as_json:
        print_json(json_of(found))
    elif html is not None:
        console().print(f"Written to {html}", soft_wrap=True)
    else:
        _show(found)


def report_of(database: Database, as_of: datetime, policy: str | None = None) -> Report:
    """The report on the accounts of one policy or of all, as known at a moment."""
    with database.reading() as session:
        return report_on(read_histories(session, as_of, policy), as_of)


def write_page(found: Report, file: Path, titles: dict[str, str]) -> None:
    """Write a report as an HTML page.

    Args:
        found: the report.
        file: the page.
        titles: the policies' titles by name.

    Raises:
        CannotError: if the file cannot be written.
    """
    # Plots need Matplotlib, which no other command should wait for.
    from cli.report_page import page_of

    try:
        file.write_text(page_of(found, titles), encoding="utf-8")
    except OSError as error:
        raise CannotError(f"--html: cannot write {file}: {error.strerror}; name a file in a folder of yours") from error


def _moment(day: datetime | None) -> datetime:
    now = datetime.now(UTC)
    return now if day is None else min(now, day.replace(tzinfo=UTC) + timedelta(days=1, microseconds=-1))


def _show(found: Report) -> None:
    if not found.portfolios:
        console().print("No account that is collected was overdue by then.")
    for portfolio in found.portfolios:
        console().rule(f"{portfolio.policy}, {portfolio.currency}: {portfolio.whole.accounts} accounts")
        for table in tables_of(portfolio, found.as_of):
            print_table(table.title, table.columns, table.rows)
            console().print(table.meaning, style="dim")
            console().print()
