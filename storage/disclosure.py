"""Everything that is held on one person, for the person (GDPR article 15, PIPL article 45)."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlmodel import Session, col, select

from domain.money import format_minor
from storage import audit
from storage.database import UnknownDebtorError
from storage.ledgers import read_entries
from storage.people import addresses, channel_choices
from storage.tables import Account, BookedMessage, Contact, Debtor, LegalReferral, RecordedHold, StoredText

StatementOf = Callable[[Account], dict[str, Any]]
"""Draws up the statement of an account."""


def disclose(session: Session, debtor_id: str, statement_of: StatementOf) -> dict[str, Any]:
    """One JSON document with all that the records hold on a person, and the statement of each account.

    Raises:
        UnknownDebtorError: if nobody of that id is registered.
    """
    debtor = session.get(Debtor, debtor_id)
    if debtor is None:
        raise UnknownDebtorError(f"no debtor {debtor_id} is registered")
    accounts = session.exec(select(Account).where(col(Account.debtor_id) == debtor_id)).all()
    return {
        "debtor_id": debtor.debtor_id,
        "name": debtor.name,
        "language": debtor.language,
        "time_zone": debtor.time_zone,
        "registered_at": _iso(debtor.registered_at),
        "addresses": [_address(each) for each in addresses(session, debtor_id)],
        "contact_preferences": debtor.contact_preferences,
        "choices": [_choice(each) for each in channel_choices(session, debtor_id)],
        "holds": [_hold(each) for each in _rows(session, RecordedHold, RecordedHold.debtor_id, debtor_id)],
        "contacts": [_contact(each) for each in _rows(session, Contact, Contact.debtor_id, debtor_id)],
        "accounts": [_account(session, each, statement_of(each)) for each in accounts],
    }


def _account(session: Session, account: Account, statement: dict[str, Any]) -> dict[str, Any]:
    return {
        "account_id": account.account_id,
        "product": account.product,
        "currency": account.currency,
        "state": account.state,
        "statement": statement,
        "bookings": [
            {"kind": each.kind, "id": each.entry_id, "amount": format_minor(each.amount_minor, account.currency)}
            for each in read_entries(session, account.account_id)
        ],
        "told": [
            {"name": each.name, "at": _iso(each.received_at), **each.body}
            for each in _rows(session, BookedMessage, BookedMessage.account_id, account.account_id)
        ],
        "referrals": [
            _referral(each) for each in _rows(session, LegalReferral, LegalReferral.account_id, account.account_id)
        ],
        "texts": [each.text for each in _rows(session, StoredText, StoredText.account_id, account.account_id)],
        "audit": [
            {"number": each.number, "at": _iso(each.at), "kind": each.kind, "subject": each.subject, **each.detail}
            for each in audit.trail(session, account.account_id)
        ],
    }


def _rows(session: Session, table: Any, column: Any, value: str) -> Sequence[Any]:
    return session.exec(select(table).where(col(column) == value)).all()


def _address(row: Any) -> dict[str, Any]:
    return {"kind": row.kind, "value": row.value, "usable": row.unusable_since is None}


def _choice(row: Any) -> dict[str, Any]:
    said = {"channel": row.channel, "address_ref": row.address_ref, "allowed": row.allowed, "at": _iso(row.occurred_at)}
    return said | {"source": row.source, "confirmed_at": _iso(row.confirmed_at)}


def _hold(row: Any) -> dict[str, Any]:
    ends = {"until": _iso(row.until), "ended_at": _iso(row.ended_at)}
    return {"kind": row.kind, "hold_id": row.hold_id, "reason": row.reason, "since": _iso(row.since), **ends}


def _contact(row: Any) -> dict[str, Any]:
    return {
        "contact_id": row.contact_id,
        "account_id": row.account_id,
        "told_with": row.told_with,
        "channel": row.channel,
        "at": _iso(row.attempted_at),
        "status": row.status,
        "subject": row.subject,
        "words": row.words,
    }


def _referral(row: Any) -> dict[str, Any]:
    return {
        "referral_id": row.referral_id,
        "opened_at": _iso(row.opened_at),
        "checklist": row.checklist,
        "handed_over_at": _iso(row.handed_over_at),
        "outcome": row.outcome,
    }


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment is not None else None
