"""Transactions on SQLite and PostgreSQL, the database's own clock, and statements that are built once.

SQLite needs care: with SQLAlchemy's default transactions a read followed by a write can silently lose
updates, so writers take the write lock at once (BEGIN IMMEDIATE). No input or output is done inside a
write transaction, so that lock is held for milliseconds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from inspect import signature
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from sqlalchemy import (
    Connection,
    Delete,
    Engine,
    Executable,
    Float,
    Update,
    bindparam,
    create_engine,
    event,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import ColumnElement
from sqlalchemy.sql.functions import FunctionElement

DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeoutError)
"""What a database that is away, frozen, restarting or full raises: it says nothing about the work in hand."""


Given = ParamSpec("Given")
Statement = TypeVar("Statement", bound=Executable)


class _DatabaseTime(FunctionElement[float]):
    type = Float()
    inherit_cache = True


@compiles(_DatabaseTime, "sqlite")
def _sqlite_time(*_: Any, **__: Any) -> str:
    # unixepoch('subsec') needs SQLite 3.42; a julian day in a double is good to 40 microseconds.
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(_DatabaseTime, "postgresql")
def _postgresql_time(*_: Any, **__: Any) -> str:
    return "CAST(extract(epoch from clock_timestamp()) AS double precision)"


def db_now() -> ColumnElement[float]:
    """Seconds since 1970 by the database's clock: the only clock that leases and events go by."""
    return _DatabaseTime()


def built_once(build: Callable[Given, Statement]) -> Callable[Given, tuple[Statement, dict[str, Any]]]:
    """A statement as a function of what changes from call to call, for `session.execute(*statement(...))`.

    Building one takes longer than what the database does with it, and a part passes a dozen of them.
    `build` is called at the first call alone, with bind parameters instead of values: it may compare, store
    and calculate with them in SQL, and not look at them. Rows that the session has loaded already aren't
    changed by an UPDATE or DELETE.
    """
    names = {name: f"of_{name}" for name in signature(build).parameters}
    keys = tuple(names.values())

    @cache
    def statement() -> Any:
        made = cast(Any, build)(**{name: bindparam(key) for name, key in names.items()})
        if isinstance(made, Update | Delete):
            return made.execution_options(synchronize_session=False)
        return made

    @wraps(build)
    def bound(*given: Given.args, **named: Given.kwargs) -> tuple[Statement, dict[str, Any]]:
        values = dict(zip(keys, given, strict=False))
        return statement(), values | {names[name]: value for name, value in named.items()}

    return bound


class Database:
    """An engine, opened at first use, and two kinds of session."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.on_commit: Callable[[Session], None] | None = None
        """Called with the session of each transaction that may write, once it is committed and has given its
        connection back."""
        self._engine: Engine | None = None
        self._opening = threading.Lock()

    @property
    def engine(self) -> Engine:
        if self._engine is None:
            # Two threads at once would each open one, and nobody would close the connections of the other.
            with self._opening:
                if self._engine is None:
                    make = _sqlite_engine if self.url.startswith("sqlite") else _server_engine
                    self._engine = make(self.url)
        return self._engine

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Session]:
        """A transaction that may write; committed at the end, rolled back on an exception.

        `durable` survives a power failure on SQLite too, at the price of a disk flush; a killed process
        loses nothing either way.
        """
        options = {"synthmill_write": True, "synthmill_durable": durable}
        with (
            self.engine.connect().execution_options(**options) as connection,
            _session(connection) as session,
        ):
            yield session
            session.commit()
        if self.on_commit is not None:
            self.on_commit(session)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that only reads."""
        with self.engine.connect() as connection, _session(connection) as session:
            yield session

    def close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None


def _session(connection: Connection) -> Session:
    return Session(bind=connection, expire_on_commit=False, autoflush=False)


def _server_engine(url: str) -> Engine:
    # Web threads wait for a connection rather than opening more than PostgreSQL's default of 100 allows.
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=15,
        pool_timeout=30,
        # A server whose machine is gone is noticed in half a minute, not when TCP gives up.
        connect_args={
            "connect_timeout": 5,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 30_000,
        },
    )


def file_of(url: str) -> Path | None:
    """The file of an SQLite database; None of one in memory, and of a server's."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or not address.database or address.database == ":memory:":
        return None
    return Path(address.database)


def _sqlite_engine(url: str) -> Engine:
    file = file_of(url)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_size=5, max_overflow=250)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # The begin event below opens transactions, not the driver.
        for pragma in (
            "busy_timeout=30000",
            "journal_mode=WAL",
            "foreign_keys=ON",
            "journal_size_limit=67108864",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("synthmill_write"):
            level = "FULL" if options["synthmill_durable"] else "NORMAL"
            if connection.info.get("synchronous") != level:
                connection.exec_driver_sql(f"PRAGMA synchronous={level}")
                connection.info["synchronous"] = level
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("BEGIN")

    return engine
