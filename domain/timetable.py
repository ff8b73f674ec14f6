"""The part of a policy that a case carries for life: its stages, contacts, waits and limits, in plain values.

A running case keeps the timetable it started with, so an edited policy file never bends a life that is under way.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from domain.terms import Channel, Stage, Track
from domain.tracks import TrackOffer, TrackRule


@dataclass(frozen=True, slots=True)
class Touch:
    """One planned contact: the channel to use, and those to fall back to, in order, when it is not usable."""

    channel: Channel
    fallbacks: tuple[Channel, ...] = ()

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Every channel that may carry this contact, the preferred one first."""
        return (self.channel, *self.fallbacks)


@dataclass(frozen=True, slots=True)
class StagePlan:
    """How one stage is worked."""

    stage: Stage
    starts_after: timedelta
    """Not before the oldest unpaid instalment has been overdue this long."""
    minimum: timedelta
    """The least time in this stage, holds not counted."""
    cadence: timedelta
    """The time from one contact to the next."""
    touches: tuple[Touch, ...]
    """The contacts, in turn, begun again after the last."""
    attempts: int
    """Contacts that must really have left before the stage counts as exhausted."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """Everything of a policy that decides what a case does next, and when."""

    policy: str
    version: str
    """Digest of the whole policy document."""
    stages: tuple[StagePlan, ...]
    """The stages with contacts, first_reminder to pre_legal, in order."""
    track_pace: dict[Track, float]
    """What each track multiplies cadence by; above 1 is slower."""
    call_within: timedelta
    """How long a call task waits for an agent before the case goes on."""
    resume_after: timedelta
    """The pause between the end of the last hold and the next contact."""
    plan_cure: timedelta
    """How long a missed plan instalment may be made good."""
    promise_grace: timedelta
    """How long after its date a promise may still be kept."""
    review_within: timedelta
    """The deadline of a person who must decide something, after which it is raised again."""
    final_notice_wait: timedelta
    """From the final notice to the legal review, holds not counted."""
    channels_for_exhaustion: int = 2
    """Different channels that must have left over the whole case before legal review."""
    deliveries_for_exhaustion: int = 1
    """Contacts with proof of delivery before legal review."""
    track_minimum: dict[Track, float] = field(default_factory=dict)
    """What a track multiplies the least time in a stage by; one that is not named leaves it."""
    track_rules: tuple[TrackRule, ...] = ()
    """The table that chooses the track by facts, the first rule that holds first; empty: only people choose."""
    plan_renegotiate_within: timedelta = timedelta(0)
    """How long a plan with a missed instalment waits, after the cure, for the one new plan that may replace it."""
    track_start: dict[Track, float] = field(default_factory=dict)
    """What a track multiplies the time before a stage by; one that is not named leaves it."""
    track_offers: tuple[TrackOffer, ...] = ()
    """What the supportive track offers by itself."""
    person_for_vulnerable: bool = False
    """Whether a person is asked to see to who is vulnerable also where the report names an end."""
    asks_again_to_tell: bool = False
    """Whether a person who was asked to tell something is asked again at their deadline, whatever else is planned."""
    plan_waits_in_holds: bool = False
    """Whether the cure of a missed instalment, and the time for another plan, stand still while the case is on hold."""

    def starts_after(self, plan: StagePlan, track: Track) -> timedelta:
        """How long the oldest unpaid instalment must have been overdue before a stage, as a track bends it."""
        return plan.starts_after * self.track_start.get(track, 1.0)
