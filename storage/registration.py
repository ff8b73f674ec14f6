"""Registering an account and its person, once; a second registration that says the same changes nothing."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, func, select

from domain.money import parse_minor
from domain.registration import OwedInstalment, Registration, end_of_day, start_of_day
from domain.terms import ADDRESS_KINDS
from storage import audit
from storage.database import lock_debtor
from storage.people import address_digests, record_consent
from storage.tables import Account, AccountInstalment, Address, Debtor


class Registered(StrEnum):
    """What a registration did."""

    NEW = "new"
    """The account is known from now on."""
    KNOWN = "known"
    """It was known already, with the same content."""


class RegistrationConflictError(ValueError):
    """An account or person is known with another content; the message says which field to look at."""


def register(session: Session, registration: Registration, policy: str, at: datetime) -> Registered:
    """Make an account known, with its person, addresses and instalments.

    Raises:
        RegistrationConflictError: if the account or the person is known otherwise.
    """
    _meet_debtor(session, registration, at)
    known = session.get(Account, registration.account_id)
    if known is not None:
        return _compare(known, registration)
    _add_addresses(session, registration)
    session.add(
        Account(
            account_id=registration.account_id,
            debtor_id=registration.debtor_id,
            jurisdiction=registration.jurisdiction,
            product=registration.product,
            currency=registration.currency,
            policy=policy,
            terms=registration.terms.model_dump(mode="json") if registration.terms is not None else None,
            credit_kind=registration.credit_kind,
            body_digest=registration.digest,
            registered_at=at,
        )
    )
    session.flush()
    for instalment in registration.instalments:
        session.add(_instalment(registration, instalment))
    audit.append(session, registration.account_id, at, "registered", instalments=len(registration.instalments))
    _record_consents(session, registration, at)
    return Registered.NEW


def _meet_debtor(session: Session, registration: Registration, at: datetime) -> None:
    debtor = session.get(Debtor, registration.debtor_id)
    if debtor is None:
        session.add(
            Debtor(
                debtor_id=registration.debtor_id,
                name=registration.debtor_name,
                language=registration.language,
                time_zone=registration.time_zone,
                registered_at=at,
            )
        )
        session.flush()
        return
    debtor = lock_debtor(session, registration.debtor_id)
    told = {
        "debtor_name": (debtor.name, registration.debtor_name),
        "language": (debtor.language, registration.language),
        "time_zone": (debtor.time_zone, registration.time_zone),
    }
    for field, (known, given) in told.items():
        if known != given:
            raise RegistrationConflictError(
                f"{field}: debtor {registration.debtor_id} is registered with another {field}; "
                "use the same one, or another debtor_id if this is somebody else"
            )


def _compare(known: Account, registration: Registration) -> Registered:
    if known.debtor_id != registration.debtor_id:
        raise RegistrationConflictError(f"debtor_id: account {known.account_id} belongs to another debtor")
    if known.body_digest != registration.digest:
        raise RegistrationConflictError(
            f"account_id: account {known.account_id} is registered with another content; "
            "what changes later is told by facts, not by registering again"
        )
    return Registered.KNOWN


def _add_addresses(session: Session, registration: Registration) -> None:
    for kind, value in registration.addresses.items():
        digests = address_digests(kind, value)
        of_kind = select(func.count()).where(
            col(Address.debtor_id) == registration.debtor_id, col(Address.kind) == kind
        )
        if session.exec(of_kind.where(col(Address.digest).in_(digests))).one():
            continue
        number = session.exec(of_kind).one() + 1
        session.add(
            Address(
                address_ref=f"{registration.debtor_id}.{kind}.{number}",
                debtor_id=registration.debtor_id,
                kind=kind,
                value=value,
                digest=digests[0],
                number=number,
            )
        )
        session.flush()


def _record_consents(session: Session, registration: Registration, at: datetime) -> None:
    zone = registration.time_zone
    for consent in registration.consents:
        address_ref = _address_ref(session, registration, ADDRESS_KINDS[consent.channel])
        given_at, confirmed_at = (start_of_day(day, zone) for day in (consent.given_on, consent.last_confirmed_on))
        counts = record_consent(
            session, registration.debtor_id, consent.channel, address_ref, given_at, confirmed_at, consent.source
        )
        audit.append(
            session,
            registration.account_id,
            at,
            "consent_recorded",
            address_ref,
            channel=consent.channel,
            given_on=consent.given_on.isoformat(),
            confirmed_on=consent.last_confirmed_on.isoformat(),
            source=consent.source,
            superseded=None if counts else True,
        )


def _address_ref(session: Session, registration: Registration, kind: str) -> str:
    digests = address_digests(kind, registration.addresses[kind])
    chosen = select(Address.address_ref).where(
        col(Address.debtor_id) == registration.debtor_id, col(Address.kind) == kind, col(Address.digest).in_(digests)
    )
    return session.exec(chosen).one()


def _instalment(registration: Registration, instalment: OwedInstalment) -> AccountInstalment:
    return AccountInstalment(
        account_id=registration.account_id,
        number=instalment.number,
        due_date=instalment.due_date,
        overdue_from=end_of_day(instalment.due_date, registration.time_zone),
        principal_minor=parse_minor(instalment.principal, registration.currency),
        interest_minor=parse_minor(instalment.interest, registration.currency),
        fees_minor=parse_minor(instalment.fees, registration.currency),
    )
