"""How long the histories of a year take to replay, of a case and of its twin, in the same process and sandbox."""

import time
from dataclasses import asdict, dataclass
from typing import Any

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from bench.long_lives import LongLives
from bench.twin import BareTwin
from workflows.account import AccountCollection
from workflows.codec import data_converter
from workflows.hosting import sandboxed


@dataclass(frozen=True, slots=True)
class ReplayFigures:
    """Single replays in milliseconds, of the case and of the twin in turn."""

    case_cpu_ms: tuple[float, ...]
    twin_cpu_ms: tuple[float, ...]
    case_wall_ms: tuple[float, ...]
    twin_wall_ms: tuple[float, ...]

    @property
    def ratios(self) -> list[float]:
        """Case to twin, pair by pair, by their CPU."""
        return [case / twin for case, twin in zip(self.case_cpu_ms, self.twin_cpu_ms, strict=True)]

    def as_json(self) -> dict[str, Any]:
        """As the report keeps it."""
        return asdict(self)


async def replay_years(lives: LongLives, times: int) -> ReplayFigures:
    """Replay both years in turn, after one replay of each to warm up."""
    taken: list[tuple[_Taken, _Taken]] = []
    for _ in range(times + 1):
        taken.append((await _replay(lives.year), await _replay(lives.twin)))
    case, twin = zip(*taken[1:], strict=True)
    return ReplayFigures(
        tuple(each.cpu_ms for each in case),
        tuple(each.cpu_ms for each in twin),
        tuple(each.wall_ms for each in case),
        tuple(each.wall_ms for each in twin),
    )


@dataclass(frozen=True, slots=True)
class _Taken:
    cpu_ms: float
    wall_ms: float


async def _replay(history: WorkflowHistory) -> _Taken:
    replayer = Replayer(
        workflows=[AccountCollection, BareTwin],
        workflow_runner=sandboxed("bench"),
        data_converter=data_converter(),
    )
    began, cpu = time.perf_counter(), time.process_time()
    await replayer.replay_workflow(history)
    return _Taken(1000 * (time.process_time() - cpu), 1000 * (time.perf_counter() - began))
