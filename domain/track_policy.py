"""How a policy writes its tracks: how much each bends the timetable, and the table that chooses among them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from domain.faults import Fault
from domain.terms import Track
from domain.tracks import TrackOffer, TrackRule
from domain.written import Duration, Form

_AtLeast = Annotated[int, Field(strict=True, ge=1, le=1000)]
_Percent = Annotated[int, Field(strict=True, ge=1, le=100)]
_Flag = Annotated[bool, Field(strict=True)]
_Slower = Annotated[float, Field(strict=True, ge=1, le=10)]
_Sooner = Annotated[float, Field(strict=True, gt=0, le=1)]
_Code = Annotated[str, Form(r"^[a-z][a-z0-9_]{0,63}$", "small letters, digits and underscores, such as job_lost")]


def _whole_days(length: timedelta) -> timedelta:
    if length < timedelta(days=1):
        raise ValueError("leaves the person no day to answer in; write at least 1d")
    return length


class _Part(BaseModel):
    """What every part obeys: immutable, and no field that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class TrackConditions(_Part):
    """What a rule asks of the facts. Everything that is written must hold; at least one is."""

    hardship: _Flag | None = None
    """Whether a hardship has been reported."""
    vulnerable: _Flag | None = None
    """Whether the person has been reported to be vulnerable, also where that is over."""
    days_overdue: _AtLeast | None = None
    """For at least so many days."""
    promises_kept: _AtLeast | None = None
    """At least so many promises to pay."""
    promises_broken: _AtLeast | None = None
    """At least so many."""
    plans_broken: _AtLeast | None = None
    """At least so many."""
    refusals: _AtLeast | None = None
    """At least so many refusals to pay, said in calls by the person; an opt-out is none."""
    paid_percent: _Percent | None = None
    """Of what has fallen due, at least so much was paid."""
    paid_percent_below: _Percent | None = None
    """Of what has fallen due, less than so much was paid."""


class TrackRuleWritten(_Part):
    """One line of the table."""

    when: TrackConditions
    track: Track
    """``firm`` is only proposed to a person."""
    reason: _Code
    """By which the audit trail names the rule."""

    def rule(self) -> TrackRule:
        """The rule as a case carries it."""
        return TrackRule(self.track, self.reason, **self.when.model_dump(exclude_none=True))


class StageLengths(_Part):
    """What tracks multiply the least time in every stage by."""

    supportive: _Slower = 1.0
    """1 or more."""
    firm: _Sooner = 1.0
    """At most 1."""


class StageStarts(_Part):
    """What tracks multiply the time before every stage by, counted from when the debt became overdue."""

    firm: _Sooner = 1.0
    """At most 1."""


class TrackOffers(_Part):
    """What the supportive track offers by itself: at once, as a message of its own, and with every demand after it."""

    supportive: tuple[TrackOffer, ...] = ()
    """Which ways out; left out, the track is slower and offers nothing by itself."""
    answer_within: Annotated[Duration, AfterValidator(_whole_days)] = timedelta(days=14)
    """How long the person may take such an offer, counted from when it was sent."""
    again_after: Duration = timedelta(days=60)
    """For so long after an offer no other is made, however often the track changes."""


class Tracks(_Part):
    """How tracks bend the timetable, and which facts choose them; ``standard`` is the timetable as written."""

    supportive: _Slower
    """Multiplies every cadence for who needs time: 1 or more, so that contacts come more slowly."""
    firm: _Sooner
    """For deliberate default, as a person has found it: at most 1, so that contacts come sooner."""
    stages: StageLengths = StageLengths()
    """Longer stages for who needs time, shorter ones for deliberate default."""
    starts_after: StageStarts = StageStarts()
    """Stages may begin sooner for deliberate default; least times, contacts and the law's notices still come first."""
    offers: TrackOffers = TrackOffers()
    """What who needs time is offered."""
    rules: Annotated[tuple[TrackRuleWritten, ...], Field(max_length=50)] = ()
    """The first rule that holds counts; where none does the track is standard. Left out, only people choose.

    Who is reported vulnerable is supportive before any rule is asked, while the report is in force.
    """

    def faults(self) -> Iterator[Fault]:
        """What is wrong with the table, and with the offers."""
        if len(set(self.offers.supportive)) < len(self.offers.supportive):
            yield Fault(("tracks", "offers", "supportive"), "names an offer twice; keep each once")
        for number, each in enumerate(self.rules):
            yield from (Fault(("tracks", "rules", number, *fault.location), fault.words) for fault in _faults_of(each))
        reasons = [each.reason for each in self.rules]
        for number, reason in enumerate(reasons):
            if reason in reasons[:number]:
                words = f"{reason!r} names an earlier rule too; give each its own reason"
                yield Fault(("tracks", "rules", number, "reason"), words)


def _faults_of(rule: TrackRuleWritten) -> Iterator[Fault]:
    when = rule.when
    if not when.model_dump(exclude_none=True):
        yield Fault(("when",), "asks for nothing, so it would hold for everybody; write at least one condition")
    if rule.track is not Track.FIRM:
        return
    if when.hardship is not False or when.vulnerable is not False:
        words = "may not propose firm for who cannot pay; write 'hardship: false' and 'vulnerable: false'"
        yield Fault(("when",), words)
    if not (when.refusals or when.promises_broken or when.plans_broken):
        words = "proposes firm without a sign of it; ask for refusals, promises_broken or plans_broken"
        yield Fault(("when",), words)
