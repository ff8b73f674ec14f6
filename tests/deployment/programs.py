"""Programs from the package registry that check scripts and images, run without being installed."""

import subprocess
from pathlib import Path

import pytest

from tools.fetch import ROOT

_UV = ROOT / ".tools" / "uv" / "bin" / "uv"


def run_program(package: str, program: str, *arguments: str | Path) -> str:
    """Run a program out of a package and give all that it said; skip the test where it cannot be had."""
    if not _UV.is_file():
        pytest.skip("there is no .tools/uv to run it with: run `make check` once")
    uv = [str(_UV), "tool", "run", "--quiet", "--from", package]
    if subprocess.run([*uv, program, "--version"], capture_output=True, timeout=120).returncode != 0:
        pytest.skip(f"{package} cannot be had here")
    answer = subprocess.run([*uv, program, *map(str, arguments)], capture_output=True, text=True, timeout=120, cwd=ROOT)
    return answer.stdout + answer.stderr
