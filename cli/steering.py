"""How a person steers a case by hand: its track, a hold, and its end."""

from typing import Annotated

import typer

from cli.options import AccountId, By, Json, Reason, RequestId, Until
from cli.telling import Answer, answer, ask, new_id, the_only
from client.duecourse import Duecourse
from domain.requests import StoppedChoice
from domain.terms import HoldKind, Track

commands = typer.Typer()


@commands.command(rich_help_panel="Ask and decide")
def track(
    account_id: AccountId,
    name: Annotated[Track, typer.Argument(metavar="TRACK", help="Slower with offers, as written, or sooner.")],
    reason: Reason,
    by: By,
    evidence: Annotated[
        str | None, typer.Option(metavar="REF", help="For firm: the call or stored text that shows it.")
    ] = None,
    request_id: RequestId = None,
    as_json: Json = False,
) -> None:
    """Choose how the timetable bends to the person, always within the law."""

    async def work(duecourse: Duecourse) -> Answer:
        body = {"track": name.value, "reason_code": reason, "set_by": by, "evidence_ref": evidence}
        return await ask(duecourse, account_id, "set_track", request_id, **body)

    answer(as_json, f"Track {name}", work)


@commands.command(rich_help_panel="Ask and decide")
def hold(
    account_id: AccountId,
    reason: Reason,
    by: By,
    until: Until = None,
    hold_id: Annotated[str | None, typer.Option(help="Its id.", show_default="a new one")] = None,
    request_id: RequestId = None,
    as_json: Json = False,
) -> None:
    """Stop the case by hand; it resumes on its date, or by resume."""

    async def work(duecourse: Duecourse) -> Answer:
        body = {"hold_id": hold_id or new_id("hold"), "reason_code": reason, "held_by": by, "until": until}
        return await ask(duecourse, account_id, "hold_case", request_id, **body)

    answer(as_json, "Case on hold", work)


@commands.command(rich_help_panel="Ask and decide")
def resume(
    account_id: AccountId,
    reason: Reason,
    by: By,
    hold: Annotated[str | None, typer.Option(help="The hold's id.", show_default="the only one by hand")] = None,
    request_id: RequestId = None,
    as_json: Json = False,
) -> None:
    """End a hold by hand; other holds go on."""

    async def work(duecourse: Duecourse) -> Answer:
        hold_id = hold or await _manual_hold(duecourse, account_id)
        body = {"hold_id": hold_id, "reason_code": reason, "resumed_by": by}
        return await ask(duecourse, account_id, "resume_case", request_id, **body)

    answer(as_json, "Case resumed", work)


@commands.command("decide-stopped", rich_help_panel="Ask and decide")
def decide_stopped(
    account_id: AccountId,
    choice: Annotated[StoppedChoice, typer.Argument(metavar="CHOICE", help="close, wait or legal_review.")],
    reason: Reason,
    by: By,
    until: Until = None,
    request_id: RequestId = None,
    as_json: Json = False,
) -> None:
    """Choose how a case goes on whose person has stopped all contact. With wait, --until says when to choose again."""

    async def work(duecourse: Duecourse) -> Answer:
        body = {"choice": choice.value, "until": until, "reason_code": reason, "decided_by": by}
        return await ask(duecourse, account_id, "decide_stopped_case", request_id, **body)

    answer(as_json, f"Stopped case: {choice}", work)


@commands.command(rich_help_panel="Ask and decide")
def close(account_id: AccountId, reason: Reason, by: By, request_id: RequestId = None, as_json: Json = False) -> None:
    """End the collection of a debt that is still unpaid, for good."""

    async def work(duecourse: Duecourse) -> Answer:
        return await ask(duecourse, account_id, "close_case", request_id, reason_code=reason, closed_by=by)

    answer(as_json, "Case closed", work)


async def _manual_hold(duecourse: Duecourse, account_id: str) -> str:
    holds = (await duecourse.status(account_id)).get("holds", [])
    return the_only([each["hold_id"] for each in holds if each["kind"] == HoldKind.MANUAL], "hold by hand", "--hold")
