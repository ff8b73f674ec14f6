"""How log lines are written: structured, by structlog, for our own lines and for those of the libraries alike."""

import logging
import sys

import structlog

from config.settings import LogFormat

_QUIET = ("twilio.http_client", "httpx", "urllib3", "alembic")
"""Libraries whose lines at INFO name addresses or bodies."""


def configure_logs(log_format: LogFormat, level: int = logging.INFO) -> None:
    """Send every line to standard error. Lines carry ids and codes; addresses and words never reach a logger."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    as_json = log_format is LogFormat.JSON
    last = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
