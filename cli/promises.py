"""Promises to pay that came by a message, on the person's page, or in a request."""

from enum import StrEnum
from typing import Annotated

import typer

from cli.options import AccountId, EventId, Json, OccurredAt
from cli.telling import Answer, answer, new_id, tell
from client.duecourse import Duecourse

commands = typer.Typer()


class PromiseChannel(StrEnum):
    """How a promise came."""

    SMS = "sms"
    """A text message."""
    VOICE = "voice"
    """A voice menu."""
    EMAIL = "email"
    """An email."""
    LETTER = "letter"
    """A letter."""
    WEB = "web"
    """The person's own page."""


@commands.command("promise", rich_help_panel="Tell what happened")
def promise(
    account_id: AccountId,
    amount: Annotated[str, typer.Argument(help="What was promised, such as 120.00.")],
    date: Annotated[str, typer.Option(metavar="WHEN", help="The day, such as 2026-12-15.")],
    channel: Annotated[PromiseChannel, typer.Option(help="How it came.")],
    taken_by: Annotated[str | None, typer.Option(metavar="WHO", help="Who of the house took it.")] = None,
    promise_id: Annotated[str | None, typer.Option(help="Its id.", show_default="a new one")] = None,
    event_id: EventId = None,
    occurred_at: OccurredAt = None,
    as_json: Json = False,
) -> None:
    """Record a promise to pay; until its day and grace are over, nobody is contacted."""

    async def work(duecourse: Duecourse) -> Answer:
        body = {"promise_id": promise_id or new_id("promise"), "amount": amount, "date": date}
        return await tell(
            duecourse, account_id, "record_promise", event_id, occurred_at, **body, channel=channel, taken_by=taken_by
        )

    answer(as_json, "Promise recorded", work)
