"""Where referrals and notices to counsel go: a folder, or an HTTP endpoint that acknowledges each once by its key."""

import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx

from providers.drop_folder import DropFolder

_ENDINGS = {"application/zip": "zip", "application/json": "json"}
_ACKNOWLEDGED = frozenset({200, 201, 202})
_NOT_TAKEN = frozenset({400, 409, 410, 413, 415, 422})
"""Answers that trying again does not change. Anything else that is no success may pass: a wrong secret is mended."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One thing for counsel. Handed over again under the same key, it has the same bytes."""

    key: str
    """By which counsel tells a repetition from something new."""
    kind: str
    """``referral``, or what a notice is about."""
    media_type: str
    content: bytes


class CounselUnavailable(RuntimeError):
    """It was not acknowledged and must be tried again; the message is a code without personal data."""

    def __init__(self, code: str, *, may_have_arrived: bool) -> None:
        """Say why, and whether counsel may have it all the same."""
        super().__init__(code)
        self.may_have_arrived = may_have_arrived


class CounselRefused(RuntimeError):
    """Counsel does not take it, now or later; the message is a code without personal data."""


class Counsel(Protocol):
    """Where counsel takes things."""

    def hand_over(self, parcel: Parcel) -> str:
        """Deliver it, again if need be, and answer counsel's receipt.

        Raises:
            CounselUnavailable: if it must be tried again.
            CounselRefused: if a person must look at it.
        """


@dataclass(frozen=True)
class CounselFolder:
    """A folder from which counsel takes what is theirs."""

    folder: Path

    def hand_over(self, parcel: Parcel) -> str:
        """Write the file whole, or not at all; its name is the receipt."""
        name = f"{parcel.key}.{_ENDINGS[parcel.media_type]}"
        try:
            DropFolder(self.folder).put(name, parcel.content)
        except OSError as error:
            raise CounselUnavailable(type(error).__name__, may_have_arrived=False) from error
        return name


@dataclass(frozen=True)
class CounselEndpoint:
    """An HTTP endpoint. It answers a repetition as it answered the first time."""

    url: str
    secret: str

    def hand_over(self, parcel: Parcel) -> str:
        """Post it with a signature over its bytes (HMAC-SHA256, hexadecimal) and its key."""
        headers = {
            "Content-Type": parcel.media_type,
            "Idempotency-Key": parcel.key,
            "Duecourse-Kind": parcel.kind,
            "Duecourse-Signature": f"sha256={signature_of(self.secret, parcel.content)}",
        }
        try:
            answer = httpx.post(self.url, content=parcel.content, headers=headers, timeout=30)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise CounselUnavailable(type(error).__name__, may_have_arrived=False) from error
        except httpx.HTTPError as error:
            raise CounselUnavailable(type(error).__name__, may_have_arrived=True) from error
        if answer.status_code in _NOT_TAKEN:
            raise CounselRefused(_code_of(answer))
        if answer.status_code not in _ACKNOWLEDGED:
            may_have_it = answer.is_server_error or answer.is_success
            raise CounselUnavailable(f"HTTP {answer.status_code}", may_have_arrived=may_have_it)
        receipt = _text_of(answer, "receipt_id")
        if receipt is None:
            # Whoever answers for counsel without a receipt, such as a page that asks to log in, has taken nothing.
            raise CounselUnavailable("no_receipt", may_have_arrived=True)
        return receipt


def signature_of(secret: str, content: bytes) -> str:
    """The signature that stands in the header of what is posted."""
    return hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()


def _code_of(answer: httpx.Response) -> str:
    """Counsel's own code for a refusal, if it gives one that cannot name a person."""
    code = _text_of(answer, "code")
    fits = code is not None and len(code) <= 64 and code.isascii() and code.replace("_", "").isalnum()
    return code if code is not None and fits else f"http_{answer.status_code}"


def _text_of(answer: httpx.Response, field: str) -> str | None:
    try:
        body: Any = answer.json()
    except ValueError:
        return None
    value = body.get(field) if isinstance(body, dict) else None
    return value[:200] if isinstance(value, str) and value else None
