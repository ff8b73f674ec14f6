"""Waivers that are offered until something has been paid: what came in towards them, and what messages tell of them."""

from sqlmodel import col, select

from activities.desk import Desk
from activities.plan_messages import last_day
from domain.ledger import Entry, Statement
from domain.messages import WaiverOffer
from storage.arrangement_tables import OfferedWaiver
from storage.ledgers import payments_booked_after


def open_offers(desk: Desk, statement: Statement) -> tuple[WaiverOffer, ...]:
    """The offers whose time is not over and whose condition is not met yet, the oldest first."""
    chosen = select(OfferedWaiver).where(
        col(OfferedWaiver.account_id) == desk.account.account_id,
        col(OfferedWaiver.booked_as).is_(None),
        col(OfferedWaiver.pay_by) > desk.now,
    )
    offers = desk.session.exec(chosen.order_by(col(OfferedWaiver.offered_at))).all()
    return tuple(_told(desk, each, statement.arrears(desk.now).total_minor) for each in offers)


def payments_towards(desk: Desk, offer: OfferedWaiver) -> list[Entry]:
    """The payments that stand and came in time, in the order in which they came: all that the offer did not know of.

    Books often date a payment by its day or minute, which may seem to be before an offer that it answers.
    """
    payments = payments_booked_after(desk.session, desk.account.account_id, offer.offered_at)
    dated = [(each.effective_at, each) for each in payments if each.effective_at is not None]
    return [each for at, each in sorted(dated, key=lambda pair: pair[0]) if at < offer.pay_by]


def _told(desk: Desk, offer: OfferedWaiver, arrears_minor: int) -> WaiverOffer:
    left = offer.pay_minor - sum(each.amount_minor for each in payments_towards(desk, offer))
    return WaiverOffer(
        pay_minor=left,
        pay_by=last_day(offer.pay_by, desk),
        waived_minor=offer.amount_minor,
        settles=left + offer.amount_minor >= arrears_minor,
    )
