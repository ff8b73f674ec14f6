"""A PostgreSQL server for the tests alone, in a folder of its own, on the loopback interface."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.engine import RAN_ON, free_port

_START_LIMIT_SECONDS = 30
_UNPRIVILEGED = ("postgres", "nobody")
_INITDB_OPTIONS = ("--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
_SERVER_OPTIONS = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=50")


@contextmanager
def postgres_engine() -> Iterator[str]:
    """Give the URL of an empty database: that of ``DUECOURSE_TEST_POSTGRES_URL``, or on a server started for it."""
    named = os.environ.get("DUECOURSE_TEST_POSTGRES_URL")
    if named:
        _remember_version(named)
        yield named
        return
    binaries = find_binaries()
    with tempfile.TemporaryDirectory(prefix="duecourse-postgres-") as folder, _cluster(binaries, Path(folder)) as url:
        _remember_version(url)
        yield url


@contextmanager
def _cluster(binaries: Path, folder: Path) -> Iterator[str]:
    user = _owner(folder)
    data, port = folder / "data", free_port()
    initdb = [str(binaries / "initdb"), f"--pgdata={data}", "--username=tests", *_INITDB_OPTIONS]
    subprocess.run(initdb, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    log = (folder / "log").open("w")
    server = subprocess.Popen(
        [
            str(binaries / "postgres"),
            "-D",
            str(data),
            "-h",
            "127.0.0.1",
            "-p",
            str(port),
            "-k",
            str(folder),
            *_SERVER_OPTIONS,
        ],
        user=user,
        cwd=folder,
        stdout=log,
        stderr=log,
    )
    try:
        yield _create_database(f"postgresql://tests@127.0.0.1:{port}", server, folder / "log")
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()
        log.close()


def _create_database(address: str, server: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + _START_LIMIT_SECONDS
    while True:
        try:
            with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE tests")
                return f"{address.replace('postgresql', 'postgresql+psycopg')}/tests"
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text()[-500:]}") from None
            time.sleep(0.1)


def _owner(folder: Path) -> str | None:
    """Hand the folder to an unprivileged user when we are root, as whom PostgreSQL refuses to run."""
    if os.geteuid() != 0:
        return None
    name = next(name for name in _UNPRIVILEGED if name in {entry.pw_name for entry in pwd.getpwall()})
    shutil.chown(folder, name)
    return name


def find_binaries() -> Path:
    """Find the folder of ``initdb`` and ``postgres``: on PATH, else the newest where Debian keeps them."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
    if not folders:
        pytest.skip(
            "there is no PostgreSQL server: install one (Debian: `apt-get install postgresql`) or set"
            " DUECOURSE_TEST_POSTGRES_URL"
        )
    return folders[-1]


def _remember_version(url: str) -> None:
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as connection:
        RAN_ON["postgres"] = f"PostgreSQL {connection.info.parameter_status('server_version')}"
