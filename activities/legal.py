"""Referral to legal: the review is opened, and once a person has approved it, handed over, at most once.

What is handed over is sealed first and kept, so that every attempt has the same bytes under the same key.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities import clock
from activities.counsel_notices import note_booked_since, note_withdrawal
from activities.desk import Desk, Library
from activities.legal_checklist import draw_up
from activities.referral_binder import Binder
from activities.referral_file import draw_up_file
from activities.referral_history import LetterSent, letters
from domain.case import Referral
from domain.checklist import ChecklistItem, as_documents, checklist_digest, missing
from domain.facts import LegalOutcome
from domain.orders import ActivityName, CaseToRefer, ReferralOutcome, ReviewToOpen
from domain.referral_document import ReferralDocument
from providers.counsel import Counsel, CounselRefused, CounselUnavailable, Parcel
from providers.referral_package import open_package
from storage import audit, person_tasks
from storage.accounts import write_milestones
from storage.database import Database
from storage.legal_tables import ReferralPackage
from storage.referrals import count_reviews, newest_review
from storage.tables import LegalReferral


@dataclass(frozen=True)
class _ToBind:
    """What a package is bound from, outside of any transaction."""

    document: ReferralDocument
    letters: Sequence[LetterSent]


@dataclass(frozen=True)
class _ToHandOver:
    """A sealed package."""

    content: bytes
    may_have_left: bool
    """In an earlier attempt."""


class Legal:
    """Opens reviews and hands approved referrals over."""

    def __init__(self, database: Database, library: Library, counsel: Counsel, binder: Binder) -> None:
        """Take the records, the rules, where referrals go, and what makes their files."""
        self._database = database
        self._library = library
        self._counsel = counsel
        self._binder = binder

    @activity.defn(name=ActivityName.OPEN_REVIEW)
    def open_review(self, order: ReviewToOpen) -> Referral:
        """Draw up the checklist for a person to read. Opening the same review again answers the same."""
        with self._database.writing() as session:
            desk = Desk.open(session, self._library, order.case.account_id, lambda: order.as_of)
            items = self._draw_up(desk, order)
            review = _same_review(desk, checklist_digest(items)) or _new_review(desk, items)
            review.approved_by = None
            session.add(review)
            return Referral(review.referral_id, review.checklist_digest, missing(items))

    @activity.defn(name=ActivityName.REFER_TO_LEGAL)
    def refer_to_legal(self, order: CaseToRefer) -> ReferralOutcome:
        """Hand the approved referral over, if its checklist still is what was approved and all of it is true.

        Raises:
            ApplicationError: when counsel cannot be reached and it must be tried again.
        """
        if order.case.referral is None or order.case.referral.approved_by is None:
            return ReferralOutcome(reason="not approved")
        with clock.server_time():
            prepared = self._prepare(order, None)
            if isinstance(prepared, _ToBind):
                package = self._binder.bind(prepared.document, prepared.letters)
                prepared = self._prepare(order, (prepared.document, package))
            if isinstance(prepared, _ToHandOver):
                return self._hand_over(order.case.account_id, order.case.referral.referral_id, prepared)
            if isinstance(prepared, ReferralOutcome):
                return prepared
            raise RuntimeError("a package that was bound is sealed")

    def _draw_up(self, desk: Desk, order: ReviewToOpen | CaseToRefer) -> tuple[ChecklistItem, ...]:
        return draw_up(desk, order.case, simulated_counts=self._library.simulated_counts)

    def _prepare(
        self, order: CaseToRefer, bound: tuple[ReferralDocument, bytes] | None
    ) -> ReferralOutcome | _ToBind | _ToHandOver:
        """Check everything against what is true now, before and after the package is bound; then let it leave."""
        with self._database.writing() as session:
            desk = Desk.open(session, self._library, order.case.account_id, clock.now)
            write_milestones(session, desk.account, order.case.milestones)
            known = session.get_one(LegalReferral, _referral(order).referral_id)
            if known.handed_over:
                return ReferralOutcome(known.handed_over_at)
            package = session.get(ReferralPackage, known.referral_id)
            changed = _changed(self._draw_up(desk, order), _referral(order))
            if changed:
                return _void(desk, known, package, changed)
            if package is None and bound is None:
                return _ToBind(self._file(desk, known), tuple(letters(desk)))
            package = package or _seal(desk, known, *_present(bound))
            before, package.may_have_left = package.may_have_left, True
            session.add(package)
            return _ToHandOver(base64.b64decode(package.content), before)

    def _file(self, desk: Desk, known: LegalReferral) -> ReferralDocument:
        return draw_up_file(desk, known, self._binder.words_for(desk.debtor.language))

    def _hand_over(self, account_id: str, referral_id: str, package: _ToHandOver) -> ReferralOutcome:
        try:
            receipt = self._counsel.hand_over(Parcel(referral_id, "referral", "application/zip", package.content))
        except CounselUnavailable as error:
            if not (error.may_have_arrived or package.may_have_left):
                self._take_back(referral_id)
            raise ApplicationError(str(error), type="counsel_unavailable") from error
        except CounselRefused as error:
            return self._note_refusal(account_id, referral_id, str(error))
        return self._acknowledge(account_id, referral_id, receipt)

    def _take_back(self, referral_id: str) -> None:
        """It certainly did not leave."""
        with self._database.writing() as session:
            session.get_one(ReferralPackage, referral_id).may_have_left = False

    def _note_refusal(self, account_id: str, referral_id: str, code: str) -> ReferralOutcome:
        """Counsel does not take it: the next review, which a person decides on, says so."""
        with self._database.writing() as session:
            desk = Desk.open(session, self._library, account_id, clock.now)
            known = session.get_one(LegalReferral, referral_id)
            known.refused_at, known.refused_code = desk.now, code
            session.add(known)
            audit.append(session, account_id, desk.now, "referral_refused", referral_id, code=code)
            return ReferralOutcome(reason=f"refused by counsel: {code}")

    def _acknowledge(self, account_id: str, referral_id: str, receipt: str) -> ReferralOutcome:
        with self._database.writing() as session:
            desk = Desk.open(session, self._library, account_id, clock.now)
            known, package = session.get_one(LegalReferral, referral_id), session.get_one(ReferralPackage, referral_id)
            if known.handed_over:
                return ReferralOutcome(known.handed_over_at)
            known.handed_over, known.handed_over_at, known.receipt = True, desk.now, receipt
            session.add(known)
            told = {"reference": receipt, "digest": package.digest}
            audit.append(session, account_id, desk.now, "referred", referral_id, **told)
            note_booked_since(desk, known, _trail_number(package))
            return ReferralOutcome(desk.now)


def _same_review(desk: Desk, digest: str) -> LegalReferral | None:
    """The account's newest review, if its checklist is still the same and counsel has not heard of it."""
    newest = newest_review(desk.session, desk.account.account_id)
    same = newest is not None and newest.checklist_digest == digest
    return newest if same and newest is not None and newest.refused_at is None and newest.outcome is None else None


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


def _referral(order: CaseToRefer) -> Referral:
    if order.case.referral is None:
        raise RuntimeError(f"account {order.case.account_id} has no referral to hand over")
    return order.case.referral


def _changed(items: Sequence[ChecklistItem], approved: Referral) -> tuple[str, ...]:
    """What is not as it was approved: the items that are missing, or else the checklist as a whole."""
    same = checklist_digest(items) == approved.checklist_digest
    return missing(items) or (() if same else ("checklist",))


def _void(
    desk: Desk, known: LegalReferral, package: ReferralPackage | None, changed: tuple[str, ...]
) -> ReferralOutcome:
    """The approval holds no more. Counsel, who may have got the file already, is told that it is withdrawn."""
    account_id = desk.account.account_id
    audit.append(desk.session, account_id, desk.now, "referral_voided", known.referral_id, changed=list(changed))
    if package is not None and package.may_have_left:
        known.outcome = LegalOutcome.WITHDRAWN
        desk.session.add(known)
        note_withdrawal(desk, known, "changed_since_approval")
    elif package is not None:
        desk.session.delete(package)
    return ReferralOutcome(reason=f"changed since approval: {', '.join(changed)}")


def _trail_number(package: ReferralPackage) -> int:
    """The number of the last record of the trail that the file knows."""
    manifest = open_package(base64.b64decode(package.content), {}).manifest
    return int(manifest["trail_head"]["number"])


def _present(bound: tuple[ReferralDocument, bytes] | None) -> tuple[ReferralDocument, bytes]:
    if bound is None:
        raise RuntimeError("there is no package to seal")
    return bound


def _seal(desk: Desk, known: LegalReferral, document: ReferralDocument, content: bytes) -> ReferralPackage:
    """Keep the package as every attempt will hand it over."""
    digest = hashlib.sha256(content).hexdigest()
    audit.append(
        desk.session,
        known.account_id,
        desk.now,
        "referral_sealed",
        known.referral_id,
        digest=digest,
        bytes=len(content),
    )
    return ReferralPackage(
        referral_id=known.referral_id,
        account_id=known.account_id,
        drawn_up_at=document.drawn_up_at,
        digest=digest,
        content=base64.b64encode(content).decode(),
    )
