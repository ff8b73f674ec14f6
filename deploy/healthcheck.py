"""Tells the container's health check whether the worker in it asks Temporal for work; exits 1 and says so if not."""

import os
import re
import sys
import urllib.request

_POLLERS = re.compile(r"^temporal_num_pollers\{[^}]*\} (\S+)$", re.MULTILINE)


def count_pollers(port: str) -> float:
    """Count the worker's pollers from its own metrics.

    Raises:
        OSError: if nothing serves metrics at that port.
    """
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=3) as answer:
        return sum(map(float, _POLLERS.findall(answer.read().decode())))


def main() -> None:
    """Exit 0 for a healthy worker, else 1 with the reason."""
    try:
        pollers = count_pollers(os.environ.get("DUECOURSE_METRICS_PORT", "0"))
    except OSError as error:
        sys.exit(f"the worker serves no metrics: {error}")
    if pollers == 0:
        sys.exit("the worker does not poll Temporal")


if __name__ == "__main__":
    main()
