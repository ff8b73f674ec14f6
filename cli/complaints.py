"""Complaints and disputes: filed, which stops contact at once, and decided."""

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from cli.failures import CannotError
from cli.options import AccountId, By, EventId, Json, OccurredAt, Reason, RequestId, Until
from cli.telling import Answer, answer, ask, new_id, the_only, told
from client.complaints import NewComplaint, file_complaint
from client.duecourse import Duecourse
from domain.facts import ComplaintCategory
from domain.remedies import RemedyKind
from domain.requests import ComplaintOutcome

commands = typer.Typer()

_WRITTEN: dict[str, str] = {
    RemedyKind.APOLOGISE: "apologise",
    RemedyKind.WAIVE: "waive=12.00",
    RemedyKind.CORRECT_BALANCE: "correct_balance=fees:12.00",
    RemedyKind.RESTART_GENTLER: "restart_gentler=gentle_reminder",
    RemedyKind.CEASE_CONTACT: "cease_contact",
    RemedyKind.RETRAIN_AGENT: "retrain_agent",
}
"""How an option writes each remedy."""

_REMEDIES = f"What is done about it, several times if need be: {', '.join(_WRITTEN.values())}, or retrain_agent=WHO."


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
    words = sys.stdin.read() if text == "-" else text
    complaint = NewComplaint(category, words, agent, complaint_id, event_id or new_id("event"), occurred_at)

    async def work(duecourse: Duecourse) -> Answer:
        filed = await told(file_complaint(duecourse, account_id, complaint), complaint.event_id or "")
        return {"account_id": account_id, **asdict(filed)}

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
    remedy: Annotated[list[str] | None, typer.Option(metavar="REMEDY", help=_REMEDIES, show_default=False)] = None,
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
            remedies=[_remedy(each) for each in remedy or ()] or None,
        )

    answer(as_json, "Complaint decided", work)


@commands.command("extend-complaint", rich_help_panel="Ask and decide")
def extend_complaint(
    account_id: AccountId,
    until: Until,
    reason: Reason,
    by: By,
    complaint: Annotated[str | None, typer.Option(help="Its id.", show_default="the only undecided one")] = None,
    request_id: RequestId = None,
    as_json: Json = False,
) -> None:
    """Give a complaint more time, as far as the jurisdiction lets; the person is told."""

    async def work(duecourse: Duecourse) -> Answer:
        complaint_id = complaint or await _open_complaint(duecourse, account_id)
        body = {"complaint_id": complaint_id, "until": until, "reason_code": reason, "extended_by": by}
        return await ask(duecourse, account_id, "extend_complaint", request_id, **body)

    answer(as_json, "Complaint extended", work)


@commands.command(rich_help_panel="Ask and decide")
def complete(
    account_id: AccountId,
    subject: Annotated[
        str, typer.Argument(metavar="SUBJECT", help="As tasks shows it, such as tell:... or retrain:...")
    ],
    by: By,
    request_id: RequestId = None,
    as_json: Json = False,
) -> None:
    """Say that something was done that no message could do: the person was told, an agent was retrained."""

    async def work(duecourse: Duecourse) -> Answer:
        return await ask(duecourse, account_id, "complete_task", request_id, subject=subject, completed_by=by)

    answer(as_json, "Done", work)


def _remedy(written: str) -> dict[str, str]:
    """A remedy as an option writes it, such as ``waive=12.00`` or ``correct_balance=fees:12.00``.

    Raises:
        CannotError: saying how it is written.
    """
    name, _, value = written.partition("=")
    form = _WRITTEN.get(name)
    if form is None:
        raise CannotError(f"malformed: --remedy: must be one of {', '.join(_WRITTEN.values())}")
    first, _, second = value.partition(":")
    if (not value and "=" in form) or (not second and ":" in form):
        raise CannotError(f"malformed: --remedy: must be written as {form}")
    match RemedyKind(name):
        case RemedyKind.CORRECT_BALANCE:
            return {"kind": name, "component": first, "amount": second}
        case RemedyKind.WAIVE:
            return {"kind": name, "amount": value}
        case RemedyKind.RESTART_GENTLER:
            return {"kind": name, "stage": value}
        case RemedyKind.RETRAIN_AGENT if value:
            return {"kind": name, "agent_id": value}
        case _:
            return {"kind": name}


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
