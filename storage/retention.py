"""Erasing personal data whose time has passed. The figures and the audit trail stay, and the trail stays verifiable."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from storage import audit
from storage.database import Database, lock_debtor
from storage.legal_tables import ReferralPackage
from storage.personal import keyring
from storage.tables import (
    Account,
    AccountState,
    Address,
    BookedMessage,
    CallTask,
    Contact,
    Debtor,
    StoredText,
)

ERASED = "erased"
"""What stands where a name or an address stood."""

KeepUntil = Callable[[str, datetime], datetime]
"""For a jurisdiction and the last collection activity: until when personal data are kept."""


def purge(database: Database, keep_until: KeepUntil, now: datetime) -> list[str]:
    """Erase the personal data of everybody whose accounts are all closed and past their retention; answers whom.

    Safe to interrupt and to run again.
    """
    with database.reading() as session:
        candidates = session.exec(select(Debtor.debtor_id).where(col(Debtor.erased_at).is_(None))).all()
    return [debtor_id for debtor_id in candidates if _purge_debtor(database, debtor_id, keep_until, now)]


def _purge_debtor(database: Database, debtor_id: str, keep_until: KeepUntil, now: datetime) -> bool:
    with database.writing() as session:
        debtor = lock_debtor(session, debtor_id)
        accounts = session.exec(select(Account).where(col(Account.debtor_id) == debtor_id)).all()
        if not accounts or not all(_past_retention(session, each, keep_until, now) for each in accounts):
            return False
        _erase(session, debtor, accounts, now)
        return True


def _past_retention(session: Session, account: Account, keep_until: KeepUntil, now: datetime) -> bool:
    if account.state != AccountState.CLOSED or account.closed_at is None:
        return False
    return keep_until(account.jurisdiction, _last_activity(session, account, account.closed_at)) <= now


def _last_activity(session: Session, account: Account, closed_at: datetime) -> datetime:
    contacted = select(func.max(Contact.attempted_at)).where(col(Contact.account_id) == account.account_id)
    told = select(func.max(BookedMessage.booked_at)).where(col(BookedMessage.account_id) == account.account_id)
    known = (session.exec(contacted).one(), session.exec(told).one(), closed_at)
    return max(each for each in known if each is not None)


def _erase(session: Session, debtor: Debtor, accounts: Sequence[Account], now: datetime) -> None:
    account_ids = [each.account_id for each in accounts]
    debtor.name, debtor.erased_at, debtor.contact_preferences = ERASED, now, []
    for address in _rows(session, Address, col(Address.debtor_id) == debtor.debtor_id):
        # A digest of the address would still tell whose it was to who knows the address.
        address.value, address.digest = ERASED, keyring().digests(address.address_ref)[0]
        address.unusable_since, address.unusable_code = address.unusable_since or now, ERASED
    for contact in _rows(session, Contact, col(Contact.debtor_id) == debtor.debtor_id):
        contact.subject, contact.words, contact.html, contact.parameters = "", "", "", {}
    for task in _rows(session, CallTask, col(CallTask.account_id).in_(account_ids)):
        task.script = ""
    for text in _rows(session, StoredText, col(StoredText.account_id).in_(account_ids)):
        text.text = ERASED
    for package in _rows(session, ReferralPackage, col(ReferralPackage.account_id).in_(account_ids)):
        session.delete(package)
    session.flush()
    for account_id in account_ids:
        audit.append(session, account_id, now, "personal_data_erased")


def _rows(session: Session, table: Any, condition: Any) -> Sequence[Any]:
    return session.exec(select(table).where(condition)).all()
