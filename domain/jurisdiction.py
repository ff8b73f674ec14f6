"""A jurisdiction pack: a country's rules of contact, deadlines and periods, as a reader checks them against the law."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Self

import rfc8785
from pydantic import Field, StringConstraints, model_validator

from domain.calendars import DAY, HolidayCalendar, fault_of_calendar, find_zone
from domain.contact_facts import ServiceOccasion
from domain.faults import Fault, FaultsFound
from domain.jurisdiction_duties import Duty
from domain.jurisdiction_rules import (
    Cap,
    Cooldown,
    Count,
    Flag,
    Hours,
    KnownPurpose,
    OccasionName,
    OptOuts,
    Origin,
    Part,
    QuietDays,
    RegionCode,
    Rule,
    RuleBase,
    RuleId,
    Sentence,
    SomethingOwed,
    Sourced,
    Stop,
    UsableAddress,
    look_back,
)
from domain.terms import Channel, HoldKind, MessageClass
from domain.written import Duration, DurationOrZero, Form

JurisdictionCode = Annotated[str, Form(r"^[A-Z]{2}$", "a country's two capital letters, such as CN")]
LanguageTag = Annotated[str, Form(r"^[a-z]{2,3}(-[A-Z]{2})?$", "a language such as en or zh-CN")]
Percent = Annotated[str, Form(r"^[0-9]{1,3}(\.[0-9]{1,2})?$", 'a percentage in quotes, such as "24" or "13.4"')]
PackVersion = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(\.[0-9]+)?$")]

_FREE_OF_ARREARS = frozenset({MessageClass.REPLY, MessageClass.STATUTORY})
_FREE_OF_HOLDS = frozenset({MessageClass.REPLY})


class Holidays(Part):
    """Which public holidays the pack means."""

    country: Sentence
    """As ISO 3166 and the holidays library have it, such as GB."""
    subdivisions: dict[RegionCode, str] = Field(default_factory=dict)
    """For countries whose parts differ: the library's name of the part, by region."""
    working_weekends: Flag = False
    """Whether the country moves working days onto weekends, by a decree for each year."""

    def calendar(self, region: str | None) -> HolidayCalendar:
        """The calendar of a region; of every part of the country at once where the region is not known."""
        parts: tuple[str | None, ...] = tuple(self.subdivisions.values()) or (None,)
        known = self.subdivisions.get(region or "")
        return HolidayCalendar(self.country, (known,) if known else parts, self.working_weekends)


class Figures(Sourced):
    """Something of a pack that rules and later work read."""

    rule: RuleId
    """The rule of the jurisdiction that it comes from."""


class Replies(Figures):
    """How soon a reply must follow to be free of the hours of contact."""

    answer_within: Duration
    """After the person's own message by the same channel."""
    confirmation_within: Duration
    """After the person stopped a channel."""


class Spread(Figures):
    """How contacts that would all fall on one moment are spread, always within the lawful window."""

    after_opening: DurationOrZero
    """Over how long after a window opens each account has its place of the day."""
    at_once: DurationOrZero
    """Over how long contacts are spread whose place of the day has passed."""


class Notice(Figures):
    """A notice that the law requires, the only kind of message that may go as ``statutory``."""

    id: OccasionName
    title: Sentence


class NextBody(Sourced):
    """Where a person goes next who does not agree with the answer to a complaint; it costs them nothing."""

    name: Annotated[dict[LanguageTag, Sentence], Field(min_length=1)]
    """By language."""
    phone: Sentence
    website: Sentence
    within_months: Count | None = None
    """After the answer, by when the person must have gone there; none: at any time."""

    def named_in(self, language: str) -> str:
        """Its name in a language such as ``zh-CN``, or in the first one that the pack has."""
        spoken = language.partition("-")[0]
        found = (words for tag, words in self.name.items() if tag.partition("-")[0] == spoken)
        return next(found, next(iter(self.name.values())))


class ComplaintDeadlines(Figures):
    """How fast a complaint is dealt with, counted from its receipt."""

    acknowledge_within_working_days: Count
    decide_within_days: Count
    extended_days: tuple[Count, ...] = ()
    """The total number of days after each recorded extension."""
    next_body: NextBody


class RestartedBy(StrEnum):
    """What makes a limitation period run anew."""

    DELIVERED_DEMAND = "delivered_demand"
    """A demand with proof that it arrived."""
    PART_PAYMENT = "part_payment"
    """A payment on the debt."""
    AGREED_PLAN = "agreed_plan"
    """A plan, or a request for one."""


class Revival(StrEnum):
    """What follows for a person who agrees to pay, or pays, a debt that is too old to be sued for."""

    NOTHING = "nothing"
    """The debt stays too old."""
    PLEA_GIVEN_UP = "plea_given_up"
    """Who agrees to pay can refuse no longer because of its age; what was paid is not given back."""
    PERIOD_MAY_RESTART = "period_may_restart"
    """In some regions the time in which they can be sued may begin anew."""


class Limitation(Figures):
    """After how long a debt can no longer be sued for, counted from the last instalment's due date."""

    years: Count
    """Calendar years, where the region is not known or has no figure of its own."""
    years_by_region: dict[RegionCode, Count] = Field(default_factory=dict)
    """Calendar years."""
    restarted_by: tuple[RestartedBy, ...] = ()
    """Empty: nothing is known to restart it, and nothing does."""
    extinguished_in: tuple[RegionCode, ...] = ()
    """Where the debt itself ends, so that its case closes."""
    warn_days_before: tuple[Count, ...]
    """When a named person is told that it is running out."""
    demands_say_when_over: Flag = False
    """Whether demands must say so once it is over; they then speak of no referral either."""
    revival: Revival = Revival.NOTHING
    """What paying does once it is over; whatever asks for money, or agrees on it, then says so."""

    def years_in(self, region: str) -> int:
        """How many calendar years the period lasts for a person of a region."""
        return self.years_by_region.get(region, self.years)


class StopOfContact(Figures):
    """What follows when a person stops all contact, by a word in writing or by stopping every channel."""

    decide_within_working_days: Count
    """By when a named person chooses: close, wait until a date, or review for legal."""
    written_refusal_is_one: Flag = False
    """Whether a refusal in writing to pay counts as such a word."""


class Retention(Figures):
    """How long records are kept after the last collection activity; then they are erased but for figures."""

    years: Count


class BreathingSpace(Figures):
    """Statutory respite and the time that an adviser is given."""

    days: Count
    """Of the standard moratorium."""
    crisis_days_after_treatment: Count
    """Of one in a mental health crisis, after the treatment has ended."""
    debt_advice_days: Count
    """How long pursuit is suspended while a plan is made with a debt adviser."""
    interest_runs: Flag


class InterestLimit(Figures):
    """At what rate a year interest runs at most while the person is in some circumstance; zero stops it."""

    holds: Annotated[tuple[HoldKind, ...], Field(min_length=1)]
    annual_percent: Percent


class CostCap(Figures):
    """The most that a loan may cost in a year, interest, penalties and fees together."""

    lender_types: Annotated[tuple[OccasionName, ...], Field(min_length=1)]
    contracts_from: date
    """Binds contracts made on or after that date, until a later row for the same lenders."""
    annual_percent: Percent


class Elsewhere(Sourced):
    """A rule of the jurisdiction that no rule of contact can enforce, and what does instead."""

    id: RuleId
    title: Sentence
    by: Sentence
    """Which part of the product, or which person, has to see to it."""


class Pack(Part):
    """One jurisdiction's rules. Every rule that binds a contact must allow it."""

    jurisdiction: JurisdictionCode
    version: PackVersion
    """The day of its last change."""
    title: Sentence
    demonstration: Flag = False
    """True for a pack whose figures are lifted or shortened for show; it never meets a real provider."""
    effective_from: date
    """The first day on which contacts may be made under it."""
    effective_to: date | None = None
    """The last such day; none: until further notice."""
    time_zones: tuple[Sentence, ...] = ()
    """Zones in which the hours must hold besides every zone of the person."""
    holidays: Holidays
    regions: tuple[RegionCode, ...] = ()
    """Every region that a person may live in; any other word for one counts as not known."""
    replies: Replies
    spread: Spread
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]
    notices: tuple[Notice, ...] = ()
    duties: tuple[Duty, ...] = ()
    """Those of the notices that are owed by themselves."""
    complaints: ComplaintDeadlines
    stop_of_contact: StopOfContact
    limitation: Limitation
    retention: Retention
    breathing_space: BreathingSpace | None = None
    interest_limits: tuple[InterestLimit, ...] = ()
    """Beside a statutory moratorium, in which none runs unless ``breathing_space`` says so."""
    cost_caps: tuple[CostCap, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()

    @model_validator(mode="after")
    def _has_no_faults(self) -> Self:
        faults = [*_place_faults(self), *_name_faults(self), *_rule_faults(self), *_gaps(self)]
        if faults:
            raise FaultsFound(faults)
        return self

    @cached_property
    def digest(self) -> str:
        """Of everything that the pack says: the same for the same meaning, however it is laid out."""
        return hashlib.sha256(rfc8785.dumps(self.model_dump(mode="json"))).hexdigest()[:32]

    @cached_property
    def notice_ids(self) -> frozenset[str]:
        """What may go as ``statutory``."""
        return frozenset(each.id for each in self.notices)

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"<Pack {self.jurisdiction} {self.version}>"

    def holds_allowing(
        self, occasion: str, message_class: MessageClass = MessageClass.STATUTORY
    ) -> tuple[HoldKind, ...]:
        """The holds in spite of which a message of a class goes: those that no rule on them keeps it from."""
        stops = [each for each in self.rules if isinstance(each, Stop) and message_class in each.classes]
        stopped = {hold for each in stops if occasion not in each.allows for hold in each.holds}
        return tuple(hold for hold in HoldKind if hold not in stopped)

    @cached_property
    def stopping_rules(self) -> frozenset[str]:
        """The rules whose refusal stops the whole case, so that no other channel helps."""
        return frozenset(rule.id for rule in self.rules if isinstance(rule, Stop | SomethingOwed))

    @cached_property
    def longest_window(self) -> timedelta:
        """How far back a person's log of contacts must reach for every rule to be judged."""
        counting = (rule for rule in self.rules if isinstance(rule, Cap | Cooldown))
        return max([self.replies.answer_within, self.replies.confirmation_within, *map(look_back, counting)])

    def known_region(self, region: str | None) -> str | None:
        """The region, if the pack knows it."""
        return region if region in self.regions else None

    def cost_cap(self, lender_type: str, contract_date: date) -> CostCap | None:
        """What caps a loan: the last row for its lender by the contract's date, or the strictest if none is known."""
        of_lender = [each for each in self.cost_caps if lender_type in each.lender_types]
        by_then = [each for each in of_lender if each.contracts_from <= contract_date]
        if by_then:
            return max(by_then, key=lambda each: each.contracts_from)
        return min(of_lender or self.cost_caps, key=lambda each: Fraction(each.annual_percent), default=None)

    def interest_limit(self, hold: HoldKind) -> Fraction | None:
        """At what rate a year interest runs at most while that stops the case; none where the law does not say."""
        limits = [Fraction(each.annual_percent) for each in self.interest_limits if hold in each.holds]
        space = self.breathing_space
        if hold is HoldKind.BREATHING_SPACE and (space is None or not space.interest_runs):
            limits.append(Fraction(0))
        return min(limits, default=None)

    def in_force_on(self, day: date) -> bool:
        """Whether contacts may be made under it on a date."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)

    def stricter_by(self, rules: tuple[Rule, ...]) -> "Pack":
        """The pack with a policy's own rules on top, which can only make it stricter.

        Raises:
            ValueError: if one of them does not name the policy as its origin, or does not fit the pack.
        """
        for rule in rules:
            if rule.origin is not Origin.POLICY:
                raise ValueError(f"{rule.id}: a policy's rule has the origin 'policy', not {rule.origin.value!r}")
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return Pack(**{**fields, "rules": (*self.rules, *rules)})


def _place_faults(pack: Pack) -> Iterator[Fault]:
    for number, zone in enumerate(pack.time_zones):
        if find_zone(zone) is None:
            yield Fault(("time_zones", number), f"{zone!r} is no time zone; write one such as Asia/Shanghai")
    fault = fault_of_calendar(pack.holidays.country, pack.holidays.calendar(None).subdivisions)
    if fault is not None:
        yield Fault(("holidays",), fault)
    for field, regions in (
        (("holidays", "subdivisions"), tuple(pack.holidays.subdivisions)),
        (("limitation", "years_by_region"), tuple(pack.limitation.years_by_region)),
        (("limitation", "extinguished_in"), pack.limitation.extinguished_in),
        *((("rules", number, "regions"), rule.regions) for number, rule in enumerate(pack.rules)),
    ):
        for region in sorted(set(regions) - set(pack.regions)):
            yield Fault(field, f"{region!r} is not among the pack's regions; add it there or correct it")


def _name_faults(pack: Pack) -> Iterator[Fault]:
    places = [(("rules", number), rule.id) for number, rule in enumerate(pack.rules)]
    places += [(("elsewhere", number), each.id) for number, each in enumerate(pack.elsewhere)]
    places += [(("notices", number), each.id) for number, each in enumerate(pack.notices)]
    often = Counter(name for _, name in places)
    for place, name in places:
        if often[name] > 1:
            yield Fault((*place, "id"), f"{name!r} is used twice; give each its own id")
    for number, duty in enumerate(pack.duties):
        if duty.id not in pack.notice_ids:
            words = f"{duty.id!r} is no notice of the pack; write one of {_list(set(pack.notice_ids))}, or add it there"
            yield Fault(("duties", number, "id"), words)
    known = {*ServiceOccasion, *(each.id for each in pack.notices)}
    for number, rule in enumerate(pack.rules):
        for name in rule.allows if isinstance(rule, Stop) else ():
            if name not in known:
                yield Fault(("rules", number, "allows"), f"{name!r} is no message; write one of {_list(known)}")


def _rule_faults(pack: Pack) -> Iterator[Fault]:
    calendar = None if fault_of_calendar(pack.holidays.country, (None,)) else pack.holidays.calendar(None)
    for number, rule in enumerate(pack.rules):
        place = ("rules", number)
        if isinstance(rule, QuietDays):
            yield from (Fault((*place, *fault.location), fault.words) for fault in _quiet_faults(rule, calendar))
        rolling = rule.window.rolling if isinstance(rule, Cap | Cooldown) else None
        if rolling is not None and rolling % DAY and not pack.demonstration:
            yield Fault((*place, "window", "rolling"), "must be whole days, or the pack a demonstration")


def _quiet_faults(rule: QuietDays, calendar: HolidayCalendar | None) -> Iterator[Fault]:
    if not rule.weekdays and not rule.public_holidays and rule.festival is None:
        yield Fault((), "names no quiet day; write weekdays, public_holidays or festival")
    if rule.festival is not None and calendar is not None and not calendar.first_days(rule.festival.holiday, 2026):
        words = f"{rule.festival.holiday!r} is no holiday there in 2026; write its name as the holidays library has it"
        yield Fault(("festival", "holiday"), words)


def _gaps(pack: Pack) -> Iterator[Fault]:
    """What no rule of the pack decides: nothing may be allowed because somebody forgot to write a rule."""
    undecided: dict[str, list[str]] = {}
    for channel in Channel:
        for message_class in MessageClass:
            for what in _undecided(pack, channel, message_class):
                undecided.setdefault(what, []).append(f"{message_class.value} by {channel.value}")
    for what, contacts in undecided.items():
        more = f" and {len(contacts) - 1} more kinds of contact" if len(contacts) > 1 else ""
        words = f"no rule of kind {what} binds {contacts[0]}{more} in every region and at every date; add one"
        yield Fault(("rules",), words)


def _undecided(pack: Pack, channel: Channel, message_class: MessageClass) -> Iterator[str]:
    rules = [rule for rule in pack.rules if _always_binds(rule, channel, message_class)]
    kinds: dict[str, type[RuleBase]] = {
        "hours": Hours,
        "opt_outs": OptOuts,
        "usable_address": UsableAddress,
        "known_purpose": KnownPurpose,
    }
    if message_class not in _FREE_OF_ARREARS:
        kinds["something_owed"] = SomethingOwed
    for name, kind in kinds.items():
        if not any(isinstance(rule, kind) for rule in rules):
            yield name
    if message_class not in _FREE_OF_HOLDS:
        stopped = {hold for rule in rules if isinstance(rule, Stop) for hold in rule.holds}
        yield from (f"stop with {kind.value} among its holds" for kind in HoldKind if kind not in stopped)


def _always_binds(rule: Rule, channel: Channel, message_class: MessageClass) -> bool:
    dated = rule.effective_from is not None or rule.effective_to is not None
    return not rule.regions and not dated and channel in rule.channels and message_class in rule.classes


def _list(words: set[str]) -> str:
    return ", ".join(sorted(words))
