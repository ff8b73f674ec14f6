"""The notices that the law demands, as far as people see to them."""

from typing import Annotated

import typer

from cli.options import AccountId, By, Json, RequestId
from cli.telling import Answer, answer, ask, now
from client.duecourse import Duecourse
from domain.requests import NoticeWay

commands = typer.Typer()


@commands.command("duty-done", rich_help_panel="Ask and decide")
def duty_done(
    account_id: AccountId,
    message_id: Annotated[str, typer.Argument(metavar="MESSAGE_ID", help="As status shows it: arrears_notice.1.")],
    channel: Annotated[NoticeWay, typer.Option(metavar="WAY", help=", ".join(NoticeWay))],
    evidence: Annotated[str, typer.Option(metavar="REF", help="Where the proof is kept, such as a posting number.")],
    by: By,
    at: Annotated[str | None, typer.Option(metavar="WHEN", show_default="now")] = None,
    request_id: RequestId = None,
    as_json: Json = False,
) -> None:
    """Record that a notice which the account owes was given in another way. What waited for it goes on."""

    async def work(duecourse: Duecourse) -> Answer:
        body = {"message_id": message_id, "done_at": at or now(), "by_channel": channel.value}
        proof = {"evidence_ref": evidence, "done_by": by}
        return await ask(duecourse, account_id, "record_duty_done", request_id, **body, **proof)

    answer(as_json, f"Notice {message_id} given", work)
