"""Builders shared by the tests of lawful contact: packs as they ship, people, proposals and logs."""

from datetime import UTC, datetime, timedelta

from config.jurisdiction_files import JURISDICTIONS, load_packs
from domain.contact_facts import Attempt, Consent, Direction, Person, Proposal, Standing, Verdict
from domain.contact_rules import judge
from domain.jurisdiction import Pack
from domain.terms import Channel, MessageClass

PACKS = load_packs(JURISDICTIONS)
CN, US, UK = PACKS["CN"], PACKS["US"], PACKS["UK"]

IN_SHANGHAI = Person(("Asia/Shanghai",), "CN")
IN_URUMQI = Person(("Asia/Urumqi",), "CN")
IN_TEXAS = Person(("America/Chicago",), "US", "TX")
IN_LONDON = Person(("Europe/London",), "UK", "ENG")

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
ALL_CONSENTS = tuple(Consent(channel, None, datetime(2100, 1, 1, tzinfo=UTC)) for channel in Channel)
OWING = Standing(arrears_minor=100_00, consents=ALL_CONSENTS)
"""Somebody who owes, has allowed every channel, and has nothing else on record."""


def utc(text: str) -> datetime:
    """The instant of an ISO text, which is UTC unless it says otherwise."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def demand(channel: Channel = Channel.SMS, account: str = "account-1", address: str = "address-1") -> Proposal:
    return Proposal(account, channel, MessageClass.DEMAND, address)


def reply(occasion: str, channel: Channel = Channel.SMS) -> Proposal:
    return Proposal("account-1", channel, MessageClass.REPLY, "address-1", occasion)


def service(occasion: str, channel: Channel = Channel.SMS) -> Proposal:
    return Proposal("account-1", channel, MessageClass.SERVICE, "address-1", occasion)


def notice(occasion: str, channel: Channel = Channel.LETTER) -> Proposal:
    return Proposal("account-1", channel, MessageClass.STATUTORY, "address-1", occasion)


def attempt(
    at: datetime,
    channel: Channel = Channel.SMS,
    *,
    account: str = "account-1",
    address: str = "address-1",
    message_class: MessageClass = MessageClass.DEMAND,
    connected: bool | None = False,
    conversation: bool | None = False,
    direction: Direction = Direction.OUTBOUND,
    occasion: str = "",
) -> Attempt:
    contact_id = f"{at.isoformat()}-{channel}-{account}-{address}"
    return Attempt(
        contact_id, account, channel, message_class, at, address, connected, conversation, direction, occasion
    )


def verdict_of(
    rule: str,
    pack: Pack,
    person: Person,
    proposal: Proposal,
    now: datetime,
    attempts: tuple[Attempt, ...] = (),
    standing: Standing = OWING,
) -> Verdict:
    """What one rule says."""
    return next(each for each in judge(pack, person, proposal, attempts, standing, now) if each.rule == rule)


def allows(
    rule: str,
    pack: Pack,
    person: Person,
    proposal: Proposal,
    now: datetime,
    attempts: tuple[Attempt, ...] = (),
    standing: Standing = OWING,
) -> bool:
    """Whether one rule allows a contact, or does not bind it."""
    verdicts = judge(pack, person, proposal, attempts, standing, now)
    return all(each.allowed for each in verdicts if each.rule == rule)


def is_lawful(
    pack: Pack,
    person: Person,
    proposal: Proposal,
    now: datetime,
    attempts: tuple[Attempt, ...] = (),
    standing: Standing = OWING,
) -> bool:
    """Whether all rules allow a contact."""
    return all(each.allowed for each in judge(pack, person, proposal, attempts, standing, now))


def days(count: float) -> timedelta:
    return timedelta(days=count)
