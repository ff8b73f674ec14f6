"""What a check over several fields of a document found wrong, each fault with the place where it is to be mended."""

from collections.abc import Sequence
from dataclasses import dataclass

Location = tuple[str | int, ...]
"""Where in a document: keys and list positions from its top, such as ``("stages", "escalation", "touches", 0)``."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, below the model that was checked."""

    location: Location
    words: str
    """What is wrong and how to mend it."""


class FaultsFound(ValueError):
    """Raised by a model's validator for all faults at once, so that a reader mends them in one go."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Take the faults, at least one."""
        super().__init__("; ".join(f"{write_location(each.location)}: {each.words}" for each in faults))
        self.faults = tuple(faults)


def write_location(location: Location) -> str:
    """A location as a reader finds it, such as ``stages.escalation.touches[0]``."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return path.removeprefix(".")
