"""What worker processes tell the bench: one line for each thing done, so that it can count and need not ask.

The lines go over a pipe, which costs every subject the same few microseconds.
"""

import asyncio
import os
from asyncio import StreamReader
from collections import Counter
from collections.abc import Callable
from enum import StrEnum


class Done(StrEnum):
    """What was done."""

    READY = "ready"
    """The worker polls its queues."""
    OPENED = "opened"
    """A case is open."""
    PLANNED = "planned"
    """The moment of a contact was found."""
    CONTACTED = "contacted"
    """A contact was handed over; the line names it."""
    BOOKED = "booked"
    """A signal has been dealt with."""
    CLOSED = "closed"
    """A case is over."""


_STANDARD_OUTPUT, _STANDARD_ERROR = 1, 2

Listener = Callable[[Done, str], None]
"""Takes what was done, and to what."""


def keep_standard_output() -> Listener:
    """Take standard output for announcements alone; what others print there, such as the SDK's core, goes with errors.

    One write of a short line gets through a pipe whole, from whichever thread.
    """
    pipe = os.dup(_STANDARD_OUTPUT)
    os.dup2(_STANDARD_ERROR, _STANDARD_OUTPUT)

    def write(done: Done, what: str) -> None:
        os.write(pipe, f"{done} {what}\n".encode())

    return write


def to_nobody(_done: Done, _what: str) -> None:
    """Keep it to oneself."""


_listener: Listener = to_nobody


def announce_to(listener: Listener) -> None:
    """Choose who hears what is announced in this process."""
    global _listener
    _listener = listener


def announce(done: Done, what: str) -> None:
    """Tell whoever listens that something was done."""
    _listener(done, what)


class Announcements:
    """Counts what workers announce, and passes it on."""

    def __init__(self) -> None:
        """Begin with nothing heard, inside a running event loop."""
        self.heard: dict[Done, Counter[str]] = {done: Counter() for done in Done}
        self._listeners: list[Listener] = []
        self._news = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._ended = False

    async def listen(self, lines: StreamReader) -> None:
        """Take in every line until the process ends."""
        async for line in lines:
            done, _, what = line.decode().strip().partition(" ")
            self._take(Done(done), what)
        self._ended = True
        self._news.set()

    def tell(self, listener: Listener) -> Callable[[], None]:
        """Pass everything on to a listener from now on; answers how to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def until(self, reached: Callable[[], bool], patience_seconds: float) -> bool:
        """Wait until something holds of what was heard; tells whether it came to hold in time.

        A process that has ended announces nothing more, and is not waited for.
        """
        try:
            async with asyncio.timeout(patience_seconds):
                while not reached():
                    if self._ended:
                        return False
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return False
        return True

    def take_from_thread(self, done: Done, what: str) -> None:
        """Take one announcement from a thread of this very process."""
        self._loop.call_soon_threadsafe(self._take, done, what)

    def _take(self, done: Done, what: str) -> None:
        self.heard[done][what] += 1
        for listener in list(self._listeners):
            listener(done, what)
        self._news.set()
