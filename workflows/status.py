"""The answer to the ``status`` query: one JSON object, without personal data."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.case import Case
    from domain.money import format_minor
    from domain.next_step import next_step
    from domain.terms import Channel

from workflows.contract import RejectedInput


def status_of(case: Case, now: datetime, rejected: Sequence[RejectedInput] = ()) -> dict[str, Any]:
    """The case as of a moment. Amounts are decimal strings, moments ISO 8601 in UTC."""
    step = next_step(case, now)
    overdue_since = case.debt.overdue_since(now)
    return {
        "account_id": case.account_id,
        "as_of": _iso(now),
        "policy": case.timetable.policy,
        "policy_version": case.timetable.version,
        "stage": case.stage,
        "state": case.state(now),
        "outstanding": format_minor(case.debt.arrears_minor(now), case.currency),
        "balance": format_minor(case.debt.balance_minor, case.currency),
        "credit": format_minor(case.debt.credit_minor, case.currency),
        "currency": case.currency,
        "days_past_due": (now - overdue_since).days + 1 if overdue_since is not None else 0,
        "overdue_since": _iso(overdue_since),
        "next_step": {
            "kind": step.kind,
            "channel": step.channel,
            "due_at": _iso(step.due_at),
            "reason": step.reason,
            "subject": step.subject,
        },
        "holds": [
            {
                "kind": hold.kind,
                "hold_id": hold.hold_id,
                "since": _iso(hold.since),
                "until": _iso(hold.ends_at),
                "reason": hold.reason,
            }
            for hold in case.open_holds(now)
        ],
        "track": case.track,
        "track_reason": case.track_reason,
        "firm_until": _iso(case.firm_until),
        "plan": _plain(case.plan),
        "new_plan": _plain(case.new_plan),
        "promise": _plain(case.promise),
        "later_promises": [_plain(each) for each in case.later_promises],
        "call": _plain(case.call),
        "complaints": [_plain(each) for each in case.complaints],
        "waivers": [_plain(each) for each in case.waivers],
        "referral": _plain(case.referral),
        "contacts": _contacts(case),
        "owed_messages": [_plain(each) for each in case.owed_messages],
        "bars": [_plain(each) for each in case.bars if each.stands_at(now)],
        "rejected_inputs": [_plain(each) for each in rejected],
        "limitation": _limitation(case),
        "closed": _plain(case.closed),
    }


def _contacts(case: Case) -> dict[str, int]:
    """Contacts that left; an announcement by telephone counts as a call."""
    left = case.contacts_left
    calls = left.get(Channel.CALL, 0) + left.get(Channel.VOICE, 0)
    written = {channel: left.get(channel, 0) for channel in (Channel.SMS, Channel.EMAIL, Channel.LETTER)}
    return {
        "sms": written[Channel.SMS],
        "call": calls,
        "email": written[Channel.EMAIL],
        "letter": written[Channel.LETTER],
    }


def _limitation(case: Case) -> dict[str, Any] | None:
    watch = case.limitation
    return None if watch is None else {"expires_at": _iso(watch.expires_at), "restarted_by": watch.restarted_by or None}


def _plain(value: Any) -> Any:
    """A value object as JSON has it."""
    return None if value is None else {name: _json(each) for name, each in asdict(value).items()}


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return _iso(value)
    if isinstance(value, tuple | list):
        return [_json(each) for each in value]
    return {name: _json(each) for name, each in value.items()} if isinstance(value, dict) else value


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")
