"""How the calls that wait are shared out: each agent gets the most urgent one that suits, and at most a fair part."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.agents import speaks


class NoCallToTake(Exception):
    """There is no call that the agent may take now; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class CallToShare:
    """A call that waits."""

    call_id: str
    country: str
    language: str
    deadline: datetime
    taken_by: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """An agent who may call somewhere now."""

    agent_id: str
    languages: Sequence[str]
    countries: frozenset[str]
    """For which the agent is certified."""

    def suits(self, call: CallToShare) -> bool:
        """Whether the agent may make the call and can talk with the person."""
        return call.country in self.countries and speaks(self.languages, call.language)


def next_call(calls: Sequence[CallToShare], callers: Sequence[Caller], agent_id: str) -> CallToShare:
    """The call that an agent takes next: of those that suit and that nobody has taken, the one due soonest.

    Raises:
        NoCallToTake: if none suits, or the agent holds a fair part of them already.
    """
    caller = next(each for each in callers if each.agent_id == agent_id)
    suiting = [each for each in calls if caller.suits(each)]
    free = [each for each in suiting if each.taken_by is None]
    if not free:
        raise NoCallToTake(f"no call waits that {agent_id} may make and that nobody has taken; look again later")
    held, share = sum(each.taken_by == agent_id for each in calls), fair_share(suiting, callers)
    if held >= share:
        words = f"{agent_id} holds {held} of the {len(suiting)} calls that suit, and {share} is a fair part"
        raise NoCallToTake(f"{words}; make one of them or return it first")
    return min(free, key=lambda each: (each.deadline, each.call_id))


def fair_share(calls: Sequence[CallToShare], callers: Sequence[Caller]) -> int:
    """How many of these calls one agent may hold: an equal part for each who could make one of them, rounded up."""
    able = sum(any(each.suits(call) for call in calls) for each in callers)
    return -(-len(calls) // able)
