"""Run by ``python -m tests.mutation``: plants each fault in a copy, runs its tests, and reports which survive.

Exits with 1 if one survives, and with 2 if one can no longer be planted.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.mutation.faults import FAULTS, Fault

ROOT = Path(__file__).parents[2]
_COPIED = (
    "activities",
    "client",
    "cli",
    "config",
    "domain",
    "examples",
    "providers",
    "storage",
    "tests",
    "tools",
    "workflows",
)
_MINUTES = 10


def main() -> int:
    """Plant the faults that were asked for, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="a part of a fault's name")
    chosen = [fault for fault in FAULTS if (parser.parse_args().only or "") in fault.name]
    misfits = [fault for fault in chosen if (ROOT / fault.file).read_text().count(fault.before) != 1]
    for fault in misfits:
        print(f"CANNOT BE PLANTED  {fault.name}: its text does not stand exactly once in {fault.file}")
    if misfits:
        return 2
    survivors = [fault for fault in chosen if not _is_caught(fault)]
    print(f"{len(chosen)} faults planted, {len(survivors)} survived")
    return 1 if survivors else 0


def _is_caught(fault: Fault) -> bool:
    """Whether the fault's tests fail with it."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="planted-fault-") as folder:
        copy = Path(folder)
        for name in _COPIED:
            if (ROOT / name).exists():
                shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "worker.py", "starter.py"):
            shutil.copy(ROOT / name, copy / name)
        planted = copy / fault.file
        planted.write_text(planted.read_text().replace(fault.before, fault.after))
        caught = _tests_fail(copy, fault)
    verdict = "caught  " if caught else "SURVIVED"
    print(f"{verdict}  {fault.invariant:2}  {fault.name} ({time.monotonic() - began:.0f} s)", flush=True)
    return caught


def _tests_fail(copy: Path, fault: Fault) -> bool:
    """Run the tests until the first failure; a collection that fails is no catch but a fault that does not fit."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *fault.tests.split()]
    environment = os.environ | {"PYTHONPATH": str(copy)}
    run = subprocess.run(
        command, cwd=copy, env=environment, capture_output=True, text=True, timeout=_MINUTES * 60, check=False
    )
    if run.returncode not in (0, 1):
        raise SystemExit(f"the tests of {fault.name!r} could not be run:\n{run.stdout[-2000:]}{run.stderr[-2000:]}")
    return run.returncode == 1


if __name__ == "__main__":
    sys.exit(main())
