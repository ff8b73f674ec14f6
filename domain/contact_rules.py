"""What each rule of a pack says of a contact, and the first lawful moment for one by hours, quiet days and caps.

Pure: no clock and no records of its own. Whoever sends must ask :func:`judge` with what is true at that moment,
whatever :func:`next_lawful_moment` had planned before.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.calendars import DAY, Span, find_zone
from domain.contact_binding import SEARCHED, Binding, CountRule, Situation, bind
from domain.contact_facts import Attempt, Person, Proposal, Standing, Verdict
from domain.contact_standing import Objection, Records, at_any_hour, validity_at_any_hour
from domain.contact_windows import write_clock, zones_of
from domain.jurisdiction import Pack
from domain.terms import MessageClass

__all__ = ["SEARCHED", "Attempt", "Found", "Person", "Proposal", "Standing", "Verdict"]
__all__ += ["judge", "leaves_room", "next_lawful_moment", "refusing", "window_end"]

_SPREAD_CLASSES = frozenset({MessageClass.DEMAND, MessageClass.SERVICE})
_NO_ZONE = "the person's time zone is not known; nothing is sent without it"
_USED_SHARE = 0.9
"""Nothing is spread into the last tenth of a window, so that what waits in a queue still leaves within it."""


@dataclass(frozen=True, slots=True)
class Found:
    """The first lawful moment that was looked for, and why it is then."""

    at: datetime | None
    """None when there is none within :data:`SEARCHED`, or when waiting does not help."""
    words: str
    """In plain English without personal data."""
    provisional: bool = False
    """Whether it rests on public holidays of a year whose calendar may still change."""


def judge(
    pack: Pack, person: Person, proposal: Proposal, attempts: Sequence[Attempt], standing: Standing, now: datetime
) -> tuple[Verdict, ...]:
    """What every rule that binds says of a contact made at that moment. It is lawful if all of them allow it.

    Args:
        pack: the rules of the person's jurisdiction.
        person: where the person is.
        proposal: the contact.
        attempts: the person's log, over all accounts, for at least ``pack.longest_window``.
        standing: what else is true of person and account.
        now: an aware instant.
    """
    zones = zones_of(pack.time_zones, person.time_zones)
    outside = _outside_of_pack(pack, person, zones, now)
    if outside is not None:
        return (Verdict(pack.jurisdiction, False, outside),)
    binding = _bound(pack, person, proposal)
    is_open = bool(zones) and binding.times.span_at(zones, now) is not None
    situation = Situation(zones, Records(pack, proposal, attempts, standing, now), is_open)
    return tuple([each.verdict(situation) for each in binding.rules])


def refusing(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """The verdicts that speak against the contact."""
    return tuple(each for each in verdicts if not each.allowed)


def next_lawful_moment(
    pack: Pack,
    person: Person,
    proposal: Proposal,
    attempts: Sequence[Attempt],
    not_before: datetime,
    spread_key: str,
) -> Found:
    """The first moment from then on at which hours, quiet days, caps and cooldowns allow the contact, then spread.

    Demands and service messages are spread by the key within the lawful window that holds that first moment, so that
    contacts that are due together do not leave together. Holds, stops and consent are not asked: they end by events.
    """
    zones = zones_of(pack.time_zones, person.time_zones)
    outside = _outside_of_pack(pack, person, zones, not_before) or (None if zones else _NO_ZONE)
    if outside is not None:
        return Found(None, outside)
    binding = _bound(pack, person, proposal)
    free = at_any_hour(pack, proposal, attempts, not_before)
    obstacles = _Obstacles(binding, zones, binding.counted(proposal, attempts), free)
    first, reasons = _first_moment(obstacles, not_before)
    if first is not None and (outside := _outside_of_pack(pack, person, zones, first)) is not None:
        first, reasons = None, (*reasons, outside)
    if first is None:
        return Found(None, "; ".join(reasons))
    at = _spread(pack, obstacles, first, spread_key) if proposal.message_class in _SPREAD_CLASSES else first
    if at != first:
        reasons = (*reasons, f"spread within the lawful hours to {write_clock(at, zones)}")
    provisional = binding.may_still_change(at.astimezone(find_zone(zones[0])).year)
    return Found(at, "; ".join(reasons) or "lawful at once", provisional)


def leaves_room(pack: Pack, person: Person, proposal: Proposal, attempts: Sequence[Attempt], at: datetime) -> bool:
    """Whether caps and cooldowns allow a contact at a moment, whatever the hour."""
    zones = zones_of(pack.time_zones, person.time_zones) or pack.time_zones or ("UTC",)
    counted = _bound(pack, person, proposal).counted(proposal, attempts)
    return all(rule.objection(zones, moments, at) is None for rule, moments in counted)


def window_end(pack: Pack, person: Person, proposal: Proposal, at: datetime) -> datetime:
    """Until when a message that leaves at that moment may still arrive: the end of the lawful window that contains it.

    Answers the moment itself when no window contains it, so that such a message is void. Windows without a gap between
    them count as one. A reply that is free of the hours may arrive for as long as it may be sent.
    """
    zones = zones_of(pack.time_zones, person.time_zones)
    if not zones or _outside_of_pack(pack, person, zones, at) is not None:
        return at
    binding = _bound(pack, person, proposal)
    end = at
    while end < at + DAY and (span := binding.times.span_at(zones, end)) is not None:
        end = span.end
    return max(end, at + validity_at_any_hour(pack, proposal))


@dataclass(frozen=True, slots=True)
class _Obstacles:
    """Everything that time may have against one contact."""

    binding: Binding
    zones: tuple[str, ...]
    counted: tuple[tuple[CountRule, list[datetime]], ...]
    at_any_hour: bool

    def span(self, moment: datetime) -> Span | None:
        """The lawful window that contains a moment."""
        return self.binding.times.span_at(self.zones, moment)

    def at(self, moment: datetime) -> list[Objection]:
        """What speaks against a moment."""
        found = [rule.objection(self.zones, moments, moment) for rule, moments in self.counted]
        if not self.at_any_hour and self.span(moment) is None:
            found = [*(rule.objection(self.zones, moment) for rule in self.binding.time_rules), *found]
        return [each for each in found if each is not None]


def _first_moment(obstacles: _Obstacles, not_before: datetime) -> tuple[datetime | None, tuple[str, ...]]:
    """The first moment against which nothing speaks, and what spoke against the earlier ones.

    Each rule says when it alone would allow; the latest of these is the next candidate, and no moment before it can do.
    """
    moment, reasons = not_before, dict[str, None]()
    while objections := obstacles.at(moment):
        reasons |= dict.fromkeys(each.words for each in objections)
        ends = [each.until for each in objections if each.until is not None]
        if len(ends) < len(objections) or max(ends) > not_before + SEARCHED:
            return None, (*reasons, f"so no lawful moment within {SEARCHED.days} days")
        moment = max(ends)
    return moment, tuple(reasons)


def _spread(pack: Pack, obstacles: _Obstacles, first: datetime, key: str) -> datetime:
    """A moment for the key in the window of the first lawful one: its place of the day, or soon when that is over.

    Later in the same window no cap can refuse what it allowed before, because the dates are the same and contacts age.
    """
    window = obstacles.span(first)
    if window is None:
        return first
    share = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=6).digest()) / (1 << 48)
    place = window.start + min(pack.spread.after_opening, (window.end - window.start) * _USED_SHARE) * share
    if place < first:
        place = first + min(pack.spread.at_once, (window.end - first) * _USED_SHARE) * share
    return place


def _bound(pack: Pack, person: Person, proposal: Proposal) -> Binding:
    channel = proposal.channel
    region, suitable = pack.known_region(person.region), person.suitable_by(channel)
    return bind(pack, region, channel, proposal.message_class, suitable)


def _outside_of_pack(pack: Pack, person: Person, zones: tuple[str, ...], moment: datetime) -> str | None:
    """Why the pack cannot rule on the person at that moment, in words, or none if it can."""
    if person.jurisdiction != pack.jurisdiction:
        return f"the pack rules on {pack.jurisdiction}, and the person is in {person.jurisdiction}"
    days = {moment.astimezone(find_zone(name)).date() for name in zones or pack.time_zones or ("UTC",)}
    if not all(pack.in_force_on(day) for day in days):
        return f"the rules of {pack.jurisdiction}, version {pack.version}, are not in force then"
    return None
