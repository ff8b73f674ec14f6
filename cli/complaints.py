"""Complaints and disputes: filed, which stops contact at once, and decided."""

import sys
from typing import Annotated

import typer

from cli.options import AccountId, By, EventId, Json, OccurredAt, RequestId
from cli.telling import Answer, answer, ask, new_id, tell, the_only
from client.duecourse import Duecourse
from domain.facts import ComplaintCategory
from domain.requests import ComplaintOutcome

commands = typer.Typer()


@commands.command(rich_help_panel="Tell what happened")
def complain(
    account_id: AccountId,
    category: Annotated[ComplaintCategory, typer.Option(help="What it is about; dispute denies the debt itself.")],
    text: Annotated[
        str | None, typer.Option(help="The person's words, or - to read them from standard input.", show_default=False)
    ] = None,
    agent: Annotated[
        str | None, typer.Option(metavar="WHO", help="The agent whom it names, who cannot decide it.")
    ] = None,
    complaint_id: Annotated[str | None, typer.Option(help="Its id.", show_default="a new one")] = None,
    event_id: EventId = None,
    occurred_at: OccurredAt = None,
    as_json: Json = False,
) -> None:
    """File a complaint, or a dispute of the debt. Contact stops at once, until it is decided.

    A complaint stops contact on all of the person's accounts, a dispute on this one.
    """

    async def work(duecourse: Duecourse) -> Answer:
        return await tell(
            duecourse,
            account_id,
            "file_complaint",
            event_id,
            occurred_at,
            complaint_id=complaint_id or new_id("complaint"),
            category=category.value,
            text_ref=await _stored(duecourse, account_id, text),
            agent_id=agent,
        )

    answer(as_json, "Complaint filed", work)


@commands.command(rich_help_panel="Ask and decide")
def resolve(
    account_id: AccountId,
    outcome: Annotated[ComplaintOutcome, typer.Option(help="How it was decided.")],
    by: By,
    explanation: Annotated[
        str, typer.Option(metavar="TEXT", help="Why, in words for the person, or - for standard input.")
    ],
    complaint: Annotated[str | None, typer.Option(help="Its id.", show_default="the only undecided one")] = None,
    remedy: Annotated[str | None, typer.Option(metavar="CODE", help="What is done about it, in code.")] = None,
    request_id: RequestId = None,
    as_json: Json = False,
) -> None:
    """Decide a complaint or dispute; by somebody else than the agent whom it names."""

    async def work(duecourse: Duecourse) -> Answer:
        return await ask(
            duecourse,
            account_id,
            "resolve_complaint",
            request_id,
            complaint_id=complaint or await _open_complaint(duecourse, account_id),
            outcome=outcome.value,
            resolved_by=by,
            explanation_ref=await _stored(duecourse, account_id, explanation),
            remedy=remedy,
        )

    answer(as_json, "Complaint decided", work)


async def _stored(duecourse: Duecourse, account_id: str, text: str | None) -> str | None:
    """The reference of a text, once it is stored; a text that is a single dash is read from standard input."""
    if text is None:
        return None
    return await duecourse.store_text(account_id, sys.stdin.read() if text == "-" else text)


async def _open_complaint(duecourse: Duecourse, account_id: str) -> str:
    complaints = (await duecourse.status(account_id)).get("complaints", [])
    return the_only(
        [each["complaint_id"] for each in complaints if each["outcome"] is None], "undecided complaint", "--complaint"
    )
