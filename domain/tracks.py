"""The policy's table of tracks: which facts of a case make its timetable gentler, or propose that it be firmer.

``firm`` is never a table's word: a rule may only propose it, and a person with evidence decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from domain.terms import Track

FIRM_REVIEW = timedelta(days=90)
"""How long ``firm`` lasts unless a person confirms it."""

FIRM_SUBJECT = "track:firm"
"""Under which a person is asked whether a case is firm, or still is."""


class TrackOffer(StrEnum):
    """A way out that the supportive track offers by itself."""

    PLAN = "plan"
    """Of the monthly instalment plans within the policy's limits the one in the smallest parts."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the person has done in the case so far."""

    promises_kept: int = 0
    promises_broken: int = 0
    plans_broken: int = 0
    refusals: int = 0
    """Refusals to pay, said in calls by the person themselves; an opt-out is none."""


@dataclass(frozen=True, slots=True)
class TrackFacts:
    """What the table may ask about: a closed list."""

    hardship: bool
    """A hardship has been reported."""
    vulnerable: bool
    """The person has been reported to be vulnerable."""
    days_overdue: int
    paid_percent: int
    """Of what has fallen due in the case, how much was paid, rounded down."""
    behaviour: Behaviour
    vulnerable_now: bool = False
    """Such a report is in force."""


@dataclass(frozen=True, slots=True)
class TrackRule:
    """One line of the table: every condition that is given must hold."""

    track: Track
    reason: str
    """A reason code, by which the trail names the rule."""
    hardship: bool | None = None
    vulnerable: bool | None = None
    days_overdue: int = 0
    """At least; so are the numbers below."""
    promises_kept: int = 0
    promises_broken: int = 0
    plans_broken: int = 0
    refusals: int = 0
    paid_percent: int = 0
    paid_percent_below: int | None = None
    vulnerable_now: bool | None = None

    def holds(self, facts: TrackFacts) -> bool:
        """Whether the facts are as the rule asks."""
        behaviour = facts.behaviour
        return (
            self.hardship in (None, facts.hardship)
            and self.vulnerable in (None, facts.vulnerable)
            and self.vulnerable_now in (None, facts.vulnerable_now)
            and facts.days_overdue >= self.days_overdue
            and behaviour.promises_kept >= self.promises_kept
            and behaviour.promises_broken >= self.promises_broken
            and behaviour.plans_broken >= self.plans_broken
            and behaviour.refusals >= self.refusals
            and facts.paid_percent >= self.paid_percent
            and (self.paid_percent_below is None or facts.paid_percent < self.paid_percent_below)
        )


ALWAYS_FIRST = TrackRule(Track.SUPPORTIVE, "vulnerable", vulnerable_now=True)
"""Comes before every policy's own table: who is vulnerable is on the gentlest track, whatever else holds."""


def rule_for(rules: Sequence[TrackRule], facts: TrackFacts) -> TrackRule | None:
    """The first rule of the table that holds, or none."""
    return next((each for each in rules if each.holds(facts)), None)
