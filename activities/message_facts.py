"""What a message may say, read from the records in the moment in which it is composed."""

from zoneinfo import ZoneInfo

from activities.desk import Desk, RefusedError
from activities.limitation import time_barred
from activities.notice_facts import gather_notice
from activities.track_offers import offered_with_demand
from activities.waiver_offers import open_offers
from domain.ledger import Statement
from domain.local_days import local_day
from domain.messages import MessageFacts, MessageKey, OccasionFacts, OtherAccount
from domain.terms import Channel, MessageClass
from storage.people import Reach


def gather(
    desk: Desk, statement: Statement, reach: Reach, key: MessageKey, contact_id: str, occasion: OccasionFacts
) -> MessageFacts:
    """The facts of one account for one message, in the person's own time; for a notice, with its own facts.

    Raises:
        MessageRefused: if a notice's amounts do not add up.
        RefusedError: if nothing is overdue, so that there is nothing to ask for.
    """
    oldest = statement.oldest_unpaid(desk.now)
    asks = key.message_class in (MessageClass.DEMAND, MessageClass.STATUTORY)
    if oldest is None and asks:
        raise RefusedError("nothing_overdue", "nothing is overdue on this account")
    as_of = desk.now.astimezone(ZoneInfo(desk.debtor.time_zone))
    notice = key.message_class is MessageClass.STATUTORY
    letter_to = reach.address(Channel.LETTER)
    return MessageFacts(
        contact_id=contact_id,
        account_id=desk.account.account_id,
        person_name=desk.debtor.name,
        product=desk.account.product,
        currency=desk.account.currency,
        lender=desk.policy.lender_for(key.language),
        arrears=statement.arrears(desk.now),
        balance_minor=statement.balance.total_minor,
        due_date=oldest.due_date if oldest is not None else None,
        days_overdue=(as_of.date() - oldest.due_date).days if oldest is not None else None,
        as_of=as_of,
        postal_address=letter_to.value if letter_to is not None else None,
        time_barred=time_barred(desk),
        revival=desk.pack.limitation.revival,
        notice=gather_notice(desk, statement, key.occasion) if notice else None,
        occasion=occasion,
        waiver_offers=open_offers(desk, statement) if asks else (),
        plan_offered=offered_with_demand(desk) if key.message_class is MessageClass.DEMAND else None,
    )


def gather_other(desk: Desk, statement: Statement) -> OtherAccount | None:
    """The facts of an account that a demand on another one tells of too; none if nothing is overdue on it."""
    oldest = statement.oldest_unpaid(desk.now)
    if oldest is None:
        return None
    today = local_day(desk.now, desk.debtor.time_zone)
    return OtherAccount(
        account_id=desk.account.account_id,
        product=desk.account.product,
        arrears=statement.arrears(desk.now),
        balance_minor=statement.balance.total_minor,
        due_date=oldest.due_date,
        days_overdue=(today - oldest.due_date).days,
        plan_offered=offered_with_demand(desk),
    )
