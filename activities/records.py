"""The activities that only touch the records. They are short, run locally, and wait while the database is away."""

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.asked_meanwhile import owed_meanwhile
from activities.booking import Books, settle_refused
from activities.complaints import end_complaint
from activities.credit_reports import note_cure
from activities.desk import Desk, Library, RefusedError
from activities.opening import open_account
from domain.complaints import message_to_tell, told_of
from domain.money import format_minor
from domain.orders import (
    ActivityName,
    Asked,
    Booking,
    CaseToClose,
    MessageToBook,
    OpenCase,
    Opening,
    PersonToAsk,
    Refusal,
    Rejection,
)
from storage import audit, person_tasks
from storage.accounts import UnknownAccountError, lock_account, store_case, write_milestones
from storage.database import Database
from storage.tables import AccountState

_ID_REUSED = "id_reused"
"""The refusal of a message whose id is that of another one, which is not refused with it."""


class Records:
    """Reads and writes what a case needs of the records."""

    def __init__(self, database: Database, library: Library) -> None:
        """Take the database and what this worker knows of policies and rules."""
        self._database = database
        self._library = library
        self._books = Books(library)

    @activity.defn(name=ActivityName.OPEN_CASE)
    def open_case(self, order: OpenCase) -> Opening:
        """Load the case of an account, fresh, or continued from where an earlier one ended.

        Raises:
            ApplicationError: for good, if the account is not registered or cannot be collected under its policy.
        """
        try:
            with self._database.writing() as session:
                return open_account(session, self._library, order)
        except UnknownAccountError as error:
            raise ApplicationError(str(error), type="unknown_account", non_retryable=True) from error
        except RefusedError as error:
            raise ApplicationError(str(error), type=error.refusal.code, non_retryable=True) from error

    @activity.defn(name=ActivityName.BOOK_MESSAGE)
    def book_message(self, order: MessageToBook) -> Booking:
        """Book one fact or request."""
        try:
            with self._database.writing() as session:
                return self._books.book(session, order)
        except RefusedError as error:
            return Booking(refusal=error.refusal)

    @activity.defn(name=ActivityName.RECORD_REJECTION)
    def record_rejection(self, rejection: Rejection) -> None:
        """Keep a refused input in the audit trail, without its content."""
        with self._database.writing() as session:
            lock_account(session, rejection.account_id)
            audit.append(
                session,
                rejection.account_id,
                rejection.at,
                "input_rejected",
                rejection.id or "",
                message=rejection.message,
                error_code=rejection.error_code,
                words=rejection.words,
                payload_digest=rejection.payload_digest,
            )
            if rejection.id is not None and rejection.error_code != _ID_REUSED:
                refusal = Refusal(rejection.error_code, rejection.words)
                settle_refused(session, rejection.account_id, rejection.id, refusal, rejection.at)

    @activity.defn(name=ActivityName.ASK_PERSON)
    def ask_person(self, order: PersonToAsk) -> Asked:
        """Put a decision on a person's list; asked again, it stays there with the new deadline.

        Whoever is asked to tell an answer ends its complaint's hold.
        """
        with self._database.writing() as session:
            desk = Desk.open(session, self._library, order.account_id, lambda: order.as_of)
            write_milestones(session, desk.account, order.milestones)
            if person_tasks.ask(session, order.account_id, order.subject, order.as_of, order.deadline):
                deadline = f"{order.deadline:%Y-%m-%dT%H:%M:%SZ}"
                audit.append(session, order.account_id, order.as_of, "person_asked", order.subject, deadline=deadline)
            message_id = message_to_tell(order.subject)
            complaint_id = told_of(message_id) if message_id is not None else None
            tell = end_complaint(desk, complaint_id) if complaint_id is not None else ""
            return Asked(owed_meanwhile(desk, order.subject), tell)

    @activity.defn(name=ActivityName.CLOSE_CASE)
    def close_case(self, order: CaseToClose) -> None:
        """Store a case that has ended, with what is owed back if too much was paid."""
        case = order.case
        with self._database.writing() as session:
            account, _ = lock_account(session, case.account_id)
            ends_now = account.state != AccountState.CLOSED
            write_milestones(session, account, case.milestones)
            store_case(session, account, case)
            note_cure(session, case)
            if case.closed is not None:
                person_tasks.close_all(session, case.account_id, case.closed.at)
            if ends_now and case.debt.credit_minor and case.closed is not None:
                credit = format_minor(case.debt.credit_minor, case.currency)
                audit.append(session, case.account_id, case.closed.at, "credit_owed", credit=credit)
