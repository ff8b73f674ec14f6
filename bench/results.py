"""What the bench has measured, all parts together, and the ratios that follow from it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from bench.contact_cost import Cost
from bench.core import Speed
from bench.histories import HistoryFigures
from bench.lives import Round
from bench.replay import ReplayFigures
from bench.sleepers import Sleepers
from bench.subjects import Subject


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over several rounds."""

    lowest: float
    median: float
    highest: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread | None":
        """The spread of some values; none of none."""
        known = sorted(values)
        return cls(known[0], median(known), known[-1]) if known else None

    def __str__(self) -> str:
        if self.lowest == self.highest:
            return in_figures(self.median)
        return f"{in_figures(self.median)} [{in_figures(self.lowest)} to {in_figures(self.highest)}]"


@dataclass(frozen=True, slots=True)
class LongHistories:
    """The long lives, counted."""

    year: HistoryFigures
    twin_year: HistoryFigures
    typical: HistoryFigures
    contact: HistoryFigures
    """One contact of the year that nothing happened beside, the one of median size."""
    promises: int = 1
    """Of the typical life."""


@dataclass
class Results:
    """Everything measured so far; parts that were not run are empty."""

    rounds: list[Round] = field(default_factory=list)
    sleepers: list[Sleepers] = field(default_factory=list)
    histories: LongHistories | None = None
    replay: ReplayFigures | None = None
    costs: list[Cost] = field(default_factory=list)
    speeds: list[Speed] = field(default_factory=list)
    """Of the pure core."""
    not_run: dict[str, str] = field(default_factory=dict)
    """Why a part was not run, by its name."""

    @property
    def contacts_lost(self) -> int:
        """Contacts that were to be made and were not, over all parts; a life that did not end lost one."""
        rounds = sum(each.contacts_lost + each.lives_unfinished + each.contacts_unrecorded for each in self.rounds)
        return rounds + sum(each.contacts_lost + each.signals.lost for each in self.sleepers)

    @property
    def contacts_doubled(self) -> int:
        """Contacts that were handed over more than once, or that nobody ordered."""
        rounds = sum(each.contacts_doubled for each in self.rounds)
        return rounds + sum(each.contacts_doubled for each in self.sleepers)

    def of(self, subject: Subject) -> list[Round]:
        """The rounds of one subject."""
        return [each for each in self.rounds if each.subject is subject]

    def asleep(self, subject: Subject) -> Sleepers | None:
        """The sleepers of one subject."""
        return next((each for each in self.sleepers if each.subject is subject), None)

    def spread(self, subject: Subject, figure: Callable[[Round], float]) -> Spread | None:
        """A figure of one subject."""
        return Spread.of(figure(each) for each in self.of(subject))

    def ratio(self, subject: Subject, to: Subject, figure: Callable[[Round], float]) -> Spread | None:
        """How one subject compares with another, round by round."""
        pairs = zip(self.of(subject), self.of(to), strict=False)
        return Spread.of(figure(one) / figure(other) for one, other in pairs)

    def as_json(self) -> dict[str, Any]:
        """As the report keeps it."""
        return {
            "rounds": [each.as_json() for each in self.rounds],
            "sleepers": [each.as_json() for each in self.sleepers],
            "histories": _histories(self.histories),
            "replay": self.replay.as_json() if self.replay is not None else None,
            "costs": [each.as_json() for each in self.costs],
            "speeds": [each.as_json() for each in self.speeds],
            "not_run": self.not_run,
            "contacts_lost": self.contacts_lost,
            "contacts_doubled": self.contacts_doubled,
        }


def in_figures(value: float) -> str:
    """A figure with no more places than it is good for."""
    return f"{value:,.0f}" if value >= 100 else f"{value:,.2f}".removesuffix(".00")


def lives_a_second(one: Round) -> float:
    """Throughput of a round."""
    return one.lives_a_second


def worker_ms(one: Round) -> float:
    """The worker's CPU for each contact of a round, in milliseconds."""
    return one.worker_ms_a_contact


def server_ms(one: Round) -> float:
    """The server's CPU for each contact of a round, in milliseconds."""
    return one.server_ms_a_contact


def bytes_a_life(one: Round) -> float:
    """History of each life of a round, in bytes."""
    return one.bytes_a_life


def bytes_a_contact(one: Round) -> float:
    """History of each contact of a round, in bytes."""
    return one.bytes_a_contact


def typical_of(contacts: Sequence[HistoryFigures]) -> HistoryFigures:
    """The one of median size."""
    return sorted(contacts, key=lambda each: each.bytes)[len(contacts) // 2]


def _histories(histories: LongHistories | None) -> dict[str, Any] | None:
    if histories is None:
        return None
    return {
        "year": histories.year.as_json(),
        "twin_year": histories.twin_year.as_json(),
        "typical": histories.typical.as_json(),
        "contact": histories.contact.as_json(),
    }
