"""The rules of a pack that bind one kind of contact in one region, made ready to be asked many times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from domain.calendars import DAY, HolidayCalendar, find_zone
from domain.contact_counts import Count
from domain.contact_facts import Attempt, Proposal, Verdict
from domain.contact_preferences import SuitableTimes
from domain.contact_standing import Check, Objection, Records, at_any_hour, check_of
from domain.contact_windows import OpenTimes, quiet_reason, write_clock, write_date
from domain.jurisdiction import Pack
from domain.jurisdiction_rules import Cap, Cooldown, Hours, QuietDays, Rule
from domain.terms import Channel, MessageClass

SEARCHED = timedelta(days=60)
"""How far ahead a lawful moment is looked for."""

_NO_ZONE = Objection("the person's time zone is not known; nothing is sent without it")


@dataclass(frozen=True, slots=True)
class Situation:
    """A contact as the rules see it."""

    zones: tuple[str, ...]
    """Every zone in which the hours must hold; empty when one of the person's is not known."""
    records: Records
    is_open: bool
    """Whether all rules of hours and quiet days together allow it."""


@dataclass(frozen=True, eq=False, slots=True)
class TimeRule:
    """A rule of hours or of quiet days."""

    rule: Hours | QuietDays
    kept: Verdict
    times: OpenTimes
    """What this rule alone leaves open."""
    own: bool = False
    """Whether the person's own clock alone counts for it."""

    def objection(self, zones: tuple[str, ...], moment: datetime) -> Objection | None:
        """Why the clock speaks against a moment, and when it no longer will."""
        zones = zones[:1] if self.own else zones
        span = self.times.first_span(zones, moment, moment + SEARCHED)
        if span is None:
            return Objection(f"no open hour within {SEARCHED.days} days")
        if span.start <= moment:
            return None
        if isinstance(self.rule, QuietDays):
            return Objection(_quiet_words(self.rule, self.times.calendar, zones, moment, span.start), span.start)
        return Objection(f"quiet hours until {write_clock(span.start, zones)}", span.start)

    def verdict(self, situation: Situation) -> Verdict:
        """What it says of a contact."""
        if situation.is_open:
            return self.kept
        records = situation.records
        if not situation.zones:
            return _refusal(self.rule, _NO_ZONE)
        objection = self.objection(situation.zones, records.now)
        if objection is None:
            return self.kept
        if at_any_hour(records.pack, records.proposal, records.attempts, records.now):
            return Verdict(self.rule.id, True, f"a reply of this kind may go at any hour ({self.rule.title})")
        return _refusal(self.rule, objection)


@dataclass(frozen=True, eq=False, slots=True)
class CountRule:
    """A cap or a cooldown."""

    rule: Cap | Cooldown
    kept: Verdict
    count: Count
    dated: bool

    def objection(self, zones: tuple[str, ...], moments: list[datetime], moment: datetime) -> Objection | None:
        """Why one contact more is too many at a moment, and when it no longer will be."""
        if len(moments) < self.count.refuses_at or (self.dated and not _in_force(self.rule, zones, moment)):
            return None
        opens = self.count.opens_at(moments, zones, moment)
        return None if opens == moment else Objection(self.count.words(moments, zones, opens), opens)

    def verdict(self, situation: Situation) -> Verdict:
        """What it says of a contact."""
        records = situation.records
        moments = self.count.moments(records.proposal, records.attempts)
        if not moments:
            return self.kept
        zones = situation.zones or records.pack.time_zones or ("UTC",)
        objection = self.objection(zones, moments, records.now)
        return self.kept if objection is None else _refusal(self.rule, objection)


@dataclass(frozen=True, eq=False, slots=True)
class StandingRule:
    """A rule that asks the records and not the clock."""

    rule: Rule
    kept: Verdict
    check: Check
    dated: bool

    def verdict(self, situation: Situation) -> Verdict:
        """What it says of a contact."""
        if self.dated and not _in_force(self.rule, situation.zones, situation.records.now):
            return self.kept
        objection = self.check(situation.records)
        return self.kept if objection is None else _refusal(self.rule, objection)


BoundRule = TimeRule | CountRule | StandingRule


@dataclass(frozen=True, eq=False, slots=True)
class Binding:
    """Every rule that binds, in the order of the pack."""

    rules: tuple[BoundRule, ...]
    times: OpenTimes
    """What all rules of hours and quiet days together leave open."""

    @property
    def time_rules(self) -> tuple[TimeRule, ...]:
        """Those that ask the clock."""
        return tuple(each for each in self.rules if isinstance(each, TimeRule))

    def counted(self, proposal: Proposal, attempts: Sequence[Attempt]) -> tuple[tuple[CountRule, list[datetime]], ...]:
        """Each counting rule with the moments in the log that count for it."""
        rules = (each for each in self.rules if isinstance(each, CountRule))
        return tuple((rule, moments) for rule in rules if (moments := rule.count.moments(proposal, attempts)))

    def may_still_change(self, year: int) -> bool:
        """Whether it rests on public holidays of a year whose calendar is not settled yet."""
        return any(each.public_holidays for each in self.times.quiet_days) and self.times.calendar.provisional(year)


@lru_cache(maxsize=4096)
def bind(
    pack: Pack,
    region: str | None,
    channel: Channel,
    message_class: MessageClass,
    suitable: SuitableTimes | None = None,
) -> Binding:
    """The rules of a pack for one kind of contact, and what the person wants besides.

    Where the region is not known, the rules of every region bind.
    """
    calendar = pack.holidays.calendar(region)
    rules = [
        rule
        for rule in pack.rules
        if channel in rule.channels
        and message_class in rule.classes
        and (not rule.regions or region is None or region in rule.regions)
    ]
    hours = tuple(rule for rule in rules if isinstance(rule, Hours))
    quiet_days = tuple(rule for rule in rules if isinstance(rule, QuietDays))
    told = suitable.rules() if suitable is not None else ()
    wanted = tuple(TimeRule(rule, _kept(rule), _times_of(rule, calendar), own=True) for rule in told)
    own = _all_times(told, calendar) if told else None
    ready = (*(_ready(rule, calendar) for rule in rules), *wanted)
    return Binding(ready, OpenTimes(hours, quiet_days, calendar, own))


def _ready(rule: Rule, calendar: HolidayCalendar) -> BoundRule:
    kept = _kept(rule)
    dated = rule.effective_from is not None or rule.effective_to is not None
    match rule:
        case Hours() | QuietDays():
            return TimeRule(rule, kept, _times_of(rule, calendar))
        case Cap() | Cooldown():
            return CountRule(rule, kept, Count.of(rule), dated)
        case _:
            return StandingRule(rule, kept, check_of(rule), dated)


def _kept(rule: Rule) -> Verdict:
    return Verdict(rule.id, True, f"kept: {rule.title}")


def _times_of(rule: Hours | QuietDays, calendar: HolidayCalendar) -> OpenTimes:
    return _all_times((rule,), calendar)


def _all_times(rules: Sequence[Hours | QuietDays], calendar: HolidayCalendar) -> OpenTimes:
    hours = tuple(each for each in rules if isinstance(each, Hours))
    return OpenTimes(hours, tuple(each for each in rules if isinstance(each, QuietDays)), calendar)


def _refusal(rule: Rule, objection: Objection) -> Verdict:
    return Verdict(rule.id, False, objection.words, objection.until)


def _in_force(rule: Rule, zones: tuple[str, ...], moment: datetime) -> bool:
    """Whether a rule binds on the date that any of the zones shows; where the zones are not known, it does."""
    return not zones or any(rule.in_force_on(moment.astimezone(find_zone(name)).date()) for name in zones)


def _quiet_words(
    rule: QuietDays, calendar: HolidayCalendar, zones: tuple[str, ...], moment: datetime, opens: datetime
) -> str:
    for name in zones:
        zone = find_zone(name)
        day, again = moment.astimezone(zone).date(), opens.astimezone(zone).date()
        why = quiet_reason(rule, calendar, day)
        if why is not None:
            more = f", and no day before {write_date(again)} is open" if again > day + DAY else ""
            return f"{write_date(day)} is {why}{more}"
    return f"quiet until {write_clock(opens, zones)}"
