"""Why one contact was made or not: then, with which words, under which rules, from which policy."""

from typing import Any

from sqlmodel import Session, col, select

from storage.companions import carrier_of, told_with
from storage.policies import kept_policy
from storage.tables import Account, AuditRecord, Contact


class UnknownContactError(LookupError):
    """No contact of that id was made or turned away."""


def explain(session: Session, contact_id: str) -> dict[str, Any]:
    """One JSON document on a contact: what the rules said, what was sent, and what the trail tells of it.

    Raises:
        UnknownContactError: if there is no trace of it.
    """
    contact = session.get(Contact, contact_id)
    records = session.exec(
        select(AuditRecord).where(col(AuditRecord.subject) == contact_id).order_by(col(AuditRecord.number))
    ).all()
    if contact is None and not records:
        raise UnknownContactError(f"no contact {contact_id} was made or turned away; see: python starter.py outbox")
    return {
        "contact_id": contact_id,
        "account_id": contact.account_id if contact is not None else records[0].account_id,
        **({} if contact is None else _made(session, contact)),
        "trail": [
            {"at": each.at.isoformat(), "kind": each.kind, "number": each.number, "hash": each.hash, **each.detail}
            for each in records
        ],
    }


def _made(session: Session, contact: Contact) -> dict[str, Any]:
    account = session.get_one(Account, contact.account_id)
    policy = kept_policy(session, contact.policy_version) if contact.policy_version else None
    carrier = carrier_of(session, contact)
    return {
        "accounts": [carrier.account_id, *(each.account_id for each in told_with(session, carrier.contact_id))],
        "told_with": contact.told_with,
        "counted_as": contact.counted_as,
        "channel": contact.channel,
        "stage": contact.stage,
        "message_class": contact.message_class,
        "occasion": contact.occasion,
        "at": contact.attempted_at.isoformat(),
        "valid_until": contact.valid_until.isoformat() if contact.valid_until is not None else None,
        "status": contact.status,
        "agent_id": contact.agent_id,
        "right_party": contact.right_party,
        "sent_for_real": not contact.simulated,
        "provider": contact.provider,
        "jurisdiction": account.jurisdiction,
        "rules": contact.verdicts,
        "rules_version": contact.pack_version,
        "policy": policy.name if policy is not None else None,
        "policy_version": contact.policy_version,
        "template": contact.template_id,
        "template_version": contact.template_version,
        "subject": carrier.subject,
        "words": carrier.words,
    }
