"""The records of the bench: one database in a folder of its own, with personal data encrypted as in production."""

from collections.abc import Sequence
from pathlib import Path

from sqlmodel import col, select

from storage.database import Database
from storage.personal import Keyring, use_keyring
from storage.tables import Contact, ContactStatus

_KEY = ("bench", bytes(32))
"""There is nobody to protect here; only the work of encrypting is wanted."""


def records_of(folder: Path) -> Database:
    """The records that a folder holds."""
    use_keyring(Keyring([_KEY]))
    return Database(f"sqlite:///{folder / 'records.db'}")


def contacts_sent(folder: Path, account_ids: Sequence[str]) -> set[str]:
    """The contacts of these accounts that the records have as sent."""
    database = records_of(folder)
    chosen = select(Contact.contact_id).where(
        col(Contact.account_id).in_(account_ids), col(Contact.status) == ContactStatus.SENT
    )
    with database.reading() as session:
        sent = set(session.exec(chosen))
    database.dispose()
    return sent
