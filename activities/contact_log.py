"""The attempt log as a contact is made: begun before anything leaves, settled when its fate is known."""

from activities.desk import Desk
from activities.guard import Ruling
from domain.case import PlannedContact
from domain.events import CaseEvent
from domain.ledger import Debt
from domain.messages import MessageRefused, Words
from domain.orders import ContactOrder, ContactOutcome, ContactResult
from providers.port import Accepted
from storage import audit
from storage.accounts import note_no_demand
from storage.companions import share_fate
from storage.tables import Address, Contact, ContactStatus

RESULTS = {
    ContactStatus.SENT: ContactResult.SENT,
    ContactStatus.DELIVERED: ContactResult.SENT,
    ContactStatus.FAILED: ContactResult.SENT,
    ContactStatus.UNKNOWN: ContactResult.UNKNOWN,
    ContactStatus.REJECTED: ContactResult.FAILED,
}
"""What a settled contact is to the case. One that left and did not arrive is told by its receipt."""


def begin(desk: Desk, order: ContactOrder, address: Address, words: Words, ruling: Ruling) -> Contact:
    """Write the intent to send these words to this address, with the verdicts that allowed it."""
    contact = desk.session.get(Contact, order.contact_id) or Contact(
        contact_id=order.contact_id,
        account_id=order.account_id,
        debtor_id=desk.account.debtor_id,
        channel=order.channel,
        message_class=order.message_class,
        occasion=order.occasion,
        stage=order.stage,
        status=ContactStatus.SENDING,
        attempted_at=desk.now,
    )
    contact.status, contact.attempted_at = ContactStatus.SENDING, desk.now
    contact.code, contact.lookups = None, 0
    contact.address_ref, contact.message_id = address.address_ref, order.message_id or None
    contact.policy_version, contact.pack_version = desk.policy.version, desk.pack.digest
    contact.template_id, contact.template_version = words.template_id, words.template_version
    contact.subject, contact.words, contact.html = words.subject, words.text, words.html
    contact.parameters = words.parameters or {}
    contact.verdicts, contact.valid_until = ruling.as_json(), ruling.valid_until
    desk.session.add(contact)
    if not order.message_id:
        note_no_demand(desk.session, desk.account)
    desk.session.flush()
    return contact


def log_turned_away(desk: Desk, order: ContactOrder, ruling: Ruling) -> None:
    """Keep that a contact was not made, and by which rules."""
    audit.append(
        desk.session,
        order.account_id,
        desk.now,
        "contact_turned_away",
        order.contact_id,
        channel=order.channel,
        verdicts=[verdict for verdict in ruling.as_json() if not verdict["allowed"]],
    )


def refuse_words(desk: Desk, order: ContactOrder, error: MessageRefused) -> ContactOutcome:
    """A message that lacks what the person has a right to know is not sent; another channel is tried."""
    audit.append(
        desk.session,
        order.account_id,
        desk.now,
        "message_refused",
        order.contact_id,
        channel=order.channel,
        words=str(error),
    )
    return ContactOutcome(ContactResult.REFUSED, "message_refused", debt=debt_if_changed(desk, order))


def debt_if_changed(desk: Desk, order: ContactOrder) -> Debt | None:
    """What is owed, if the case that gave the order knows it otherwise."""
    debt = desk.statement().debt()
    return None if (debt.arrears_minor(desk.now), debt.balance_minor) == order.owed else debt


def settle(desk: Desk, contact_id: str, status: ContactStatus, code: str | None, accepted: Accepted | None) -> Contact:
    """Record what became of a contact. A receipt that came first is not overwritten."""
    contact = desk.session.get_one(Contact, contact_id)
    if contact.status not in (ContactStatus.DELIVERED, ContactStatus.FAILED):
        contact.status, contact.settled_at = status, desk.now
    contact.code = code
    if accepted is not None:
        contact.provider, contact.provider_ref = accepted.provider, accepted.provider_ref
        contact.simulated = accepted.simulated
        contact.delivered_at = desk.now if accepted.delivered else contact.delivered_at
    desk.session.add(contact)
    if desk.account.shares_contacts:
        share_fate(desk.session, contact, desk.now)
    audit.append(
        desk.session,
        contact.account_id,
        desk.now,
        f"contact_{status}",
        contact_id,
        channel=contact.channel,
        provider=contact.provider,
        provider_ref=contact.provider_ref,
        simulated=contact.simulated,
        code=code,
        template=contact.template_id,
        template_version=contact.template_version,
        policy_version=contact.policy_version,
        pack_version=contact.pack_version,
        rules=[verdict["rule"] for verdict in contact.verdicts],
        words_digest=contact.words_digest,
    )
    return contact


def outcome_of(
    contact: Contact,
    following: PlannedContact,
    debt: Debt | None = None,
    *,
    unusable: bool = False,
    events: tuple[CaseEvent, ...] = (),
) -> ContactOutcome:
    """A settled contact as its case hears of it."""
    result = RESULTS[ContactStatus(contact.status)]
    return ContactOutcome(result, contact.code or "", next=following, debt=debt, unusable=unusable, events=events)
