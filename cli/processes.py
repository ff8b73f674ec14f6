"""The programs behind the demonstration and the development set-up: started in order, watched, and always stopped.

Each runs in a process group of its own, so that Ctrl-C reaches only us, and we stop them in the right order.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from activities.assembly import open_records
from cli.connection import temporal
from cli.failures import CannotError
from cli.namespace import add_search_attributes
from client.errors import EngineUnavailable
from config.settings import Settings, load_settings, variables
from storage.schema import migrate
from tools.temporal_cli import find_temporal_cli

ROOT = Path(__file__).parents[1]

_TEMPORAL_PORT, _UI_PORT = 7233, 8233
_READY_WITHIN_SECONDS = 60
_STOPPED_WITHIN_SECONDS = 20
_LAST_LINES = 15


class ProgramFailedError(Exception):
    """A program did not start, or ended by itself; the message has its last words."""


@dataclass(frozen=True)
class Program:
    """A program that runs for us."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def require_running(self) -> None:
        """Refuse to go on without it.

        Raises:
            ProgramFailedError: if it has ended.
        """
        if self.process.poll() is not None:
            words = "\n".join(self.log.read_text(errors="replace").splitlines()[-_LAST_LINES:])
            raise ProgramFailedError(f"{self.name} ended with code {self.process.returncode}:\n{words}")


@dataclass(frozen=True)
class House:
    """Everything that is needed to collect accounts, up and running."""

    settings: Settings
    environment: Mapping[str, str]
    """What a command needs in its environment to find it."""
    ui_url: str
    programs: Sequence[Program]

    def require_running(self) -> None:
        """Refuse to go on when one of the programs has ended; raises :class:`ProgramFailedError`."""
        for program in self.programs:
            program.require_running()


@contextmanager
def open_house(state: Path, *, keep_engine: bool, **chosen: str) -> Iterator[House]:
    """Run a Temporal server, a migrated database and a worker, and stop them in the end, whatever happens.

    Args:
        state: the folder for databases and logs.
        keep_engine: whether the server's state is kept there too, to go on another time.
        chosen: settings by the name of their field, such as ``outbox_dir``.

    Raises:
        ProgramFailedError: if a program does not start.
    """
    state.mkdir(parents=True, exist_ok=True)
    port, ui_port = free_port(_TEMPORAL_PORT), free_port(_UI_PORT)
    environment = _environment(state, port, chosen)
    with ExitStack() as stack:
        stack.enter_context(_stopped_by_signals())
        stack.enter_context(_environment_of_its_own(environment))
        settings = load_settings(env_file=None)
        _migrate(settings)
        engine = state / "temporal.db" if keep_engine else None
        server = stack.enter_context(_running("the Temporal server", _server(port, ui_port, engine), state))
        asyncio.run(_until_prepared(settings, server))
        worker = stack.enter_context(_running("the worker", (sys.executable, str(ROOT / "worker.py")), state))
        _until_worked(worker)
        yield House(settings, environment, f"http://127.0.0.1:{ui_port}", (server, worker))


def free_port(wanted: int) -> int:
    """That port on the loopback interface if nobody has it, else any that is free."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ProgramFailedError("there is no free port on the loopback interface")


def _environment(state: Path, port: int, chosen: Mapping[str, str]) -> dict[str, str]:
    """What the programs must know. Nothing of it comes from the caller, whose settings may be meant for real people."""
    no_profile = state / "temporal.toml"
    no_profile.write_text("")
    names = {field: variable for variable, field in variables().items()}
    return {
        "TEMPORAL_ADDRESS": f"127.0.0.1:{port}",
        "TEMPORAL_CONFIG_FILE": str(no_profile),
        **{names[field]: value for field, value in chosen.items()},
    }


@contextmanager
def _environment_of_its_own(environment: Mapping[str, str]) -> Iterator[None]:
    """Let this process, and so the programs that it starts, see these settings and no others."""
    before = dict(os.environ)
    for name in before:
        if (name.startswith("TEMPORAL_") and name != "TEMPORAL_CLI") or name in variables():
            del os.environ[name]
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _migrate(settings: Settings) -> None:
    database = open_records(settings)
    try:
        migrate(database)
    finally:
        database.dispose()


def _server(port: int, ui_port: int, engine: Path | None) -> Sequence[str]:
    kept = ["--db-filename", str(engine)] if engine is not None else []
    return [
        str(find_temporal_cli()),
        *("server", "start-dev", "--ip", "127.0.0.1", "--log-level", "error"),
        *("--port", str(port), "--ui-port", str(ui_port)),
        # Four partitions, the default, are for many pollers; one worker's few only wait longer.
        *("--dynamic-config-value", "matching.numTaskqueueReadPartitions=1"),
        *("--dynamic-config-value", "matching.numTaskqueueWritePartitions=1"),
        *kept,
    ]


@contextmanager
def _running(name: str, command: Sequence[str], state: Path) -> Iterator[Program]:
    """Run a program until the block ends, in a folder where it finds no settings file of the caller."""
    log = state / f"{name.rpartition(' ')[2]}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - the commands are our own
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=state, start_new_session=True
        )
    try:
        yield Program(name, process, log)
    finally:
        with _undisturbed():
            _stop(process)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """Let it finish what it holds, then end it with all that it has started."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_STOPPED_WITHIN_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Take a request to end, or the end of the terminal, like Ctrl-C, so that everything is cleaned up."""
    with _handled({signal.SIGTERM: signal.default_int_handler, signal.SIGHUP: signal.default_int_handler}):
        yield


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let nothing interrupt the cleaning up."""
    with _handled(dict.fromkeys((signal.SIGINT, signal.SIGTERM, signal.SIGHUP), signal.SIG_IGN)):
        yield


@contextmanager
def _handled(handlers: Mapping[signal.Signals, Any]) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


async def _until_prepared(settings: Settings, server: Program) -> None:
    """Wait until the server answers, and make the search attributes known to it."""
    deadline = time.monotonic() + _READY_WITHIN_SECONDS
    while True:
        server.require_running()
        try:
            await add_search_attributes(await temporal(settings))
            return
        except (EngineUnavailable, CannotError):
            if time.monotonic() > deadline:
                raise
        await asyncio.sleep(0.3)


def _until_worked(worker: Program) -> None:
    deadline = time.monotonic() + _READY_WITHIN_SECONDS
    while "worker started" not in worker.log.read_text(errors="replace"):
        worker.require_running()
        if time.monotonic() > deadline:
            raise ProgramFailedError(f"the worker has not started within {_READY_WITHIN_SECONDS} seconds")
        time.sleep(0.2)
