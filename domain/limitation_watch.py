"""When a person must be told that a case's limitation period is running out. No hold is broken to save it."""

from datetime import datetime

from domain.case import Case

_ABOUT = "limitation:"


def limitation_asked_at(case: Case, now: datetime) -> tuple[datetime, str] | None:
    """When a person is told next, and under which subject. Of several moments that have passed only the last counts."""
    watch = case.limitation
    if watch is None or watch.expires_at <= now:
        return None
    past = [each for each in watch.warn_at if each <= now]
    moments = [*past[-1:], *(each for each in watch.warn_at if each > now)]
    untold = [each for each in moments if _subject(watch.expires_at, each) not in case.asked]
    return (untold[0], _subject(watch.expires_at, untold[0])) if untold else None


def is_told_once(subject: str) -> bool:
    """Whether a subject is such a telling, which a person who has dealt with it is not told again."""
    return subject.startswith(_ABOUT)


def _subject(expires_at: datetime, warn_at: datetime) -> str:
    return f"{_ABOUT}{expires_at:%Y-%m-%d}.{(expires_at - warn_at).days}"
