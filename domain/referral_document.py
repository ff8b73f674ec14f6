"""The referral file as data: what counsel gets about one account, versioned, with a published JSON Schema.

It names the person and is for counsel's eyes only. Amounts are decimal strings in the account's currency, moments UTC.
"""

import json
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

FORMAT = "duecourse-referral/1"
"""A later version of the format may only add fields; one that does more has another number."""


class Part(BaseModel):
    """What every part of the file obeys: immutable, and no field that the schema does not have."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Amounts(Part):
    """An amount by its components."""

    principal: str
    interest: str
    fees: str
    total: str
    """The components together."""


class Creditor(Part):
    """Who claims."""

    name: str
    """The lender."""
    collector: str
    """The institution that collected, which may be the lender itself."""
    role: str
    """``first_party``, ``third_party`` or ``debt_buyer``."""
    postal_address: str
    phone: str
    email: str


class KnownAddress(Part):
    """One way in which the person could be reached."""

    kind: str
    """``phone``, ``email`` or ``postal``."""
    value: str
    usable: bool
    """Whether it still reaches the person, as far as is known."""


class DebtorParty(Part):
    """Against whom is claimed."""

    debtor_id: str
    name: str
    language: str
    time_zone: str
    addresses: tuple[KnownAddress, ...]


class Agreement(Part):
    """What was agreed, and by which rules it was collected."""

    product: str
    currency: str
    jurisdiction: str
    registered_at: datetime
    """When the account was given to collection."""
    policy: str
    policy_version: str


class InstalmentLine(Part):
    """One instalment as the contract has it, and what is left of it."""

    number: int
    due_date: date
    owed: Amounts
    charged: Amounts
    """Late interest and fees that were added to it."""
    left: Amounts


class StatementLine(Part):
    """One line of the statement: what it adds to what is owed; negative amounts lower it."""

    kind: str
    """``payment``, ``reversal``, ``waiver``, ``refund``, ``late_interest`` or ``late_fee``."""
    amounts: Amounts
    unallocated: str
    """Money that fills nothing: credit, or a payment that was taken back later."""
    since: date | None
    """The first day of late charges."""
    until: date | None
    """Their last day."""
    entry_id: str | None
    """The booking; none for late charges, which nobody books."""
    effective_at: datetime | None
    booked_at: datetime | None
    reverses: str | None


class AccountStatement(Part):
    """What is claimed, and how it came about."""

    as_of: datetime
    arrears: Amounts
    """Due and unpaid."""
    balance: Amounts
    """All that remains under the contract, the arrears included."""
    owed: Amounts
    """The sum of all instalments as the contract has them."""
    charged: Amounts
    """Late interest and fees over the whole time."""
    paid: str
    """Payments received, neither reversed nor paid back."""
    waived: Amounts
    credit: str
    """Paid beyond the balance. Owed and charged, less waived, less paid and not credit, is the balance."""
    instalments: tuple[InstalmentLine, ...]
    lines: tuple[StatementLine, ...]
    """How the balance came about, from what the contract asks for, in order."""


class ContactLine(Part):
    """One contact, made or attempted, with its words."""

    number: int
    """In the order of time, from 1; the annex goes by it."""
    contact_id: str
    at: datetime
    channel: str
    direction: str
    message_class: str
    occasion: str
    """Which message of its class; the stage for a stage's own."""
    stage: str
    status: str
    connected: bool | None
    """Whether a call was answered; none while that is not known."""
    conversation: bool | None
    """Whether people talked."""
    told_with: str | None = None
    """The contact, made for another account of the person, that told of this account too; its words are these."""
    simulated: bool
    """True where no provider was configured, so that it reached nobody."""
    arrived_at: datetime | None
    """By proof; none without one."""
    to: str | None
    provider: str | None
    provider_reference: str | None
    template: str | None
    rules_version: str | None
    """The version of the jurisdiction's rules that allowed it."""
    subject: str
    words: str
    words_sha256: str
    """Over subject, words and HTML, as the audit trail has it."""


class NoticeLine(Part):
    """A notice that the policy or the law demands before a referral."""

    notice: str
    """``final_notice``, or the law's notice by its id."""
    contact_id: str | None
    channel: str | None
    sent_at: datetime | None
    arrived_at: datetime | None
    deadline: datetime | None
    state: str


class RemedyLine(Part):
    """What was done about a complaint."""

    kind: str
    amount: str | None = None
    component: str | None = None
    stage: str | None = None
    agent_id: str | None = None


class ComplaintLine(Part):
    """A complaint or dispute, and how it was decided."""

    complaint_id: str
    category: str
    filed_at: datetime
    text: str | None
    agent_id: str | None
    outcome: str | None
    remedy: str | None
    """What was done outside of the case, in code."""
    decided_at: datetime | None
    decided_by: str | None
    remedies: tuple[RemedyLine, ...] = ()
    """What the case itself carried out."""
    explanation: str | None = None
    """The reasons that the person was given."""


class PromiseLine(Part):
    """A promise to pay."""

    promise_id: str
    amount: str
    taken_at: datetime
    until: datetime
    """Grace included."""
    outcome: str | None
    """``promise_kept``, ``promise_partly_kept``, ``promise_broken``, or none."""


class PlanPayment(Part):
    """One instalment of a plan."""

    due_at: datetime
    amount: str


class PlanLine(Part):
    """An instalment plan that was agreed."""

    plan_id: str
    agreed_at: datetime
    instalments: tuple[PlanPayment, ...]
    outcome: str | None
    """``plan_kept``, ``plan_broken``, ``plan_replaced``, or none."""


class HoldLine(Part):
    """What stopped contact: hardship, grace, complaint, circumstance and the like."""

    kind: str
    hold_id: str
    reason: str
    since: datetime
    until: datetime | None
    ended_at: datetime | None


class ChoiceLine(Part):
    """The person's word on a channel, or on one address of it."""

    channel: str
    address_ref: str
    """``*`` for the whole channel."""
    allowed: bool
    at: datetime


class ProofLine(Part):
    """A record that shows an item of the checklist."""

    kind: str
    reference: str
    at: str
    digest: str


class FindingLine(Part):
    """One sentence of the evidence as data, which is what the digest of the checklist is over."""

    says: str
    values: dict[str, str]
    """References, codes, counts, amounts and moments; several codes stand with a comma."""


class ChecklistLine(Part):
    """One item of the checklist, true or not."""

    name: str
    fulfilled: bool
    evidence: str
    """In words, a line each."""
    findings: tuple[FindingLine, ...] = ()
    proofs: tuple[ProofLine, ...] = ()


class Checklist(Part):
    """What was judged, as it was approved."""

    digest: str
    opened_at: datetime
    items: tuple[ChecklistLine, ...]


class ApprovalLine(Part):
    """A person's decision on a referral of the account."""

    referral_id: str
    approved: bool
    decided_by: str
    authority: int | None
    decided_at: datetime
    reason_code: str


class ToldLine(Part):
    """A fact or request that the case was told, in the order in which it was booked."""

    name: str
    message_id: str
    booked_at: datetime
    body: dict[str, Any]


class TrailHead(Part):
    """The last record of the account's audit trail when the file was drawn up; its hash covers all before it."""

    number: int
    hash: str


class ReferralDocument(Part):
    """The whole file."""

    format: Literal["duecourse-referral/1"] = "duecourse-referral/1"
    referral_id: str
    account_id: str
    drawn_up_at: datetime
    creditor: Creditor
    debtor: DebtorParty
    agreement: Agreement
    statement: AccountStatement
    contacts: tuple[ContactLine, ...]
    notices: tuple[NoticeLine, ...]
    complaints: tuple[ComplaintLine, ...]
    promises: tuple[PromiseLine, ...]
    plans: tuple[PlanLine, ...]
    holds: tuple[HoldLine, ...]
    choices: tuple[ChoiceLine, ...]
    checklist: Checklist
    approvals: tuple[ApprovalLine, ...]
    told: tuple[ToldLine, ...]
    trail_head: TrailHead

    def as_bytes(self) -> bytes:
        """The file as JSON in UTF-8."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, indent=2).encode() + b"\n"


def referral_schema() -> str:
    """The JSON Schema of the file, as it is published."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **ReferralDocument.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
