"""The words of the referral file's pages in one language, read from ``referral.yaml`` in the language's folder."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from config.yaml_documents import ConfigError, read_document, validate

REFERRAL_WORDS = "referral.yaml"

Text = Annotated[str, StringConstraints(min_length=1)]
Codes = Annotated[dict[str, Text], Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Titles(_Part):
    """What the document and its sections are called."""

    document: Text
    confidential: Text
    contents: Text
    claim: Text
    amounts: Text
    instalments: Text
    bookings: Text
    checklist: Text
    approvals: Text
    notices: Text
    contacts: Text
    promises: Text
    plans: Text
    complaints: Text
    holds: Text
    choices: Text
    told: Text
    evidence: Text
    annex: Text


class Labels(_Part):
    """What fields and columns are called."""

    file: Text
    drawn_up: Text
    creditor: Text
    collector: Text
    role: Text
    creditor_address: Text
    debtor: Text
    debtor_id: Text
    phone: Text
    email: Text
    postal: Text
    no_longer_usable: Text
    account: Text
    product: Text
    jurisdiction: Text
    policy: Text
    claim_total: Text
    balance_total: Text
    approved_by: Text
    authority: Text
    contacts_made: Text
    principal: Text
    interest: Text
    fees: Text
    total: Text
    contract: Text
    charged: Text
    unallocated: Text
    waived: Text
    paid: Text
    balance: Text
    overdue: Text
    number: Text
    due_date: Text
    owed: Text
    left: Text
    at: Text
    kind: Text
    reference: Text
    amount: Text
    item: Text
    fulfilled: Text
    evidence: Text
    decision: Text
    by: Text
    reason: Text
    notice: Text
    sent: Text
    arrived: Text
    state: Text
    channel: Text
    purpose: Text
    stage: Text
    direction: Text
    to: Text
    until: Text
    outcome: Text
    category: Text
    filed: Text
    decided: Text
    remedy: Text
    agent: Text
    since: Text
    ended: Text
    what: Text
    details: Text
    subject: Text
    words_digest: Text
    template: Text
    provider: Text
    trail_head: Text
    data_digest: Text
    format: Text
    checklist_digest: Text


class Phrases(_Part):
    """Whole sentences and small words."""

    times: Annotated[str, StringConstraints(pattern=r"\{zone\}")]
    """In which zone times are written; ``{zone}`` stands for it."""
    amounts_in: Annotated[str, StringConstraints(pattern=r"\{currency\}")]
    about_words: Text
    """Where the full words stand."""
    about_evidence: Text
    """How to check that nothing was changed."""
    none: Text
    """What stands where there is nothing to list."""
    none_of_them: Text
    """The same within a sentence."""
    separator: Text
    """Between the parts of a list."""
    yes: Text
    no: Text
    approved: Text
    refused: Text
    allowed: Text
    stopped: Text
    whole_channel: Text
    not_sent: Text
    """Marks a message that no provider carried."""
    annex_entry: Annotated[str, StringConstraints(pattern=r"\{number\}")]
    no_words: Text


class ReferralWords(_Part):
    """Everything that the pages say by themselves."""

    titles: Titles
    labels: Labels
    phrases: Phrases
    codes: dict[str, Codes]
    """By vocabulary, such as ``channel``: what each of its codes is called."""
    findings: Codes
    """By what a finding says: the sentence, with what it speaks of in braces."""

    def code(self, vocabulary: str, code: str) -> str:
        """What a code is called; one that has no word stands as it is."""
        return self.codes.get(vocabulary, {}).get(code, code)


def load_referral_words(templates: Path, languages: tuple[str, ...]) -> Mapping[str, ReferralWords]:
    """The words by language.

    Raises:
        ConfigError: naming every file that is missing or wrong.
    """
    words: dict[str, ReferralWords] = {}
    problems: list[str] = []
    for language in languages:
        try:
            words[language] = validate(ReferralWords, read_document(templates / language / REFERRAL_WORDS))
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(tuple(problems))
    return words
