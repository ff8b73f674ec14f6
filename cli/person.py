"""What concerns the person: hardship, circumstances, grace, and what they allow us to use."""

from typing import Annotated

import typer

from cli.options import AccountId, By, EventId, Json, OccurredAt, Reason, RequestId, Until
from cli.telling import Answer, answer, ask, new_id, tell, the_only
from client.duecourse import Duecourse
from domain.facts import CircumstanceKind
from domain.terms import Channel, HoldKind, Weekday

commands = typer.Typer()

_OTHER_HOLDS = (HoldKind.COMPLAINT, HoldKind.DISPUTE, HoldKind.PLAN, HoldKind.PROMISE, HoldKind.MANUAL)
_Address = Annotated[
    str | None,
    typer.Option("--address", metavar="REF", help="One address, by its reference.", show_default="the whole channel"),
]
_Channel = Annotated[Channel, typer.Argument(metavar="CHANNEL", help="By which messages or calls reach the person.")]


@commands.command(rich_help_panel="Tell what happened")
def hardship(
    account_id: AccountId,
    reason: Reason,
    until: Until = None,
    evidence: Annotated[str | None, typer.Option(metavar="REF", help="The reference of what shows it.")] = None,
    hardship_id: Annotated[str | None, typer.Option(help="Its id.", show_default="a new one")] = None,
    event_id: EventId = None,
    occurred_at: OccurredAt = None,
    as_json: Json = False,
) -> None:
    """Report that the person cannot pay for a reason that deserves time. Without --until the policy says how long."""

    async def work(duecourse: Duecourse) -> Answer:
        body = {"hardship_id": hardship_id or new_id("hardship"), "reason_code": reason, "until": until}
        body |= {"evidence_ref": evidence}
        return await tell(duecourse, account_id, "report_hardship", event_id, occurred_at, **body)

    answer(as_json, "Hardship reported", work)


@commands.command(rich_help_panel="Tell what happened")
def circumstance(
    account_id: AccountId,
    kind: Annotated[CircumstanceKind, typer.Argument(metavar="KIND", help="What it is.")],
    by: Annotated[str, typer.Option(metavar="WHO", help="Who reported it, by their id.")],
    until: Until = None,
    circumstance_id: Annotated[str | None, typer.Option(help="Its id.", show_default="a new one")] = None,
    event_id: EventId = None,
    occurred_at: OccurredAt = None,
    as_json: Json = False,
) -> None:
    """Report a circumstance that stops contact with the person, on all of their accounts."""

    async def work(duecourse: Duecourse) -> Answer:
        return await tell(
            duecourse,
            account_id,
            "report_circumstance",
            event_id,
            occurred_at,
            circumstance_id=circumstance_id or new_id("circumstance"),
            kind=kind.value,
            reported_by=by,
            until=until,
        )

    answer(as_json, "Circumstance reported", work)


@commands.command("plead-limitation", rich_help_panel="Tell what happened")
def plead_limitation(
    account_id: AccountId,
    by: Annotated[str, typer.Option(metavar="WHO", help="Who heard it, by their id.")],
    event_id: EventId = None,
    occurred_at: OccurredAt = None,
    as_json: Json = False,
) -> None:
    """Tell that the person pleads that this debt is too old. Nothing more is demanded; somebody ends the case."""

    async def work(duecourse: Duecourse) -> Answer:
        return await tell(duecourse, account_id, "plead_limitation", event_id, occurred_at, reported_by=by)

    answer(as_json, "Plea of limitation kept", work)


@commands.command("end-circumstance", rich_help_panel="Ask and decide")
def end_circumstance(
    account_id: AccountId,
    reason: Reason,
    by: By,
    hold: Annotated[
        str | None, typer.Option(help="Its id, or the hardship's or the grace's.", show_default="the only open one")
    ] = None,
    request_id: RequestId = None,
    as_json: Json = False,
) -> None:
    """End a circumstance, hardship or time of grace that is over or was reported in error."""

    async def work(duecourse: Duecourse) -> Answer:
        body = {"circumstance_id": hold or await _open_circumstance(duecourse, account_id)}
        body |= {"reason_code": reason, "ended_by": by}
        return await ask(duecourse, account_id, "end_circumstance", request_id, **body)

    answer(as_json, "Circumstance ended", work)


@commands.command(rich_help_panel="Ask and decide")
def grace(
    account_id: AccountId,
    until: Annotated[str, typer.Option(metavar="WHEN", help="Through the end of that day, or until that moment.")],
    reason: Reason,
    by: By,
    request_id: RequestId = None,
    as_json: Json = False,
) -> None:
    """Give the person time on this account."""

    async def work(duecourse: Duecourse) -> Answer:
        body = {"until": until, "reason_code": reason, "granted_by": by}
        return await ask(duecourse, account_id, "grant_grace", request_id, **body)

    answer(as_json, "Grace granted", work)


@commands.command("opt-out", rich_help_panel="Tell what happened")
def opt_out(
    account_id: AccountId,
    channel: _Channel,
    address: _Address = None,
    event_id: EventId = None,
    occurred_at: OccurredAt = None,
    as_json: Json = False,
) -> None:
    """Stop a channel, or one address of it, for all of the person's accounts."""

    async def work(duecourse: Duecourse) -> Answer:
        body = {"channel": channel.value, "address_ref": address}
        return await tell(duecourse, account_id, "opt_out", event_id, occurred_at, **body)

    answer(as_json, f"No more by {channel}", work)


@commands.command("opt-in", rich_help_panel="Tell what happened")
def opt_in(
    account_id: AccountId,
    channel: _Channel,
    address: _Address = None,
    event_id: EventId = None,
    occurred_at: OccurredAt = None,
    as_json: Json = False,
) -> None:
    """Allow a channel or address again."""

    async def work(duecourse: Duecourse) -> Answer:
        body = {"channel": channel.value, "address_ref": address}
        return await tell(duecourse, account_id, "opt_in", event_id, occurred_at, **body)

    answer(as_json, f"Allowed again: {channel}", work)


@commands.command(rich_help_panel="Tell what happened")
def preference(
    account_id: AccountId,
    by: Annotated[str, typer.Option(metavar="WHO", help="Who heard it, by their id.")],
    not_before: Annotated[
        str | None, typer.Option(metavar="TIME", help="Such as 18:00, where the person lives.", show_default="any")
    ] = None,
    not_after: Annotated[
        str | None, typer.Option(metavar="TIME", help="Such as 20:00, where the person lives.", show_default="any")
    ] = None,
    weekday: Annotated[
        list[Weekday] | None, typer.Option(metavar="DAY", help="A day that suits; repeat it.", show_default="every day")
    ] = None,
    channel: Annotated[
        list[Channel] | None,
        typer.Option(metavar="CHANNEL", help="What it is about; repeat it.", show_default="all but letters"),
    ] = None,
    preference_id: Annotated[str | None, typer.Option(help="Its id.", show_default="a new one")] = None,
    event_id: EventId = None,
    occurred_at: OccurredAt = None,
    as_json: Json = False,
) -> None:
    """Tell when it suits the person to be reached, on all of their accounts. Other times are not used any more."""

    async def work(duecourse: Duecourse) -> Answer:
        return await tell(
            duecourse,
            account_id,
            "report_contact_preference",
            event_id,
            occurred_at,
            preference_id=preference_id or new_id("preference"),
            reported_by=by,
            not_before=not_before,
            not_after=not_after,
            weekdays=weekday,
            channels=channel,
        )

    answer(as_json, "Contact preference kept", work)


@commands.command("end-preference", rich_help_panel="Ask and decide")
def end_preference(
    account_id: AccountId,
    preference_id: Annotated[str, typer.Argument(metavar="PREFERENCE_ID", help="Its id.", show_default=False)],
    reason: Reason,
    by: By,
    request_id: RequestId = None,
    as_json: Json = False,
) -> None:
    """End what the person told us of when to reach them."""

    async def work(duecourse: Duecourse) -> Answer:
        body = {"preference_id": preference_id, "reason_code": reason, "ended_by": by}
        return await ask(duecourse, account_id, "end_contact_preference", request_id, **body)

    answer(as_json, "Contact preference ended", work)


async def _open_circumstance(duecourse: Duecourse, account_id: str) -> str:
    holds = (await duecourse.status(account_id)).get("holds", [])
    found = [each["hold_id"] for each in holds if each["kind"] not in _OTHER_HOLDS]
    return the_only(found, "open circumstance, hardship or grace", "--hold")
