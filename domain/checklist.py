"""The checklist before a referral to legal: named items, each true or not, with what shows it or what is missing."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One condition of a referral."""

    name: str
    """As the policy's readers know it, such as ``stages_exhausted``."""
    fulfilled: bool
    evidence: str
    """What shows it, or what is missing; references and counts, no personal data."""


def checklist_digest(items: Iterable[ChecklistItem]) -> str:
    """By which an approval is bound to the very checklist that was read."""
    body = json.dumps([asdict(item) for item in items], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()[:32]


def missing(items: Iterable[ChecklistItem]) -> tuple[str, ...]:
    """The names of the items that are not fulfilled."""
    return tuple(item.name for item in items if not item.fulfilled)
