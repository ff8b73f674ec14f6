"""Calls that are to be reviewed, and the reviews; one that fails suspends the agent until trained and examined anew."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, false, func, or_, select

from domain.agents import same_person
from domain.call_quality import Judged, ReviewRefused, judge
from domain.terms import Channel
from domain.training import Course
from storage import audit
from storage.accounts import lock_account
from storage.agent_tables import CallReview
from storage.agents import suspend
from storage.policies import kept_policy
from storage.tables import Account, CallPermission, CallTask, Contact, PolicyVersion

MOST_OF_AN_AGENT = 20
"""How many calls of each agent are listed at once for review."""


@dataclass(frozen=True, slots=True)
class CallToReview:
    """A conversation that a reviewer listens to."""

    contact_id: str
    account_id: str
    jurisdiction: str
    agent_id: str
    stage: str
    called_at: datetime
    outcome: str | None


def calls_to_review(session: Session) -> list[CallToReview]:
    """The conversations that the sample asks for and that nobody has reviewed, the oldest first.

    Of each agent the :data:`MOST_OF_AN_AGENT` oldest: one who calls much keeps nobody else's calls out of sight.
    """
    place = func.row_number().over(
        partition_by=col(Contact.agent_id), order_by=(col(Contact.attempted_at), col(Contact.contact_id))
    )
    waiting = (
        select(col(Contact.contact_id), place.label("place"))
        .join(Account, col(Account.account_id) == col(Contact.account_id))
        .outerjoin(CallReview, col(CallReview.contact_id) == col(Contact.contact_id))
        .where(col(Contact.agent_id).is_not(None), col(CallReview.contact_id).is_(None), _is_drawn(session))
        .subquery()
    )
    chosen = (
        select(Contact, Account)
        .join(waiting, waiting.c.contact_id == col(Contact.contact_id))
        .join(Account, col(Account.account_id) == col(Contact.account_id))
        .where(waiting.c.place <= MOST_OF_AN_AGENT)
        .order_by(col(Contact.attempted_at), col(Contact.contact_id))
    )
    return [_to_review(contact, account) for contact, account in session.exec(chosen)]


def find_reviewable(session: Session, contact_id: str) -> CallToReview:
    """A conversation, sampled or not, that may be reviewed.

    Raises:
        ReviewRefused: if there is no such conversation, or it was reviewed.
    """
    contact = session.get(Contact, contact_id)
    if contact is None or contact.channel != Channel.CALL or not contact.conversation or contact.agent_id is None:
        raise ReviewRefused(f"{contact_id} is no conversation that an agent had; see: reviews list")
    review = session.get(CallReview, contact_id)
    if review is not None:
        raise ReviewRefused(f"{contact_id} was reviewed by {review.reviewed_by} on {review.reviewed_at:%Y-%m-%d}")
    return _to_review(contact, session.get_one(Account, contact.account_id))


def script_of(session: Session, contact_id: str) -> str:
    """The script that the agent had before them; empty for a call by the person."""
    permit = session.get(CallPermission, contact_id)
    task = session.get(CallTask, permit.call_id) if permit is not None else None
    return task.script if task is not None else ""


def record_review(
    session: Session, course: Course, contact_id: str, marks: Mapping[str, int], by: str, at: datetime
) -> Judged:
    """Judge a call by its country's score card; when it fails, its agent may not call until trained and examined again.

    Raises:
        ReviewRefused: if it cannot be reviewed, the marks are not the card's, or the reviewer is the agent.
    """
    lock_account(session, find_reviewable(session, contact_id).account_id)
    call = find_reviewable(session, contact_id)
    if same_person(by, call.agent_id):
        raise ReviewRefused("a call is reviewed by somebody else than the agent who made it")
    judged = judge(course.score_card, marks)
    session.add(
        CallReview(
            contact_id=contact_id,
            agent_id=call.agent_id,
            course_version=course.version,
            marks=dict(marks),
            score_percent=judged.score_percent,
            passed=judged.passed,
            failed_critical=list(judged.failed_critical),
            reviewed_at=at,
            reviewed_by=by,
        )
    )
    told = {"score_percent": judged.score_percent, "passed": judged.passed}
    audit.append(session, call.account_id, at, "call_reviewed", contact_id, agent_id=call.agent_id, by=by, judged=told)
    if not judged.passed:
        suspend(session, call.agent_id, at, reason_code="review_failed", reference=f"review:{contact_id}", by=by)
    return judged


def _is_drawn(session: Session) -> ColumnElement[bool]:
    """Whether a conversation drew a number below the percentage of its account's policy."""
    versions: dict[int, list[str]] = defaultdict(list)
    for version in session.exec(select(PolicyVersion.version)):
        versions[kept_policy(session, version).calls.review_percent].append(version)
    return or_(
        false(),
        *(
            and_(col(Contact.review_draw) < percent, col(Account.policy_version).in_(of_them))
            for percent, of_them in versions.items()
        ),
    )


def _to_review(contact: Contact, account: Account) -> CallToReview:
    return CallToReview(
        contact_id=contact.contact_id,
        account_id=contact.account_id,
        jurisdiction=account.jurisdiction,
        agent_id=contact.agent_id or "",
        stage=contact.stage,
        called_at=contact.attempted_at,
        outcome=contact.code,
    )
