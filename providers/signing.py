"""Signs what leaves for counsel with Ed25519, by keys that have ids so that they can be rotated."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ALGORITHM = "Ed25519"

PublicKeys = Mapping[str, bytes]
"""Raw public keys, 32 bytes each, by their ids."""


class SigningKeys:
    """The private keys of this process; the first one signs, the others can still be checked against."""

    def __init__(self, keys: Sequence[tuple[str, bytes]] = ()) -> None:
        """Take ids with private keys of 32 bytes; without any, nothing is signed."""
        self._keys = {key_id: Ed25519PrivateKey.from_private_bytes(key) for key_id, key in keys}

    @property
    def public(self) -> PublicKeys:
        """What others need to check signatures."""
        return {key_id: key.public_key().public_bytes_raw() for key_id, key in self._keys.items()}

    def signed(self, document: dict[str, Any]) -> dict[str, Any]:
        """The document with a ``signature`` over its canonical form (RFC 8785), or with none where there is no key."""
        if not self._keys:
            return {**document, "signature": None}
        key_id, key = next(iter(self._keys.items()))
        value = base64.b64encode(key.sign(rfc8785.dumps(document))).decode()
        return {**document, "signature": {"algorithm": ALGORITHM, "key_id": key_id, "value": value}}


def signature_problem(document: dict[str, Any], known: PublicKeys) -> str | None:
    """Why a document's signature does not hold, in words, or none if it does."""
    signature = document.get("signature")
    if not isinstance(signature, dict):
        return "it is not signed"
    key_id = str(signature.get("key_id"))
    if signature.get("algorithm") != ALGORITHM or key_id not in known:
        return f"it is signed with key {key_id}, which is not known here; ask the sender for its public key"
    unsigned = {name: value for name, value in document.items() if name != "signature"}
    try:
        value = base64.b64decode(str(signature.get("value")), validate=True)
        Ed25519PublicKey.from_public_bytes(known[key_id]).verify(value, rfc8785.dumps(unsigned))
    except (InvalidSignature, ValueError):
        return f"its signature by key {key_id} does not fit: what was signed has been changed"
    return None
