"""The checklist before a referral to legal: named items, each true or not, with what shows it or what is missing."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from domain.findings import Finding


class ProofKind(StrEnum):
    """What a record is that shows an item to be true."""

    CONTACT = "contact"
    """A contact that left."""
    ARRIVAL = "arrival"
    """The receipt of one."""
    CALL = "call"
    """A call that was asked for."""
    PLAN = "plan"
    """A plan that was proposed or agreed."""
    VERIFICATION = "verification"
    """The notice by which a disputed debt was verified."""
    ENTRY = "entry"
    """An entry of the ledger."""
    REFERRAL = "referral"
    """An earlier referral."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One record that shows an item to be true; it can be looked up by its reference."""

    kind: ProofKind
    reference: str
    at: str
    """When it happened, ISO 8601 in UTC."""
    digest: str = ""
    """SHA-256 of the words of a contact, as the audit trail has it."""


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One condition of a referral."""

    name: str
    """As the policy's readers know it, such as ``stages_exhausted``."""
    fulfilled: bool
    findings: tuple[Finding, ...]
    """What shows it, or what is missing; at least one."""
    proofs: tuple[Proof, ...] = ()


def as_documents(items: Iterable[ChecklistItem]) -> list[dict[str, Any]]:
    """The items as JSON has them."""
    return [
        asdict(item) | {name: [asdict(each) for each in getattr(item, name)] for name in ("findings", "proofs")}
        for item in items
    ]


def checklist_digest(items: Iterable[ChecklistItem]) -> str:
    """By which an approval is bound to the very facts that were read, whatever the words for them.

    Over the canonical form (RFC 8785), which JSON of texts and truths alone has when it is written so.
    """
    body = json.dumps(as_documents(items), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(body.encode()).hexdigest()[:32]


def missing(items: Iterable[ChecklistItem]) -> tuple[str, ...]:
    """The names of the items that are not fulfilled."""
    return tuple(item.name for item in items if not item.fulfilled)
