"""Counsel's endpoint on a port of this machine: checks signatures, takes each key once, and fails when told to."""

import hashlib
import threading
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from providers.counsel import signature_of
from tests.standins.fault_proxy import Fault, FaultProxy

SECRET = "shared with counsel"


@dataclass(frozen=True, slots=True)
class Taken:
    """One thing that counsel acknowledged."""

    kind: str
    content: bytes
    receipt_id: str


@dataclass
class CounselStandIn:
    """Start it, hand over to ``base_url`` with the secret, and look at what it took."""

    taken: dict[str, Taken] = field(default_factory=dict)
    """By idempotency key, in the order of arrival."""
    asked: list[str] = field(default_factory=list)
    """The key of every request that got through, repetitions included."""
    refuse_with: str | None = None
    """A code with which everything is refused while it is set."""
    answer_with: Response | None = None
    """What somebody who stands between answers in counsel's place while it is set."""
    _proxy: FaultProxy | None = None

    def __post_init__(self) -> None:
        app = Starlette(routes=[Route("/", self._take, methods=["POST"])])
        self._server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    @property
    def base_url(self) -> str:
        """Where clients reach it, faults and all."""
        return self._started.base_url

    def fail_next(self, *faults: Fault) -> None:
        """Spoil the next requests, one fault each, in this order."""
        self._started.spoil_next(*faults)

    def stop_failing(self) -> None:
        """Let every request through from now on."""
        self._started.forget()

    def forget(self) -> None:
        """Be as new: nothing taken, nothing refused, no fault waiting."""
        self.taken.clear()
        self.asked.clear()
        self.refuse_with = self.answer_with = None
        self._started.forget()

    def __enter__(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + 10
        while not self._server.started:
            if time.monotonic() > deadline:
                raise TimeoutError("Counsel's stand-in did not start within 10 seconds.")
            time.sleep(0.01)
        host, port = self._server.servers[0].sockets[0].getsockname()[:2]
        self._proxy = FaultProxy(f"http://{host}:{port}")
        self._proxy.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._started.stop()
        self._server.should_exit = True
        self._thread.join(timeout=10)

    @property
    def _started(self) -> FaultProxy:
        if self._proxy is None:
            raise RuntimeError("The stand-in is not started: use it in a `with` statement.")
        return self._proxy

    async def _take(self, request: Request) -> Response:
        content, key = await request.body(), request.headers["Idempotency-Key"]
        self.asked.append(key)
        if self.answer_with is not None:
            return self.answer_with
        if request.headers["Duecourse-Signature"] != f"sha256={signature_of(SECRET, content)}":
            return JSONResponse({"code": "wrong_signature"}, 401)
        if self.refuse_with is not None:
            return JSONResponse({"code": self.refuse_with}, 422)
        known = self.taken.get(key)
        if known is not None and known.content != content:
            return JSONResponse({"code": "key_reused"}, 409)
        receipt_id = f"receipt-{hashlib.sha256(content).hexdigest()[:12]}"
        self.taken.setdefault(key, Taken(request.headers["Duecourse-Kind"], content, receipt_id))
        return JSONResponse({"receipt_id": receipt_id}, 201 if known is None else 200)
