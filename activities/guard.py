"""What the rules say of a contact, asked with everything that the records know at this moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from activities.desk import Desk
from domain.case import PlannedContact
from domain.contact_facts import Attempt, Consent, OptOut, Person, Proposal, Standing, Verdict
from domain.contact_preferences import suitable_times
from domain.contact_rules import judge, next_lawful_moment, window_end
from domain.ledger import Statement
from domain.terms import Channel, MessageClass
from storage.attempts import counted_contacts
from storage.people import EVERY_ACCOUNT, Reach, known_preferences, open_holds, read_reach
from storage.tables import AccountState, Address

_NO_ADDRESS = Verdict("address", allowed=False, words="no usable address for this channel")


_LOOK_AGAIN_AFTER = timedelta(days=1)
"""Where no lawful moment is in sight, facts may change: it is looked for again."""


@dataclass(frozen=True)
class Ruling:
    """What became of a proposed contact."""

    verdicts: tuple[Verdict, ...]
    stopped: bool
    """A hold, or nothing owed: the case itself will hear of it, and no other channel helps."""
    valid_until: datetime | None = None
    """When the lawful window ends, by which the message must have arrived."""

    @property
    def refusing(self) -> tuple[Verdict, ...]:
        """The verdicts that speak against it."""
        return tuple(verdict for verdict in self.verdicts if not verdict.allowed)

    @property
    def allowed(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.refusing

    @property
    def channel_closed(self) -> bool:
        """Whether waiting does not help, so that another channel must be tried."""
        return not self.stopped and any(verdict.until is None for verdict in self.refusing)

    @property
    def reason(self) -> str:
        """The first rule that speaks against it, in words."""
        return "; ".join(f"{verdict.rule}: {verdict.words}" for verdict in self.refusing[:1])

    def as_json(self) -> list[dict[str, Any]]:
        """The verdicts as the records keep them."""
        return [
            {
                "rule": verdict.rule,
                "allowed": verdict.allowed,
                "words": verdict.words,
                "until": verdict.until.isoformat() if verdict.until is not None else None,
            }
            for verdict in self.verdicts
        ]


class Guard:
    """Rules on contacts with one person about one account, while the person is locked.

    What it needs of the records it reads once, so it is not for who changes them meanwhile.
    """

    def __init__(self, desk: Desk) -> None:
        """Take the account as it lies on the desk."""
        self._desk = desk
        country, _, region = desk.account.jurisdiction.partition("-")
        suitable = suitable_times(known_preferences(desk.debtor))
        self.person = Person((desk.debtor.time_zone,), country, region or None, suitable)

    @cached_property
    def reach(self) -> Reach:
        """How the person may be reached."""
        return read_reach(self._desk.session, self._desk.account.debtor_id)

    @cached_property
    def statement(self) -> Statement:
        """The account as its ledger has it."""
        return self._desk.statement()

    def rule(
        self,
        channel: Channel,
        address: Address | None,
        contact_id: str = "",
        message_class: MessageClass = MessageClass.DEMAND,
        occasion: str = "",
    ) -> Ruling:
        """What the rules say of a message of that class, by that channel to that address, now."""
        desk, standing = self._desk, self._standing()
        reference = address.address_ref if address is not None else ""
        proposal = Proposal(desk.account.account_id, channel, message_class, reference, occasion, contact_id)
        verdicts = judge(desk.pack, self.person, proposal, self.attempts, standing, desk.now)
        stopped = any(not each.allowed and each.rule in desk.pack.stopping_rules for each in verdicts)
        if address is None:
            return Ruling((_NO_ADDRESS,), stopped)
        valid_until = window_end(desk.pack, self.person, proposal, desk.now)
        return Ruling(tuple(verdicts), stopped, valid_until)

    def moment(
        self,
        channel: Channel,
        not_before: datetime,
        message_class: MessageClass = MessageClass.DEMAND,
        occasion: str = "",
    ) -> PlannedContact:
        """The first lawful moment for a message of that class by that channel.

        Demands and service messages are spread over the window by the account's own jitter.
        """
        desk = self._desk
        proposal = Proposal(desk.account.account_id, channel, message_class, "", occasion)
        found = next_lawful_moment(desk.pack, self.person, proposal, self.attempts, not_before, desk.account.account_id)
        if found.at is None:
            return PlannedContact(not_before + _LOOK_AGAIN_AFTER, found.words)
        return PlannedContact(found.at, found.words)

    def is_open(self, channel: Channel, moment: datetime) -> bool:
        """Whether hours, quiet days and what the person wants leave a moment open for a demand by the channel."""
        proposal = Proposal(self._desk.account.account_id, channel, MessageClass.DEMAND, "")
        return window_end(self._desk.pack, self.person, proposal, moment) > moment

    @cached_property
    def attempts(self) -> tuple[Attempt, ...]:
        """The person's log, as far back as any rule looks."""
        since = self._desk.now - self._desk.pack.longest_window
        return counted_contacts(self._desk.session, self._desk.account.debtor_id, since)

    def _standing(self) -> Standing:
        desk = self._desk
        session, account = desk.session, desk.account
        refused = (each for each in self.reach.choices if not each.allowed)
        allowed = (each for each in self.reach.choices if each.allowed)
        return Standing(
            arrears_minor=self.statement.arrears(desk.now).total_minor,
            closed=account.state == AccountState.CLOSED,
            holds=tuple(open_holds(session, account.debtor_id, account.account_id, desk.now)),
            opt_outs=tuple(OptOut(Channel(each.channel), _one(each.address_ref), each.occurred_at) for each in refused),
            consents=tuple(Consent(Channel(each.channel), _one(each.address_ref), each.fresh_from) for each in allowed),
            unusable_addresses=self.reach.unusable,
        )


def _one(address_ref: str) -> str | None:
    return None if address_ref == EVERY_ACCOUNT else address_ref
