"""A person in the records: how they may be reached, what they chose, and what stops contact with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlmodel import Session, col, or_, select

from domain.contact_preferences import ContactPreference
from domain.holds import Hold
from domain.terms import ADDRESS_KINDS, Channel, HoldKind
from storage.personal import keyring
from storage.tables import Address, ChannelChoice, Debtor, RecordedHold

_PREFERENCES: TypeAdapter[tuple[ContactPreference, ...]] = TypeAdapter(tuple[ContactPreference, ...])

EVERY_ACCOUNT = "*"
"""The scope of a hold on the person, and the address of a choice for a whole channel."""


def address_digests(kind: str, value: str) -> list[str]:
    """By what a same address of two people is recognised: one keyed hash a data key, the one in use first."""
    return keyring().digests(f"{kind}:{value.casefold()}")


def addresses(session: Session, debtor_id: str) -> Sequence[Address]:
    """All of the person's addresses, the usable and the others, in the order in which they are tried."""
    chosen = select(Address).where(col(Address.debtor_id) == debtor_id)
    return session.exec(chosen.order_by(col(Address.kind), col(Address.number))).all()


def channel_choices(session: Session, debtor_id: str) -> Sequence[ChannelChoice]:
    """The person's latest word on each channel and address."""
    return session.exec(select(ChannelChoice).where(col(ChannelChoice.debtor_id) == debtor_id)).all()


@dataclass(frozen=True, slots=True)
class Reach:
    """How a person may be reached, as the records had it when they were read."""

    addresses: Sequence[Address]
    choices: Sequence[ChannelChoice]

    @property
    def refused(self) -> frozenset[tuple[Channel, str]]:
        """What the person opted out of: a channel with an address, or with ``*`` for the whole channel."""
        return frozenset((Channel(each.channel), each.address_ref) for each in self.choices if not each.allowed)

    @property
    def unusable(self) -> frozenset[str]:
        """The addresses that are not to be used."""
        return frozenset(each.address_ref for each in self.addresses if each.unusable_since is not None)

    @property
    def unreachable(self) -> tuple[Channel, ...]:
        """The channels that cannot reach the person, for want of an address or by their own choice."""
        return tuple(channel for channel in Channel if self.address(channel) is None)

    def address(self, channel: Channel) -> Address | None:
        """The first address by which the channel may reach the person, or none."""
        refused = self.refused
        if (channel, EVERY_ACCOUNT) in refused:
            return None
        for address in self.addresses:
            fits = address.kind == ADDRESS_KINDS[channel] and address.unusable_since is None
            if fits and (channel, address.address_ref) not in refused:
                return address
        return None


def read_reach(session: Session, debtor_id: str) -> Reach:
    """How the person may be reached, in two queries for whatever is asked of it."""
    return Reach(addresses(session, debtor_id), channel_choices(session, debtor_id))


def usable_address(session: Session, debtor_id: str, channel: Channel) -> Address | None:
    """The first address by which the channel may reach the person now, or none."""
    return read_reach(session, debtor_id).address(channel)


def unreachable_channels(session: Session, debtor_id: str) -> tuple[Channel, ...]:
    """The channels that cannot reach the person now, for want of an address or by their own choice."""
    return read_reach(session, debtor_id).unreachable


def suppress_address(session: Session, address: Address, at: datetime, code: str) -> None:
    """Use an address no more, for nobody who has it: it is somebody else's, or does not exist."""
    digests = address_digests(address.kind, address.value)
    same = select(Address).where(col(Address.kind) == address.kind, col(Address.digest).in_(digests))
    for each in session.exec(same.where(col(Address.unusable_since).is_(None))):
        each.unusable_since, each.unusable_code = at, code
        session.add(each)
    session.flush()


def recorded_holds(session: Session, debtor_id: str, account_id: str) -> list[RecordedHold]:
    """Every hold on the person or on the account that has not been ended, whether it has begun or not."""
    chosen = select(RecordedHold).where(
        col(RecordedHold.debtor_id) == debtor_id,
        col(RecordedHold.scope).in_((EVERY_ACCOUNT, account_id)),
        col(RecordedHold.ended_at).is_(None),
    )
    return list(session.exec(chosen.order_by(col(RecordedHold.number))))


def every_hold(session: Session, debtor_id: str, account_id: str) -> list[RecordedHold]:
    """Every hold on the person or on the account that ever was, in the order in which they were placed."""
    chosen = select(RecordedHold).where(
        col(RecordedHold.debtor_id) == debtor_id, col(RecordedHold.scope).in_((EVERY_ACCOUNT, account_id))
    )
    return list(session.exec(chosen.order_by(col(RecordedHold.number))))


def open_holds(session: Session, debtor_id: str, account_id: str, now: datetime) -> list[Hold]:
    """What stops contact about the account at that moment."""
    holds = [as_hold(row) for row in recorded_holds(session, debtor_id, account_id)]
    return [hold for hold in holds if hold.open_at(now)]


def as_hold(row: RecordedHold) -> Hold:
    """The hold as a case knows it."""
    return Hold(HoldKind(row.kind), row.hold_id, row.since, row.until, row.ended_at, row.reason)


def record_hold(session: Session, debtor_id: str, scope: str, hold: Hold) -> None:
    """Write a hold; one that is known already may only last longer."""
    known = select(RecordedHold).where(
        col(RecordedHold.debtor_id) == debtor_id,
        col(RecordedHold.scope) == scope,
        col(RecordedHold.kind) == hold.kind,
        col(RecordedHold.hold_id) == hold.hold_id,
    )
    row = session.exec(known).one_or_none()
    if row is not None:
        row.until = as_hold(row).prolonged(hold.until).until
        session.add(row)
        session.flush()
        return
    session.add(
        RecordedHold(
            debtor_id=debtor_id,
            scope=scope,
            kind=hold.kind,
            hold_id=hold.hold_id,
            reason=hold.reason,
            since=hold.since,
            until=hold.until,
        )
    )
    session.flush()


def reopen_hold(session: Session, debtor_id: str, account_id: str, kind: HoldKind, hold_id: str) -> None:
    """Let the account's hold of that kind and id go on as if it had never been ended before its time."""
    chosen = select(RecordedHold).where(
        col(RecordedHold.debtor_id) == debtor_id,
        col(RecordedHold.scope) == account_id,
        col(RecordedHold.kind) == kind,
        col(RecordedHold.hold_id) == hold_id,
    )
    for row in session.exec(chosen):
        row.ended_at = None
        session.add(row)
    session.flush()


def end_hold(session: Session, debtor_id: str, account_id: str, kind: HoldKind, hold_id: str, at: datetime) -> None:
    """End the hold of that kind and id that binds the account; one that has ended stays as it is."""
    chosen = select(RecordedHold).where(
        col(RecordedHold.debtor_id) == debtor_id,
        col(RecordedHold.kind) == kind,
        col(RecordedHold.hold_id) == hold_id,
        or_(col(RecordedHold.scope) == account_id, col(RecordedHold.scope) == EVERY_ACCOUNT),
        col(RecordedHold.ended_at).is_(None),
    )
    for row in session.exec(chosen):
        row.ended_at = at
        session.add(row)
    session.flush()


def record_choice(
    session: Session, debtor_id: str, channel: Channel, address_ref: str, allowed: bool, occurred_at: datetime
) -> bool:
    """Keep the person's word on a channel if it is their latest; a tie goes to the opt-out. Tells whether it counts."""
    known = session.get(ChannelChoice, (debtor_id, channel.value, address_ref))
    if known is None:
        known = ChannelChoice(
            debtor_id=debtor_id, channel=channel, address_ref=address_ref, allowed=allowed, occurred_at=occurred_at
        )
    elif occurred_at > known.occurred_at or (occurred_at == known.occurred_at and not allowed):
        known.allowed, known.occurred_at = allowed, occurred_at
        known.source = known.confirmed_at = None
    else:
        return False
    session.add(known)
    session.flush()
    return True


def record_consent(
    session: Session,
    debtor_id: str,
    channel: Channel,
    address_ref: str,
    given_at: datetime,
    confirmed_at: datetime,
    source: str,
) -> bool:
    """Keep a consent with where it is on record, unless the person said otherwise since. Tells whether it counts."""
    counts = record_choice(session, debtor_id, channel, address_ref, True, given_at)
    choice = session.get_one(ChannelChoice, (debtor_id, channel.value, address_ref))
    if counts:
        choice.source = source
    if choice.allowed:
        choice.confirmed_at = max(choice.confirmed_at or confirmed_at, confirmed_at)
    session.add(choice)
    session.flush()
    return counts


def known_preferences(debtor: Debtor) -> tuple[ContactPreference, ...]:
    """All that the person told us of when to reach them, the ended ones among them."""
    return _PREFERENCES.validate_python(debtor.contact_preferences) if debtor.contact_preferences else ()


def keep_preferences(session: Session, debtor: Debtor, known: tuple[ContactPreference, ...]) -> None:
    """Keep what the person told us of when to reach them."""
    debtor.contact_preferences = _PREFERENCES.dump_python(known, mode="json")
    session.add(debtor)
    session.flush()
