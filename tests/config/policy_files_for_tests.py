"""Policies for the tests: a shipped one's text or content, with one thing changed."""

import copy
from pathlib import Path
from typing import Any

from config.policy_files import POLICIES
from config.yaml_documents import read_document
from domain.policy import Policy

_FENFU = POLICIES / "fenfu-cn.yaml"
_FENFU_DATA = read_document(_FENFU).data


def fenfu_document() -> dict[str, Any]:
    """The content of the shipped policy, to be changed at will."""
    return copy.deepcopy(_FENFU_DATA)


def fenfu_policy_with(path: str, value: Any) -> Policy:
    """The shipped policy with one field changed, such as ``stages.escalation.attempts``."""
    document = fenfu_document()
    *parents, last = path.split(".")
    place = document
    for part in parents:
        place = place[part]
    place[last] = value
    return Policy.model_validate(document)


def write_fenfu_with(folder: Path, old: str, new: str) -> tuple[Path, int]:
    """A file of the shipped policy in which the one place that reads ``old`` reads ``new``, and the line changed.

    Where ``new`` has several lines, ``§`` marks the one that is meant.
    """
    text = _FENFU.read_text(encoding="utf-8")
    if text.count(old) != 1:
        raise ValueError(f"{old!r} stands {text.count(old)} times in {_FENFU.name}; a test must change one place")
    before, after = text.split(old)
    path = folder / _FENFU.name
    path.write_text(before + new.replace("§", "") + after, encoding="utf-8")
    return path, (before + new.partition("§")[0] * ("§" in new)).count("\n") + 1
