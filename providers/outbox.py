"""The outbox: keeps each message as a file, plainly marked as not sent, where there are no credentials to send it."""

from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from domain.terms import Channel
from providers.drop_folder import DropFolder
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

INSTEAD_OF = {
    Channel.SMS: "Twilio (text message)",
    Channel.VOICE: "Twilio (recorded announcement)",
    Channel.EMAIL: "SendGrid (email)",
    Channel.LETTER: "a print service (letter)",
}
"""Who would carry a channel's messages if there were credentials."""

NOT_CARRIED = "kept_in_outbox"
"""Why a message counts as not sent that is kept where other channels reach real people."""

SUFFIX = {
    Channel.SMS: ".txt",
    Channel.VOICE: ".txt",
    Channel.EMAIL: ".eml",
    Channel.LETTER: ".pdf",
}
"""What kind of file a channel's messages become. Calls by people are no messages."""


class Outbox:
    """Keeps messages in ``<folder>/<channel>/<contact_id>``; a contact's message is written once."""

    name = "outbox"

    def __init__(self, folder: Path, *, counts: bool = True) -> None:
        """Take the folder, and whether a message that is kept there counts as taken.

        Where other channels reach real people it must not: what reached nobody is no contact, and another is tried.
        """
        self._counts = counts
        self._folders = {channel: DropFolder(folder / channel.value) for channel in SUFFIX}

    def send(self, intent: ContactIntent) -> SendResult:
        """Keep the message, unless it is kept already."""
        folder, name = self._folders[intent.channel], _file_name(intent)
        if not folder.holds(name):
            try:
                folder.put(name, _as_file(intent))
            except LetterNotSet:
                return Rejected(RejectionKind.NOT_ALLOWED, "letter_not_set")
        return self._kept(intent) if self._counts else Rejected(RejectionKind.NOT_ALLOWED, NOT_CARRIED)

    def lookup(self, intent: ContactIntent, since: datetime) -> LookupResult:  # noqa: ARG002
        """Tell for certain whether the message was kept."""
        if self._counts and self._folders[intent.channel].holds(_file_name(intent)):
            return self._kept(intent)
        return NeverTaken.NEVER_TAKEN

    def _kept(self, intent: ContactIntent) -> Accepted:
        return Accepted(self.name, f"{intent.channel}/{_file_name(intent)}", simulated=True)


def _file_name(intent: ContactIntent) -> str:
    return intent.contact_id + SUFFIX[intent.channel]


def mark_of(channel: Channel) -> str:
    """What a message that is kept here says of itself."""
    return f"NOT SENT. Kept in the outbox in place of {INSTEAD_OF[channel]}."


def _as_file(intent: ContactIntent) -> bytes:
    match intent.channel:
        case Channel.EMAIL:
            return _as_email(intent)
        case Channel.LETTER:
            return _as_letter(intent)
        case _:
            return _as_text(intent)


def _as_text(intent: ContactIntent) -> bytes:
    head = [
        mark_of(intent.channel),
        f"To: {intent.to}",
        f"Template: {intent.words.template_id}",
        f"May arrive until: {intent.valid_until.isoformat()}",
    ]
    return "\n".join([*head, "", intent.words.text, ""]).encode()


def _as_email(intent: ContactIntent) -> bytes:
    email = EmailMessage()
    email["X-Not-Sent"] = mark_of(intent.channel)
    email["To"] = intent.to
    email["Subject"] = f"[NOT SENT] {' '.join(intent.words.subject.split())}"
    email["X-Template"] = intent.words.template_id
    email.set_content(f"{mark_of(intent.channel)}\n\n{intent.words.text}\n")
    if intent.words.html:
        email.add_alternative(intent.words.html, subtype="html")
    return email.as_bytes()


def _as_letter(intent: ContactIntent) -> bytes:
    return typeset(
        intent.words,
        intent.to.splitlines(),
        intent.language,
        reference=intent.contact_id,
        stamp=intent.valid_until,
        mark=mark_of(intent.channel),
    )
