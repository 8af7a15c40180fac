"""The tables of a live database, as facts for a recipe. Needs the server's extras, for SQLAlchemy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlglot
from sqlalchemy import URL, Dialect, create_engine, inspect
from sqlalchemy.exc import CompileError, SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlglot import exp
from sqlglot.errors import SqlglotError

from synthmill.errors import ClientError
from synthmill.generators.importing.checks import take_over
from synthmill.generators.importing.model import ColumnFacts, Imported, Reference, TableFacts
from synthmill.generators.importing.quiet import quiet
from synthmill.generators.importing.settling import settle
from synthmill.generators.importing.sql_types import facts_of

_DIALECTS = {"postgresql": "postgres", "mssql": "tsql", "mariadb": "mysql"}


def read_database(url: str, schema: str | None = None) -> Imported:
    """Every table of a schema (the database's default one if None): columns, keys, checks; no row is read.

    Raises ClientError where the database can't be reached, isn't there or has no table, and
    ModuleNotFoundError where its driver isn't installed.
    """
    try:
        engine = create_engine(url, poolclass=NullPool)
        _check_there(engine.url)
        with engine.connect() as connection:
            looking = inspect(connection)
            names = looking.get_table_names(schema)
            imported = Imported([])
            with quiet():
                for name in names:
                    imported.tables.append(_table(looking, name, schema, engine.dialect, imported.notes))
    except SQLAlchemyError as error:
        raise ClientError(f"the database can't be read: {str(error).splitlines()[0]}") from error
    if not imported.tables:
        raise ClientError("the database has no tables there; name a schema with --schema")
    settle(imported, {})
    return imported


def _check_there(url: URL) -> None:
    """SQLite would make an empty database where there is none."""
    path = url.database
    if url.get_backend_name() != "sqlite" or not path or path == ":memory:" or path.startswith("file:"):
        return
    if not Path(path).is_file():
        raise ClientError(f"no file {path}; give the address of a database that is there")


def _table(looking: Any, name: str, schema: str | None, dialect: Dialect, notes: list[str]) -> TableFacts:
    table = TableFacts(name)
    for column in looking.get_columns(name, schema):
        facts = _column(column, dialect)
        facts.nullable = bool(column["nullable"])
        table.columns[facts.name] = facts
    table.primary_key = tuple(looking.get_pk_constraint(name, schema)["constrained_columns"])
    for key in looking.get_foreign_keys(name, schema):
        columns, there = tuple(key["constrained_columns"]), tuple(key["referred_columns"])
        table.references.append(Reference(columns, key["referred_table"], there))
    for unique in looking.get_unique_constraints(name, schema):
        names = tuple(unique["column_names"])
        table.uniques.append(names)
    for check in _checks(looking, name, schema):
        try:
            take_over(table, sqlglot.parse_one(check, read=_spoken(dialect)), notes)
        except SqlglotError:
            notes.append(f"{name}: the check {check} can't be read")
    return table


def _checks(looking: Any, name: str, schema: str | None) -> list[str]:
    try:
        return [check["sqltext"] for check in looking.get_check_constraints(name, schema)]
    except NotImplementedError:
        return []  # Of a database whose checks SQLAlchemy can't look at.


def _spoken(dialect: Dialect) -> str:
    """The dialect as sqlglot calls it."""
    return _DIALECTS.get(dialect.name, dialect.name)


def _column(column: Any, dialect: Dialect) -> ColumnFacts:
    # A domain's values are those of another type.
    kind = getattr(column["type"], "data_type", column["type"])
    enums = getattr(kind, "enums", None)
    if enums:
        longest = max(map(len, enums))
        return ColumnFacts(column["name"], "text", f"VARCHAR({longest})", longest, values=list(enums))
    try:
        declared: Any = exp.DataType.build(kind.compile(dialect=dialect), dialect=_spoken(dialect))
    except (CompileError, SqlglotError, ValueError):
        declared = None
    return facts_of(column["name"], declared)
