"""What a message may say, read from the records in the moment in which it is composed."""

from zoneinfo import ZoneInfo

from activities.desk import Desk, RefusedError
from domain.ledger import Statement
from domain.messages import MessageFacts
from domain.terms import Channel
from storage.people import Reach


def gather(desk: Desk, statement: Statement, reach: Reach, contact_id: str, language: str) -> MessageFacts:
    """The facts of one account for one message, in the person's own time.

    Raises:
        RefusedError: if nothing is overdue, so that there is nothing to ask for.
    """
    oldest = statement.oldest_unpaid(desk.now)
    if oldest is None:
        raise RefusedError("nothing_overdue", "nothing is overdue on this account")
    as_of = desk.now.astimezone(ZoneInfo(desk.debtor.time_zone))
    letter_to = reach.address(Channel.LETTER)
    return MessageFacts(
        contact_id=contact_id,
        account_id=desk.account.account_id,
        person_name=desk.debtor.name,
        product=desk.account.product,
        currency=desk.account.currency,
        lender=desk.policy.lender_for(language),
        arrears=statement.arrears(desk.now),
        balance_minor=statement.balance.total_minor,
        due_date=oldest.due_date,
        days_overdue=(as_of.date() - oldest.due_date).days,
        as_of=as_of,
        postal_address=letter_to.value if letter_to is not None else None,
    )
