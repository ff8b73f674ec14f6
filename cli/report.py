"""The report on the portfolios: recovery against the goal and what goes with it, as tables or one JSON document."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from cli.connection import records
from cli.options import Json
from cli.printing import console, print_json, print_table
from cli.report_json import as_json as json_of
from cli.report_tables import tables_of
from domain.report_figures import Report
from domain.reports import report_on
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
    as_json: Json = False,
) -> None:
    """Show recovery against the goal, rolls from stage to stage, promises, complaints and contacts by channel."""
    moment = _moment(as_of)
    with records() as database, database.reading() as session:
        found = report_on(read_histories(session, moment, policy), moment)
    if as_json:
        print_json(json_of(found))
    else:
        _show(found)


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
