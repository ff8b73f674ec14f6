"""Gets the engines of the tests ready before the tests start, so that no test pays for a download."""

import sys

from tools.fetch import FetchError
from tools.temporal_cli import find_temporal_cli
from tools.test_server import find_test_server


def main() -> None:
    """Say where each engine is, or why its tests will be skipped."""
    for name, find in (("dev server", find_temporal_cli), ("time-skipping server", find_test_server)):
        try:
            sys.stdout.write(f"{name}: {find()}\n")
        except FetchError as missing:
            sys.stdout.write(f"{name}: its tests will be skipped, {missing}\n")


if __name__ == "__main__":
    main()
