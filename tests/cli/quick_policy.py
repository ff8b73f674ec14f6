"""A policy whose whole life takes seconds, made from the demonstration's, so that tests see every stage go by."""

import re
from pathlib import Path

POLICIES = Path(__file__).parents[2] / "config" / "policies"

_SECONDS = {
    "cadence": ["1s"] * 4,
    "minimum": ["1s"] * 4,
    "starts_after": ["0s", "1s", "2s", "3s"],
}


def write_quick_policy(folder: Path) -> None:
    """Write ``quick.yaml``: one contact a stage, a second apart, and a call that waits long enough for a test."""
    text = (POLICIES / "demo.yaml").read_text(encoding="utf-8").replace("name: demo", "name: quick")
    for field, values in _SECONDS.items():
        found = iter(values)
        text = re.sub(rf"{field}: \d+s", lambda _, field=field, found=found: f"{field}: {next(found)}", text)  # type: ignore[misc]
    text = re.sub(r"attempts: \d", "attempts: 1", text)
    text = re.sub(r"  within: 4s", "  within: 60s", text)
    text = re.sub(r"final_notice_wait: \d+s", "final_notice_wait: 1s", text)
    text = re.sub(r"resume_after: \d+s", "resume_after: 1s", text)
    folder.mkdir(exist_ok=True)
    (folder / "quick.yaml").write_text(text, encoding="utf-8")
