"""Courses as files: the shipped ones can be taken and passed, the schema is current, and each error names its line."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from config.jurisdiction_files import JURISDICTIONS
from config.training_files import SCHEMA_FILE, TRAINING, CourseError, course_schema, load_courses
from domain.certification import mark
from domain.training import Course

COURSES = load_courses(TRAINING)
DOCS = TRAINING.parents[1] / "docs" / "agents.md"


def test_there_is_a_course_for_every_country_with_rules() -> None:
    assert {path.stem for path in TRAINING.glob("*.yaml")} == {path.stem for path in JURISDICTIONS.glob("*.yaml")}


@pytest.mark.parametrize("course", COURSES.values(), ids=COURSES.keys())
def test_who_picks_the_same_letter_throughout_fails_every_paper(course: Course) -> None:
    for letter in ("a", "b", "c"):
        papers = (course.paper(f"agent-{number}", attempt) for number in range(40) for attempt in range(3))
        assert not any(
            mark(course, paper, dict.fromkeys((each.id for each in paper), letter)).passed for paper in papers
        )


@pytest.mark.parametrize("course", COURSES.values(), ids=COURSES.keys())
def test_what_must_never_happen_in_a_call_is_critical(course: Course) -> None:
    critical = [each.id for each in course.score_card.criteria if each.critical]
    assert critical[0] == "identity_first"
    assert len(critical) >= 2


@pytest.mark.parametrize("course", COURSES.values(), ids=COURSES.keys())
def test_the_right_options_are_spread_over_the_letters(course: Course) -> None:
    letters = Counter(each.answer for each in course.exam.questions)
    assert max(letters.values()) <= len(course.exam.questions) / 2


def test_the_published_schema_is_that_of_the_model() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == course_schema(), "run: python -m config.training_files"


def test_editors_complete_every_shipped_course() -> None:
    for path in TRAINING.glob("*.yaml"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first == "# yaml-language-server: $schema=schema.json", path.name


def test_every_field_is_documented() -> None:
    words = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`]+)`", DOCS.read_text(encoding="utf-8")))))
    schema = json.loads(course_schema())
    assert {name for part in (schema, *schema["$defs"].values()) for name in part.get("properties", {})} <= words


def test_an_error_names_file_line_field_and_mend(tmp_path: Path) -> None:
    text = (TRAINING / "CN.yaml").read_text(encoding="utf-8").replace("answer: b", "answer: f", 1)
    (tmp_path / "CN.yaml").write_text(text, encoding="utf-8")
    line = text.splitlines().index("      answer: f") + 1
    with pytest.raises(CourseError, match=rf"CN\.yaml:{line}: exam\.questions\[0\]\.answer: is none of its options"):
        load_courses(tmp_path)
