"""Waivers of interest and fees: asked for, and above an agent's authority decided by somebody else."""

from typing import Annotated, Any

import typer

from cli.failures import CannotError
from cli.options import NEGATIVE_AMOUNTS, AccountId, By, Json, Reason, RequestId
from cli.telling import Answer, answer, ask, the_only
from client.duecourse import Duecourse

commands = typer.Typer()


@commands.command(rich_help_panel="Ask and decide", context_settings=NEGATIVE_AMOUNTS)
def waive(
    account_id: AccountId,
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="A decimal such as 15.00.")],
    reason: Reason,
    by: By,
    if_paid: Annotated[str | None, typer.Option(metavar="AMOUNT", help="Only once that much was paid.")] = None,
    paid_by: Annotated[str | None, typer.Option(metavar="WHEN", help="With --if-paid: until when.")] = None,
    request_id: RequestId = None,
    as_json: Json = False,
) -> None:
    """Ask that interest or fees be waived: at once within the policy's authority, else decide-waiver is needed.

    With --if-paid it is an offer, which is booked when that much has come in by then, and lapses otherwise.
    """
    if (if_paid is None) is not (paid_by is None):
        raise CannotError("malformed: --if-paid and --paid-by go together; give both or neither")

    async def work(duecourse: Duecourse) -> Answer:
        body: dict[str, Any] = {"amount": amount, "reason_code": reason, "requested_by": by}
        if if_paid is not None:
            body["condition"] = {"pay_amount": if_paid, "by": paid_by}
        return await ask(duecourse, account_id, "request_waiver", request_id, **body)

    answer(as_json, f"Waiver of {amount} asked for", work)


@commands.command("decide-waiver", rich_help_panel="Ask and decide")
def decide_waiver(
    account_id: AccountId,
    by: By,
    approve: Annotated[bool, typer.Option("--approve/--refuse", help="The decision.", show_default=False)],
    waiver: Annotated[str | None, typer.Option(help="Its id.", show_default="the only undecided one")] = None,
    request_id: RequestId = None,
    as_json: Json = False,
) -> None:
    """Approve or refuse a waiver that somebody else asked for."""

    async def work(duecourse: Duecourse) -> Answer:
        waiver_id = waiver or await _undecided_waiver(duecourse, account_id)
        body = {"waiver_id": waiver_id, "approve": approve, "decided_by": by}
        return await ask(duecourse, account_id, "decide_waiver", request_id, **body)

    answer(as_json, "Waiver decided", work)


async def _undecided_waiver(duecourse: Duecourse, account_id: str) -> str:
    waivers = (await duecourse.status(account_id)).get("waivers", [])
    return the_only(
        [each["waiver_id"] for each in waivers if each["approved"] is None and not each["outcome"]],
        "undecided waiver",
        "--waiver",
    )
