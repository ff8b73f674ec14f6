"""A proxy that lets requests through, except those that it was told to spoil: what networks and providers do."""

import http.client
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


class Fault(StrEnum):
    """What may go wrong with one request."""

    TOO_MANY = "too_many"
    """Refused with 429 and a Retry-After, before the provider saw it."""
    CUT_BEFORE = "cut_before"
    """The connection breaks before the provider saw it; the client cannot know that."""
    ACCEPTED_THEN_CUT = "accepted_then_cut"
    """The provider took it; the connection breaks before the answer."""
    ACCEPTED_THEN_SLOW = "accepted_then_slow"
    """The provider took it; the answer comes after the client has stopped waiting."""
    ACCEPTED_THEN_500 = "accepted_then_500"
    """The provider took it; the answer is an internal error."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request that went through, and the answer as the client got it."""

    method: str
    path: str
    status: int
    headers: dict[str, str]


class FaultProxy:
    """Stands before ``upstream``; spoils the next requests by the faults that it was given, one each."""

    def __init__(self, upstream: str, *, retry_after_seconds: int = 7, slow_seconds: float = 1.0) -> None:
        self.retry_after_seconds = retry_after_seconds
        self.slow_seconds = slow_seconds
        self.exchanges: list[Exchange] = []
        self._faults: deque[Fault] = deque()
        self._upstream = urlsplit(upstream).netloc
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def base_url(self) -> str:
        """Where clients reach it."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def spoil_next(self, *faults: Fault) -> None:
        """Spoil the next requests, one fault each, in this order."""
        self._faults.extend(faults)

    def forget(self) -> None:
        """Drop the faults that wait and the exchanges that were."""
        self._faults.clear()
        self.exchanges.clear()

    def _handler(proxy) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                proxy._serve(self)

            do_POST = do_GET

            def log_message(self, *_: Any) -> None:
                pass

        return Handler

    def _serve(self, client: BaseHTTPRequestHandler) -> None:
        body = client.rfile.read(int(client.headers.get("Content-Length") or 0))
        fault = self._faults.popleft() if self._faults else None
        if fault is Fault.TOO_MANY:
            wait = {"Retry-After": str(self.retry_after_seconds)}
            return self._answer(client, 429, wait, b'{"code": 20429, "message": "Too Many Requests", "status": 429}')
        if fault is Fault.CUT_BEFORE:
            return _cut(client)
        status, headers, answer = self._forward(client, body)
        if fault is Fault.ACCEPTED_THEN_CUT:
            return _cut(client)
        if fault is Fault.ACCEPTED_THEN_SLOW:
            time.sleep(self.slow_seconds)
        if fault is Fault.ACCEPTED_THEN_500:
            status, answer = 500, b'{"code": 20500, "message": "Internal Server Error", "status": 500}'
        return self._answer(client, status, headers, answer)

    def _forward(self, client: BaseHTTPRequestHandler, body: bytes) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(self._upstream, timeout=30)
        kept = {name: value for name, value in client.headers.items() if name.lower() not in ("host", "connection")}
        try:
            connection.request(client.command, client.path, body or None, kept)
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read()
        finally:
            connection.close()

    def _answer(self, client: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes) -> None:
        self.exchanges.append(Exchange(client.command, client.path, status, headers))
        try:
            client.send_response_only(status)
            for name, value in headers.items():
                if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                    client.send_header(name, value)
            client.send_header("Content-Length", str(len(body)))
            client.end_headers()
            client.wfile.write(body)
        except OSError:
            client.close_connection = True


def _cut(client: BaseHTTPRequestHandler) -> None:
    client.close_connection = True
    client.connection.shutdown(socket.SHUT_RDWR)


def closed_port_url() -> str:
    """An address on this machine where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return f"http://127.0.0.1:{port}"


@contextmanager
def crowded_url() -> Iterator[str]:
    """An address on this machine where the queue is full, so that a connection is neither made nor refused."""
    with ExitStack() as sockets:
        listener = sockets.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            waiting = sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
