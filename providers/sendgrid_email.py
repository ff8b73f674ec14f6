"""Emails by SendGrid, without the tracking of clicks and opens: what a person reads is theirs."""

import http.client
import json
import logging
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.error import URLError

from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

from providers.http_answers import OUR_FAULT, retry_after
from providers.port import Accepted, Busy, ContactIntent, LookupResult, Rejected, RejectionKind, SendResult, Unknown
from providers.window import WINDOW_OVER, Clock, seconds_left

SENDGRID_URL = "https://api.sendgrid.com"

SENDGRID_FAILURES = (HTTPError, http.client.HTTPException, OSError)
"""What SendGrid's client raises: a refusal, an answer that breaks off, a broken connection."""


@dataclass(frozen=True, slots=True)
class SendGridAccount:
    """The account that sends, and where it is reached."""

    api_key: str = field(repr=False)
    from_email: str
    """A sender that is verified at SendGrid."""
    base_url: str = SENDGRID_URL
    timeout_seconds: float = 10.0
    """For connecting, and again for each wait for an answer."""


class SendGridEmail:
    """Hands emails to SendGrid, each marked with its contact's id so that delivery reports find it."""

    name = "sendgrid"

    def __init__(self, account: SendGridAccount, clock: Clock) -> None:
        # At DEBUG SendGrid's client writes every address and word into the log.
        logging.getLogger("python_http_client").setLevel(logging.INFO)
        self._sendgrid = SendGridAPIClient(account.api_key, host=account.base_url.rstrip("/"))
        # Without this it would wait for ever; the clients that it makes for each path inherit it.
        self._sendgrid.client.timeout = account.timeout_seconds
        self._from_email = account.from_email
        self._clock = clock

    def send(self, intent: ContactIntent) -> SendResult:
        """Hand the email over, unless its window is past. SendGrid itself knows no validity."""
        if seconds_left(intent, self._clock) < 1:
            return WINDOW_OVER
        try:
            response = self._sendgrid.send(_body(intent, self._from_email))
        except SENDGRID_FAILURES as failure:
            return _what_became(failure)
        return Accepted(self.name, response.headers.get("X-Message-Id") or intent.contact_id)

    def lookup(self, intent: ContactIntent, since: datetime) -> LookupResult:  # noqa: ARG002
        """Answer that it cannot be known: reading back needs SendGrid's paid Email Activity add-on."""
        return Unknown("no_lookup")


def _body(intent: ContactIntent, from_email: str) -> dict[str, Any]:
    content = [{"type": "text/plain", "value": intent.words.text}]
    if intent.words.html:
        content.append({"type": "text/html", "value": intent.words.html})
    return {
        "from": {"email": from_email},
        # SendGrid's published description takes custom arguments as an object here, not at the top.
        "personalizations": [{"to": [{"email": intent.to}], "custom_args": {"contact_id": intent.contact_id}}],
        "subject": intent.words.subject,
        "content": content,
        "tracking_settings": {
            "click_tracking": {"enable": False, "enable_text": False},
            "open_tracking": {"enable": False},
            "subscription_tracking": {"enable": False},
        },
    }


def _what_became(failure: Exception) -> Rejected | Busy | Unknown:
    match failure:
        case HTTPError(status_code=429):
            return Busy("http_429", retry_after(failure.headers))
        case HTTPError():
            return _refusal(failure.status_code, _fields(failure.body))
        case URLError():
            # urllib raises this only before the request has been written in full, so nothing was handed over.
            return Busy("not_connected")
        case _:
            return Unknown("no_answer")


def _refusal(status: int, fields: list[str]) -> Rejected | Busy | Unknown:
    name = f"http_{status}"
    if status >= 500 or status == 408:
        return Unknown(name)
    sender_is_wrong = any(field.startswith("from") for field in fields)
    if status < 400 or status in OUR_FAULT or sender_is_wrong:
        return Busy(name)
    if any(field.startswith("personalizations") and ".to" in field for field in fields):
        return Rejected(RejectionKind.ADDRESS_INVALID, name)
    return Rejected(RejectionKind.NOT_ALLOWED, name)


def _fields(body: bytes) -> list[str]:
    """Which fields of the request SendGrid finds wrong, such as ``personalizations.0.to.0.email``."""
    try:
        errors = json.loads(body)["errors"]
        return [str(error.get("field") or "") for error in errors]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []
