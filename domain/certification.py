"""Who may call: a certification follows from attendance and a passed exam, ends by itself, and a fault suspends it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.local_days import local_day, months_later
from domain.registration import end_of_day
from domain.training import Course, Question


class TrainingRefused(ValueError):
    """Something of a training that cannot be taken; the message says why and what to do first."""


@dataclass(frozen=True, slots=True)
class Attended:
    """A module that an agent attended."""

    course_version: str
    module_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sat:
    """An exam that an agent sat."""

    course_version: str
    at: datetime
    passed: bool


@dataclass(frozen=True, slots=True)
class Suspended:
    """Why an agent may not call until trained and examined again."""

    at: datetime
    reason_code: str


@dataclass(frozen=True, slots=True)
class Learning:
    """All that is known of an agent's training for one country."""

    attended: Sequence[Attended] = ()
    exams: Sequence[Sat] = ()
    suspensions: Sequence[Suspended] = ()

    @property
    def suspended(self) -> Suspended | None:
        """The latest suspension, before which nothing counts any more."""
        return max(self.suspensions, key=lambda each: each.at, default=None)

    def counts(self, at: datetime) -> bool:
        """Whether what was learned at that moment still counts."""
        return self.suspended is None or at > self.suspended.at


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether an agent may call in a country, until when, and if not, why not."""

    certified: bool
    until: datetime | None = None
    """When the certification ends, or has ended, unless it is renewed."""
    reason: str = ""
    """Why it is not there."""


@dataclass(frozen=True, slots=True)
class Marked:
    """An exam as it was marked."""

    score_percent: int
    passed: bool
    modules_to_repeat: tuple[str, ...]
    """The modules of the questions that were answered wrongly; which ones is not told, because they come again."""


def standing(course: Course, learning: Learning, now: datetime) -> Standing:
    """Whether an agent is certified at that moment."""
    ends = [_ends_at(course, each) for each in _passed(learning)]
    until = max((each for each in ends if each is not None), default=None)
    if until is not None and now < until:
        return Standing(True, until)
    return Standing(False, until, _why_not(course, learning, until))


def modules_missing(course: Course, learning: Learning) -> list[str]:
    """The modules of the present version that must still be attended before the exam."""
    there = {
        each.module_id
        for each in learning.attended
        if each.course_version == course.version and learning.counts(each.at)
    }
    return [each.id for each in course.modules if each.id not in there]


def require_may_sit(course: Course, learning: Learning, now: datetime) -> None:
    """Let an agent sit the exam only when everything was attended and a failed exam lies long enough back.

    Raises:
        TrainingRefused: saying what is missing, or from when.
    """
    missing = modules_missing(course, learning)
    if missing:
        raise TrainingRefused(f"before the exam of {course.jurisdiction}, attend: {', '.join(missing)}")
    latest = max(learning.exams, key=lambda each: each.at, default=None)
    again_from = latest.at + course.exam.retake_after if latest is not None and not latest.passed else now
    if now < again_from:
        raise TrainingRefused(f"the last exam was failed; sit it again from {again_from:%Y-%m-%d %H:%M} UTC")


def mark(course: Course, paper: Sequence[Question], answers: Mapping[str, str]) -> Marked:
    """Mark a paper on which every question was answered.

    Raises:
        TrainingRefused: if it is not this paper that was answered.
    """
    _require_answers_to(paper, answers)
    wrong = [each for each in paper if answers[each.id] != each.answer]
    score = (len(paper) - len(wrong)) * 100 // len(paper)
    modules = tuple(dict.fromkeys(each.module for each in wrong))
    return Marked(score, score >= course.exam.pass_percent, modules)


def _require_answers_to(paper: Sequence[Question], answers: Mapping[str, str]) -> None:
    asked = {each.id: each for each in paper}
    problems = [f"{name} is not on this paper" for name in answers if name not in asked]
    problems += [f"{name} is not answered" for name in asked if name not in answers]
    problems += [
        f"{name} has the options {', '.join(asked[name].options)}"
        for name, option in answers.items()
        if name in asked and option not in asked[name].options
    ]
    if problems:
        raise TrainingRefused("; ".join(problems))


def _passed(learning: Learning) -> Iterator[Sat]:
    return (each for each in learning.exams if each.passed and learning.counts(each.at))


def _ends_at(course: Course, exam: Sat) -> datetime | None:
    """Until when a passed exam certifies, or none if its version of the course counts no longer at all."""
    passed_on = local_day(exam.at, course.time_zone)
    last_day = months_later(passed_on, course.valid_months)
    if exam.course_version != course.version:
        accepted = [each.accepted_until for each in course.supersedes if each.version == exam.course_version]
        if not accepted:
            return None
        last_day = min(last_day, *accepted)
    return end_of_day(last_day, course.time_zone)


def _why_not(course: Course, learning: Learning, until: datetime | None) -> str:
    where, suspended = course.jurisdiction, learning.suspended
    if until is not None:
        return f"the certification for {where} ended on {_last_day(until, course)}; attend the course and pass its exam"
    if suspended is not None and not any(_passed(learning)):
        return (
            f"suspended on {suspended.at:%Y-%m-%d} ({suspended.reason_code}); "
            f"attend the course of {where} again and pass its exam again"
        )
    if any(_passed(learning)):
        return f"the course of {where} has a new version, {course.version}; attend it and pass its exam"
    return f"the exam of {where} has not been passed; attend the course and pass its exam"


def _last_day(until: datetime, course: Course) -> date:
    # The end of a day is the next day's first moment.
    return local_day(until, course.time_zone) - timedelta(days=1)
