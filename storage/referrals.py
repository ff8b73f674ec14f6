"""The reviews of an account for referral to legal, and the referral that came of one."""

from collections.abc import Sequence

from sqlmodel import Session, col, func, select

from domain.facts import LegalOutcome
from storage.tables import LegalReferral


def newest_review(session: Session, account_id: str) -> LegalReferral | None:
    """The review that was opened last; earlier ones have been replaced by it."""
    chosen = select(LegalReferral).where(col(LegalReferral.account_id) == account_id)
    return session.exec(chosen.order_by(col(LegalReferral.opened_at).desc())).first()


def undecided_review(session: Session, account_id: str) -> LegalReferral | None:
    """The newest review, unless it was approved."""
    newest = newest_review(session, account_id)
    return newest if newest is not None and newest.approved_by is None and not newest.handed_over else None


def count_reviews(session: Session, account_id: str) -> int:
    """How many reviews the account has had."""
    return session.exec(select(func.count()).where(col(LegalReferral.account_id) == account_id)).one()


def referral_at_counsel(session: Session, account_id: str) -> LegalReferral | None:
    """The referral that counsel has, unless it was withdrawn. After a judgment counsel still hears of payments."""
    chosen = select(LegalReferral).where(
        col(LegalReferral.account_id) == account_id, col(LegalReferral.handed_over).is_(True)
    )
    referral = session.exec(chosen).one_or_none()
    return None if referral is None or referral.outcome == LegalOutcome.WITHDRAWN else referral


def refused_by_counsel(session: Session, account_id: str) -> Sequence[LegalReferral]:
    """The referrals of the account that counsel did not take, the oldest first."""
    chosen = select(LegalReferral).where(
        col(LegalReferral.account_id) == account_id, col(LegalReferral.refused_at).is_not(None)
    )
    return session.exec(chosen.order_by(col(LegalReferral.refused_at))).all()
