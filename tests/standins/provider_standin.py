"""Twilio and SendGrid on one port of this machine, for the real clients: keeps what it took, and fails when told to."""

import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request

from tests.standins.fault_proxy import Fault, FaultProxy
from tests.standins.sendgrid_double import SendGridDouble
from tests.standins.specs import SENDGRID, TWILIO, SentRequest, checker, violation
from tests.standins.twilio_double import TwilioDouble


class ProviderStandIn:
    """Start it, point ``TWILIO_BASE_URL`` and ``SENDGRID_BASE_URL`` at ``base_url``, and look at what it took.

    With a folder of OpenAPI documents it refuses requests that do not fit them, and keeps why in ``violations``.
    """

    def __init__(self, specs: Path | None = None) -> None:
        self.violations: list[str] = []
        self._specs = specs
        self._twilio = TwilioDouble(lambda request, body: self._violation(TWILIO, request, body))
        self._sendgrid = SendGridDouble(lambda request, body: self._violation(SENDGRID, request, body))
        app = Starlette(routes=[*self._twilio.routes(), *self._sendgrid.routes()])
        self._server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._proxy: FaultProxy | None = None

    @property
    def base_url(self) -> str:
        """Where clients reach it, faults and all."""
        return self.proxy.base_url

    @property
    def direct_url(self) -> str:
        """Where it is reached past the faults."""
        host, port = self._server.servers[0].sockets[0].getsockname()[:2]
        return f"http://{host}:{port}"

    @property
    def proxy(self) -> FaultProxy:
        """What stands before it and spoils requests."""
        if self._proxy is None:
            raise RuntimeError("The stand-in is not started: use it in a `with` statement, or call start() first.")
        return self._proxy

    @property
    def messages(self) -> list[dict[str, Any]]:
        """Text messages taken, as Twilio's message resources."""
        return self._twilio.messages

    @property
    def calls(self) -> list[dict[str, Any]]:
        """Calls taken, as Twilio's call resources."""
        return self._twilio.calls

    @property
    def emails(self) -> list[dict[str, Any]]:
        """Emails taken, as the bodies that were posted."""
        return self._sendgrid.emails

    def fail_next(self, *faults: Fault) -> None:
        """Spoil the next requests, one fault each, in this order."""
        self.proxy.spoil_next(*faults)

    def forget(self) -> None:
        """Be as new: nothing taken, nothing held against anybody, no fault waiting."""
        for kept in (self.messages, self.calls, self.emails, self.violations):
            kept.clear()
        self.proxy.forget()

    def start(self) -> None:
        """Begin to listen, on ports of its own choice, with the documents read beforehand so that answers are quick."""
        for name in (TWILIO, SENDGRID):
            if self._specs is not None:
                checker(self._specs, name)
        self._thread.start()
        deadline = time.monotonic() + 10
        while not self._server.started:
            if time.monotonic() > deadline:
                raise TimeoutError("The providers' stand-in did not start within 10 seconds.")
            time.sleep(0.01)
        self._proxy = FaultProxy(self.direct_url)
        self._proxy.start()

    def stop(self) -> None:
        """Stop listening; what was taken can still be looked at."""
        self.proxy.stop()
        self._server.should_exit = True
        self._thread.join(timeout=10)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _violation(self, name: str, request: Request, body: bytes) -> str | None:
        if self._specs is None:
            return None
        sent = SentRequest(request.query_params, request.headers, body)
        problem = violation(self._specs, name, request.method, request.url.path, sent)
        if problem is not None:
            self.violations.append(problem)
        return problem
