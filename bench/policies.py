"""The policies of the bench: the one in ``policies/``, and the same with weeks and months instead of seconds."""

from pathlib import Path

from bench.subjects import LASTING_POLICY, POLICY, TYPICAL_POLICY
from config.policy_files import load_policies
from domain.policy import Policy

_FOLDER = Path(__file__).parent / "policies"
_WEEKLY = {"first_reminder": "7d", "gentle_reminder": "7d", "escalation": "7d", "pre_legal": "7d"}
_TYPICAL = {"first_reminder": "7d", "gentle_reminder": "7d", "escalation": "14d", "pre_legal": "30d"}
_TYPICAL_ATTEMPTS = {"escalation": 3}


def bench_policies() -> dict[str, Policy]:
    """All of them by name."""
    brief = load_policies(_FOLDER)[POLICY]
    lasting, typical = (
        _slower(brief, LASTING_POLICY, _WEEKLY, {}),
        _slower(brief, TYPICAL_POLICY, _TYPICAL, _TYPICAL_ATTEMPTS),
    )
    return {policy.name: policy for policy in (brief, lasting, typical)}


def _slower(brief: Policy, name: str, cadences: dict[str, str], attempts: dict[str, int]) -> Policy:
    document = brief.model_dump(mode="json") | {"name": name}
    for stage, content in document["stages"].items():
        content["cadence"] = cadences[stage]
        content["attempts"] = attempts.get(stage, content["attempts"])
    return Policy.model_validate(document)
