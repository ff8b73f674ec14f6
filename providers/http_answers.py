"""What providers' HTTP answers have in common: the status codes and headers that say whether and when to try again."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

OUR_FAULT = frozenset({401, 403, 404, 405})
"""Credentials, permissions or addresses of ours are wrong: the message waits until they are mended."""


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long the provider asks to be left alone, or None when it does not say.

    Reads ``Retry-After`` (seconds or a date, RFC 9110) and ``X-RateLimit-Reset`` (seconds since 1970, as SendGrid sends
    it). Dates are held against the answer's own ``Date``, so that no clock of ours comes into it.
    """
    wait = headers.get("Retry-After", "").strip()
    if wait.isdigit():
        return timedelta(seconds=int(wait))
    answered_at = _date(headers.get("Date", ""))
    until = _date(wait) or _instant(headers.get("X-RateLimit-Reset", ""))
    if answered_at is None or until is None:
        return None
    return max(until - answered_at, timedelta(0))


def _date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _instant(value: str) -> datetime | None:
    return datetime.fromtimestamp(int(value), UTC) if value.strip().isdigit() else None
