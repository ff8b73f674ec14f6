"""A person's choice of a track. ``firm`` needs evidence of deliberate default, which an opt-out never is."""

from dataclasses import replace

from activities.desk import Desk, RefusedError
from activities.effects import Effect
from activities.occasions import owe
from domain.case import Case
from domain.contact_facts import ReplyOccasion
from domain.events import MessagesOwed, TrackSet
from domain.facts import CallOutcome
from domain.requests import SetTrack
from domain.terms import HoldKind, Track
from domain.tracks import FIRM_REVIEW
from storage.booked_messages import booked_on
from storage.tables import StoredText

_NO_FIRMNESS = frozenset({HoldKind.HARDSHIP, HoldKind.GRACE, HoldKind.VULNERABLE, HoldKind.COMPLAINT, HoldKind.DISPUTE})
_TALKED = frozenset({CallOutcome.REACHED, CallOutcome.REFUSED, CallOutcome.CALL_BACK})


def set_track(desk: Desk, request: SetTrack, case: Case) -> Effect:
    """Put the case on the track that a person chose; who is put on ``firm`` is told, and may complain.

    Raises:
        RefusedError: if ``firm`` is asked for without evidence, or while the person needs time or has complained; or
            ``standard`` while the person is vulnerable.
    """
    if request.track is Track.STANDARD:
        _refuse_while_vulnerable(desk, case)
    if request.track is not Track.FIRM:
        _keep(desk, request.track)
        return Effect((TrackSet(request.track, request.reason_code),), {"track": request.track.value})
    _require_evidence(desk, request.evidence_ref)
    stops = sorted({hold.kind for hold in case.open_holds(desk.now)} & _NO_FIRMNESS)
    if stops:
        raise RefusedError("not_now", f"nobody is put on the firm track while on hold: {', '.join(stops)}")
    until = desk.now + FIRM_REVIEW
    _keep(desk, Track.FIRM)
    event = TrackSet(Track.FIRM, request.reason_code, until)
    told = replace(owe(desk, ReplyOccasion.TRACK_FINDING, request.request_id, desk.now, until), by_person=True)
    answer = {"track": Track.FIRM.value, "firm_until": until.isoformat()}
    return Effect((event, MessagesOwed((told,))), answer)


def _keep(desk: Desk, track: Track) -> None:
    desk.account.track = track
    desk.session.add(desk.account)


def _refuse_while_vulnerable(desk: Desk, case: Case) -> None:
    reports = [hold.hold_id for hold in case.open_holds(desk.now) if hold.kind is HoldKind.VULNERABLE]
    if reports:
        words = f"who is vulnerable stays on the supportive track; end {', '.join(reports)} first, if it is over"
        raise RefusedError("not_now", words)


def _require_evidence(desk: Desk, evidence_ref: str | None) -> None:
    if evidence_ref is None:
        words = "firm needs evidence_ref: the call_id in which the person refused, or the text_ref of a finding"
        raise RefusedError("evidence_needed", words)
    text = desk.session.get(StoredText, evidence_ref)
    on_this_account = text is not None and text.account_id == desk.account.account_id
    if not on_this_account and not _is_conversation(desk, evidence_ref):
        words = f"{evidence_ref} is no conversation and no stored text of this account; an opt-out is never evidence"
        raise RefusedError("no_evidence", words)


def _is_conversation(desk: Desk, call_id: str) -> bool:
    """Whether the person was talked with in that call."""
    told = booked_on(desk.account.account_id, "record_call_outcome")
    return any(
        each.body.get("call_id") == call_id and each.body.get("outcome") in _TALKED and each.body.get("right_party")
        for each in desk.session.exec(told)
    )
