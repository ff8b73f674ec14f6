"""Runs the migrations on the database that the caller connected."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from storage import agent_tables, arrangement_tables, legal_tables, tables
from storage.personal import PersonalText


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write SQLModel's strings and encrypted text into migrations as what the database keeps."""
    if kind != "type":
        return False
    if isinstance(item, PersonalText):
        return "sa.Text()"
    return f"sa.String(length={item.length})" if isinstance(item, AutoString) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    compare_type=True,
    # SQLite alters a table only by copying it.
    render_as_batch=connection.dialect.name == "sqlite",
    user_module_prefix="columns.",
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()

__all__ = ["agent_tables", "arrangement_tables", "legal_tables", "tables"]
