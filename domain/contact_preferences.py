"""When a person wants to be reached: hours and weekdays on their own clock, by channel, as they told us.

What is known to be inconvenient is not used (12 CFR 1006.6(b)(1); CONC 7.9.4R), in every jurisdiction. An address that
does not suit, such as one at work, is stopped like any other.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from domain.jurisdiction_rules import Hours, Origin, QuietDays
from domain.terms import Channel, Weekday

BY_DEFAULT = tuple(each for each in Channel if each is not Channel.LETTER)
"""The channels that a preference is about if it names none: a letter reaches nobody at an hour."""

HOURS, DAYS = "PERSON-HOURS", "PERSON-DAYS"
"""Under which verdicts name what the person told us."""

_SOURCE = "Told by the person; 12 CFR 1006.6(b)(1), CONC 7.9.4R, held everywhere."


@dataclass(frozen=True, slots=True)
class SuitableTimes:
    """When contact suits a person, on the clock where they live."""

    not_before: str | None = None
    """From that time of day on, such as ``18:00``."""
    not_after: str | None = None
    """And strictly before that one."""
    weekdays: tuple[Weekday, ...] = ()
    """Empty: every day of the week."""

    def rules(self) -> tuple[Hours | QuietDays, ...]:
        """The same as rules of contact, which bind on top of the jurisdiction's."""
        told = {"origin": Origin.PRODUCT, "source": _SOURCE, "verified": True}
        opens, closes = self.not_before or "00:00", self.not_after or "24:00"
        rules: list[Hours | QuietDays] = []
        if self.not_before is not None or self.not_after is not None:
            title = f"The person wants to be reached from {opens} to {closes}."
            rules.append(Hours(kind="hours", id=HOURS, title=title, opens=opens, closes=closes, **told))
        if self.weekdays:
            unsuitable = tuple(each for each in Weekday if each not in self.weekdays)
            title = f"The person wants to be reached on {', '.join(self.weekdays)}."
            rules.append(QuietDays(kind="quiet_days", id=DAYS, title=title, weekdays=unsuitable, **told))
        return tuple(rules)


@dataclass(frozen=True, slots=True)
class ContactPreference:
    """What a person told us once of when to reach them."""

    preference_id: str
    told_at: datetime
    channels: tuple[Channel, ...]
    times: SuitableTimes
    ended_at: datetime | None = None
    """When it was ended, if it was."""


def with_preference(
    known: Iterable[ContactPreference], told: ContactPreference
) -> tuple[tuple[ContactPreference, ...], bool]:
    """What is known with one more preference, and whether that counts: of two under one id the later one does."""
    kept = tuple(known)
    same = next((each for each in kept if each.preference_id == told.preference_id), None)
    if same is not None and same.told_at > told.told_at:
        return kept, False
    return (*(each for each in kept if each is not same), told), True


def without_preference(
    known: Iterable[ContactPreference], preference_id: str, at: datetime
) -> tuple[tuple[ContactPreference, ...], bool]:
    """What is known after a preference was ended, and whether there was an open one of that id."""
    kept = tuple(known)
    ended = tuple(
        replace(each, ended_at=at) if each.preference_id == preference_id and each.ended_at is None else each
        for each in kept
    )
    return ended, ended != kept


def suitable_times(known: Iterable[ContactPreference]) -> tuple[tuple[Channel, SuitableTimes], ...]:
    """What holds, by channel: the latest word on each, unless it was ended."""
    latest: dict[Channel, ContactPreference] = {}
    for each in sorted(known, key=lambda preference: preference.told_at):
        latest |= dict.fromkeys(each.channels, each)
    return tuple((channel, latest[channel].times) for channel in Channel if _holds(latest.get(channel)))


def _holds(preference: ContactPreference | None) -> bool:
    return preference is not None and preference.ended_at is None
