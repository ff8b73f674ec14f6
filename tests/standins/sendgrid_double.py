"""SendGrid as far as this product uses it: takes emails, and refuses what SendGrid refuses."""

import json
import re
import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.twilio_double import Checks

API_KEY = "SG.a-key-for-tests"
FROM_EMAIL = "collections@example.com"

NO_ADDRESS = {
    "message": "Does not contain a valid address.",
    "field": "personalizations.0.to.0.email",
    "help": "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html#message.personalizations.to",
}
NO_SENDER = {
    "message": "The from email does not contain a valid address.",
    "field": "from.email",
    "help": "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html#message.from",
}
NO_CONTENT = {
    "message": "The content value must be a string at least one character in length.",
    "field": "content.0.value",
    "help": "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html#message.content.value",
}
UNVERIFIED_SENDER = {
    "message": "The from address does not match a verified Sender Identity.",
    "field": "from",
    "help": "https://sendgrid.com/docs/for-developers/sending-email/sender-identity/",
}


class SendGridDouble:
    """Keeps every email that it accepted, the latest last."""

    def __init__(self, check: Checks) -> None:
        self.emails: list[dict[str, Any]] = []
        self._check = check

    def routes(self) -> list[Route]:
        """What it answers to."""
        return [Route("/v3/mail/send", self._send, methods=["POST"])]

    async def _send(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {API_KEY}":
            return _errors(401, {"message": "The provided authorization grant is invalid", "field": None})
        body = await request.body()
        email = json.loads(body)
        if not all(_is_address(to["email"]) for group in email["personalizations"] for to in group["to"]):
            return _errors(400, NO_ADDRESS)
        if not _is_address(email["from"]["email"]):
            return _errors(400, NO_SENDER)
        if not all(part["value"] for part in email["content"]):
            return _errors(400, NO_CONTENT)
        if problem := self._check(request, body):
            return _errors(400, {"message": problem, "field": None})
        if email["from"]["email"] != FROM_EMAIL:
            return _errors(403, UNVERIFIED_SENDER)
        self.emails.append(email)
        return Response(status_code=202, headers={"X-Message-Id": uuid.uuid4().hex})


def _is_address(address: str) -> bool:
    return re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", address) is not None


def _errors(status: int, *errors: dict[str, Any]) -> JSONResponse:
    return JSONResponse({"errors": list(errors)}, status)
