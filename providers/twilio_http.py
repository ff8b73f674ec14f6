"""Twilio's own client, set up for one account: its base URL and time-out, no retries, no log of who was written to."""

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from providers.http_answers import retry_after

TWILIO_URL = "https://api.twilio.com"


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """The account that sends, and where it is reached."""

    account_sid: str
    auth_token: str = field(repr=False)
    from_number: str = field(repr=False)
    """In E.164; belongs to the account."""
    base_url: str = TWILIO_URL
    timeout_seconds: float = 10.0
    """For connecting, and again for each wait for an answer."""


class TooManyRequests(TwilioException):  # type: ignore[misc]
    """Twilio asks for a pause (status 429), which its client tells nobody the length of."""

    def __init__(self, wait: timedelta | None) -> None:
        super().__init__("Twilio asks for a pause")
        self.wait = wait


class AccountHttp(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's HTTP client, sent to another base URL and kept from writing numbers into the log."""

    def __init__(self, account: TwilioAccount) -> None:
        # Retries are the workflow engine's: the client must not repeat a send behind its back.
        super().__init__(timeout=account.timeout_seconds, max_retries=None)
        self._base = urlsplit(account.base_url)

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Response:
        """Make the request at the configured scheme and host.

        Raises:
            TooManyRequests: the answer is 429.
        """
        elsewhere = urlsplit(url)._replace(scheme=self._base.scheme, netloc=self._base.netloc).geturl()
        response = super().request(method, elsewhere, *args, **options)
        if response.status_code == 429:
            raise TooManyRequests(retry_after(response.headers or {}))
        return response

    def log_request(self, kwargs: dict[str, Any]) -> None:
        """Log nothing: a request names a person's number."""

    def log_response(self, status_code: int, response: Any) -> None:
        """Log nothing: an answer repeats the number and the words."""


def twilio_client(account: TwilioAccount) -> Client:
    """Return Twilio's client for the account. It may be shared by threads."""
    # At DEBUG the connection pool writes each URL, and the URL of a lookup holds a person's number.
    logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)
    return Client(account.account_sid, account.auth_token, http_client=AccountHttp(account))
