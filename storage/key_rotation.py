"""Encrypts personal data anew under the key in use, so that older data keys can be thrown away."""

from typing import Any

from sqlalchemy import Column, Table, Text, and_, select, type_coerce, update
from sqlmodel import SQLModel

from storage.database import Database
from storage.people import address_digests
from storage.personal import PersonalText, keyring
from storage.tables import Address

_AT_ONCE = 500


def rotate_data_keys(database: Database) -> int:
    """Encrypt anew what an older key encrypted; answers how many rows changed. Safe to interrupt and repeat.

    Raises:
        PersonalDataUnreadableError: if a value needs a key that is not among the data keys.
    """
    return sum(_rotate_table(database, table) for table in SQLModel.metadata.sorted_tables if _personal(table))


def _personal(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if isinstance(column.type, PersonalText)]


def _rotate_table(database: Database, table: Table) -> int:
    changed, after = 0, None
    while True:
        rows = _page(database, table, after)
        if not rows:
            return changed
        stale = [row for row in rows if not all(keyring().is_newest(value) for value in row[1:] if value is not None)]
        for row in stale:
            _rotate_row(database, table, row)
        changed, after = changed + len(stale), rows[-1][0]


def _page(database: Database, table: Table, after: Any) -> list[Any]:
    """Rows as the database keeps them: the primary key, then each personal column, still encrypted."""
    (key,) = table.primary_key.columns
    raw = select(key, *(type_coerce(column, Text()) for column in _personal(table))).order_by(key).limit(_AT_ONCE)
    with database.reading() as session:
        return list(session.connection().execute(raw if after is None else raw.where(key > after)))


def _rotate_row(database: Database, table: Table, row: Any) -> None:
    """Write what is read, which seals it under the key in use; a row that changed meanwhile is left to its writer."""
    (key,) = table.primary_key.columns
    columns = _personal(table)
    with database.writing() as session:
        connection = session.connection()
        unchanged = [type_coerce(column, Text()) == value for column, value in zip(columns, row[1:], strict=True)]
        fresh = connection.execute(select(*columns).where(and_(key == row[0], *unchanged))).one_or_none()
        if fresh is None:
            return
        values = dict(zip((column.name for column in columns), fresh, strict=True))
        connection.execute(update(table).where(key == row[0]).values(values))
        address = session.get(Address, row[0]) if table.name == Address.__tablename__ else None
        if address is not None:
            address.digest = address_digests(address.kind, address.value)[0]
            session.add(address)
