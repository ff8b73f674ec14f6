"""The database: one engine, reading and writing transactions, and the lock that serialises what concerns one person."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, ExceptionContext, event
from sqlalchemy.engine import make_url
from sqlmodel import Session, col, create_engine, select

from storage.tables import Account, Debtor

_WRITING = "duecourse_writing"
_SQLITE_PATIENCE_MS = 30_000


class UnknownDebtorError(LookupError):
    """No debtor of that id is registered."""


class Database:
    """The records of the product, on SQLite or PostgreSQL."""

    def __init__(self, url: str) -> None:
        """Open the database; nothing is connected before the first transaction."""
        on_sqlite = url.startswith("sqlite")
        self.engine = _sqlite_engine(url) if on_sqlite else _server_engine(url)
        # SQLite has one writer at a time, and who waits for it sleeps longer each time; threads of ours queue instead.
        self._turn: AbstractContextManager[object] = threading.RLock() if on_sqlite else nullcontext()
        self._writing = self.engine.execution_options(**{_WRITING: True})

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads."""
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that writes: committed at the end, or rolled back whole when it raises."""
        with self._turn, Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def lock_debtor(session: Session, debtor_id: str) -> Debtor:
    """Hold everybody else off this person until the transaction ends, and read them as they are now.

    On SQLite a writing transaction has the whole database to itself already.

    Raises:
        UnknownDebtorError: if nobody of that id is registered.
    """
    statement = select(Debtor).where(col(Debtor.debtor_id) == debtor_id).with_for_update()
    debtor = session.exec(statement.execution_options(populate_existing=True)).one_or_none()
    if debtor is None:
        raise UnknownDebtorError(f"no debtor {debtor_id} is registered")
    return debtor


def lock_debtor_of(session: Session, account_id: str) -> Debtor | None:
    """The person of an account, locked as :func:`lock_debtor` does it; none if there is no such account."""
    statement = select(Debtor).join(Account, col(Account.debtor_id) == col(Debtor.debtor_id))
    locked = statement.where(col(Account.account_id) == account_id).with_for_update(of=Debtor)
    return session.exec(locked.execution_options(populate_existing=True)).one_or_none()


def _server_engine(url: str) -> Engine:
    driver = "postgresql+psycopg"
    engine = create_engine(
        make_url(url).set(drivername=driver), pool_pre_ping=True, pool_size=10, max_overflow=20, hide_parameters=True
    )
    event.listen(engine, "handle_error", _drop_the_row)
    return engine


def _sqlite_engine(url: str) -> Engine:
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    patience = {"check_same_thread": False, "timeout": _SQLITE_PATIENCE_MS / 1000}
    engine = create_engine(url, connect_args=patience, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _drop_the_row(context: ExceptionContext) -> None:
    """PostgreSQL repeats the row that it refuses, and errors reach logs and histories: keep only what was wrong."""
    original = context.original_exception
    sentence = original.diag.message_primary if isinstance(original, psycopg.Error) else None
    if sentence is None:
        return
    original.args = (sentence,)
    if context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (f"({type(original).__name__}) {sentence}",)


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver must not begin transactions by itself: _begin_sqlite says whether they write.
    connection.isolation_level = None
    for pragma in (
        "foreign_keys = ON",
        "journal_mode = WAL",
        f"busy_timeout = {_SQLITE_PATIENCE_MS}",
        "synchronous = FULL",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its lock at once: one that read first and then wrote could find that its reading is out of date.
    writing = connection.get_execution_options().get(_WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
