"""Twilio as far as this product uses it: takes messages and calls, lists them, and refuses what Twilio refuses.

Twilio's published test numbers get the refusals that Twilio gives them:
https://www.twilio.com/docs/iam/test-credentials
"""

import re
import uuid
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

ACCOUNT_SID = "AC" + "0123456789abcdef" * 2
AUTH_TOKEN = "a-token-for-tests"
FROM_NUMBER = "+15005550006"

INVALID_NUMBER = "+15005550001"
UNROUTABLE_NUMBER = "+15005550002"
UNPERMITTED_NUMBER = "+15005550003"
UNSUBSCRIBED_NUMBER = "+15005550004"
LANDLINE_NUMBER = "+15005550009"

REFUSED_MESSAGES = {
    INVALID_NUMBER: (400, 21211, "Invalid 'To' Phone Number"),
    UNROUTABLE_NUMBER: (400, 21612, "The message cannot be sent with this combination of 'To' and 'From'"),
    UNPERMITTED_NUMBER: (403, 21408, "Permission to send an SMS has not been enabled for the region"),
    UNSUBSCRIBED_NUMBER: (400, 21610, "Attempt to send to unsubscribed recipient"),
    LANDLINE_NUMBER: (400, 21614, "'To' number is not a valid mobile number"),
}
REFUSED_CALLS = {
    INVALID_NUMBER: (400, 21217, "Phone number does not appear to be valid"),
    UNROUTABLE_NUMBER: (400, 21214, "'To' phone number cannot be reached"),
    UNPERMITTED_NUMBER: (403, 21215, "Account not authorized to call this number"),
    UNSUBSCRIBED_NUMBER: (400, 21216, "Account not allowed to call this number"),
}

Checks = Callable[[Request, bytes], str | None]
"""Says what the provider's OpenAPI document has against a request."""


class TwilioDouble:
    """Keeps every message and call that it accepted, the latest last."""

    def __init__(self, check: Checks) -> None:
        self.messages: list[dict[str, Any]] = []
        self.calls: list[dict[str, Any]] = []
        self._check = check

    def routes(self) -> list[Route]:
        """What it answers to."""
        account = "/2010-04-01/Accounts/{account_sid}"
        return [
            Route(f"{account}/Messages.json", self._create_message, methods=["POST"]),
            Route(f"{account}/Messages.json", self._list_messages, methods=["GET"]),
            Route(f"{account}/Calls.json", self._create_call, methods=["POST"]),
            Route(f"{account}/Calls.json", self._list_calls, methods=["GET"]),
        ]

    async def _create_message(self, request: Request) -> JSONResponse:
        refusal = await self._refusal(request, REFUSED_MESSAGES)
        if refusal is not None:
            return refusal
        form = await _form(request)
        if not form.get("Body"):
            return _error(400, 21602, "Message body is required")
        message = {**_resource("SM", form), "body": form["Body"], "validity_period": form.get("ValidityPeriod")}
        self.messages.append(message)
        return JSONResponse({**message, "status": "queued"}, 201)

    async def _create_call(self, request: Request) -> JSONResponse:
        refusal = await self._refusal(request, REFUSED_CALLS)
        if refusal is not None:
            return refusal
        form = await _form(request)
        if not form.get("Twiml") and not form.get("Url"):
            return _error(400, 21205, "Url parameter is required")
        call = {**_resource("CA", form), "twiml": form.get("Twiml"), "ring_seconds": form.get("Timeout")}
        self.calls.append(call)
        return JSONResponse(call, 201)

    async def _list_messages(self, request: Request) -> JSONResponse:
        return await self._listing(request, "messages", self.messages)

    async def _list_calls(self, request: Request) -> JSONResponse:
        return await self._listing(request, "calls", self.calls)

    async def _listing(self, request: Request, name: str, resources: list[dict[str, Any]]) -> JSONResponse:
        refusal = await self._refusal_of_access(request)
        if refusal is not None:
            return refusal
        wanted = {key: request.query_params.get(key.capitalize()) for key in ("to", "from")}
        found = [each for each in reversed(resources) if all(v in (None, each[k]) for k, v in wanted.items())]
        page = found[: int(request.query_params.get("PageSize", 50))]
        return JSONResponse(
            {name: page, "page": 0, "page_size": len(page), "next_page_uri": None, "uri": request.url.path}
        )

    async def _refusal(self, request: Request, refused: dict[str, tuple[int, int, str]]) -> JSONResponse | None:
        no_access = await self._refusal_of_access(request)
        if no_access is not None:
            return no_access
        form = await _form(request)
        to, from_number = form.get("To"), form.get("From")
        if not to:
            return _error(400, 21604, "A 'To' phone number is required")
        if from_number != FROM_NUMBER:
            return _error(400, 21606, "The 'From' phone number is not a valid Twilio phone number of this account")
        if not re.fullmatch(r"\+[1-9]\d{6,14}", to):
            return _error(400, 21211, f"The 'To' number {to} is not a valid phone number")
        return _error(*refused[to]) if to in refused else None

    async def _refusal_of_access(self, request: Request) -> JSONResponse | None:
        credentials = b64encode(f"{ACCOUNT_SID}:{AUTH_TOKEN}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {credentials}":
            return _error(401, 20003, "Authenticate")
        if request.path_params["account_sid"] != ACCOUNT_SID:
            return _error(404, 20404, "The requested account was not found")
        problem = self._check(request, await request.body())
        return _error(400, 20001, problem) if problem else None


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode()))


def _resource(prefix: str, form: dict[str, str]) -> dict[str, Any]:
    now = format_datetime(datetime.now(UTC))
    return {
        "sid": prefix + uuid.uuid4().hex,
        "account_sid": ACCOUNT_SID,
        "to": form["To"],
        "from": form["From"],
        "status": "queued",
        "date_created": now,
        "date_updated": now,
        "date_sent": None,
    }


def _error(status: int, code: int, message: str) -> JSONResponse:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return JSONResponse({"code": code, "message": message, "more_info": more, "status": status}, status)
