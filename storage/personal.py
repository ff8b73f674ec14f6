"""Personal data at rest: encrypted column by column with AES-256-GCM, and found again by a keyed hash.

Each value names the key that encrypted it, so that keys rotate: the first key encrypts, all of them decrypt.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_PLAIN, _SEALED = "0", "1"
_NONCE_BYTES = 12


class PersonalDataUnreadableError(RuntimeError):
    """A value was encrypted with a key that is not among the data keys, or it was changed."""


class Keyring:
    """The data keys by id, the one in use first; without keys, values are kept in the clear."""

    def __init__(self, keys: Sequence[tuple[str, bytes]] = ()) -> None:
        """Take 32-byte keys; the first one encrypts."""
        self._newest = keys[0][0] if keys else None
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys}
        self._hash_keys = [_derive(key) for _, key in keys] or [b"no key"]

    def seal(self, text: str, place: str) -> str:
        """Encrypt a value for one place, such as a column; it cannot be read from another."""
        if self._newest is None:
            return f"{_PLAIN}:{text}"
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self._newest].encrypt(nonce, text.encode(), place.encode())
        return f"{_SEALED}:{self._newest}:{base64.b64encode(nonce + sealed).decode()}"

    def open(self, stored: str, place: str) -> str:
        """Decrypt a value that was sealed for that place.

        Raises:
            PersonalDataUnreadableError: naming the key that is missing.
        """
        form, _, rest = stored.partition(":")
        if form == _PLAIN:
            return rest
        key_id, _, encoded = rest.partition(":")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise PersonalDataUnreadableError(f"{place} needs data key {key_id!r}; add it to DUECOURSE_DATA_KEYS")
        sealed = base64.b64decode(encoded)
        try:
            return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.encode()).decode()
        except InvalidTag as error:
            raise PersonalDataUnreadableError(f"a value of {place} was changed or moved from elsewhere") from error

    def is_newest(self, stored: str) -> bool:
        """Whether a stored value needs no other key than the one in use."""
        form, _, rest = stored.partition(":")
        return form == _PLAIN if self._newest is None else rest.partition(":")[0] == self._newest

    def digests(self, value: str) -> list[str]:
        """The keyed hashes under which a value may stand in the records, the one in use first."""
        return [hmac.new(key, value.encode(), hashlib.sha256).hexdigest() for key in self._hash_keys]


_keyring = Keyring()


def use_keyring(keyring: Keyring) -> None:
    """Choose the keys of this process; columns have no other way to reach them."""
    global _keyring
    _keyring = keyring


def keyring() -> Keyring:
    """The keys of this process."""
    return _keyring


class PersonalText(TypeDecorator[str]):
    """Text about a person, encrypted at rest."""

    impl = Text
    cache_ok = True

    def __init__(self, place: str) -> None:
        """Name the column, so that its values cannot be moved to another."""
        super().__init__()
        self.place = place

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """Seal the value."""
        return None if value is None else _keyring.seal(value, self.place)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> str | None:
        """Open the value."""
        return None if value is None else _keyring.open(value, self.place)


class PersonalDocument(PersonalText):
    """A JSON document about a person, encrypted at rest."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Seal the document."""
        return super().process_bind_param(json.dumps(value, ensure_ascii=False), dialect)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Open the document."""
        opened = super().process_result_value(value, dialect)
        return None if opened is None else json.loads(opened)


def _derive(key: bytes) -> bytes:
    """A key for hashing, which tells nothing of the one that encrypts."""
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"duecourse address lookup").derive(key)
