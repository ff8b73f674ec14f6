"""Gathers the law's final notices to a person who has stopped all contact, as a referral is judged by them."""

from collections.abc import Iterator

from activities.desk import Desk
from activities.duties import duty_facts
from domain.duties import DutyState, message_id_of, period_ends
from domain.referral_rules import DemandOnRecord, LastNotice
from domain.requests import NoticeWay
from domain.terms import Channel, Stage
from storage.companions import carrier_of
from storage.duties import recorded_duties
from storage.tables import Contact, RecordedDuty


def last_notices(desk: Desk) -> Iterator[LastNotice]:
    """Those that were given, by a contact or by a person who has the proof."""
    duties, facts = {each.id: each for each in desk.pack.duties if each.last_notice}, duty_facts(desk)
    for row in recorded_duties(desk.session, desk.account.account_id):
        if row.duty_id not in duties or row.state != DutyState.GIVEN or row.sent_at is None:
            continue
        notice = _notice(desk, row)
        ends = period_ends(duties[row.duty_id], row.sent_at, notice.arrived_at, facts)
        if ends is not None:
            yield LastNotice(notice, ends)


def is_last_notice(desk: Desk, occasion: str) -> bool:
    """Whether a message of that occasion is such a notice."""
    return any(each.last_notice and each.id == occasion for each in desk.pack.duties)


def _notice(desk: Desk, row: RecordedDuty) -> DemandOnRecord:
    """A notice that a person gave has arrived as they recorded it."""
    sent_at = row.sent_at or row.since
    if row.contact_id is None:
        reference = message_id_of(row.duty_id, row.number)
        return DemandOnRecord(reference, NoticeWay(row.channel or ""), Stage.PRE_LEGAL, sent_at, "", sent_at)
    contact = carrier_of(desk.session, desk.session.get_one(Contact, row.contact_id))
    return DemandOnRecord(
        contact_id=row.contact_id,
        channel=Channel(row.channel or contact.channel),
        stage=Stage.PRE_LEGAL,
        at=sent_at,
        digest=contact.words_digest,
        arrived_at=row.arrived_at,
        simulated=contact.simulated,
    )
