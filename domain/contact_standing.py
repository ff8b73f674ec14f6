"""What the records say against a contact, whatever the hour: holds, stops, consent, addresses, and its purpose."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from domain.contact_facts import Attempt, Direction, OptOut, Proposal, ReplyOccasion, ServiceOccasion, Standing
from domain.jurisdiction import Pack
from domain.jurisdiction_rules import ConsentNeeded, KnownPurpose, OptOuts, SomethingOwed, Stop, UsableAddress
from domain.terms import Channel, MessageClass
from domain.written import write_duration

StandingRule = Stop | OptOuts | ConsentNeeded | UsableAddress | SomethingOwed | KnownPurpose
"""The kinds of rule that ask the records and not the clock."""


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a rule refuses, and when it will allow, or none when waiting never helps."""

    words: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Records:
    """Everything that these rules read."""

    pack: Pack
    proposal: Proposal
    attempts: Sequence[Attempt]
    standing: Standing
    now: datetime


Check = Callable[[Records], Objection | None]
"""Asks one rule."""


def check_of(rule: StandingRule) -> Check:
    """The check that a rule stands for."""
    match rule:
        case Stop():
            return lambda records: _held(rule, records)
        case OptOuts():
            return lambda records: _opted_out(rule, records)
        case ConsentNeeded():
            return lambda records: _without_consent(rule, records)
        case UsableAddress():
            return _unusable
        case SomethingOwed():
            return _nothing_owed
        case KnownPurpose():
            return _without_purpose
        case _ as never:
            assert_never(never)


def at_any_hour(pack: Pack, proposal: Proposal, attempts: Sequence[Attempt], now: datetime) -> bool:
    """Whether a reply is free of the hours: it answers what the person has just sent, or confirms a stop."""
    if proposal.message_class is not MessageClass.REPLY:
        return False
    if proposal.occasion == ReplyOccasion.OPT_OUT_CONFIRMATION:
        return True
    return proposal.occasion == ReplyOccasion.ANSWER and any(
        each.direction is Direction.INBOUND
        and each.channel is proposal.channel
        and now - pack.replies.answer_within <= each.at <= now
        for each in attempts
    )


def validity_at_any_hour(pack: Pack, proposal: Proposal) -> timedelta:
    """How long a reply that is free of the hours may take to arrive; zero for all other contacts."""
    if proposal.message_class is not MessageClass.REPLY:
        return timedelta(0)
    if proposal.occasion == ReplyOccasion.OPT_OUT_CONFIRMATION:
        return pack.replies.confirmation_within
    return pack.replies.answer_within if proposal.occasion == ReplyOccasion.ANSWER else timedelta(0)


def _held(rule: Stop, records: Records) -> Objection | None:
    if not records.standing.holds or records.proposal.occasion in rule.allows:
        return None
    now = records.now
    open_holds = [each for each in records.standing.holds if each.kind in rule.holds and each.open_at(now)]
    if not open_holds:
        return None
    ends = [each.ends_at for each in open_holds if each.ends_at is not None]
    kinds = ", ".join(sorted({each.kind.value for each in open_holds}))
    return Objection(f"on hold: {kinds}", max(ends) if len(ends) == len(open_holds) else None)


def _opted_out(rule: OptOuts, records: Records) -> Objection | None:
    proposal = records.proposal
    if not records.standing.opt_outs or _confirms(proposal):
        return None
    if not any(_stops(each, rule, proposal) for each in records.standing.opt_outs):
        return None
    words = f"the person stopped {proposal.channel.value}"
    if proposal.message_class is MessageClass.STATUTORY and proposal.channel is not Channel.LETTER:
        words += "; this notice goes by letter"
    return Objection(words)


def _stops(opt_out: OptOut, rule: OptOuts, proposal: Proposal) -> bool:
    if opt_out.channel in rule.together and proposal.channel in rule.together:
        return True
    return opt_out.channel is proposal.channel and opt_out.address_ref in (None, proposal.address_ref)


def _without_consent(rule: ConsentNeeded, records: Records) -> Objection | None:
    proposal = records.proposal
    given = [
        each.confirmed_at
        for each in records.standing.consents
        if each.channel is proposal.channel and each.address_ref in (None, proposal.address_ref)
    ]
    if not given:
        return Objection(f"no consent to {proposal.channel.value} is on record")
    if rule.confirmed_within is not None and max(given) + rule.confirmed_within < records.now:
        age = write_duration(rule.confirmed_within)
        return Objection(f"the address was last confirmed to be the person's over {age} ago")
    return None


def _unusable(records: Records) -> Objection | None:
    if records.proposal.address_ref in records.standing.unusable_addresses:
        return Objection("the address is not the person's, or is not to be used")
    return None


def _nothing_owed(records: Records) -> Objection | None:
    if records.standing.closed:
        return Objection("the case is closed")
    return Objection("nothing is overdue") if records.standing.arrears_minor <= 0 else None


def _without_purpose(records: Records) -> Objection | None:
    proposal = records.proposal
    match proposal.message_class:
        case MessageClass.DEMAND:
            return None
        case MessageClass.SERVICE:
            known = proposal.occasion in set(ServiceOccasion)
        case MessageClass.STATUTORY:
            known = proposal.occasion in records.pack.notice_ids
        case MessageClass.REPLY:
            known = proposal.occasion in set(ReplyOccasion)
        case _ as never:
            assert_never(never)
    if not known:
        return Objection(f"{proposal.occasion or 'a message without a purpose'} may not go as {proposal.message_class}")
    return _nothing_to_confirm(records) if _confirms(proposal) else None


def _confirms(proposal: Proposal) -> bool:
    return proposal.message_class is MessageClass.REPLY and proposal.occasion == ReplyOccasion.OPT_OUT_CONFIRMATION


def _nothing_to_confirm(records: Records) -> Objection | None:
    """A stop is confirmed once, by the channel that it stops, and soon."""
    proposal = records.proposal
    stops = [
        each.at
        for each in records.standing.opt_outs
        if each.channel is proposal.channel and each.address_ref in (None, proposal.address_ref)
    ]
    if not stops or max(stops) + records.pack.replies.confirmation_within < records.now:
        return Objection("no stop of this channel is waiting for its confirmation")
    sent = (each for each in records.attempts if each.occasion == ReplyOccasion.OPT_OUT_CONFIRMATION)
    if any(
        each.channel is proposal.channel and each.at >= max(stops) and each.contact_id != proposal.contact_id
        for each in sent
    ):
        return Objection("the stop has been confirmed already")
    return None
