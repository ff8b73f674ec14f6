"""How much of the lawful window is left, so that a provider can be told how long a message may wait in its queue."""

from collections.abc import Callable
from datetime import datetime

from providers.port import Busy, ContactIntent

Clock = Callable[[], datetime]
"""Tells the time as an aware UTC instant. Inside an activity it must be the server's time, never the host's."""

WINDOW_OVER = Busy("window_over")
"""The answer to a message that could only arrive after its window: nothing was handed over."""


def seconds_left(intent: ContactIntent, clock: Clock) -> int:
    """Return the whole seconds until the message may no longer arrive; zero or less once it may not."""
    return int((intent.valid_until - clock()).total_seconds())
