"""Posted letters: each is typeset as a PDF and handed, with a job ticket, to the folder that a print service empties.

The folder holds three others. ``jobs/`` is the print service's: it acts on a ticket ``<contact_id>.json``, finds the
PDF ``<contact_id>.pdf`` beside it, and may move or delete both; it needs to be in the worker's group. ``drafts/`` and
``begun/`` are ours. A hand-over writes the ticket into ``drafts/``, notes it in ``begun/``, and renames it into
``jobs/``: it happened if and only if the note is there and the draft is gone, whatever became of the ticket since.
"""

import hashlib
import json
from datetime import datetime
from pathlib import Path

from providers.drop_folder import DropFolder, flush_folder
from providers.letter_pdf import LetterNotSet, typeset
from providers.port import (
    Accepted,
    ContactIntent,
    LookupResult,
    NeverTaken,
    Rejected,
    RejectionKind,
    SendResult,
)


class LetterFolder:
    """Hands letters to a print service's folder, each once."""

    name = "print-folder"

    def __init__(self, folder: Path) -> None:
        self._jobs = DropFolder(folder / "jobs", shared=True)
        self._drafts = DropFolder(folder / "drafts", shared=True)
        self._begun = DropFolder(folder / "begun")

    def send(self, intent: ContactIntent) -> SendResult:
        """Hand the letter over, unless it was handed over before."""
        if not self._handed_over(intent):
            try:
                self._hand_over(intent)
            except LetterNotSet:
                return Rejected(RejectionKind.NOT_ALLOWED, "letter_not_set")
        return Accepted(self.name, intent.contact_id)

    def lookup(self, intent: ContactIntent, since: datetime) -> LookupResult:  # noqa: ARG002
        """Tell for certain whether the letter was handed over."""
        if self._handed_over(intent):
            return Accepted(self.name, intent.contact_id)
        return NeverTaken.NEVER_TAKEN

    def _handed_over(self, intent: ContactIntent) -> bool:
        ticket = f"{intent.contact_id}.json"
        return self._begun.holds(ticket) and not self._drafts.holds(ticket)

    def _hand_over(self, intent: ContactIntent) -> None:
        letter = typeset(
            intent.words,
            intent.to.splitlines(),
            intent.language,
            reference=intent.contact_id,
            stamp=intent.valid_until,
        )
        name, ticket = f"{intent.contact_id}.json", _ticket(intent, letter)
        self._jobs.put(f"{intent.contact_id}.pdf", letter)
        self._drafts.put(name, ticket)
        self._begun.put(name, ticket)
        self._drafts.file(name).rename(self._jobs.file(name))
        flush_folder(self._jobs.file(name).parent)


def _ticket(intent: ContactIntent, letter: bytes) -> bytes:
    """What the print service needs to know; the address is in the letter's window and nowhere else."""
    ticket = {
        "contact_id": intent.contact_id,
        "letter": f"{intent.contact_id}.pdf",
        "sha256": hashlib.sha256(letter).hexdigest(),
        "language": intent.language,
    }
    return json.dumps(ticket, indent=2, sort_keys=True).encode()
