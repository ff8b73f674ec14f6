"""Finds the time-skipping test server, on which tests run months of a case in a second; fetches it if need be.

The product never needs it, so where it cannot be had its tests are skipped.
"""

import os
import shutil
import sys
from pathlib import Path

from tools.fetch import ROOT, TOOLS, FetchError, Report, run_telling_progress, say
from tools.sdk_download import download_with_sdk

_FOLDER = TOOLS / "test-server"
_JARS = _FOLDER / "jars"
_NATIVE = _FOLDER / "temporal-test-server"
_WRAPPER = _FOLDER / "run"
_POM = ROOT / "tools" / "test-server.pom.xml"

_WRAPPER_TEXT = """#!/bin/sh
exec java -cp "$(dirname "$0")/jars/*" io.temporal.testserver.TestServer "$@"
"""


class TimeSkippingServerNotFoundError(FetchError):
    """There is no time-skipping server and none could be fetched; the message is the reason for skipping its tests."""


def find_test_server(report: Report = say) -> Path:
    """Find the server: ``TEMPORAL_TEST_SERVER``, the project's own, the SDK's download, Maven and Java, in that order.

    Args:
        report: told what goes on when it has to be fetched, which takes up to a minute.

    Raises:
        TimeSkippingServerNotFoundError: if every way fails.
    """
    named = os.environ.get("TEMPORAL_TEST_SERVER")
    if named:
        return _checked(Path(named))
    if _NATIVE.is_file():
        return _NATIVE
    if not any(_JARS.glob("temporal-test-server-*.jar")):
        report("No time-skipping test server on this machine yet: downloading it into .tools")
        try:
            download_with_sdk("time-skipping", _NATIVE)
        except FetchError as refused:
            report(f"That did not work: {refused}")
            _fetch_with_maven(report)
        else:
            return _NATIVE
    return _wrapper()


def _checked(named: Path) -> Path:
    if not os.access(named, os.X_OK) or named.is_dir():
        raise TimeSkippingServerNotFoundError(f"TEMPORAL_TEST_SERVER names {named}, which is no program")
    return named.resolve()


def _fetch_with_maven(report: Report) -> None:
    missing = [program for program in ("mvn", "java") if shutil.which(program) is None]
    if missing:
        raise TimeSkippingServerNotFoundError(
            f"no time-skipping server: it cannot be downloaded, and there is no {' and no '.join(missing)}:"
            " install Maven and a Java runtime, or set TEMPORAL_TEST_SERVER to the server's path"
        )
    partial = _FOLDER / "jars.partial"
    goal = ["dependency:copy-dependencies", f"-DoutputDirectory={partial}", "-DincludeScope=runtime"]
    try:
        run_telling_progress(
            ["mvn", "--batch-mode", "--quiet", f"--file={_POM}", *goal],
            "Fetching the time-skipping test server with Maven",
            report,
        )
    except FetchError as failed:
        raise TimeSkippingServerNotFoundError(f"no time-skipping server: {failed}") from failed
    partial.rename(_JARS)


def _wrapper() -> Path:
    if shutil.which("java") is None:
        raise TimeSkippingServerNotFoundError(
            "no time-skipping server: its jars are in .tools, but there is no Java to run them; install a Java runtime"
        )
    if not _WRAPPER.is_file():
        _WRAPPER.write_text(_WRAPPER_TEXT)
        _WRAPPER.chmod(0o755)
    return _WRAPPER


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{find_test_server()}\n")
    except TimeSkippingServerNotFoundError as error:
        sys.exit(str(error))
