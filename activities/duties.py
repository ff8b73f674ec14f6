"""Keeps an account's duties in the records, and tells its case which notices it owes and what has to wait for them.

Everything happens inside the transactions of others, whenever something has happened from which a duty may follow.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from activities.credit_reports import note_notices
from activities.desk import Desk, RefusedError
from activities.guard import Guard
from domain.case import PlannedContact
from domain.duties import (
    DutyFacts,
    DutyOwed,
    DutyRecord,
    DutyState,
    Payment,
    bars_of,
    duties_owed,
    message_id_of,
)
from domain.events import BarsSet, CaseEvent, MessageSettled, MessagesOwed
from domain.jurisdiction_duties import Duty, Proof, Trigger
from domain.ledger import Statement
from domain.owed_messages import OwedMessage
from domain.referral_rules import DutyStanding
from domain.requests import RecordDutyDone
from domain.terms import Channel, CreditKind, MessageClass, Stage
from storage import audit, person_tasks
from storage.duties import as_record, duty_of_contact, first_communication_at, recorded_duties
from storage.tables import Contact, ContactStatus, RecordedDuty

_STAGES = tuple(Stage)
_BY_STAGE = {Trigger.ESCALATION: Stage.ESCALATION, Trigger.PRE_LEGAL: Stage.PRE_LEGAL}
_FATES = {
    ContactStatus.SENT: DutyState.GIVEN,
    ContactStatus.DELIVERED: DutyState.GIVEN,
    ContactStatus.FAILED: DutyState.LOST,
    ContactStatus.UNKNOWN: DutyState.LOST,
}
"""What a contact's end means for the notice that went by it; one that never left leaves it owed."""


def review_duties(desk: Desk, statement: Statement | None = None, *, everything: bool = False) -> tuple[CaseEvent, ...]:
    """Bring the account's duties up to this moment; answers what is new of them for the case, or everything.

    Args:
        desk: whose account.
        statement: the account as it stands now, if the caller has reckoned it.
        everything: whether to answer all of them.
    """
    duties = _possible(desk)
    if not duties:
        return ()
    rows = list(recorded_duties(desk.session, desk.account.account_id))
    facts = _facts(desk, duties, rows, statement)
    owed = duties_owed(duties, facts)
    changed = [*_record_owed(desk, rows, owed), *_drop(desk, rows, owed), *(each for each in rows if _untold(each))]
    note_notices(desk, duties, replace(facts, records=_records(rows)))
    if not changed and not everything:
        return ()
    revision = max((abs(each.revision) for each in rows), default=0) + bool(changed)
    for row in changed:
        row.revision = revision
        desk.session.add(row)
    desk.session.flush()
    told = rows if everything else changed
    settled = [each for each in told if each.state != DutyState.OWED]
    _close_tasks(desk, [message_id_of(each.duty_id, each.number) for each in settled])
    return (
        MessagesOwed(tuple(_message(desk, each) for each in told if each.state == DutyState.OWED)),
        *(MessageSettled(message_id_of(each.duty_id, each.number)) for each in settled),
        BarsSet(bars_of(duties, replace(facts, records=_records(rows)), owed), revision),
    )


def still_owed(desk: Desk, message_id: str) -> bool:
    """Whether a message is owed at this moment; one that is no duty is, as far as the law goes."""
    review_duties(desk)
    row = _row(desk, message_id)
    return row is None or row.state == DutyState.OWED


def note_contact(desk: Desk, message_id: str, contact: Contact) -> None:
    """Keep what became of the notice that a contact carried."""
    row, fate = _row(desk, message_id), _FATES.get(ContactStatus(contact.status))
    if row is None or fate is None or row.state != DutyState.OWED:
        return
    row.contact_id, row.channel, row.sent_at = contact.contact_id, contact.channel, contact.attempted_at
    row.missed = row.deadline is not None and contact.attempted_at > row.deadline
    _note_fate(desk, row, fate, contact)


def note_given_otherwise(desk: Desk, done: RecordDutyDone) -> None:
    """Keep that a notice was given without a contact of ours, with who gave it and the proof; its bar follows.

    Raises:
        RefusedError: if the account does not owe it, or it is said to be given in the future.
    """
    row = _row(desk, done.message_id)
    if row is None or row.state != DutyState.OWED:
        rows = recorded_duties(desk.session, desk.account.account_id)
        owed = ", ".join(message_id_of(each.duty_id, each.number) for each in rows if each.state == DutyState.OWED)
        raise RefusedError("not_owed", f"the account does not owe {done.message_id}; it owes {owed or 'no notice'}")
    if done.done_at > desk.now:
        raise RefusedError("date_in_future", "done_at is in the future; record a notice when it has been given")
    row.channel, row.sent_at, row.state = done.by_channel.value, done.done_at, DutyState.GIVEN
    row.arrived_at = done.done_at if _needs_receipt(desk, row) else None
    row.missed, row.revision = row.deadline is not None and done.done_at > row.deadline, -abs(row.revision)
    desk.session.add(row)
    desk.session.flush()
    _audit(desk, "duty_done_otherwise", row, missed=row.missed or None, arrived=_arrival(row))


def note_deferral(desk: Desk, message_id: str, again: PlannedContact | None) -> None:
    """Keep to when a rule has moved a notice, so that the case is not told its earlier moment once more."""
    row = _row(desk, message_id)
    if row is not None and again is not None:
        row.due_at = again.at
        desk.session.add(row)


def note_receipt(desk: Desk, contact: Contact) -> None:
    """Keep what a receipt tells of a notice that had left."""
    row, fate = duty_of_contact(desk.session, contact.contact_id), _FATES[ContactStatus(contact.status)]
    if row is not None:
        _note_fate(desk, row, fate, contact)


def duties_standing(desk: Desk) -> tuple[tuple[DutyStanding, ...], tuple[str, ...]]:
    """The duties on record that bar the referral at this moment, and those that were given, by their ids."""
    review_duties(desk)
    rows, duties = list(recorded_duties(desk.session, desk.account.account_id)), _possible(desk)
    facts = _facts(desk, duties, rows)
    bars = (each for each in bars_of(duties, facts, duties_owed(duties, facts)) if each.stands_at(desk.now))
    given = {message_id_of(each.duty_id, each.number): each.duty_id for each in rows if each.state == DutyState.GIVEN}
    untils = {bar.bar_id: bar.until for bar in bars}
    standing = (DutyStanding(each.rpartition(".")[0], each in given, untils[each]) for each in sorted(untils))
    return tuple(standing), tuple(sorted(set(given.values())))


def duty_facts(desk: Desk) -> DutyFacts:
    """What the account's duties follow from at this moment."""
    duties = _possible(desk)
    return _facts(desk, duties, recorded_duties(desk.session, desk.account.account_id))


def _possible(desk: Desk) -> tuple[Duty, ...]:
    """The duties that the account may have; without any, nothing is read of the records."""
    reached = _STAGES.index(_stage(desk))
    kind = CreditKind(desk.account.credit_kind)
    owing = (each for each in desk.pack.duties if each.binds(kind))
    return tuple(each for each in owing if each.or_trigger is not None or reached >= _asks_from(each))


def _asks_from(duty: Duty) -> int:
    """The number of the stage from which on a duty is to be looked at."""
    return _STAGES.index(_BY_STAGE[duty.trigger]) if duty.trigger in _BY_STAGE else 0


def _facts(
    desk: Desk, duties: Sequence[Duty], rows: Sequence[RecordedDuty], statement: Statement | None = None
) -> DutyFacts:
    pack, account = desk.pack, desk.account
    first = None
    if any(each.trigger is Trigger.FIRST_COMMUNICATION for each in duties):
        first = first_communication_at(desk.session, account.account_id)
    return DutyFacts(
        now=desk.now,
        opened_at=account.registered_at,
        stage=_stage(desk),
        payments=tuple(
            Payment(each.instalment.overdue_from, each.instalment.total_minor, each.left_of_contract_minor)
            for each in (statement or desk.statement()).instalments
        ),
        first_communication_at=first,
        debt_verified_at=account.debt_verified_at,
        review_chosen_at=account.review_chosen_at,
        credit_report_announced_at=account.credit_report_announced_at,
        time_zone=desk.debtor.time_zone,
        calendar=pack.holidays.calendar(pack.known_region(account.jurisdiction.partition("-")[2])),
        records=_records(rows),
    )


def _stage(desk: Desk) -> Stage:
    """How far the account has come: a review chosen for a stopped case owes what the stages before it would have."""
    stage = Stage(desk.account.stage)
    return Stage.PRE_LEGAL if desk.account.review_chosen_at is not None and stage is not Stage.LEGAL else stage


def _records(rows: Sequence[RecordedDuty]) -> tuple[DutyRecord, ...]:
    return tuple(map(as_record, rows))


def _record_owed(desk: Desk, rows: list[RecordedDuty], owed: Sequence[DutyOwed]) -> Iterator[RecordedDuty]:
    """Write every notice that is owed; answers those that are new, moved, or late."""
    known = {(each.duty_id, each.number): each for each in rows}
    for each in owed:
        row = known.get((each.duty.id, each.number))
        if row is not None:
            row.stops_interest = each.duty.stops_interest
        if row is None:
            row = _new_row(desk, each)
            rows.append(row)
            _audit(desk, "duty_owed", row, since=row.since.isoformat(), deadline=_iso(row))
            yield row
        elif (row.since, row.deadline, row.channels) != (each.since, each.deadline, list(each.channels)):
            _write(desk, row, each)
            yield row
        if row.deadline is not None and row.deadline < desk.now and not row.missed:
            row.missed = True
            stops = row.stops_interest or None
            _audit(
                desk, "duty_missed", row, deadline=_iso(row), consequence=each.duty.consequence, stops_interest=stops
            )
            yield row


def _drop(desk: Desk, rows: Sequence[RecordedDuty], owed: Sequence[DutyOwed]) -> Iterator[RecordedDuty]:
    """Settle every notice that was owed and is not any more."""
    wanted = {(each.duty.id, each.number) for each in owed}
    for row in rows:
        if row.state == DutyState.OWED and (row.duty_id, row.number) not in wanted:
            row.state, row.settled_at = DutyState.NOT_NEEDED, desk.now
            _audit(desk, "duty_not_needed", row)
            yield row


def _new_row(desk: Desk, owed: DutyOwed) -> RecordedDuty:
    row = RecordedDuty(
        account_id=desk.account.account_id,
        duty_id=owed.duty.id,
        number=owed.number,
        state=DutyState.OWED,
        since=owed.since,
        due_at=owed.since,
        stops_interest=owed.duty.stops_interest,
        revision=0,
    )
    _write(desk, row, owed)
    return row


def _write(desk: Desk, row: RecordedDuty, owed: DutyOwed) -> None:
    row.since, row.deadline, row.warn_at = owed.since, owed.deadline, owed.warn_at
    row.channels, row.due_at = [each.value for each in owed.channels], max(owed.since, desk.now)
    if owed.channels:
        row.due_at = Guard(desk).moment(owed.channels[0], row.due_at, MessageClass.STATUTORY, owed.duty.id).at


def _message(desk: Desk, row: RecordedDuty) -> OwedMessage:
    return OwedMessage(
        message_id=message_id_of(row.duty_id, row.number),
        message_class=MessageClass.STATUTORY,
        occasion=row.duty_id,
        channels=tuple(Channel(each) for each in row.channels),
        due_at=row.due_at,
        deadline=row.deadline,
        warn_at=row.warn_at,
        allowed_in=desk.pack.holds_allowing(row.duty_id),
        outlives_case=_answers_person(desk, row),
    )


def _answers_person(desk: Desk, row: RecordedDuty) -> bool:
    """Whether a notice is what a person who disputes the debt waits for, whatever becomes of the case."""
    return any(each.id == row.duty_id and each.trigger is Trigger.DEBT_VERIFIED for each in desk.pack.duties)


def _note_fate(desk: Desk, row: RecordedDuty, fate: DutyState, contact: Contact) -> None:
    row.state, row.arrived_at, row.revision = fate, contact.delivered_at, -abs(row.revision)
    desk.session.add(row)
    desk.session.flush()
    _audit(desk, f"duty_{fate}", row, contact_id=contact.contact_id, missed=row.missed or None, arrived=_arrival(row))


def _needs_receipt(desk: Desk, row: RecordedDuty) -> bool:
    """Whether the notice counts only once it is shown to have arrived; the proof of who gave it shows that."""
    return any(each.id == row.duty_id and each.proof is Proof.DELIVERED for each in desk.pack.duties)


def _untold(row: RecordedDuty) -> bool:
    """Whether the case has not been told of the row's last change: its revision is not above zero until then."""
    return row.revision <= 0


def _row(desk: Desk, message_id: str) -> RecordedDuty | None:
    duty_id, _, number = message_id.rpartition(".")
    key = (desk.account.account_id, duty_id, int(number) if number.isdigit() else 0)
    return desk.session.get(RecordedDuty, key)


def _close_tasks(desk: Desk, message_ids: Sequence[str]) -> None:
    """Nobody needs to see any more to a notice that has gone, nor to what waited for it."""
    subjects = [f"{about}:{each}" for each in message_ids for about in ("duty", "bar")]
    person_tasks.close(desk.session, desk.account.account_id, subjects, desk.now, None)


def _audit(desk: Desk, kind: str, row: RecordedDuty, **detail: object) -> None:
    subject = message_id_of(row.duty_id, row.number)
    audit.append(desk.session, row.account_id, desk.now, kind, subject, **detail)


def _iso(row: RecordedDuty) -> str | None:
    return row.deadline.isoformat() if row.deadline is not None else None


def _arrival(row: RecordedDuty) -> str | None:
    return row.arrived_at.isoformat() if row.arrived_at is not None else None
