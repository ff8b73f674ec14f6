"""What the product aims at, and whether it got there. Numbers are those of ``docs/performance.md``."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from statistics import median
from typing import Any

from bench.histories import HistoryFigures
from bench.results import (
    LongHistories,
    Results,
    Spread,
    bytes_a_contact,
    bytes_a_life,
    lives_a_second,
    server_ms,
    worker_ms,
)
from bench.subjects import Subject


class Verdict(StrEnum):
    """How a figure stands to its target."""

    MET = "PASS"
    """It is met."""
    MISSED = "MISS"
    """It is not."""
    NOT_MEASURED = "not measured"
    """This run has no figure for it."""


@dataclass(frozen=True, slots=True)
class Aim:
    """One target and what was measured."""

    number: int
    what: str
    unit: str
    limit: float
    measured: float | None
    at_least: bool = False
    spread: str = ""
    """Over the rounds, where there were several."""

    @property
    def verdict(self) -> Verdict:
        """Whether it is met."""
        if self.measured is None:
            return Verdict.NOT_MEASURED
        met = self.measured >= self.limit if self.at_least else self.measured <= self.limit
        return Verdict.MET if met else Verdict.MISSED

    def as_json(self) -> dict[str, Any]:
        """As the report keeps it."""
        return {**asdict(self), "verdict": self.verdict}


def aims(results: Results) -> list[Aim]:
    """Every target, in order."""
    return [
        *_of_histories(results.histories),
        *_of_bytes(results),
        *_of_throughput(results),
        *_of_cpu(results),
        *_of_replay(results),
        *_of_memory(results),
        *_of_herd(results),
        *_of_encryption(results),
        *_of_core(results),
    ]


def events_allowed(life: HistoryFigures) -> int:
    """The most events that a life of so many contacts, signals and upserts should have."""
    return 6 + 11 * life.contacts + 4 * life.signals + life.upserts + 2


def actions_allowed(life: HistoryFigures, promises: int) -> int:
    """The most billable actions that such a life should have."""
    return 2 + 2 * life.contacts + life.signals + life.upserts + promises


def _of_histories(histories: LongHistories | None) -> Iterator[Aim]:
    life = histories.typical if histories is not None else None
    contact = histories.contact if histories is not None else None
    promises = histories.promises if histories is not None else 0
    yield Aim(1, "events of a typical life", "events", events_allowed(life) if life else 0, _events(life))
    yield Aim(1, "events of a contact", "events", 12, _events(contact))
    actions = life.actions if life else None
    yield Aim(2, "billable actions of a typical life, by its events", "actions", _actions(life, promises), actions)
    yield Aim(2, "billable actions of a typical life, in all", "actions", 32, actions)
    yield Aim(3, "history of a typical life", "bytes", 15_000, life.bytes if life else None)


def _of_bytes(results: Results) -> Iterator[Aim]:
    plain = results.spread(Subject.PRODUCT, bytes_a_contact)
    sealed = results.spread(Subject.ENCRYPTED, bytes_a_contact)
    yield _aim(3, "history of a contact", "bytes", 1_200, plain)
    yield _aim(3, "history of a contact, encrypted", "bytes", 1_400, sealed)


def _of_throughput(results: Results) -> Iterator[Aim]:
    for subject, name in ((Subject.WORKFLOW, "workflow alone"), (Subject.PRODUCT, "whole product")):
        ratio = results.ratio(subject, Subject.TWIN, lives_a_second)
        yield _aim(4, f"lives a second, {name}", "of the twin's", 0.8, ratio, at_least=True)


def _of_cpu(results: Results) -> Iterator[Aim]:
    for subject, name in ((Subject.WORKFLOW, "workflow alone"), (Subject.PRODUCT, "whole product")):
        server = results.ratio(subject, Subject.TWIN, server_ms)
        worker = results.ratio(subject, Subject.TWIN, worker_ms)
        yield _aim(5, f"server's CPU a contact, {name}", "of the twin's", 1.15, server)
        yield _aim(5, f"worker's CPU a contact, {name}", "of the twin's", 1.5, worker)


def _of_replay(results: Results) -> Iterator[Aim]:
    replay = results.replay
    yield _aim(6, "replay of a year, CPU", "of the twin's", 1.5, Spread.of(replay.ratios) if replay else None)
    yield Aim(6, "replay of a year, CPU", "ms", 300, median(replay.case_cpu_ms) if replay else None)


def _of_memory(results: Results) -> Iterator[Aim]:
    case, twin = results.asleep(Subject.WORKFLOW), results.asleep(Subject.TWIN)
    mebibytes = case.mebibytes_a_thousand if case is not None else None
    ratio = mebibytes / twin.mebibytes_a_thousand if mebibytes is not None and twin is not None else None
    yield Aim(7, "memory of 1,000 cached sleeping cases", "of the twin's", 1.4, ratio)
    yield Aim(7, "memory of 1,000 cached sleeping cases", "MiB", 170, mebibytes)


def _of_herd(results: Results) -> Iterator[Aim]:
    twin = results.asleep(Subject.TWIN)
    for subject, name in ((Subject.WORKFLOW, "workflow alone"), (Subject.PRODUCT, "whole product")):
        case = results.asleep(subject)
        ratio = None
        if case is not None and case.herd is not None and twin is not None and twin.herd is not None:
            ratio = case.herd.all_contacted_seconds / twin.herd.all_contacted_seconds
        yield Aim(8, f"time until a herd is contacted, {name}", "of the twin's", 1.25, ratio)


def _of_encryption(results: Results) -> Iterator[Aim]:
    speed = results.ratio(Subject.ENCRYPTED, Subject.WORKFLOW, lives_a_second)
    size = results.ratio(Subject.ENCRYPTED, Subject.WORKFLOW, bytes_a_life)
    yield _aim(9, "lives a second, encrypted", "of unencrypted", 0.9, speed, at_least=True)
    yield _aim(9, "history of a life, encrypted", "of unencrypted", 1.25, size)


def _of_core(results: Results) -> Iterator[Aim]:
    slowest = min((each.a_second for each in results.speeds if each.decides), default=None)
    yield Aim(10, "decisions a second of one core, slowest place", "a second", 20_000, slowest, at_least=True)


def _aim(number: int, what: str, unit: str, limit: float, measured: Spread | None, *, at_least: bool = False) -> Aim:
    if measured is None:
        return Aim(number, what, unit, limit, None, at_least)
    return Aim(number, what, unit, limit, measured.median, at_least, str(measured))


def _events(figures: HistoryFigures | None) -> int | None:
    return figures.events if figures is not None else None


def _actions(life: HistoryFigures | None, promises: int) -> int:
    return actions_allowed(life, promises) if life is not None else 0
