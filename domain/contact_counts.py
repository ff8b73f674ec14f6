"""How many contacts the caps leave, and how long a conversation keeps the telephone silent, from the person's log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.calendars import DAY, day_start, find_zone
from domain.contact_facts import Attempt, Direction, Proposal
from domain.contact_windows import write_date
from domain.jurisdiction_rules import Cap, Cooldown, Counted, Per, look_back
from domain.terms import Channel

_TELEPHONE = (Channel.CALL, Channel.VOICE)


@dataclass(frozen=True, eq=False, slots=True)
class Count:
    """A counting rule made ready: what counts for it, and how many of those within its window refuse one more."""

    rule: Cap | Cooldown
    refuses_at: int
    channels: tuple[Channel, ...]

    @classmethod
    def of(cls, rule: Cap | Cooldown) -> "Count":
        """Make a rule ready. A single conversation refuses the next call."""
        return cls(rule, rule.at_most, rule.channels) if isinstance(rule, Cap) else cls(rule, 1, _TELEPHONE)

    def moments(self, proposal: Proposal, attempts: Sequence[Attempt]) -> list[datetime]:
        """When those contacts happened that count for the rule, whatever their age; none if too few to refuse."""
        channels, this = self.channels, proposal.contact_id or None
        found = [each for each in attempts if each.channel in channels and each.contact_id != this]
        if len(found) < self.refuses_at:
            return []
        if self.rule.per is Per.DEBT:
            found = [each for each in found if each.account_id == proposal.account_id]
        else:
            found = [each for each in found if not each.told_along]
        if self.rule.per is Per.ADDRESS:
            found = [each for each in found if each.address_ref == proposal.address_ref]
        return [each.at for each in found if self._counts(each)]

    def opens_at(self, moments: list[datetime], zones: tuple[str, ...], moment: datetime) -> datetime:
        """The first moment, from the given one on, at which the rule allows one contact more."""
        if len(moments) < self.refuses_at:
            return moment
        if self.rule.window.rolling is not None:
            opens = sorted(moments)[-self.refuses_at] + self.rule.window.rolling
        else:
            opens = self._opens_by_dates(moments, zones, moment)
        opens = max(opens, moment)
        return opens if opens == moment else min(opens, self._ends(zones, opens))

    def words(self, moments: list[datetime], zones: tuple[str, ...], opens: datetime) -> str:
        """Why the rule refuses until it opens again."""
        zone = find_zone(zones[0])
        again = f"again from {write_date(opens.astimezone(zone).date())} {opens.astimezone(zone):%H:%M} {zones[0]}"
        if isinstance(self.rule, Cooldown):
            spoken = write_date(max(moments).astimezone(zone).date())
            return f"there was a conversation by telephone on {spoken}; {again}"
        return f"{_limit(self.rule)}; {again}"

    def _counts(self, attempt: Attempt) -> bool:
        rule = self.rule
        if isinstance(rule, Cooldown):
            return attempt.conversation is not False
        if attempt.direction is Direction.INBOUND or attempt.message_class not in rule.classes:
            return False
        return rule.counts is Counted.ATTEMPTS or attempt.connected is not False

    def _opens_by_dates(self, moments: list[datetime], zones: tuple[str, ...], moment: datetime) -> datetime:
        """Dates are counted in every zone by itself; each zone may put the moment off until a later date of its own."""
        days, reach = self.rule.window.calendar_days or 1, moment - look_back(self.rule)
        moments = [each for each in moments if each >= reach]
        if len(moments) >= self.refuses_at:
            for name in zones:
                moment = self._opens_in(name, moments, days, moment)
        return moment

    def _opens_in(self, name: str, moments: list[datetime], days: int, moment: datetime) -> datetime:
        zone = find_zone(name)
        if zone is None:
            return moment
        today = moment.astimezone(zone).date()
        first = today - (days - 1) * DAY
        dates = sorted(day for each in moments if (day := each.astimezone(zone).date()) >= first)
        if len(dates) < self.refuses_at:
            return moment
        return max(moment, day_start(zone, dates[-self.refuses_at] + days * DAY))

    def _ends(self, zones: tuple[str, ...], opens: datetime) -> datetime:
        """When the rule itself stops binding everywhere, if that comes first."""
        if self.rule.effective_to is None:
            return opens
        ends = (zone for name in zones if (zone := find_zone(name)) is not None)
        return max((day_start(zone, self.rule.effective_to + DAY) for zone in ends), default=opens)


def _limit(rule: Cap) -> str:
    what = "answered calls" if rule.counts is Counted.CONNECTED else "contacts"
    over = {Per.PERSON: "", Per.DEBT: " on this debt", Per.ADDRESS: " to this number or address"}[rule.per]
    rolling = rule.window.rolling
    if rolling is None:
        days = rule.window.calendar_days
        within = "a day" if days == 1 else f"in {days} days"
    else:
        within = f"in {rolling.days} days" if rolling.days else f"in {rolling.seconds} seconds"
    return f"all {rule.at_most} {what} {within}{over} are used up"
