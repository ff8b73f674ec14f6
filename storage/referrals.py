"""The reviews of an account for referral to legal, and the referral that came of one."""

from sqlmodel import Session, col, func, select

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
