"""What a command says when it cannot do what was asked: one line on standard error and exit code 1.

Wrong usage exits with 2, which Typer sees to. Whatever is not expected here is a bug and shows its traceback.
"""

import sys
from typing import Any

import typer
from sqlalchemy.exc import DBAPIError
from temporalio.service import RPCError
from typer.core import TyperGroup

from activities.desk import RefusedError
from cli.importing import ImportStoppedError
from client.errors import DuecourseError
from config.keys import KeysError
from config.yaml_documents import ConfigError
from domain.call_quality import ReviewRefused
from domain.call_sharing import NoCallToTake
from domain.certification import TrainingRefused
from storage.accounts import UnknownAccountError
from storage.agents import UnknownAgentError
from storage.database import UnknownDebtorError
from storage.explanation import UnknownContactError
from storage.personal import PersonalDataUnreadableError
from storage.schema import SchemaBehindError


class CannotError(Exception):
    """The command cannot do what was asked; the message says why and what to do."""


_IN_THEIR_OWN_WORDS = (
    CannotError,
    ImportStoppedError,
    KeysError,
    NoCallToTake,
    PersonalDataUnreadableError,
    ReviewRefused,
    SchemaBehindError,
    TrainingRefused,
    UnknownAccountError,
    UnknownAgentError,
    UnknownContactError,
    UnknownDebtorError,
)


class Commands(TyperGroup):
    """The commands, with every expected error told in a line."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            words = in_words(error)
            if words is None:
                raise
            sys.stderr.write(f"{words}\n")
            raise typer.Exit(1) from None


def in_words(error: Exception) -> str | None:
    """The line for an error that a command may meet, or none for one that is a bug."""
    match error:
        case DuecourseError():
            return f"{error.code}: {error}"
        case RefusedError():
            return f"{error.refusal.code}: {error.refusal.words}"
        case ConfigError():
            return "\n".join(error.problems)
        case RPCError():
            return f"engine_unavailable: Temporal answered {error.status.name}; see that it runs and try again"
        case DBAPIError():
            # Neither the statement nor its parameters: they hold personal data.
            return f"database_unavailable: {type(error.orig).__name__}; see that DATABASE_URL is right and try again"
        case _ if isinstance(error, _IN_THEIR_OWN_WORDS):
            return str(error)
        case _:
            return None
