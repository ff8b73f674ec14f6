"""A small course to learn, and agents who have passed the shipped ones, for tests that need somebody to call."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from domain.agents import AgentCard
from domain.training import Course, Question
from storage.agents import register_agent
from storage.database import Database
from storage.training import paper_for, record_attendance, record_exam


def small_course(**changes: Any) -> Course:
    """Two modules, four questions of which two are asked, a year of validity, counted in Beijing's days."""
    plain: dict[str, Any] = {
        "jurisdiction": "CN",
        "version": "2026-11-24",
        "title": "A small course",
        "time_zone": "Asia/Shanghai",
        "valid_months": 12,
        "modules": [
            {"id": "hours", "title": "Hours", "teaches": ["When nobody is called."]},
            {"id": "words", "title": "Words", "teaches": ["What is never said."]},
        ],
        "exam": exam(),
        "score_card": {
            "pass_percent": 80,
            "criteria": [
                {"id": "identity_first", "title": "Identity first.", "weight": 40, "critical": True},
                {"id": "listened", "title": "Listened.", "weight": 60},
            ],
        },
    }
    return Course.model_validate(plain | changes)


def exam(**changes: Any) -> dict[str, Any]:
    """The exam of the small course; every right answer is a."""
    questions = [
        {"id": f"{module}_{number}", "module": module, "asks": "Which?", "options": {"a": "A", "b": "B"}, "answer": "a"}
        for module in ("hours", "words")
        for number in (1, 2)
    ]
    return {"pass_percent": 80, "asks": 2, "retake_after": "12h", "questions": questions, **changes}


def right_answers(paper: Iterable[Question]) -> dict[str, str]:
    """What somebody answers who has learned everything."""
    return {each.id: each.answer for each in paper}


def certify(database: Database, courses: Iterable[Course], agents: Iterable[str], at: datetime) -> None:
    """Register agents who speak every language of ours, and let them attend the courses and pass the exams."""
    for agent_id in agents:
        with database.writing() as session:
            card = AgentCard(agent_id=agent_id, name="陈晨", languages=("zh-CN", "en"), authority=1)
            register_agent(session, card, at)
            for course in courses:
                record_attendance(session, course, agent_id, sorted(course.module_ids), at, "trainer-1")
                answers = right_answers(paper_for(session, course, agent_id, at))
                record_exam(session, course, agent_id, answers, at, "trainer-1")
