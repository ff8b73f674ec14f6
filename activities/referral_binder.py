"""Binds the file of a referral: the data, its pages and the letters that were sent, sealed and signed."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from activities.referral_history import LetterSent
from activities.referral_pages import referral_pages
from config.referral_words import ReferralWords
from domain.messages import Words
from domain.referral_document import ReferralDocument
from domain.terms import Channel
from providers.letter_pdf import typeset
from providers.outbox import mark_of
from providers.referral_package import Enclosure, pack
from providers.referral_pdf import typeset_pages
from providers.signing import SigningKeys

_PDF, _JSON = "application/pdf", "application/json"


@dataclass(frozen=True)
class Binder:
    """Makes packages for counsel."""

    words: Mapping[str, ReferralWords]
    """By language."""
    language_for: Callable[[str], str]
    """The language of these for a person's own."""
    keys: SigningKeys

    def bind(self, document: ReferralDocument, letters: Sequence[LetterSent]) -> bytes:
        """The package of one referral.

        Raises:
            PagesNotSet: if its pages cannot be typeset.
            LetterNotSet: if a letter cannot be typeset again.
        """
        data = document.as_bytes()
        about = {
            "referral_id": document.referral_id,
            "account_id": document.account_id,
            "drawn_up_at": document.drawn_up_at.isoformat(),
            "trail_head": document.trail_head.model_dump(),
        }
        enclosures = [
            Enclosure("referral.pdf", _PDF, self.pages(document, data)),
            Enclosure("referral.json", _JSON, data),
            *(Enclosure(f"letters/{each.contact_id}.pdf", _PDF, _letter(each)) for each in letters),
        ]
        return pack(about, enclosures, self.keys)

    def words_for(self, language: str) -> ReferralWords:
        """The words for a person of that language."""
        return self.words[self.language_for(language)]

    def pages(self, document: ReferralDocument, data: bytes) -> bytes:
        """The file as a PDF, in the person's language where there is one."""
        language = self.language_for(document.debtor.language)
        digest = hashlib.sha256(data).hexdigest()
        return typeset_pages(
            referral_pages(document, self.words[language], language, digest), stamp=document.drawn_up_at
        )


def _letter(letter: LetterSent) -> bytes:
    return typeset(
        Words(template_id="", template_version="", text=letter.text, subject=letter.subject),
        letter.to.splitlines(),
        letter.language,
        reference=letter.contact_id,
        stamp=letter.stamp,
        mark=mark_of(Channel.LETTER) if letter.simulated else "",
    )
