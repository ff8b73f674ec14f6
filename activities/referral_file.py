"""Draws up the referral file of one account: who claims from whom, how much, what was done, and who approved it."""

from collections.abc import Iterator

from sqlmodel import col, select

from activities import referral_history as history
from activities.desk import Desk
from activities.referral_evidence import evidence_of
from config.referral_words import ReferralWords
from domain.ledger import Component, Instalment, Statement, Sums
from domain.money import format_minor
from domain.referral_document import (
    AccountStatement,
    Agreement,
    Amounts,
    ApprovalLine,
    Checklist,
    ChecklistLine,
    Creditor,
    DebtorParty,
    InstalmentLine,
    KnownAddress,
    ReferralDocument,
    StatementLine,
    ToldLine,
    TrailHead,
)
from storage import audit
from storage.people import addresses
from storage.tables import BookedMessage, LedgerEntry, LegalReferral


def draw_up_file(desk: Desk, referral: LegalReferral, words: ReferralWords) -> ReferralDocument:
    """Everything about one account, as the records have it now, with the evidence in these words."""
    account = desk.account
    newest = audit.trail(desk.session, account.account_id)[-1]
    return ReferralDocument(
        referral_id=referral.referral_id,
        account_id=account.account_id,
        drawn_up_at=desk.now,
        creditor=_creditor(desk),
        debtor=_debtor(desk),
        agreement=Agreement(
            product=account.product,
            currency=account.currency,
            jurisdiction=account.jurisdiction,
            registered_at=account.registered_at,
            policy=desk.policy.name,
            policy_version=account.policy_version or desk.policy.version,
        ),
        statement=_statement(desk),
        contacts=tuple(history.contacts(desk)),
        notices=tuple(history.notices(desk)),
        complaints=tuple(history.complaints(desk)),
        promises=tuple(history.promises(desk)),
        plans=tuple(history.plans(desk)),
        holds=tuple(history.holds(desk)),
        choices=tuple(history.choices(desk)),
        checklist=_checklist(referral, words, desk.debtor.time_zone),
        approvals=tuple(_approvals(desk)),
        told=tuple(_told(desk)),
        trail_head=TrailHead(number=newest.number, hash=newest.hash),
    )


def _creditor(desk: Desk) -> Creditor:
    lender = desk.policy.lender_for(desk.debtor.language)
    return Creditor(
        name=lender.name,
        collector=lender.collector,
        role=desk.policy.role,
        postal_address=lender.postal_address,
        phone=lender.help_phone,
        email=lender.complaint_email,
    )


def _debtor(desk: Desk) -> DebtorParty:
    known = addresses(desk.session, desk.account.debtor_id)
    return DebtorParty(
        debtor_id=desk.debtor.debtor_id,
        name=desk.debtor.name,
        language=desk.debtor.language,
        time_zone=desk.debtor.time_zone,
        addresses=tuple(
            KnownAddress(kind=each.kind, value=each.value, usable=each.unusable_since is None) for each in known
        ),
    )


def _statement(desk: Desk) -> AccountStatement:
    statement, currency = desk.statement(), desk.account.currency
    contract = [_owed(each.instalment) for each in statement.instalments]
    return AccountStatement(
        as_of=desk.now,
        arrears=_amounts(statement.arrears(desk.now), currency),
        balance=_amounts(statement.balance, currency),
        owed=_amounts(sum(contract, Sums()), currency),
        paid=format_minor(statement.paid_minor, currency),
        charged=_amounts(statement.charged, currency),
        waived=_amounts(statement.waived, currency),
        credit=format_minor(statement.credit_minor, currency),
        instalments=tuple(
            InstalmentLine(
                number=each.instalment.number,
                due_date=each.instalment.due_date,
                owed=_amounts(owed, currency),
                charged=_amounts(each.charged, currency),
                left=_amounts(each.left, currency),
            )
            for each, owed in zip(statement.instalments, contract, strict=True)
        ),
        lines=tuple(_lines(desk, statement)),
    )


def _owed(instalment: Instalment) -> Sums:
    return Sums(instalment.principal_minor, instalment.interest_minor, instalment.fees_minor)


def _amounts(sums: Sums, currency: str) -> Amounts:
    parts = {each.value: format_minor(getattr(sums, f"{each.value}_minor"), currency) for each in Component}
    return Amounts(**parts, total=format_minor(sums.total_minor, currency))


def _lines(desk: Desk, statement: Statement) -> Iterator[StatementLine]:
    chosen = select(LedgerEntry).where(col(LedgerEntry.account_id) == desk.account.account_id)
    entries, currency = {each.entry_id: each for each in desk.session.exec(chosen)}, desk.account.currency
    for each in statement.postings:
        entry = entries.get(each.entry_id)
        yield StatementLine(
            kind=each.kind,
            amounts=_amounts(each.amounts, currency),
            unallocated=format_minor(each.unallocated_minor, currency),
            since=each.since,
            until=each.until,
            entry_id=entry.entry_id if entry is not None else None,
            effective_at=entry.effective_at if entry is not None else None,
            booked_at=entry.booked_at if entry is not None else None,
            reverses=entry.reverses if entry is not None else None,
        )


def _checklist(referral: LegalReferral, words: ReferralWords, time_zone: str) -> Checklist:
    items = tuple(
        ChecklistLine.model_validate({**each, "evidence": evidence_of(each, words, time_zone)})
        for each in referral.checklist
    )
    return Checklist(digest=referral.checklist_digest, opened_at=referral.opened_at, items=items)


def _approvals(desk: Desk) -> Iterator[ApprovalLine]:
    for record in audit.trail(desk.session, desk.account.account_id):
        if record.kind == "decide_legal_referral":
            body = record.detail["body"]
            yield ApprovalLine(
                referral_id=body["referral_id"],
                approved=body["approve"],
                decided_by=body["decided_by"],
                authority=record.detail.get("authority"),
                decided_at=record.at,
                reason_code=body["reason_code"],
            )


def _told(desk: Desk) -> Iterator[ToldLine]:
    chosen = select(BookedMessage).where(
        col(BookedMessage.account_id) == desk.account.account_id,
        col(BookedMessage.booked_at).is_not(None),
        col(BookedMessage.refused).is_(False),
    )
    for each in desk.session.exec(chosen.order_by(col(BookedMessage.booked_at), col(BookedMessage.message_id))):
        if each.booked_at is not None:
            yield ToldLine(name=each.name, message_id=each.message_id, booked_at=each.booked_at, body=each.body)
