"""Who goes first when contacts of one person want the same room that the caps leave.

What the law demands goes first, then reminders of plans and promises, then the oldest arrears. A demand that has given
way for long enough goes before the other demands, so that none waits for ever.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from domain.contact_facts import Attempt, Person, Proposal
from domain.contact_rules import Found, leaves_room, next_lawful_moment
from domain.jurisdiction import Pack
from domain.terms import MessageClass

RULE = "PERSON-TURNS"
"""Under which verdicts name it."""
PATIENCE = timedelta(days=7)
"""After so long a demand that waits goes before others, whose arrears are older."""
LATE_BY = timedelta(hours=1)
"""A contact that is later than this does not come by itself: nobody gives way to it."""

_NEVER = datetime.max.replace(tzinfo=UTC)

_PLACES = {
    MessageClass.REPLY: 0,
    MessageClass.STATUTORY: 0,
    MessageClass.SERVICE: 1,
    MessageClass.DEMAND: 2,
}


@dataclass(frozen=True, slots=True)
class Turn:
    """A contact of the person that is due, and what decides its place."""

    proposal: Proposal
    planned_at: datetime
    oldest_due: date
    """The due date of the account's oldest arrears."""
    waits_since: datetime | None = None
    """Of a demand: since when it has been put off for want of room, if it has."""

    def place(self, now: datetime) -> tuple[int, datetime, date, str]:
        """The lower goes first; no two accounts have the same."""
        waits = self.waits_since
        aged = waits if waits is not None and now - waits >= PATIENCE else _NEVER
        return _PLACES[self.proposal.message_class], aged, self.oldest_due, self.proposal.account_id

    def words(self, now: datetime) -> str:
        """Why it goes first."""
        account = f"account {self.proposal.account_id}"
        match self.proposal.message_class:
            case MessageClass.STATUTORY | MessageClass.REPLY:
                return f"the room that the caps leave goes first to a notice that the law demands on {account}"
            case MessageClass.SERVICE:
                return f"the room that the caps leave goes first to a reminder of a plan or promise on {account}"
            case MessageClass.DEMAND:
                why = "whose arrears are older" if self.place(now)[1] == _NEVER else "which has waited longer"
                return f"the room that the caps leave goes first to {account}, {why}"


def goes_first(
    pack: Pack,
    person: Person,
    mine: Turn,
    others: Iterable[Turn],
    attempts: Sequence[Attempt],
    now: datetime,
    window_ends: datetime,
) -> Turn | None:
    """The first of the contacts of higher place that are due in this window and would lose their room to this one."""
    log = (*attempts, _as_attempt(mine.proposal, now))
    rivals = [
        each
        for each in others
        if now - LATE_BY <= each.planned_at < window_ends
        and each.place(now) < mine.place(now)
        and leaves_room(pack, person, each.proposal, attempts, max(each.planned_at, now))
        and not leaves_room(pack, person, each.proposal, log, max(each.planned_at, now))
    ]
    return min(rivals, key=lambda each: each.place(now), default=None)


def turn_after(
    pack: Pack, person: Person, mine: Turn, first: Turn, attempts: Sequence[Attempt], now: datetime, spread_key: str
) -> Found:
    """The lawful moment for a contact that gives way, if the other one goes as it is planned."""
    goes_at = max(first.planned_at, now)
    log = (*attempts, _as_attempt(first.proposal, goes_at))
    not_before = goes_at + timedelta(microseconds=1)
    return next_lawful_moment(pack, person, mine.proposal, log, not_before, spread_key)


def _as_attempt(proposal: Proposal, at: datetime) -> Attempt:
    """The contact as the log will have it."""
    return Attempt(
        contact_id="",
        account_id=proposal.account_id,
        channel=proposal.channel,
        message_class=proposal.message_class,
        at=at,
        address_ref=proposal.address_ref,
        occasion=proposal.occasion,
    )
