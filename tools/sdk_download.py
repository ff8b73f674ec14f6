"""The Temporal SDK's own download of an engine, in a process of its own so that a stalled one can be given up."""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Literal

from temporalio.testing import WorkflowEnvironment

from tools.fetch import ROOT, TOOLS, FetchError

Engine = Literal["dev-server", "time-skipping"]

_LIMIT_SECONDS = 180
"""Enough for some 100 MB on a slow line; without a network the download fails at once."""


def download_with_sdk(engine: Engine, destination: Path) -> None:
    """Let the SDK download an engine and start it once, then keep the program at ``destination``.

    Raises:
        FetchError: if it cannot be downloaded or does not start.
    """
    TOOLS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=TOOLS) as folder:
        _run_in_child(engine, folder)
        downloaded = [path for path in Path(folder).iterdir() if path.is_file()]
        if len(downloaded) != 1:
            raise FetchError(f"the SDK's download left {len(downloaded)} files where one program was expected")
        destination.parent.mkdir(parents=True, exist_ok=True)
        downloaded[0].rename(destination)


def _run_in_child(engine: Engine, folder: str) -> None:
    command = [sys.executable, "-m", "tools.sdk_download", engine, folder]
    try:
        child = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=_LIMIT_SECONDS)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise FetchError(f"the SDK's download was not done after {_LIMIT_SECONDS} s") from error
    if child.returncode != 0:
        words = child.stderr.strip().splitlines()
        raise FetchError(f"the SDK's download failed ({words[-1] if words else 'it said nothing'})")


async def _start_and_stop(engine: str, folder: str) -> None:
    if engine == "dev-server":
        environment = await WorkflowEnvironment.start_local(download_dest_dir=folder)
    else:
        environment = await WorkflowEnvironment.start_time_skipping(download_dest_dir=folder)
    await environment.shutdown()


if __name__ == "__main__":
    asyncio.run(_start_and_stop(sys.argv[1], sys.argv[2]))
