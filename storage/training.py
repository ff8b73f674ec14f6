"""What agents learned, in the records: modules attended, exams sat, and the certification that follows from both."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from domain.agents import same_person
from domain.certification import (
    Attended,
    Learning,
    Marked,
    Sat,
    Standing,
    Suspended,
    TrainingRefused,
    mark,
    require_may_sit,
    standing,
)
from domain.training import Course, Question
from storage import audit
from storage.agent_tables import Agent, Attendance, ExamAttempt, Suspension
from storage.agents import find_agent, lock_agent, trail_of


def record_attendance(
    session: Session, course: Course, agent_id: str, modules: Sequence[str], at: datetime, by: str
) -> None:
    """Record that an agent attended modules of the course's present version, as a trainer saw it.

    Raises:
        UnknownAgentError: if nobody of that id is registered.
        TrainingRefused: if a module is not one of the course's, or the agent vouches for themselves.
    """
    lock_agent(session, agent_id)
    unknown = [each for each in modules if each not in course.module_ids]
    if unknown:
        known = ", ".join(each.id for each in course.modules)
        raise TrainingRefused(f"the course of {course.jurisdiction} has no {', '.join(unknown)}; it has {known}")
    if same_person(by, agent_id):
        raise TrainingRefused("attendance is recorded by somebody else, such as the trainer")
    for module in modules:
        session.merge(
            Attendance(
                agent_id=agent_id,
                jurisdiction=course.jurisdiction,
                course_version=course.version,
                module_id=module,
                attended_at=at,
                recorded_by=by,
            )
        )
    about = f"{course.jurisdiction} {course.version}"
    audit.append(session, trail_of(agent_id), at, "course_attended", about, modules=list(modules), by=by)


def paper_for(session: Session, course: Course, agent_id: str, now: datetime) -> tuple[Question, ...]:
    """The questions of the exam that the agent may sit now.

    Raises:
        UnknownAgentError: if nobody of that id is registered.
        TrainingRefused: if the agent may not sit it yet, saying why.
    """
    find_agent(session, agent_id)
    require_may_sit(course, learning_of(session, course.jurisdiction, agent_id), now)
    return course.paper(agent_id, _attempts(session, course, agent_id))


def record_exam(
    session: Session, course: Course, agent_id: str, answers: Mapping[str, str], at: datetime, by: str
) -> Marked:
    """Mark the paper that the agent was given and record the attempt, passed or not.

    Raises:
        UnknownAgentError: if nobody of that id is registered.
        TrainingRefused: if the agent may not sit the exam yet, or the answers are not those to this paper.
    """
    lock_agent(session, agent_id)
    marked = mark(course, paper_for(session, course, agent_id, at), answers)
    session.add(
        ExamAttempt(
            agent_id=agent_id,
            jurisdiction=course.jurisdiction,
            course_version=course.version,
            taken_at=at,
            answers=dict(answers),
            score_percent=marked.score_percent,
            passed=marked.passed,
            recorded_by=by,
        )
    )
    about, kind = f"{course.jurisdiction} {course.version}", "exam_passed" if marked.passed else "exam_failed"
    audit.append(session, trail_of(agent_id), at, kind, about, score_percent=marked.score_percent, by=by)
    return marked


def learning_of(session: Session, jurisdiction: str, agent_id: str) -> Learning:
    """All that is known of an agent's training for one country."""
    attended = select(Attendance).where(
        col(Attendance.agent_id) == agent_id, col(Attendance.jurisdiction) == jurisdiction
    )
    exams = select(ExamAttempt).where(
        col(ExamAttempt.agent_id) == agent_id, col(ExamAttempt.jurisdiction) == jurisdiction
    )
    suspensions = select(Suspension).where(col(Suspension.agent_id) == agent_id)
    return Learning(
        [Attended(each.course_version, each.module_id, each.attended_at) for each in session.exec(attended)],
        [Sat(each.course_version, each.taken_at, each.passed) for each in session.exec(exams)],
        [Suspended(each.suspended_at, each.reason_code) for each in session.exec(suspensions)],
    )


def standing_of(session: Session, course: Course, agent_id: str, now: datetime) -> Standing:
    """Whether an agent may call in the course's country at that moment, and if not, why not."""
    agent = session.get(Agent, agent_id)
    if agent is None:
        return Standing(False, reason="nobody is registered under that id; register them with: agents add")
    if not agent.active:
        return Standing(False, reason="no longer an agent; register them again with: agents add")
    return standing(course, learning_of(session, course.jurisdiction, agent_id), now)


def _attempts(session: Session, course: Course, agent_id: str) -> int:
    chosen = select(func.count()).where(
        col(ExamAttempt.agent_id) == agent_id,
        col(ExamAttempt.jurisdiction) == course.jurisdiction,
        col(ExamAttempt.course_version) == course.version,
    )
    return session.exec(chosen).one()
