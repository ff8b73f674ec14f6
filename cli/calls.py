"""Calls by people: leave to dial, and what came of it; and what providers report of messages."""

from typing import Annotated, Any

import typer
from sqlmodel import Session, col, select

from cli.failures import CannotError
from cli.options import AccountId, Agent, EventId, Json, OccurredAt, RequestId
from cli.telling import Answer, answer, ask, new_id, now, tell, the_only
from client.duecourse import Duecourse
from domain.facts import CallOutcome, DeliveryReport
from domain.terms import Channel
from storage.accounts import find_account
from storage.people import usable_address
from storage.tables import Address, CallPermission, CallTask

commands = typer.Typer()

_NOT_ANSWERED = frozenset({CallOutcome.NO_ANSWER, CallOutcome.NUMBER_INVALID})
_Call = Annotated[
    str | None, typer.Option("--call", metavar="CALL_ID", help="The call.", show_default="the one that waits")
]


@commands.command("begin-call", rich_help_panel="Ask and decide")
def begin_call(
    account_id: AccountId, agent: Agent, call: _Call = None, request_id: RequestId = None, as_json: Json = False
) -> None:
    """Ask for leave to make the call that waits, now and once. Shows the number and the script."""

    async def work(duecourse: Duecourse) -> Answer:
        call_id = call or the_only(await _waiting_calls(duecourse, account_id), "call that waits", "--call")
        permit = await ask(duecourse, account_id, "begin_call", request_id, call_id=call_id, agent_id=agent)
        with duecourse.database.reading() as session:
            return permit | _what_to_dial(session, permit["number_ref"], call_id)

    answer(as_json, "You may call now, once", work)


@commands.command("call-outcome", rich_help_panel="Tell what happened")
def call_outcome(
    account_id: AccountId,
    outcome: Annotated[CallOutcome, typer.Argument(metavar="OUTCOME", help="How it ended.")],
    agent: Agent,
    call: _Call = None,
    promise: Annotated[str | None, typer.Option(metavar="AMOUNT", help="With promised: how much.")] = None,
    promise_date: Annotated[str | None, typer.Option(metavar="WHEN", help="With promised: by when.")] = None,
    reason: Annotated[str | None, typer.Option(metavar="CODE", help="Why it is not paid, such as job_lost.")] = None,
    inbound: Annotated[bool, typer.Option("--inbound", help="The person called us.")] = False,
    number: Annotated[
        str | None, typer.Option(metavar="REF", help="The number, by its reference.", show_default="the permit's")
    ] = None,
    dialled_at: Annotated[str | None, typer.Option(metavar="WHEN", show_default="now")] = None,
    ended_at: Annotated[str | None, typer.Option(metavar="WHEN")] = None,
    right_party: Annotated[
        bool | None, typer.Option("--right-party/--not-verified", help="Whether it was known to be the person.")
    ] = None,
    event_id: EventId = None,
    occurred_at: OccurredAt = None,
    as_json: Json = False,
) -> None:
    """Report how one dial, or one call by the person, ended."""
    promised = {"amount": promise, "date": promise_date} if promise is not None or promise_date is not None else None

    async def work(duecourse: Duecourse) -> Answer:
        call_id = call or await _call_meant(duecourse, account_id, inbound)
        return await tell(
            duecourse,
            account_id,
            "record_call_outcome",
            event_id,
            occurred_at,
            call_id=call_id,
            outcome=outcome.value,
            agent_id=agent,
            direction="inbound" if inbound else "outbound",
            number_ref=number or _number_used(duecourse, account_id, call_id),
            dialled_at=dialled_at or occurred_at or now(),
            connected=outcome not in _NOT_ANSWERED,
            ended_at=ended_at,
            right_party=right_party,
            reason_code=reason,
            promise=promised,
        )

    answer(as_json, f"Call ended: {outcome}", work)


@commands.command(rich_help_panel="Tell what happened")
def delivery(
    account_id: AccountId,
    contact_id: Annotated[str, typer.Argument(metavar="CONTACT_ID", help="The message, as outbox lists it.")],
    status: Annotated[DeliveryReport, typer.Argument(metavar="STATUS", help="delivered or failed.")],
    at: Annotated[str | None, typer.Option(metavar="WHEN", show_default="now")] = None,
    code: Annotated[str | None, typer.Option(help="The provider's or postman's code, such as returned.")] = None,
    event_id: EventId = None,
    occurred_at: OccurredAt = None,
    as_json: Json = False,
) -> None:
    """Report what became of a message or letter; a returned letter stops its address for everybody."""

    async def work(duecourse: Duecourse) -> Answer:
        body = {"contact_id": contact_id, "status": status.value, "at": at or occurred_at or now(), "code": code}
        return await tell(duecourse, account_id, "report_delivery", event_id, occurred_at, **body)

    answer(as_json, f"Message {contact_id} {status}", work)


async def _waiting_calls(duecourse: Duecourse, account_id: str) -> list[str]:
    call = (await duecourse.status(account_id)).get("call")
    return [call["call_id"]] if call is not None else []


async def _call_meant(duecourse: Duecourse, account_id: str, inbound: bool) -> str:
    waiting = await _waiting_calls(duecourse, account_id)
    if inbound and not waiting:
        return new_id("inbound")
    return the_only(waiting, "call that waits", "--call")


def _what_to_dial(session: Session, number_ref: str, call_id: str) -> dict[str, Any]:
    address, task = session.get(Address, number_ref), session.get(CallTask, call_id)
    return {"number": address.value if address else None, "script": task.script if task else None}


def _number_used(duecourse: Duecourse, account_id: str, call_id: str) -> str:
    """The number of the permit for the call, or the person's first one."""
    with duecourse.database.reading() as session:
        permits = select(CallPermission.address_ref).where(
            col(CallPermission.account_id) == account_id, col(CallPermission.call_id) == call_id
        )
        permitted = session.exec(permits.order_by(col(CallPermission.granted_at).desc())).first()
        if permitted is not None:
            return permitted
        known = usable_address(session, find_account(session, account_id).debtor_id, Channel.CALL)
    if known is None:
        raise CannotError("no usable number is known of this person; name the one used with --number")
    return known.address_ref
