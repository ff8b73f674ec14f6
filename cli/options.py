"""The arguments and options that several commands share, so that the same thing has the same name everywhere."""

from typing import Annotated

import typer

NEGATIVE_AMOUNTS = {"ignore_unknown_options": True}
"""Lets ``-5`` through as an amount, so that it is refused as one and not taken for an option."""

AccountId = Annotated[str, typer.Argument(metavar="ACCOUNT_ID", help="The account, by its id.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Answer with one JSON document.")]
Reason = Annotated[
    str, typer.Option("--reason", metavar="CODE", help="Why, in code, such as job_lost; never free text.")
]
By = Annotated[str, typer.Option("--by", metavar="WHO", help="Who decides, by their id.")]
Agent = Annotated[str, typer.Option("--agent", metavar="WHO", help="The agent, by their id.")]
Until = Annotated[
    str | None,
    typer.Option(
        metavar="WHEN",
        help="A day, through its end where the person lives, or a moment such as 2026-12-31T18:00:00+08:00.",
        show_default=False,
    ),
]
EventId = Annotated[
    str | None,
    typer.Option(
        "--event-id",
        metavar="ID",
        help="Under which the fact is applied once, however often it is told.",
        show_default="a new one",
        rich_help_panel="Once and when",
    ),
]
OccurredAt = Annotated[
    str | None,
    typer.Option(
        "--occurred-at",
        metavar="WHEN",
        help="When it happened, such as 2026-11-24T08:00:00+08:00.",
        show_default="now",
        rich_help_panel="Once and when",
    ),
]
RequestId = Annotated[
    str | None,
    typer.Option(
        "--request-id",
        metavar="ID",
        help="Under which the request is answered once: a repeat gets the first answer.",
        show_default="a new one",
        rich_help_panel="Once and when",
    ),
]
After = Annotated[
    str | None, typer.Option(metavar="TOKEN", help="Go on where the page before ended.", show_default=False)
]
Limit = Annotated[int, typer.Option(min=1, max=1000, help="The rows on a page.")]
