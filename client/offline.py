"""What the client does in the records alone: registering, keeping facts, booking where no workflow collects."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from activities.booking import Books
from activities.desk import Desk, Library, RefusedError
from domain.admission import REQUESTS_AFTER_THE_END, refusal_of
from domain.case import Case
from domain.contract_cost import contract_cost_minor, most_contract_cost_minor
from domain.events import TimePassed, apply
from domain.facts import PERSON_WIDE_FACTS, Fact
from domain.jurisdiction import Pack
from domain.money import format_minor
from domain.orders import Booking, MessageToBook, Refusal
from domain.registration import Registration, start_of_day
from domain.requests import Request
from storage import audit
from storage.accounts import find_account, lock_account, store_case, stored_case
from storage.database import Database
from storage.registration import Registered, RegistrationConflictError, register
from storage.tables import Account, AccountState, BookedMessage, StoredText

_BEFORE_THE_START = PERSON_WIDE_FACTS | {"record_payment", "reverse_payment", "record_refund", "report_delivery"}
"""Facts that an account which was never started takes in."""


_ABOUT_COMPLAINTS = frozenset({"file_complaint", "resolve_complaint"})
_ABOUT_MONEY = frozenset({"record_payment", "record_refund"})


@dataclass(frozen=True, slots=True)
class Booked:
    """What booking a fact without a workflow did."""

    answer: dict[str, Any]
    refusal: Refusal | None
    others: int
    """The person's other cases that must be told."""
    reopened: bool
    """The case that had ended goes on: start it."""


@dataclass(frozen=True)
class Offline:
    """The records as the client uses them."""

    database: Database
    library: Library

    def register(self, registration: Registration, at: datetime) -> Registered:
        """Make an account known.

        Raises:
            RefusedError: if it contradicts what is registered, or fits no policy or rules.
        """
        country = registration.jurisdiction.partition("-")[0]
        _require_known_lender(registration, self.library.pack(registration.jurisdiction))
        _require_lawful_cost(registration, self.library.pack(registration.jurisdiction))
        fits = (country, registration.currency, registration.language)
        if registration.policy is None:
            policy = self.library.default_policy(*fits)
        else:
            policy = self.library.policy_named(registration.policy)
        refusal = policy.refusal_of(*fits)
        if refusal is not None:
            raise RefusedError("policy_does_not_fit", refusal)
        for consent in registration.consents:
            if start_of_day(consent.last_confirmed_on, registration.time_zone) > at:
                words = f"a consent to {consent.channel} is dated in the future; give the day on which it was given"
                raise RefusedError("date_in_future", words)
        try:
            with self.database.writing() as session:
                return register(session, registration, policy.name, at)
        except RegistrationConflictError as error:
            raise RefusedError("registered_otherwise", str(error)) from error

    def account(self, account_id: str) -> Account:
        """The account; raises :class:`UnknownAccountError`."""
        with self.database.reading() as session:
            account = find_account(session, account_id)
            session.expunge(account)
            return account

    def arrears_minor(self, account_id: str, now: datetime) -> int:
        """What is overdue on the account, in minor units."""
        with self.database.writing() as session:
            return Desk.open(session, self.library, account_id, lambda: now).statement().arrears(now).total_minor

    def owes_again(self, account_id: str, now: datetime) -> bool:
        """Bring a closed case up to this moment, and tell whether something is owed on it again."""
        with self.database.writing() as session:
            account, _ = lock_account(session, account_id)
            case = stored_case(account)
            if case is None:
                return False
            case = apply(case, TimePassed(now))
            if case.closed is None:
                store_case(session, account, case)
            return case.closed is None

    def answered_after_end(self, account_id: str, name: str, message_id: str) -> bool:
        """Whether the case has ended and the person is owed a word on a new message, which a workflow must send."""
        with self.database.reading() as session:
            account = find_account(session, account_id)
            known = session.get(BookedMessage, (account_id, message_id))
            if account.state != AccountState.CLOSED or (known is not None and known.booked_at is not None):
                return False
            tells_of_money = self.library.policy(session, account).receipts is not None
            return name in _ABOUT_COMPLAINTS or (tells_of_money and name in _ABOUT_MONEY)

    def receive(self, account_id: str, name: str, fact: Fact, at: datetime, running: bool) -> Booking | None:
        """Keep a fact before its case is told; answers what it did if it is booked already.

        Raises:
            RefusedError: if its id was used before with another content, or the account takes no such fact yet.
        """
        with self.database.writing() as session:
            account = find_account(session, account_id)
            not_begun = account.state == AccountState.REGISTERED and not running
            if not_begun and name not in _BEFORE_THE_START:
                raise RefusedError("not_collected", f"account {account_id} is not being collected yet; start it first")
            return Books(self.library).receive(session, _order(account_id, name, fact, at))

    def book(self, account_id: str, name: str, fact: Fact, at: datetime) -> Booked | None:
        """Book a fact for an account that no workflow collects, and bring its stored case up to date.

        Answers none, and books nothing, if a workflow has opened the case meanwhile: that one must be told.
        """
        with self.database.writing() as session:
            account, _ = lock_account(session, account_id)
            if account.state == AccountState.OPEN:
                return None
            booking = Books(self.library).book(session, _order(account_id, name, fact, at))
            reopened = account.state == AccountState.OPEN
            return Booked(booking.answer or {}, booking.refusal, booking.others, reopened)

    def decide(self, account_id: str, name: str, request: Request, at: datetime) -> Booked | None:
        """Carry out a decision on a case that has ended, such as on a complaint that came after it.

        A request that was answered before gets the same answer. Answers none, and books nothing, if no case of the
        account has ended, or it takes no such request any more.
        """
        with self.database.writing() as session:
            account, _ = lock_account(session, account_id)
            case = stored_case(account)
            known = session.get(BookedMessage, (account_id, request.request_id))
            takes_it = known is not None or name in REQUESTS_AFTER_THE_END
            if case is None or account.state != AccountState.CLOSED or not takes_it:
                return None
            refusal = refusal_of(case, request, at) if known is None else None
            if refusal is not None:
                return Booked({}, refusal, others=0, reopened=False)
            booking = Books(self.library).book(session, _order(account_id, name, request, at, case))
            return Booked(booking.answer or {}, booking.refusal, booking.others, account.state == AccountState.OPEN)

    def store_text(self, account_id: str, text: str, at: datetime, text_ref: str | None = None) -> str:
        """Keep free text under a fresh reference, or under the one given; kept again it stays as it is.

        Raises:
            RefusedError: if another text, or another account's, is kept under the reference.
        """
        text_ref = text_ref or f"text-{uuid.uuid4()}"
        with self.database.writing() as session:
            known = session.get(StoredText, text_ref)
            if known is not None and (known.account_id, known.text) != (account_id, text):
                raise RefusedError("id_reused", f"{text_ref} was used before with another content")
            if known is not None:
                return text_ref
            session.add(StoredText(text_ref=text_ref, account_id=account_id, text=text, stored_at=at))
        return text_ref

    def occurred_at(self, account_id: str, event_id: str) -> str | None:
        """When a fact that is kept occurred, as it was told."""
        with self.database.reading() as session:
            known = session.get(BookedMessage, (account_id, event_id))
            return str(known.body["occurred_at"]) if known is not None else None

    def note_rejection(self, account_id: str, name: str, refusal: Refusal, at: datetime) -> None:
        """Keep in the audit trail that something was refused before any workflow saw it; unknown accounts have none."""
        with self.database.writing() as session:
            if session.get(Account, account_id) is None:
                return
            lock_account(session, account_id)
            audit.append(
                session,
                account_id,
                at,
                "input_rejected",
                message=name[:100],
                error_code=refusal.code,
                words=refusal.words,
            )


def _order(
    account_id: str, name: str, message: Fact | Request, at: datetime, case: Case | None = None
) -> MessageToBook:
    message_id = message.event_id if isinstance(message, Fact) else message.request_id
    body = message.model_dump(mode="json", exclude_none=True)
    return MessageToBook(account_id, name, message_id, body, at, case)


def _require_known_lender(registration: Registration, pack: Pack) -> None:
    given = registration.terms.lender_type if registration.terms is not None else ""
    known = sorted({each for cap in pack.cost_caps for each in cap.lender_types})
    if given and known and given not in known:
        words = f"lender_type: no cap for {given} is known; write one of {', '.join(known)}, or leave it empty"
        raise RefusedError("unknown_lender_type", words)


def _require_lawful_cost(registration: Registration, pack: Pack) -> None:
    """Nothing beyond the law's cap comes into the books, so that nothing ever demands, plans or refers it."""
    terms = registration.terms
    cap = pack.cost_cap(terms.lender_type, terms.contract_date) if terms is not None else None
    if terms is None or cap is None:
        return
    asked = contract_cost_minor(registration)
    most = most_contract_cost_minor(registration, terms.contract_date, Fraction(cap.annual_percent))
    if asked > most:
        told, allowed = (format_minor(each, registration.currency) for each in (asked, most))
        words = (
            f"instalments: they ask for {told} {registration.currency} of interest and fees, and by the cap of "
            f"{cap.annual_percent} percent a year the law lets them cost {allowed} until they are due; lower them, "
            "register the contract's later instalments too, or name its lender_type if that is empty"
        )
        raise RefusedError("cost_beyond_cap", words)
