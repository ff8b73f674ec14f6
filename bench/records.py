"""The records of the bench: one database in a folder of its own, with personal data encrypted as in production."""

from pathlib import Path

from storage.database import Database
from storage.personal import Keyring, use_keyring

_KEY = ("bench", bytes(32))
"""There is nobody to protect here; only the work of encrypting is wanted."""


def records_of(folder: Path) -> Database:
    """The records that a folder holds."""
    use_keyring(Keyring([_KEY]))
    return Database(f"sqlite:///{folder / 'records.db'}")
