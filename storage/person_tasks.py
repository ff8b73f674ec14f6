"""What people were asked to decide: put on the list, asked again, and closed by the decision."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from storage.tables import PersonTask

CREDIT_SUBJECT = "credit"
"""Under which a person is asked to pay back what was paid too much."""

PAID_AFTER_END = "paid_after_end:"
"""Under which, with the payment's id, a person is asked about money that came for a case that was given up."""

OUTLIVING = ("tell:", "retrain:", CREDIT_SUBJECT, PAID_AFTER_END)
"""What people owe beyond the end of the case: an answer to the person, an agent's training, credit, money to place."""


def ask(session: Session, account_id: str, subject: str, at: datetime, deadline: datetime) -> bool:
    """Put a decision on a person's list. Asked again it stays there with the later deadline; tells whether that is new.

    One that was decided before is asked anew.
    """
    task = session.get(PersonTask, (account_id, subject))
    if task is not None and task.deadline >= deadline:
        return False
    if task is None or task.decided_at is not None:
        task = task or PersonTask(account_id=account_id, subject=subject, asked_at=at, deadline=deadline)
        task.asked_at, task.times_asked, task.decided_at, task.decided_by = at, 0, None, None
    task.deadline, task.times_asked = deadline, task.times_asked + 1
    session.add(task)
    session.flush()
    return True


def close(session: Session, account_id: str, subjects: Sequence[str], at: datetime, by: str | None) -> None:
    """Take what was decided off the list; ``by`` is none for what came about without a person."""
    for task in open_tasks(session, account_id):
        if task.subject in subjects:
            task.decided_at, task.decided_by = at, by
            session.add(task)
    session.flush()


def close_all(session: Session, account_id: str, at: datetime, by: str | None = None) -> None:
    """Take everything off the list that a case asked which has ended, but for what is still to be done then."""
    subjects = [each.subject for each in open_tasks(session, account_id)]
    close(session, account_id, [each for each in subjects if not each.startswith(OUTLIVING)], at, by)


def open_tasks(session: Session, account_id: str) -> Sequence[PersonTask]:
    """What people still owe the account."""
    chosen = select(PersonTask).where(col(PersonTask.account_id) == account_id, col(PersonTask.decided_at).is_(None))
    return session.exec(chosen.order_by(col(PersonTask.asked_at))).all()
