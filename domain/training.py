"""How agents are trained, examined and judged in one country, as a trainer reads it from top to bottom."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, model_validator

from domain.calendars import find_zone
from domain.faults import Fault, FaultsFound
from domain.jurisdiction import JurisdictionCode, PackVersion
from domain.jurisdiction_rules import Flag, Part, Sentence
from domain.written import DurationOrZero, Form

ItemId = Annotated[str, Form(r"^[a-z][a-z0-9_]{1,39}$", "small letters, digits and underscores")]
OptionLetter = Annotated[str, Form(r"^[a-f]$", "one small letter from a to f")]
Percent = Annotated[int, Field(strict=True, ge=1, le=100)]
Months = Annotated[int, Field(strict=True, ge=1, le=60)]


class Module(Part):
    """One part of the course, attended as a whole."""

    id: ItemId
    title: Sentence
    teaches: Annotated[tuple[Sentence, ...], Field(min_length=1, max_length=20)]
    """What who attended knows afterwards."""


class Question(Part):
    """One question of the exam."""

    id: ItemId
    module: ItemId
    """The module that answers it."""
    asks: Sentence
    options: Annotated[dict[OptionLetter, Sentence], Field(min_length=2, max_length=6)]
    answer: OptionLetter
    """The only right option."""


class Exam(Part):
    """The exam at the end of the course."""

    pass_percent: Percent
    """The pass mark, of the questions on the paper."""
    asks: Annotated[int, Field(strict=True, ge=1, le=100)]
    """How many of the questions are on one paper; each module is asked about."""
    retake_after: DurationOrZero
    """How long after a failed exam the next one may be sat."""
    questions: Annotated[tuple[Question, ...], Field(min_length=1, max_length=200)]


class Superseded(Part):
    """An earlier version of the course, which still counts for a while."""

    version: PackVersion
    accepted_until: date
    """The last day on which a certification by that version counts."""


class Criterion(Part):
    """One thing that a reviewer listens for."""

    id: ItemId
    title: Sentence
    weight: Percent
    """Of 100 for the whole card."""
    critical: Flag = False
    """Whether a call fails that does not meet it in full, whatever its score."""


class ScoreCard(Part):
    """How a reviewer judges a call."""

    pass_percent: Percent
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1, max_length=30)]


class Course(Part):
    """What an agent must know before calling anybody in one country."""

    jurisdiction: JurisdictionCode
    version: PackVersion
    title: Sentence
    time_zone: Sentence
    """In whose days its dates are counted."""
    valid_months: Months
    """How long a passed exam certifies; the exam is passed again before that is over."""
    supersedes: tuple[Superseded, ...] = ()
    modules: Annotated[tuple[Module, ...], Field(min_length=1, max_length=20)]
    exam: Exam
    score_card: ScoreCard

    @model_validator(mode="after")
    def _has_no_faults(self) -> Self:
        faults = [*_repetitions(self), *_head_faults(self), *_exam_faults(self), *_card_faults(self)]
        if faults:
            raise FaultsFound(faults)
        return self

    @cached_property
    def module_ids(self) -> frozenset[str]:
        """Every module that must be attended."""
        return frozenset(each.id for each in self.modules)

    def paper(self, agent_id: str, earlier_attempts: int) -> tuple[Question, ...]:
        """The questions that an agent is asked next: others at each attempt, the same however often one looks."""
        shuffled = sorted(self.exam.questions, key=lambda each: _lot(self.version, agent_id, earlier_attempts, each.id))
        first_of_module = {each.module: each for each in reversed(shuffled)}.values()
        rest = [each for each in shuffled if each not in first_of_module]
        drawn = [*first_of_module, *rest][: self.exam.asks]
        return tuple(each for each in self.exam.questions if each in drawn)


def _lot(*parts: object) -> str:
    """A number out of a hat that gives the same one for the same parts."""
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()


def _repetitions(course: Course) -> Iterator[Fault]:
    lists: Sequence[tuple[tuple[str, ...], Sequence[str]]] = (
        (("modules",), [each.id for each in course.modules]),
        (("exam", "questions"), [each.id for each in course.exam.questions]),
        (("score_card", "criteria"), [each.id for each in course.score_card.criteria]),
        (("supersedes",), [each.version for each in course.supersedes]),
    )
    for place, names in lists:
        for name in (name for name, times in Counter(names).items() if times > 1):
            yield Fault(place, f"names {name} twice; keep each once")


def _head_faults(course: Course) -> Iterator[Fault]:
    if find_zone(course.time_zone) is None:
        yield Fault(("time_zone",), "is no time zone; write one such as Asia/Shanghai")
    if course.version in {each.version for each in course.supersedes}:
        yield Fault(("supersedes",), "names the course's own version; name only earlier ones")


def _exam_faults(course: Course) -> Iterator[Fault]:
    questions = course.exam.questions
    for number, question in enumerate(questions):
        place = ("exam", "questions", number)
        if question.module not in course.module_ids:
            yield Fault((*place, "module"), f"is no module of this course: {question.module}")
        if question.answer not in question.options:
            yield Fault((*place, "answer"), f"is none of its options: {', '.join(question.options)}")
    unasked = course.module_ids - {each.module for each in questions}
    if unasked:
        yield Fault(("exam", "questions"), f"asks nothing about {', '.join(sorted(unasked))}; add a question for each")
    if not len(course.modules) <= course.exam.asks <= len(questions):
        words = f"must be at least the {len(course.modules)} modules and at most the {len(questions)} questions"
        yield Fault(("exam", "asks"), words)


def _card_faults(course: Course) -> Iterator[Fault]:
    total = sum(each.weight for each in course.score_card.criteria)
    if total != 100:
        yield Fault(("score_card", "criteria"), f"the weights add up to {total}; make them 100")
