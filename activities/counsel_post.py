"""Hands to counsel what was written down for them: each notice once, in order, tried again until acknowledged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session, col, select

from providers.counsel import Counsel, CounselRefused, CounselUnavailable, Parcel
from providers.referral_package import as_json
from providers.signing import SigningKeys
from storage import audit, person_tasks
from storage.accounts import lock_account
from storage.database import Database
from storage.legal_tables import CounselNotice

_AT_ONCE = 100
_LOOK_WITHIN = timedelta(days=5)
"""How long a person has to look at a notice that counsel did not take."""

log = structlog.get_logger()


@dataclass(frozen=True)
class CounselPost:
    """The way of notices to counsel, beside the workflows: it waits for nobody and nobody waits for it."""

    database: Database
    counsel: Counsel
    keys: SigningKeys

    def deliver(self, now: datetime) -> int:
        """Hand over what waits, the oldest first, and answer how much counsel acknowledged.

        When counsel cannot be reached it ends, and what is left goes the next time.
        """
        acknowledged = 0
        for notice_id in self._waiting():
            try:
                receipt = self.counsel.hand_over(self._parcel(notice_id))
            except CounselUnavailable as error:
                log.warning("counsel cannot be reached", code=str(error))
                break
            except CounselRefused as error:
                self._note_refusal(notice_id, str(error), now)
                continue
            self._acknowledge(notice_id, receipt, now)
            acknowledged += 1
        return acknowledged

    def _waiting(self) -> Sequence[str]:
        with self.database.reading() as session:
            chosen = select(CounselNotice.notice_id).where(
                col(CounselNotice.handed_over_at).is_(None), col(CounselNotice.refused_code).is_(None)
            )
            oldest = chosen.order_by(col(CounselNotice.created_at), col(CounselNotice.notice_id))
            return session.exec(oldest.limit(_AT_ONCE)).all()

    def _parcel(self, notice_id: str) -> Parcel:
        """The notice as it leaves, now and whenever it is tried again: signed before the first time."""
        with self.database.writing() as session:
            notice = session.get_one(CounselNotice, notice_id)
            if "signature" not in notice.body:
                notice.body = self.keys.signed(notice.body)
                session.add(notice)
            return Parcel(notice_id, notice.kind, "application/json", as_json(notice.body))

    def _acknowledge(self, notice_id: str, receipt: str, now: datetime) -> None:
        with self.database.writing() as session:
            notice = _locked(session, notice_id)
            if notice.handed_over_at is None:
                notice.handed_over_at, notice.receipt = now, receipt
                session.add(notice)
                told = {"referral_id": notice.referral_id, "about": notice.kind, "reference": receipt}
                audit.append(session, notice.account_id, now, "counsel_told", notice_id, **told)

    def _note_refusal(self, notice_id: str, code: str, now: datetime) -> None:
        """Counsel does not take it: a person must look."""
        with self.database.writing() as session:
            notice = _locked(session, notice_id)
            if notice.refused_code is None:
                notice.refused_code = code
                session.add(notice)
                audit.append(session, notice.account_id, now, "counsel_refused", notice_id, code=code)
                subject = f"counsel_notice:{notice.kind}"
                person_tasks.ask(session, notice.account_id, subject, now, now + _LOOK_WITHIN)


def _locked(session: Session, notice_id: str) -> CounselNotice:
    """The notice, with its account held, so that two who deliver at once write one after the other."""
    notice = session.get_one(CounselNotice, notice_id)
    lock_account(session, notice.account_id)
    session.refresh(notice)
    return notice
