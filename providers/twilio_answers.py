"""What became of a request to Twilio that did not succeed, read from Twilio's own error codes."""

import ssl

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ProxyError

from providers.http_answers import OUR_FAULT
from providers.port import Busy, Rejected, RejectionKind, Unknown
from providers.twilio_http import TooManyRequests

TWILIO_FAILURES = (TwilioException, requests.RequestException, ValueError)
"""What Twilio's client raises: a refusal, a broken connection, an answer that cannot be read."""

REFUSAL_CODES = {
    # Not a number, not reachable, or a landline or short code where only a mobile will do.
    RejectionKind.ADDRESS_INVALID: frozenset({13223, 13224, 21211, 21214, 21217, 21265, 21401, 21421, 21614, 21635}),
    # The person answered STOP to this sender.
    RejectionKind.OPTED_OUT: frozenset({21610}),
    # No permission for the region, a blocked destination, no route from this sender, filtered by the carrier.
    RejectionKind.NOT_ALLOWED: frozenset({13227, 21215, 21216, 21408, 21612, 30007}),
}
"""Codes by which Twilio refuses for good."""

WAITING_CODES = frozenset(
    # Too many calls or messages of ours at once or today.
    {10004, 14107, 20429, 21611, 63038}
    # Our account, credentials or sending number are wrong, or the account is on trial.
    | {10001, 20003, 20005, 20404, 21210, 21212, 21213, 21219, 21601, 21603, 21606, 21607, 21608, 21659, 21660, 21661}
)
"""Codes that say nothing of the person: the message waits until the queue is shorter or our account is mended."""

NOT_CONNECTED = (NewConnectionError, ConnectTimeoutError, ProxyError)
"""The connection was never made: refused, no such host, timed out while connecting."""


def what_became(failure: Exception) -> Rejected | Busy | Unknown:
    """Tell what became of a send from the failure that Twilio's client raised (one of :data:`TWILIO_FAILURES`)."""
    match failure:
        case TooManyRequests():
            return Busy("http_429", failure.wait)
        case TwilioRestException() | TwilioServiceException():
            return refusal(int(failure.status), int(failure.code or 0))
        case requests.RequestException():
            return Busy("not_connected") if _never_connected(failure) else Unknown("no_answer")
        case _:
            return Unknown("unreadable_answer")


def refusal(status: int, code: int) -> Rejected | Busy | Unknown:
    """Tell what an error answer means. The codes are at https://www.twilio.com/docs/api/errors.

    A code that is in none of the lists is taken for a refusal of this route or these words, and is kept.
    """
    name = str(code) if code > 999 else f"http_{status}"
    if status >= 500 or status == 408:
        return Unknown(name)
    for kind, codes in REFUSAL_CODES.items():
        if code in codes:
            return Rejected(kind, name)
    redirected = status < 400
    if code in WAITING_CODES or status in OUR_FAULT or redirected:
        return Busy(name)
    return Rejected(RejectionKind.NOT_ALLOWED, name)


def _never_connected(failure: requests.RequestException) -> bool:
    cause = failure.args[0] if failure.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, NOT_CONNECTED) or _is_bad_certificate(reason)


def _is_bad_certificate(reason: object) -> bool:
    return isinstance(reason, Exception) and any(isinstance(part, ssl.SSLCertVerificationError) for part in reason.args)
