"""The time inside a normal activity: the server's, never the host's, so that virtual time in tests is true time too."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from temporalio import activity

_started: ContextVar[tuple[datetime, float]] = ContextVar("_started")


@contextmanager
def server_time() -> Iterator[None]:
    """Run an activity's body with :func:`now` counting on from the moment at which the server says it began."""
    token = _started.set((activity.info().started_time, time.monotonic()))
    try:
        yield
    finally:
        _started.reset(token)


def now() -> datetime:
    """The present moment inside :func:`server_time`, aware UTC."""
    started_at, began = _started.get()
    return started_at + timedelta(seconds=time.monotonic() - began)
