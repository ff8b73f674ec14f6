"""Keys as settings write them: by id, the one in use first, so that they can be rotated."""

import base64


class KeysError(ValueError):
    """Keys that cannot be read; the message says how to write them, never what they are."""


def parse_keys(text: str) -> list[tuple[str, bytes]]:
    """Read ``id:base64key`` pairs parted by commas, the key in use first.

    Raises:
        KeysError: if a pair has no id or the id of another, or a key is not 32 bytes.
    """
    keys: dict[str, bytes] = {}
    for position, pair in enumerate(text.split(","), start=1):
        key_id, _, encoded = pair.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not key_id or key_id in keys or len(key) != 32:
            raise KeysError(f"key {position} must be written id:base64, with an id of its own and 32 random bytes")
        keys[key_id] = key
    return list(keys.items())
