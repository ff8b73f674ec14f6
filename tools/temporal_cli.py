"""Finds the Temporal CLI, whose dev server runs the demo, development and tests; fetches it if need be."""

import os
import shutil
import sys
from pathlib import Path

from tools.fetch import TOOLS, FetchError, Report, run_telling_progress, say
from tools.sdk_download import download_with_sdk

GO_MODULE = "github.com/temporalio/cli/cmd/temporal@v1.5.1"
"""The newest release that ``go install`` takes; later ones carry a replace directive, which it refuses."""

_OWN = TOOLS / "bin" / "temporal"
_REMEDY = "install it from https://docs.temporal.io/cli so that `temporal` is on PATH, or set TEMPORAL_CLI to its path"


class TemporalCliNotFoundError(FetchError):
    """There is no Temporal CLI and none could be fetched; the message ends with the remedy."""


def find_temporal_cli(report: Report = say) -> Path:
    """Find the CLI: ``TEMPORAL_CLI``, PATH, the project's own, the SDK's download, the Go toolchain, in that order.

    Args:
        report: told what goes on when it has to be fetched, which takes up to three minutes.

    Raises:
        TemporalCliNotFoundError: if every way fails.
    """
    named = os.environ.get("TEMPORAL_CLI")
    if named:
        return _checked(Path(named))
    on_path = shutil.which("temporal")
    if on_path:
        return Path(on_path)
    if not _OWN.is_file():
        _fetch(report)
    return _OWN


def _checked(named: Path) -> Path:
    if not os.access(named, os.X_OK) or named.is_dir():
        raise TemporalCliNotFoundError(f"TEMPORAL_CLI names {named}, which is no program: {_REMEDY}")
    return named.resolve()


def _fetch(report: Report) -> None:
    report("No Temporal CLI on this machine yet: downloading it into .tools")
    try:
        download_with_sdk("dev-server", _OWN)
    except FetchError as refused:
        report(f"That did not work: {refused}")
        _install_with_go(report)


def _install_with_go(report: Report) -> None:
    if shutil.which("go") is None:
        raise TemporalCliNotFoundError(f"no Temporal CLI: it cannot be downloaded, nor built without Go: {_REMEDY}")
    try:
        run_telling_progress(
            ["go", "install", GO_MODULE],
            "Building the Temporal CLI with Go, which takes two to three minutes",
            report,
            {"GOBIN": str(_OWN.parent)},
        )
    except FetchError as failed:
        raise TemporalCliNotFoundError(f"no Temporal CLI: it cannot be downloaded, and {failed}: {_REMEDY}") from failed


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{find_temporal_cli()}\n")
    except TemporalCliNotFoundError as error:
        sys.exit(str(error))
