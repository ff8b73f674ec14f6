"""The checklist before a referral, drawn up by the product's own rules from what the office has on record."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from domain.case import Case, Referral
from domain.checklist import ProofKind, checklist_digest, missing
from domain.orders import ContactOrder
from domain.owed_messages import Barred
from domain.referral_rules import DemandOnRecord, DutyStanding, OfferOnRecord, ReferralFacts, evaluate
from tests.domain.office_ledger import Books

NEVER = datetime.max.replace(tzinfo=UTC)
"""When a debt without a limitation period is time-barred."""


@dataclass
class ReferralDesk:
    """Gathers evidence, draws reviews up and hands referrals over."""

    books: Books
    demands: dict[str, DemandOnRecord] = field(default_factory=dict)
    offers: list[OfferOnRecord] = field(default_factory=list)
    reviews: int = 0

    def note_demand(self, order: ContactOrder, now: datetime) -> None:
        """A demand left."""
        digest = f"words-of-{order.contact_id}"
        self.demands[order.contact_id] = DemandOnRecord(order.contact_id, order.channel, order.stage, now, digest)

    def note_receipt(self, contact_id: str, at: datetime | None) -> None:
        """A demand arrived at that moment, or is lost."""
        known = self.demands.pop(contact_id, None)
        if known is not None and at is not None:
            self.demands[contact_id] = replace(known, arrived_at=at)

    def note_offer(self, kind: ProofKind, reference: str, now: datetime) -> None:
        """A way out was offered."""
        self.offers.append(OfferOnRecord(kind, reference, now))

    def review(self, case: Case, now: datetime, standing: Sequence[str]) -> Referral:
        """A checklist for a person to decide on."""
        number, self.reviews = self.reviews, self.reviews + 1
        digest, open_items = self._drawn_up(case, now, standing)
        return Referral(f"ref-{number}", digest, open_items)

    def still_holds(self, case: Case, now: datetime) -> bool:
        """Whether the checklist is what was approved, and all of it true."""
        return case.referral is not None and (case.referral.checklist_digest, ()) == self._drawn_up(case, now, ())

    def _drawn_up(self, case: Case, now: datetime, standing: Iterable[str]) -> tuple[str, tuple[str, ...]]:
        barred = case.bar_on(*Barred, now=now)
        owed = (*standing, *((barred.bar_id,) if barred is not None else ()))
        facts = ReferralFacts(
            case=case,
            now=now,
            statement=self.books.statement(now),
            holds=tuple(each for each in self.books.holds.values() if each.open_at(now)),
            demands=tuple(self.demands.values()),
            offers=tuple(self.offers),
            limitation_ends_at=case.limitation.expires_at if case.limitation is not None else NEVER,
            duties_standing=tuple(DutyStanding(each, given=False) for each in owed),
            duties_given=(),
        )
        items = evaluate(facts)
        return checklist_digest(items), missing(items)
