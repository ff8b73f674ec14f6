"""Which calls are listened to afterwards, and how one is judged by its country's score card."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from domain.training import ScoreCard


class ReviewRefused(ValueError):
    """A review that cannot be taken; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A call as its score card judges it."""

    score_percent: int
    passed: bool
    failed_critical: tuple[str, ...]
    """Critical criteria that were not met in full."""


def review_draw(contact_id: str) -> int:
    """The number from 0 to 99 that a call draws: it is reviewed where its policy's percentage is larger.

    It follows from the call's own id, which nobody chooses, so that it is the same however often it is asked, neither
    agent nor reviewer has a say, and every agent's calls have the same chance.
    """
    digest = int.from_bytes(hashlib.sha256(f"review/{contact_id}".encode()).digest()[:8], "big")
    return digest * 100 >> 64


def judge(card: ScoreCard, marks: Mapping[str, int]) -> Judged:
    """The score of a call, from how far each criterion was met, in percent.

    Raises:
        ReviewRefused: unless every criterion of the card has one mark from 0 to 100.
    """
    problems = [*_problems(card, marks)]
    if problems:
        raise ReviewRefused("; ".join(problems))
    score = sum(each.weight * marks[each.id] for each in card.criteria) // 100
    failed = tuple(each.id for each in card.criteria if each.critical and marks[each.id] < 100)
    return Judged(score, score >= card.pass_percent and not failed, failed)


def _problems(card: ScoreCard, marks: Mapping[str, int]) -> Iterator[str]:
    known = [each.id for each in card.criteria]
    for name in marks:
        if name not in known:
            yield f"{name} is no criterion of this card; it has {', '.join(known)}"
        elif not 0 <= marks[name] <= 100:
            yield f"{name} must be a percentage from 0 to 100, not {marks[name]}"
    missing = [each for each in known if each not in marks]
    if missing:
        yield f"{', '.join(missing)} has no mark; give each criterion one"
