"""Writes ``.env`` for docker-compose.yml, with fresh random passwords and keys, and never over one that is there.

Needs nothing but Python, since it runs before anything is installed.
"""

import base64
import os
import secrets
import sys
from pathlib import Path

_PASSWORDS = ("POSTGRES_PASSWORD", "TEMPORAL_DB_PASSWORD", "PRODUCT_DB_PASSWORD")
_KEYS = ("DUECOURSE_CODEC_KEYS", "DUECOURSE_DATA_KEYS", "DUECOURSE_LEGAL_SIGNING_KEYS")


def new_secrets() -> dict[str, str]:
    """Make every secret that a deployment cannot start without; hexadecimal, so that a URL can hold them."""
    passwords = {name: secrets.token_hex(24) for name in _PASSWORDS}
    keys = {name: f"key-1:{base64.b64encode(os.urandom(32)).decode()}" for name in _KEYS}
    return passwords | keys


def main() -> None:
    """Write the file for its owner's eyes only."""
    path = Path(".env")
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        sys.exit(
            f"{path.resolve()} is there already and is kept: its passwords open the databases that were made with it"
        )
    with open(descriptor, "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in new_secrets().items())


if __name__ == "__main__":
    main()
