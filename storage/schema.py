"""The database's schema: brought up to date by migrations, and compared with what the tables say."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlmodel import SQLModel

from storage import agent_tables, arrangement_tables, legal_tables, tables
from storage.database import Database

_MIGRATIONS = Path(__file__).parent / "migrations"


class SchemaBehindError(RuntimeError):
    """The database lacks migrations that this version of the product needs."""


def migrate(database: Database) -> None:
    """Bring the database to the newest schema; safe to run again."""
    with database.engine.connect() as connection, connection.begin():
        command.upgrade(_config(connection), "head")


def require_current(database: Database) -> None:
    """Refuse to work on a database whose schema is not the newest.

    Raises:
        SchemaBehindError: naming the command that mends it.
    """
    with database.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        newest = ScriptDirectory.from_config(_config(connection)).get_current_head()
    if current != newest:
        raise SchemaBehindError("the database's schema is not up to date; run: python starter.py migrate")


def differences(database: Database) -> list[Any]:
    """How the migrated database differs from the tables; empty when every change has its migration."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, SQLModel.metadata))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


__all__ = [
    "SchemaBehindError",
    "agent_tables",
    "arrangement_tables",
    "differences",
    "legal_tables",
    "migrate",
    "require_current",
    "tables",
]
