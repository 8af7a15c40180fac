"""The tables of a live database, as facts for a recipe. Needs the server's extras, for SQLAlchemy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine, inspect
from sqlalchemy.exc import SQLAlchemyError
from sqlglot import exp
from sqlglot.errors import SqlglotError

from generators.importing.model import ColumnFacts, Imported, Reference, TableFacts
from generators.importing.sql_types import facts_of
from synthmill.errors import ClientError

_DIALECTS = {"postgresql": "postgres", "mssql": "tsql", "mariadb": "mysql"}


def read_database(url: str, schema: str | None = None) -> Imported:
    """Every table of a schema (the database's default one if None): columns, keys; no row is read.

    Raises ClientError where the database can't be reached, isn't there or has no table.
    """
    try:
        engine = create_engine(url)
        _check_there(engine.url)
        with engine.connect() as connection:
            looking = inspect(connection)
            names = looking.get_table_names(schema)
            dialect = _DIALECTS.get(engine.dialect.name, engine.dialect.name)
            tables = [_table(looking, name, schema, dialect) for name in names]
    except (SQLAlchemyError, ModuleNotFoundError) as error:
        raise ClientError(f"the database can't be read: {str(error).splitlines()[0]}") from error
    if not tables:
        raise ClientError("the database has no tables there; name a schema with --schema")
    known = {table.name for table in tables}
    for table in tables:
        table.references = [one for one in table.references if one.table in known]
    return Imported(tables)


def _check_there(url: URL) -> None:
    """SQLite would make an empty database where there is none."""
    path = url.database
    if url.get_backend_name() != "sqlite" or not path or path == ":memory:" or path.startswith("file:"):
        return
    if not Path(path).is_file():
        raise ClientError(f"no file {path}; give the address of a database that is there")


def _table(looking: Any, name: str, schema: str | None, dialect: str) -> TableFacts:
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
        if len(names) == 1:
            table.columns[names[0]].unique = True
    return table


def _column(column: Any, dialect: str) -> ColumnFacts:
    kind = column["type"]
    enums = getattr(kind, "enums", None)
    if enums:
        longest = max(map(len, enums))
        return ColumnFacts(column["name"], "text", f"VARCHAR({longest})", longest, values=list(enums))
    try:
        told: Any = exp.DataType.build(str(kind), dialect=dialect)
    except (SqlglotError, ValueError):
        told = None
    return facts_of(column["name"], told)
