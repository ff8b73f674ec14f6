"""Writes what concerns a person under the person, with a delivery for each of their other cases that must hear it."""

from typing import Any

from activities.desk import Desk
from storage.accounts import other_open_accounts
from storage.tables import FactDelivery, PersonFact


def spread(desk: Desk, event_id: str, name: str, body: dict[str, Any]) -> int:
    """Keep a fact about the person; answers how many other cases must be told. Kept again it tells nobody anew."""
    session, account = desk.session, desk.account
    if session.get(PersonFact, (account.debtor_id, event_id)) is not None:
        return 0
    session.add(
        PersonFact(
            debtor_id=account.debtor_id,
            event_id=event_id,
            name=name,
            body=body,
            heard_by=account.account_id,
            occurred_at=desk.now,
        )
    )
    session.flush()
    others = other_open_accounts(session, account)
    for other in others:
        session.add(FactDelivery(event_id=event_id, account_id=other, debtor_id=account.debtor_id))
    session.flush()
    return len(others)
