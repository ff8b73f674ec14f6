"""Reads the amounts of messages in an account's currency."""

from activities.desk import Desk, RefusedError
from domain.money import MoneyError, parse_minor


def minor(amount: str, desk: Desk) -> int:
    """An amount in the account's currency in minor units.

    Raises:
        RefusedError: if it has more places than the currency.
    """
    try:
        return parse_minor(amount, desk.account.currency)
    except MoneyError as error:
        raise RefusedError("malformed", str(error)) from error
