"""Programs from npm that stand in for providers: Prism, which knows their OpenAPI documents, and a stateful Twilio.

They are installed once, at exact versions, into ``.tools/node``. What cannot be had skips its tests with a word.
"""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.engine import free_port
from tests.standins import twilio_double

PRISM = ("@stoplight/prism-cli", "5.14.2")
"""The last version that runs on Node 20."""

EMULATE = ("emulate", "0.12.2")
"""Always at this version: npm's ``latest`` of that name is another project."""

EMULATE_NEEDS_NODE = 22

TOOLS = Path(__file__).resolve().parents[2] / ".tools" / "node"


def node_version(node: Path) -> int:
    """The major version of Node."""
    shown = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=60, check=True).stdout
    return int(shown.strip().removeprefix("v").split(".")[0])


@contextmanager
def prism(node: Path, document: Path, upstream: str) -> Iterator[str]:
    """Run Prism between a client and ``upstream``; it reports in ``sl-violations`` what does not fit the document."""
    program = _installed(PRISM) / "dist" / "index.js"
    port = free_port()
    listening = ["--host", "127.0.0.1", "--port", str(port)]
    with _running([node, program, "proxy", document, upstream, *listening], port):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def emulated_twilio(node: Path, folder: Path) -> Iterator[str]:
    """Run the stateful Twilio from npm, with the account that the tests use."""
    program = _installed(EMULATE) / "dist" / "index.js"
    seed = folder / "twilio.json"
    account = {"sid": twilio_double.ACCOUNT_SID, "auth_token": twilio_double.AUTH_TOKEN}
    numbers = [{"phone_number": twilio_double.FROM_NUMBER, "friendly_name": "tests"}]
    seed.write_text(json.dumps({"twilio": {"account": account, "phone_numbers": numbers}}))
    port = free_port()
    with _running([node, program, "start", "--service", "twilio", "--port", str(port), "--seed", seed], port):
        yield f"http://127.0.0.1:{port}"


def _installed(package: tuple[str, str]) -> Path:
    name, version = package
    folder = TOOLS / "node_modules" / name
    manifest = folder / "package.json"
    if not manifest.exists() or json.loads(manifest.read_text())["version"] != version:
        _install(f"{name}@{version}")
    return folder


def _install(package: str) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("there is no npm on PATH: install it with Node.js")
    TOOLS.mkdir(parents=True, exist_ok=True)
    command = [npm, "install", "--prefix", str(TOOLS), "--save-exact", "--no-audit", "--no-fund", "--ignore-scripts"]
    outcome = subprocess.run([*command, package], capture_output=True, text=True, timeout=300, check=False)
    if outcome.returncode != 0:
        pytest.skip(f"npm cannot install {package}: {outcome.stderr.strip().splitlines()[-1:]}")


@contextmanager
def _running(command: Sequence[str | Path], port: int) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_until_it_answers(process, port)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"http://127.0.0.1:{port}/", timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{process.args!r} did not answer on port {port}: run it by hand to see why.")
