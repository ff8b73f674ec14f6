"""How a complaint comes in: from the person's own form, from an agent, from the command line."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime

from client.duecourse import Duecourse
from domain.facts import ComplaintCategory


@dataclass(frozen=True, slots=True)
class NewComplaint:
    """What somebody complains about. A form sent twice under one ``event_id`` files one complaint."""

    category: ComplaintCategory
    text: str | None = None
    """In the person's own words."""
    agent_id: str | None = None
    """Whom it names, who cannot decide it."""
    complaint_id: str | None = None
    event_id: str | None = None
    occurred_at: str | None = None
    """A moment with its offset; now, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class FiledComplaint:
    """A complaint that was taken in; contact has stopped."""

    complaint_id: str
    event_id: str
    decide_by: datetime
    acknowledge_by: datetime | None
    """By when a message says that it arrived; none if it was filed before through another account."""


async def file_complaint(duecourse: Duecourse, account_id: str, complaint: NewComplaint) -> FiledComplaint:
    """File a complaint or a dispute of the debt. Its words are kept; the case only hears where.

    Raises:
        UnknownAccount: if the account is not registered.
        Malformed: if an id has not the shape that the contract asks for.
        Refused: if the account is not collected yet, or the same ``event_id`` said something else before.
        EngineUnavailable: if no worker answered; the complaint is kept and will be delivered.
    """
    event_id = complaint.event_id or f"event-{uuid.uuid4()}"
    complaint_id = complaint.complaint_id or f"complaint-{_short(event_id)}"
    body = {"complaint_id": complaint_id, "category": complaint.category.value, "agent_id": complaint.agent_id}
    if complaint.text is not None:
        body["text_ref"] = await duecourse.store_text(account_id, complaint.text, f"text-{_short(event_id)}")
    occurred_at = complaint.occurred_at or await duecourse.occurred_at(account_id, event_id)
    ids = {"event_id": event_id, "occurred_at": occurred_at}
    given = {name: value for name, value in body.items() if value is not None}
    said = await duecourse.tell(account_id, "file_complaint", {**ids, **given})
    acknowledge_by = said.get("acknowledge_by")
    return FiledComplaint(
        complaint_id,
        event_id,
        datetime.fromisoformat(said["decide_by"]),
        datetime.fromisoformat(acknowledge_by) if acknowledge_by is not None else None,
    )


def _short(event_id: str) -> str:
    return hashlib.sha256(event_id.encode()).hexdigest()[:32]
