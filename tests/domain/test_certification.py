"""Certification as a pure rule: what it needs, to the day when it ends, and what makes it end before."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.certification import (
    Attended,
    Learning,
    Sat,
    Suspended,
    TrainingRefused,
    mark,
    modules_missing,
    require_may_sit,
    standing,
)
from domain.faults import FaultsFound
from domain.training import Course
from tests.training import exam, right_answers, small_course

COURSE = small_course()
BEIJING = ZoneInfo("Asia/Shanghai")
PASSED_AT = datetime(2027, 3, 1, 4, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def beijing(day: str, clock: str = "12:00") -> datetime:
    """A moment on a clock in Beijing."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=BEIJING).astimezone(UTC)


def passed(at: datetime = PASSED_AT, version: str = COURSE.version) -> Sat:
    return Sat(version, at, passed=True)


def attended(at: datetime = PASSED_AT, version: str = COURSE.version) -> Sequence[Attended]:
    return [Attended(version, each, at) for each in ("hours", "words")]


def ends_on(learning: Learning, course: Course = COURSE) -> date | None:
    """The last day of a certification on the course's calendar."""
    until = standing(course, learning, PASSED_AT).until
    return (until - SECOND).astimezone(BEIJING).date() if until is not None else None


def test_nobody_is_certified_without_a_passed_exam() -> None:
    learning = Learning(attended(), [Sat(COURSE.version, PASSED_AT, passed=False)])
    found = standing(COURSE, learning, PASSED_AT)
    assert (found.certified, found.until) == (False, None)
    assert found.reason == "the exam of CN has not been passed; attend the course and pass its exam"


def test_the_exam_is_not_sat_before_every_module_was_attended() -> None:
    with pytest.raises(TrainingRefused, match="before the exam of CN, attend: words"):
        require_may_sit(COURSE, Learning([Attended(COURSE.version, "hours", PASSED_AT)]), PASSED_AT)
    require_may_sit(COURSE, Learning(attended()), PASSED_AT)


def test_attendance_of_another_version_counts_for_nothing() -> None:
    assert modules_missing(COURSE, Learning(attended(version="2025-01-01"))) == ["hours", "words"]


@pytest.mark.parametrize(
    ("day", "clock", "last_day"),
    [
        ("2027-03-01", "12:00", date(2028, 3, 1)),
        ("2027-12-31", "23:59", date(2028, 12, 31)),
        ("2028-01-01", "00:00", date(2029, 1, 1)),
        ("2028-02-29", "12:00", date(2029, 2, 28)),
        ("2027-02-28", "12:00", date(2028, 2, 28)),
    ],
)
def test_a_certification_ends_with_the_same_day_of_the_next_year(day: str, clock: str, last_day: date) -> None:
    assert ends_on(Learning(attended(), [passed(beijing(day, clock))])) == last_day


def test_days_are_those_of_the_course_and_not_of_greenwich() -> None:
    exam_on_new_years_eve_in_greenwich = datetime(2027, 12, 31, 20, tzinfo=UTC)
    assert ends_on(Learning(exams=[passed(exam_on_new_years_eve_in_greenwich)])) == date(2029, 1, 1)


def test_it_holds_through_its_last_second_and_no_longer() -> None:
    learning = Learning(exams=[passed(beijing("2027-03-01"))])
    midnight = beijing("2028-03-02", "00:00")
    assert standing(COURSE, learning, midnight - SECOND).certified
    found = standing(COURSE, learning, midnight)
    assert not found.certified
    assert "ended on 2028-03-01" in found.reason


def test_passing_again_renews_and_failing_again_takes_nothing_away() -> None:
    first, failed = passed(), Sat(COURSE.version, PASSED_AT + timedelta(days=300), passed=False)
    assert ends_on(Learning(exams=[first, failed])) == date(2028, 3, 1)
    renewed = passed(beijing("2028-01-15"))
    assert ends_on(Learning(exams=[first, failed, renewed])) == date(2029, 1, 15)


def test_after_a_failed_exam_the_next_one_waits() -> None:
    learning = Learning(attended(), [Sat(COURSE.version, PASSED_AT, passed=False)])
    with pytest.raises(TrainingRefused, match="sit it again from 2027-03-01 16:00 UTC"):
        require_may_sit(COURSE, learning, PASSED_AT + timedelta(hours=12) - SECOND)
    require_may_sit(COURSE, learning, PASSED_AT + timedelta(hours=12))


def test_a_new_version_lets_the_old_certification_run_out_on_its_date() -> None:
    newer = small_course(
        version="2027-06-01", supersedes=[{"version": COURSE.version, "accepted_until": date(2027, 8, 31)}]
    )
    learning = Learning(exams=[passed()])
    assert ends_on(learning, newer) == date(2027, 8, 31)
    assert standing(newer, learning, beijing("2027-08-31", "23:59")).certified
    assert not standing(newer, learning, beijing("2027-09-01", "00:00")).certified


def test_a_grace_never_lengthens_a_certification() -> None:
    newer = small_course(
        version="2027-06-01", supersedes=[{"version": COURSE.version, "accepted_until": date(2029, 1, 1)}]
    )
    assert ends_on(Learning(exams=[passed()]), newer) == date(2028, 3, 1)


def test_a_version_that_is_not_named_any_more_certifies_nobody() -> None:
    found = standing(small_course(version="2027-06-01"), Learning(exams=[passed()]), PASSED_AT)
    assert (found.certified, found.reason) == (
        False,
        "the course of CN has a new version, 2027-06-01; attend it and pass its exam",
    )


def test_a_suspension_ends_the_certification_at_once_and_names_its_cause() -> None:
    suspended = Suspended(PASSED_AT + timedelta(days=10), "complaint_upheld")
    learning = Learning(attended(), [passed()], [suspended])
    found = standing(COURSE, learning, suspended.at)
    assert not found.certified
    assert "suspended on 2027-03-11 (complaint_upheld)" in found.reason


def test_after_a_suspension_both_course_and_exam_are_done_again() -> None:
    fault, later = Suspended(PASSED_AT + timedelta(days=10), "review_failed"), PASSED_AT + timedelta(days=20)
    with pytest.raises(TrainingRefused, match="attend: hours, words"):
        require_may_sit(COURSE, Learning(attended(), [passed()], [fault]), later)
    retrained = Learning([*attended(), *attended(later)], [passed()], [fault])
    require_may_sit(COURSE, retrained, later)
    assert not standing(COURSE, retrained, later).certified
    again = Learning(attended(later), [passed(), passed(later)], [fault])
    assert standing(COURSE, again, later).certified


def test_only_the_latest_suspension_must_be_made_good() -> None:
    faults = [Suspended(PASSED_AT + timedelta(days=each), "review_failed") for each in (30, 10)]
    between, after = passed(PASSED_AT + timedelta(days=20)), passed(PASSED_AT + timedelta(days=40))
    now = PASSED_AT + timedelta(days=50)
    assert not standing(COURSE, Learning(exams=[between], suspensions=faults), now).certified
    assert standing(COURSE, Learning(exams=[between, after], suspensions=faults), now).certified


_MOMENTS = st.integers(0, 2000).map(lambda days: PASSED_AT + timedelta(days=days))


@given(
    exams=st.lists(st.tuples(_MOMENTS, st.booleans()), max_size=6),
    faults=st.lists(_MOMENTS, max_size=3),
    now=_MOMENTS,
)
def test_whoever_is_certified_passed_within_the_year_and_after_every_suspension(
    exams: list[tuple[datetime, bool]], faults: list[datetime], now: datetime
) -> None:
    known = [(at, result) for at, result in exams if at <= now]
    learning = Learning(
        exams=[Sat(COURSE.version, at, result) for at, result in known],
        suspensions=[Suspended(at, "review_failed") for at in faults],
    )
    earned = any(
        result and now - at <= timedelta(days=365) and all(at > fault for fault in faults) for at, result in known
    )
    if earned:
        assert standing(COURSE, learning, now).certified
    if standing(COURSE, learning, now).certified:
        assert any(result and now - at <= timedelta(days=367) for at, result in known)
        assert all(any(result and at > fault for at, result in known) for fault in faults)


def test_a_paper_asks_about_every_module_and_is_another_at_the_next_attempt() -> None:
    papers = [COURSE.paper("agent-1", attempt) for attempt in range(12)]
    assert all({each.module for each in paper} == {"hours", "words"} for paper in papers)
    assert COURSE.paper("agent-1", 0) == papers[0]
    assert len({tuple(each.id for each in paper) for paper in papers}) > 1


def test_a_paper_is_marked_against_the_pass_mark_without_giving_the_answers_away() -> None:
    paper = COURSE.paper("agent-1", 0)
    right = right_answers(paper)
    assert (mark(COURSE, paper, right).score_percent, mark(COURSE, paper, right).passed) == (100, True)
    half = mark(COURSE, paper, right | {paper[1].id: "b"})
    assert (half.score_percent, half.passed, half.modules_to_repeat) == (50, False, ("words",))


@pytest.mark.parametrize(
    ("change", "words"),
    [({"hours_9": "a"}, "hours_9 is not on this paper"), ({"FIRST": "z"}, "has the options a, b")],
)
def test_answers_to_another_paper_are_refused(change: dict[str, str], words: str) -> None:
    paper = COURSE.paper("agent-1", 0)
    given = {paper[0].id if name == "FIRST" else name: option for name, option in change.items()}
    with pytest.raises(TrainingRefused, match=words):
        mark(COURSE, paper, right_answers(paper) | given)
    with pytest.raises(TrainingRefused, match="is not answered"):
        mark(COURSE, paper, {})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"time_zone": "Mars/Base"}, "time_zone: is no time zone"),
        ({"supersedes": [{"version": "2026-11-24", "accepted_until": date(2027, 1, 1)}]}, "names the course's own"),
        ({"exam": exam(asks=1)}, "exam.asks: must be at least the 2 modules and at most the 4 questions"),
        ({"exam": exam(questions=exam()["questions"][:2])}, "asks nothing about words"),
        ({"exam": exam(questions=[*exam()["questions"], exam()["questions"][0]])}, "names hours_1 twice"),
        ({"exam": exam(questions=[{**exam()["questions"][0], "answer": "c"}, *exam()["questions"][1:]])}, "is none of"),
        ({"exam": exam(questions=[{**exam()["questions"][0], "module": "x1"}, *exam()["questions"]])}, "is no module"),
        (
            {"score_card": {"pass_percent": 80, "criteria": [{"id": "listened", "title": "L", "weight": 90}]}},
            "the weights add up to 90; make them 100",
        ),
    ],
)
def test_a_course_that_cannot_hold_together_is_refused_with_the_mend(changes: dict[str, object], words: str) -> None:
    with pytest.raises((FaultsFound, ValueError), match=words):
        small_course(**changes)
