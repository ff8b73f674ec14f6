"""What was told or asked under one name and took effect: facts and requests that were booked and not refused."""

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.tables import Account, BookedMessage


def booked(name: str) -> SelectOfScalar[BookedMessage]:
    """All of that name, on every account; to be narrowed and put in order."""
    return select(BookedMessage).where(
        col(BookedMessage.name) == name,
        col(BookedMessage.booked_at).is_not(None),
        col(BookedMessage.refused).is_(False),
    )


def booked_on(account_id: str, name: str) -> SelectOfScalar[BookedMessage]:
    """Those of one account."""
    return booked(name).where(col(BookedMessage.account_id) == account_id)


def booked_for(debtor_id: str, name: str) -> SelectOfScalar[BookedMessage]:
    """Those of all accounts of one person."""
    of_person = booked(name).join(Account, col(Account.account_id) == col(BookedMessage.account_id))
    return of_person.where(col(Account.debtor_id) == debtor_id)
