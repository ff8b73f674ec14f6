"""The rules of each shipped pack, read a second time from the law and written as what must be so of the pack.

Each reading asks one rule through the public functions and fails when the rule's figure or scope is any other.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.contact_facts import Attempt, Consent, OptOut, Person, Proposal, Standing
from domain.holds import Hold
from domain.jurisdiction import Pack
from domain.terms import Channel, HoldKind, MessageClass
from tests.rules.people import ALL_CONSENTS, LONG_AGO, OWING, allows, attempt, utc

DEMAND, SERVICE, REPLY, STATUTORY = MessageClass
SMS, VOICE, EMAIL, LETTER, CALL = Channel
TELEPHONE = (VOICE, CALL)
MESSAGES = (SMS, EMAIL)
PURSUIT = (DEMAND, SERVICE)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)

Reading = Callable[[Pack], None]


@dataclass(frozen=True)
class Place:
    """Where a rule is asked: of somebody whom it binds, at noon on a plain day, and of somebody whom it does not."""

    person: Person
    noon: datetime
    elsewhere: Person | None = None


CHINA = Place(Person(("Asia/Shanghai",), "CN"), utc("2026-11-24T12:00+08:00"))
BRITAIN = Place(Person(("Europe/London",), "UK", "ENG"), utc("2026-11-24T12:00+00:00"))
TEXAS = Place(Person(("America/Chicago",), "US", "TX"), utc("2026-11-24T12:00-06:00"))


def state(region: str, zone: str = "America/New_York", noon: str = "2026-11-24T12:00-05:00") -> Place:
    return Place(Person((zone,), "US", region), utc(noon), elsewhere=Person((zone,), "US", "TX"))


@dataclass(frozen=True)
class Asked:
    """One rule of one pack in one place."""

    rule: str
    pack: Pack
    place: Place

    def allows(
        self, proposal: Proposal, now: datetime, log: Iterable[Attempt] = (), standing: Standing = OWING
    ) -> bool:
        return allows(self.rule, self.pack, self.place.person, proposal, now, tuple(log), standing)


def contact(channel: Channel, message_class: MessageClass = DEMAND, occasion: str = "") -> Proposal:
    return Proposal("account-1", channel, message_class, "address-1", occasion)


def hours(
    rule: str, place: Place, opens: str, closes: str, channels: Iterable[Channel] = tuple(Channel)
) -> tuple[str, Reading]:
    """Open from ``opens`` on, closed from ``closes`` on, for these channels and every class."""

    def read(pack: Pack) -> None:
        asked = Asked(rule, pack, place)
        first, last = at_clock(place, opens), at_clock(place, closes)
        for channel in Channel:
            for message_class in MessageClass:
                proposal = contact(channel, message_class, "receipt")
                bound = channel in channels
                assert asked.allows(proposal, first - SECOND) is not bound
                assert asked.allows(proposal, first)
                assert asked.allows(proposal, last - SECOND)
                assert asked.allows(proposal, last) is not bound
        _binds_only_there(pack, rule, place, contact(next(iter(channels))), first - SECOND)

    return rule, read


def at_clock(place: Place, clock: str) -> datetime:
    """The moment of the place's day at which its clock shows that."""
    hour, minute = map(int, clock.split(":"))
    return place.noon + timedelta(hours=hour - 12, minutes=minute)


def quiet(rule: str, place: Place, days: Iterable[str], open_days: Iterable[str]) -> tuple[str, Reading]:
    """Quiet at noon on these dates and open on those, for every channel and class."""

    def read(pack: Pack) -> None:
        asked = Asked(rule, pack, place)
        for channel in Channel:
            for message_class in MessageClass:
                proposal = contact(channel, message_class, "receipt")
                assert not [each for each in days if asked.allows(proposal, utc(f"{each}T12:00"))]
                assert not [each for each in open_days if not asked.allows(proposal, utc(f"{each}T12:00"))]

    return rule, read


def cap(
    rule: str,
    place: Place,
    at_most: int,
    per: str,
    channels: Iterable[Channel],
    *,
    rolling_days: int | None = None,
    connected_only: bool = False,
    classes: Iterable[MessageClass] = tuple(MessageClass),
) -> tuple[str, Reading]:
    """At most so many a day of the place, or in so many rolling days."""

    def read(pack: Pack) -> None:
        for channel in channels:
            for message_class in classes:
                _read_cap(Asked(rule, pack, place), contact(channel, message_class, "receipt"), at_most, rolling_days)
        asked, proposal = Asked(rule, pack, place), contact(next(iter(channels)))
        used = [attempt(place.noon - SECOND * number, proposal.channel, connected=True) for number in range(at_most)]
        for channel in Channel:
            others = [replace(each, channel=channel) for each in used]
            assert asked.allows(proposal, place.noon, others) is (channel not in channels)
            assert asked.allows(contact(channel), place.noon, used) is (channel not in channels)
        for message_class in MessageClass:
            others = [replace(each, message_class=message_class) for each in used]
            assert asked.allows(proposal, place.noon, others) is (message_class not in classes)
            other = contact(proposal.channel, message_class, "receipt")
            assert asked.allows(other, place.noon, used) is (message_class not in classes)
        assert asked.allows(replace(proposal, account_id="account-2"), place.noon, used) is (per == "debt")
        assert asked.allows(replace(proposal, address_ref="address-2"), place.noon, used) is (per == "address")
        unanswered = [replace(each, connected=False) for each in used]
        assert asked.allows(proposal, place.noon, unanswered) is connected_only
        _binds_only_there(pack, rule, place, proposal, place.noon, tuple(used))

    return rule, read


def _read_cap(asked: Asked, proposal: Proposal, at_most: int, rolling_days: int | None) -> None:
    noon = asked.place.noon
    first = noon if rolling_days is None else noon - DAY * rolling_days + SECOND
    used = [
        attempt(first + SECOND * number, proposal.channel, message_class=proposal.message_class, connected=True)
        for number in range(at_most)
    ]
    assert not asked.allows(proposal, noon + SECOND * at_most if rolling_days is None else noon, used)
    assert asked.allows(proposal, noon, used[1:])
    if rolling_days is None:
        midnight = at_clock(asked.place, "00:00")
        assert not asked.allows(proposal, midnight + DAY - SECOND, used)
        assert asked.allows(proposal, midnight + DAY, used)
    else:
        assert asked.allows(proposal, first + DAY * rolling_days, used)


def cooldown(rule: str, place: Place, days: int) -> tuple[str, Reading]:
    """No call about a debt on the date of a conversation about it and the following dates, so many in all."""

    def read(pack: Pack) -> None:
        asked = Asked(rule, pack, place)
        for spoken in TELEPHONE:
            log = [attempt(place.noon, spoken, connected=True, conversation=True)]
            for channel in Channel:
                bound = channel in TELEPHONE
                last = at_clock(place, "00:00") + DAY * days
                for message_class in MessageClass:
                    proposal = contact(channel, message_class, "receipt")
                    assert asked.allows(proposal, last - SECOND, log) is not bound
                    assert asked.allows(proposal, last, log)
            assert asked.allows(replace(contact(CALL), account_id="account-2"), place.noon, log)
            assert not asked.allows(replace(contact(CALL), address_ref="address-2"), place.noon, log)

    return rule, read


def stop(rule: str, place: Place, holds: Iterable[HoldKind], lets_through: Iterable[str]) -> tuple[str, Reading]:
    """These holds stop all but these messages, whatever the channel; replies go on."""

    def read(pack: Pack) -> None:
        asked = Asked(rule, pack, place)
        services = {"plan_reminder", "promise_reminder", "check_in", "offer"}
        messages = {"": DEMAND, **dict.fromkeys(services, SERVICE), **dict.fromkeys(pack.notice_ids, STATUTORY)}
        for kind in HoldKind:
            standing = replace(OWING, holds=(Hold(kind, "hold-1", LONG_AGO),))
            for channel in Channel:
                assert asked.allows(contact(channel, REPLY, "receipt"), place.noon, (), standing)
                for occasion, message_class in messages.items():
                    stopped = kind in holds and occasion not in lets_through
                    proposal = contact(channel, message_class, occasion)
                    assert asked.allows(proposal, place.noon, (), standing) is not stopped

    return rule, read


def opt_outs(
    rule: str, place: Place, channels: Iterable[Channel] = tuple(Channel), together: Iterable[Channel] = ()
) -> tuple[str, Reading]:
    """What is stopped is not used, for these channels; those that belong together are stopped together."""

    def read(pack: Pack) -> None:
        asked = Asked(rule, pack, place)
        for stopped in Channel:
            standing = replace(OWING, opt_outs=(OptOut(stopped, "address-1", LONG_AGO),))
            for channel in Channel:
                for message_class in MessageClass:
                    both = channel in together and stopped in together
                    refused = channel in channels and (channel is stopped or both)
                    proposal = contact(channel, message_class, "receipt")
                    assert asked.allows(proposal, place.noon, (), standing) is not refused
                    other = replace(proposal, address_ref="address-2")
                    assert asked.allows(other, place.noon, (), standing) is not (channel in channels and both)

    return rule, read


def dated(rule: str, place: Place, first_day: str, zone: str, reading: tuple[str, Reading]) -> tuple[str, Reading]:
    """The reading holds from a day on, and on the day before the rule allows what it forbids."""

    def read(pack: Pack) -> None:
        reading[1](pack)
        standing = replace(OWING, opt_outs=(OptOut(SMS, "address-1", LONG_AGO),))
        begins = utc(f"{first_day}T00:00{zone}")
        asked = Asked(rule, pack, place)
        assert asked.allows(contact(VOICE), begins - SECOND, (), standing)
        assert not asked.allows(contact(VOICE), begins, (), standing)

    return rule, read


def consent(rule: str, place: Place, channels: Iterable[Channel], fresh_days: int | None = None) -> tuple[str, Reading]:
    """These channels need a consent on record, no older than so many days."""

    def read(pack: Pack) -> None:
        asked = Asked(rule, pack, place)
        for channel in Channel:
            for message_class in MessageClass:
                proposal = contact(channel, message_class, "receipt")
                bound = channel in channels and message_class is not REPLY
                assert asked.allows(proposal, place.noon, (), replace(OWING, consents=())) is not bound
                old = Consent(channel, None, place.noon - DAY * (fresh_days or 9000))
                assert asked.allows(proposal, place.noon, (), replace(OWING, consents=(old,)))
                older = Consent(channel, None, old.confirmed_at - SECOND)
                too_old = bound and fresh_days is not None
                assert asked.allows(proposal, place.noon, (), replace(OWING, consents=(older,))) is not too_old

    return rule, read


def known_purpose(rule: str, place: Place) -> tuple[str, Reading]:
    def read(pack: Pack) -> None:
        asked = Asked(rule, pack, place)
        for channel in Channel:
            assert asked.allows(contact(channel, DEMAND), place.noon)
            for message_class in (SERVICE, REPLY, STATUTORY):
                assert not asked.allows(contact(channel, message_class, "first_reminder"), place.noon)

    return rule, read


def usable_address(rule: str, place: Place) -> tuple[str, Reading]:
    def read(pack: Pack) -> None:
        standing = replace(OWING, unusable_addresses=frozenset({"address-1"}))
        for channel in Channel:
            for message_class in MessageClass:
                proposal = contact(channel, message_class, "receipt")
                assert not Asked(rule, pack, place).allows(proposal, place.noon, (), standing)

    return rule, read


def something_owed(rule: str, place: Place) -> tuple[str, Reading]:
    def read(pack: Pack) -> None:
        for standing in (Standing(0, consents=ALL_CONSENTS), replace(OWING, closed=True)):
            for channel in Channel:
                for message_class in MessageClass:
                    allowed = Asked(rule, pack, place).allows(
                        contact(channel, message_class, "receipt"), place.noon, (), standing
                    )
                    assert allowed is (message_class not in PURSUIT)

    return rule, read


def _binds_only_there(
    pack: Pack, rule: str, place: Place, proposal: Proposal, now: datetime, log: tuple[Attempt, ...] = ()
) -> None:
    """Where the rule is one of a region: it binds there and where the region is not known, and nowhere else."""
    assert not allows(rule, pack, place.person, proposal, now, log)
    if place.elsewhere is not None:
        assert allows(rule, pack, place.elsewhere, proposal, now, log)
        assert not allows(rule, pack, replace(place.person, region=None), proposal, now, log)
        assert not allows(rule, pack, replace(place.person, region="Atlantis"), proposal, now, log)


H = HoldKind
PLAN, PROMISE = ("plan_reminder",), ("promise_reminder",)
HARDSHIP = ("check_in", "offer")
ARREARS = ("arrears_notice", "missed_payment_notice")
VALIDATION = ("validation_notice",)


def _common(place: Place) -> tuple[tuple[str, Reading], ...]:
    return (
        cap("PR-01", place, 1, "person", MESSAGES, classes=PURSUIT),
        cap("PR-02", place, 3, "person", MESSAGES, classes=PURSUIT, rolling_days=7),
        known_purpose("PR-04", place),
        usable_address("PR-05", place),
        something_owed("PR-06", place),
    )


READINGS: dict[str, dict[str, Reading]] = {
    "CN": dict(
        (
            hours("CN-01", CHINA, "08:00", "22:00"),
            quiet(
                "PR-03",
                CHINA,
                ["2026-02-16", "2026-02-17", "2026-02-23", "2027-02-05", "2027-02-12", "2024-02-09", "2024-02-16"],
                ["2026-02-15", "2026-02-24", "2027-02-04", "2027-02-13", "2024-02-08", "2024-02-17", "2026-10-01"],
            ),
            cap("CN-02", CHINA, 3, "person", TELEPHONE, connected_only=True),
            cap("CN-03", CHINA, 6, "address", TELEPHONE),
            *_common(CHINA),
            opt_outs("PR-07", CHINA),
            stop("PR-08", CHINA, [H.COMPLAINT], ()),
            stop("PR-09", CHINA, [H.DISPUTE], ("debt_verification",)),
            stop("PR-10", CHINA, [H.HARDSHIP, H.GRACE], HARDSHIP),
            stop("PR-11", CHINA, [H.PROMISE], PROMISE),
            stop("PR-12", CHINA, [H.PLAN], PLAN),
            stop("PR-13", CHINA, [H.MANUAL], ()),
            stop(
                "PR-14",
                CHINA,
                [H.REPRESENTED, H.DECEASED, H.INSOLVENT, H.BREATHING_SPACE, H.ACTIVE_DUTY, H.VULNERABLE],
                (),
            ),
            stop("PR-15", CHINA, [H.CEASE_CONTACT], ("remedy_may_be_used",)),
        )
    ),
    "US": dict(
        (
            hours("US-02", TEXAS, "08:00", "21:00"),
            hours(
                "US-22-WA-HOURS",
                state("WA", "America/Los_Angeles", "2026-11-24T12:00-08:00"),
                "07:30",
                "21:00",
                TELEPHONE,
            ),
            hours("US-22-FL-HOURS", state("FL"), "08:00", "21:00", (SMS, VOICE, CALL, LETTER)),
            cap("US-01", TEXAS, 7, "debt", TELEPHONE, rolling_days=7),
            cooldown("US-01-TALK", TEXAS, 7),
            cap("US-22-MA", state("MA"), 2, "debt", (SMS, VOICE, CALL), rolling_days=7),
            cap("US-22-WA", state("WA"), 3, "person", tuple(Channel), rolling_days=7),
            cap("US-22-DC-CALLS", state("DC"), 4, "debt", TELEPHONE, rolling_days=7),
            cap("US-22-DC-TEXTS", state("DC"), 5, "debt", MESSAGES, rolling_days=7),
            cap("US-22-NYC", state("NYC"), 3, "person", tuple(Channel), rolling_days=7),
            *_common(TEXAS),
            consent("US-18", TEXAS, (SMS, VOICE)),
            consent("US-08", TEXAS, (SMS,), fresh_days=60),
            opt_outs("US-06", TEXAS),
            dated(
                "US-18-ALL",
                TEXAS,
                "2027-01-31",
                "-06:00",
                opt_outs(
                    "US-18-ALL",
                    replace(TEXAS, noon=utc("2027-02-02T12:00-06:00")),
                    channels=(SMS, VOICE),
                    together=(SMS, VOICE),
                ),
            ),
            stop("PR-08", TEXAS, [H.COMPLAINT], ("validation_notice", "debt_verification")),
            stop("US-13", TEXAS, [H.DISPUTE], ("debt_verification",)),
            stop("PR-10", TEXAS, [H.HARDSHIP, H.GRACE], (*HARDSHIP, *VALIDATION)),
            stop("PR-11", TEXAS, [H.PROMISE], (*PROMISE, *VALIDATION)),
            stop("PR-12", TEXAS, [H.PLAN], (*PLAN, *VALIDATION)),
            stop("PR-13", TEXAS, [H.MANUAL], VALIDATION),
            stop("US-04", TEXAS, [H.REPRESENTED], ()),
            stop("US-05", TEXAS, [H.CEASE_CONTACT], ("collection_ends", "remedy_may_be_used", "remedy_will_be_used")),
            stop("US-19", TEXAS, [H.INSOLVENT], ()),
            stop("US-21", TEXAS, [H.DECEASED], ()),
            stop("PR-14", TEXAS, [H.ACTIVE_DUTY, H.VULNERABLE, H.BREATHING_SPACE], VALIDATION),
        )
    ),
    "UK": dict(
        (
            hours("UK-03", BRITAIN, "08:00", "21:00"),
            quiet(
                "PR-03",
                BRITAIN,
                ["2026-11-29", "2026-12-06", "2026-04-06", "2026-08-31", "2026-12-28"],
                ["2026-11-28", "2026-11-30", "2026-12-29", "2026-08-03"],
            ),
            *_common(BRITAIN),
            cap("PR-24", BRITAIN, 3, "person", TELEPHONE, rolling_days=7),
            opt_outs("PR-07", BRITAIN),
            stop("UK-07", BRITAIN, [H.COMPLAINT], ARREARS),
            stop("UK-05", BRITAIN, [H.DISPUTE], (*ARREARS, "debt_verification")),
            stop("UK-01", BRITAIN, [H.HARDSHIP, H.GRACE], (*HARDSHIP, *ARREARS)),
            stop("PR-11", BRITAIN, [H.PROMISE], (*PROMISE, *ARREARS)),
            stop("PR-12", BRITAIN, [H.PLAN], (*PLAN, *ARREARS)),
            stop("PR-13", BRITAIN, [H.MANUAL], ARREARS),
            stop("UK-06", BRITAIN, [H.VULNERABLE], ARREARS),
            stop("UK-09", BRITAIN, [H.BREATHING_SPACE], ARREARS),
            stop("PR-14", BRITAIN, [H.REPRESENTED, H.DECEASED, H.INSOLVENT, H.ACTIVE_DUTY], ()),
            stop(
                "PR-15",
                BRITAIN,
                [H.CEASE_CONTACT],
                (*ARREARS, "default_notice", "notice_before_action", "letter_of_claim"),
            ),
        )
    ),
}
"""What must be so of each rule, by pack and rule id."""
