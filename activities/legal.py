"""Referral to legal: the review is opened, and once a person has approved it, handed over, at most once."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import httpx
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities import clock
from activities.desk import Desk, Library
from activities.legal_checklist import draw_up
from activities.referral_file import referral_file
from domain.case import Referral
from domain.checklist import ChecklistItem, as_documents, checklist_digest, missing
from domain.orders import ActivityName, CaseToRefer, ReferralOutcome, ReviewToOpen
from providers.drop_folder import DropFolder
from storage import audit, person_tasks
from storage.accounts import write_milestones
from storage.database import Database
from storage.referrals import count_reviews, newest_review
from storage.tables import LegalReferral


class Counsel(Protocol):
    """Where referrals are handed over."""

    def hand_over(self, referral_id: str, body: bytes) -> str:
        """Deliver the file, again if need be, and answer a reference for it.

        Raises:
            CounselUnavailableError: if it must be tried again.
        """


class CounselUnavailableError(RuntimeError):
    """The referral was not acknowledged."""


@dataclass(frozen=True)
class CounselFolder:
    """A folder from which counsel takes referrals."""

    folder: Path

    def hand_over(self, referral_id: str, body: bytes) -> str:
        """Write the file whole, or not at all."""
        name = f"{referral_id}.json"
        DropFolder(self.folder).put(name, body)
        return name


@dataclass(frozen=True)
class CounselEndpoint:
    """An HTTP endpoint that takes referrals, each acknowledged once by its idempotency key."""

    url: str
    secret: str

    def hand_over(self, referral_id: str, body: bytes) -> str:
        """Post the file with a signature over its bytes (HMAC-SHA256, hexadecimal)."""
        signature = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": referral_id,
            "Duecourse-Signature": f"sha256={signature}",
        }
        try:
            answer = httpx.post(self.url, content=body, headers=headers, timeout=30)
        except httpx.HTTPError as error:
            raise CounselUnavailableError(type(error).__name__) from error
        if not answer.is_success:
            raise CounselUnavailableError(f"HTTP {answer.status_code}")
        return f"HTTP {answer.status_code}"


class Legal:
    """Opens reviews and hands approved referrals over."""

    def __init__(self, database: Database, library: Library, counsel: Counsel) -> None:
        """Take the records, the rules and where referrals go."""
        self._database = database
        self._library = library
        self._counsel = counsel

    @activity.defn(name=ActivityName.OPEN_REVIEW)
    def open_review(self, order: ReviewToOpen) -> Referral:
        """Draw up the checklist for a person to read. Opening the same review again answers the same."""
        with self._database.writing() as session:
            desk = Desk.open(session, self._library, order.case.account_id, lambda: order.as_of)
            items = draw_up(desk, order.case)
            review = _same_review(desk, checklist_digest(items)) or _new_review(desk, items)
            review.approved_by = None
            session.add(review)
            return Referral(review.referral_id, review.checklist_digest, missing(items))

    @activity.defn(name=ActivityName.REFER_TO_LEGAL)
    def refer_to_legal(self, order: CaseToRefer) -> ReferralOutcome:
        """Hand the approved referral over, if its checklist still is what was approved and all of it is true."""
        referral = order.case.referral
        if referral is None or referral.approved_by is None:
            return ReferralOutcome(reason="not approved")
        with clock.server_time():
            body = self._prepare(order.case.account_id, referral, order)
            if isinstance(body, ReferralOutcome):
                return body
            try:
                reference = self._counsel.hand_over(referral.referral_id, body)
            except CounselUnavailableError as error:
                raise ApplicationError(str(error), type="counsel_unavailable") from error
            return self._acknowledge(order.case.account_id, referral.referral_id, reference, body)

    def _prepare(self, account_id: str, referral: Referral, order: CaseToRefer) -> bytes | ReferralOutcome:
        with self._database.writing() as session:
            desk = Desk.open(session, self._library, account_id, clock.now)
            write_milestones(session, desk.account, order.case.milestones)
            known = session.get_one(LegalReferral, referral.referral_id)
            if known.handed_over:
                return ReferralOutcome(known.handed_over_at)
            items = draw_up(desk, order.case)
            if checklist_digest(items) != referral.checklist_digest or missing(items):
                changed = missing(items) or ("checklist",)
                audit.append(
                    session, account_id, desk.now, "referral_voided", referral.referral_id, changed=list(changed)
                )
                return ReferralOutcome(reason=f"changed since approval: {', '.join(changed)}")
            return _as_bytes(referral_file(desk, order.case, known))

    def _acknowledge(self, account_id: str, referral_id: str, reference: str, body: bytes) -> ReferralOutcome:
        with self._database.writing() as session:
            desk = Desk.open(session, self._library, account_id, clock.now)
            known = session.get_one(LegalReferral, referral_id)
            known.handed_over, known.handed_over_at = True, desk.now
            session.add(known)
            digest = hashlib.sha256(body).hexdigest()
            audit.append(session, account_id, desk.now, "referred", referral_id, reference=reference, digest=digest)
            return ReferralOutcome(desk.now)


def _same_review(desk: Desk, digest: str) -> LegalReferral | None:
    """The account's newest review, if its checklist is still the same."""
    newest = newest_review(desk.session, desk.account.account_id)
    return newest if newest is not None and newest.checklist_digest == digest else None


def _new_review(desk: Desk, items: Sequence[ChecklistItem]) -> LegalReferral:
    account_id = desk.account.account_id
    replaced = newest_review(desk.session, account_id)
    if replaced is not None:
        person_tasks.close(desk.session, account_id, [f"referral:{replaced.referral_id}"], desk.now, None)
    review = LegalReferral(
        referral_id=f"referral-{account_id}-{count_reviews(desk.session, account_id) + 1}",
        account_id=account_id,
        checklist=as_documents(items),
        checklist_digest=checklist_digest(items),
        opened_at=desk.now,
    )
    told = {"checklist": review.checklist, "digest": review.checklist_digest}
    audit.append(desk.session, account_id, desk.now, "review_opened", review.referral_id, **told)
    return review


def _as_bytes(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=2, default=_plain).encode()


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
