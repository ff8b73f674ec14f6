"""The policies that cases started with, kept word for word for as long as a case may need them."""

from datetime import datetime

from sqlmodel import Session

from domain.policy import Policy
from storage.tables import PolicyVersion


def keep_policy(session: Session, policy: Policy, at: datetime) -> None:
    """Keep a policy as it is now; one that is kept already stays as it is."""
    if session.get(PolicyVersion, policy.version) is None:
        document = policy.model_dump(mode="json")
        session.add(PolicyVersion(version=policy.version, name=policy.name, document=document, first_used_at=at))
        session.flush()


def kept_policy(session: Session, version: str) -> Policy:
    """The policy of that version, under the version by which it was kept, whatever newer fields it takes by default.

    Raises:
        LookupError: if no case ever started with it.
    """
    row = session.get(PolicyVersion, version)
    if row is None:
        raise LookupError(f"no policy of version {version} is kept")
    policy = Policy.model_validate(row.document)
    policy.__dict__["version"] = version
    return policy
