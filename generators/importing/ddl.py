"""SQL DDL in any dialect that sqlglot reads, as facts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.importing.checks import take_over
from synthmill.generators.importing.model import (
    MAX_BYTES,
    ColumnFacts,
    Imported,
    Reference,
    TableFacts,
    found,
)
from synthmill.generators.importing.quiet import quiet
from synthmill.generators.importing.settling import column_of, settle
from synthmill.generators.importing.sql_types import facts_of

DIALECTS = ("postgres", "mysql", "sqlite", "tsql", "oracle", "snowflake", "bigquery", "duckdb", "redshift")
_MOST_DEPTH = 200
_TELLING = re.compile(
    r"(\w+ )?(TABLE|DOMAIN|TYPE)\b(?!.*\b(OWNER TO|ROW LEVEL|CHECK CONSTRAINT)\b)", re.IGNORECASE | re.DOTALL
)
"""Of statements that can't be read, those that may say something of columns."""


def read_ddl(text: str, dialect: str | None = None) -> Imported:
    """The tables that CREATE TABLE and ALTER TABLE statements declare; other statements are passed over.

    Without a dialect, PostgreSQL's is tried, then MySQL's, SQLite's and SQL Server's. Raises
    InvalidRequestError for text that is too long, that no dialect reads, or that declares no table.
    """
    if len(text.encode()) > MAX_BYTES:
        raise InvalidRequestError.one("content", f"longer than {MAX_BYTES} bytes", "give the DDL alone")
    if dialect is not None and dialect not in DIALECTS:
        raise InvalidRequestError.one(
            "dialect", f"unknown dialect {dialect!r}", f"one of: {', '.join(DIALECTS)}"
        )
    _check_depth(text)
    reader = _Reader()
    with quiet():
        for statement in _parsed(text, (dialect,) if dialect else DIALECTS[:4]):
            reader.read(statement)
    if not reader.tables:
        raise InvalidRequestError.one("content", "declares no table", "give CREATE TABLE statements")
    imported = Imported(list(reader.tables.values()), reader.notes)
    settle(imported, reader.enums)
    return imported


def _check_depth(text: str) -> None:
    depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth > _MOST_DEPTH:
            raise InvalidRequestError.one(
                "content", f"nested more than {_MOST_DEPTH} deep", "give CREATE TABLE statements"
            )


def _parsed(text: str, dialects: tuple[str, ...]) -> list[exp.Expr]:
    reasons = []
    for dialect in dialects:
        try:
            return [one for one in sqlglot.parse(text, read=dialect) if one is not None]
        except (SqlglotError, RecursionError, ValueError) as error:
            reasons.append(f"{dialect}: {str(error).splitlines()[0] if str(error) else 'nested too deep'}")
    raise InvalidRequestError.one("content", reasons[0], "name its dialect, or give the CREATE TABLEs alone")


class _Reader:
    def __init__(self) -> None:
        self.tables: dict[str, TableFacts] = {}
        self.enums: dict[str, list[str]] = {}
        self.notes: list[str] = []

    def read(self, statement: exp.Expr) -> None:
        if isinstance(statement, exp.Create) and statement.kind == "TYPE":
            kind = statement.args.get("expression")
            if isinstance(kind, exp.DataType):
                self.enums[statement.this.name.lower()] = [one.name for one in kind.expressions]
        elif isinstance(statement, exp.Create) and statement.kind == "TABLE":
            self._create(statement)
        elif isinstance(statement, exp.Create) and statement.kind == "INDEX":
            self._index(statement)
        elif isinstance(statement, exp.Alter) and statement.args.get("kind") == "TABLE":
            self._alter(statement)
        elif isinstance(statement, exp.Command) and statement.name.upper() in ("CREATE", "ALTER"):
            told = str(statement.args["expression"]).strip()
            if _TELLING.match(told):
                self.notes.append(
                    f"{statement.name.upper()} {_short(told)} can't be read and was passed over"
                )

    def _create(self, statement: exp.Create) -> None:
        name = statement.this.this.name if isinstance(statement.this, exp.Schema) else statement.this.name
        if not isinstance(statement.this, exp.Schema):
            self.notes.append(f"{name}: a table without columns of its own was passed over")
        elif name not in self.tables:
            table = self.tables[name] = TableFacts(name)
            self._declare(table, statement.this.expressions)
        elif not statement.args.get("exists"):
            raise InvalidRequestError.one(
                "content", f"table {name} is declared twice", "leave one out, or give it another name"
            )

    def _declare(self, table: TableFacts, told: list[exp.Expr]) -> None:
        """Columns, and what is said of them."""
        for one in told:
            if isinstance(one, exp.ColumnDef):
                self._add(table, one)
        for one in told:
            if not isinstance(one, exp.ColumnDef):
                self._constraint(table, one)

    def _add(self, table: TableFacts, told: exp.ColumnDef) -> None:
        if told.name not in table.columns:
            table.columns[told.name] = self._column(table, told)
        elif not told.args.get("exists"):
            raise InvalidRequestError.one(
                "content", f"column {table.name}.{told.name} is declared twice", "leave one out"
            )

    def _alter(self, statement: exp.Alter) -> None:
        table = found(statement.this.name, self.tables)
        if table is None:
            self.notes.append(f"{statement.this.name}: ALTER TABLE of a table that isn't declared before it")
            return
        for action in statement.args.get("actions") or ():
            if isinstance(action, exp.ColumnDef):
                self._add(table, action)
            elif isinstance(action, exp.Schema | exp.AddConstraint):
                self._declare(table, action.expressions)
            elif isinstance(action, exp.AlterColumn) and action.args.get("allow_null") is False:
                column_of(table, action.name, "ALTER COLUMN").nullable = False
            elif not isinstance(action, exp.AlterColumn) or action.args.get("default") is None:
                self.notes.append(f"{table.name}: {_short(action.sql())} of ALTER TABLE isn't taken over")

    def _column(self, table: TableFacts, told: exp.ColumnDef) -> ColumnFacts:
        column = facts_of(told.name, told.args.get("kind"))
        for constraint in told.args.get("constraints") or ():
            kind = constraint.kind
            if isinstance(kind, exp.PrimaryKeyColumnConstraint):
                table.primary_key = (told.name,)
            elif isinstance(kind, exp.NotNullColumnConstraint):
                column.nullable = bool(kind.args.get("allow_null"))
            elif isinstance(kind, exp.UniqueColumnConstraint):
                column.unique = True
            elif isinstance(kind, exp.CheckColumnConstraint):
                table.columns[told.name] = column
                take_over(table, kind.this, self.notes)
            elif isinstance(kind, exp.Reference):
                table.references.append(_reference((told.name,), kind))
        return column

    def _constraint(self, table: TableFacts, told: exp.Expr) -> None:
        if isinstance(told, exp.Constraint):
            for one in told.expressions:
                self._constraint(table, one)
        elif isinstance(told, exp.PrimaryKey):
            table.primary_key = tuple(_names(told.expressions))
        elif isinstance(told, exp.ForeignKey):
            reference = told.args.get("reference")
            if reference is not None:
                table.references.append(_reference(tuple(_names(told.expressions)), reference))
        elif isinstance(told, exp.UniqueColumnConstraint) and isinstance(told.this, exp.Schema):
            table.uniques.append(tuple(_names(told.this.expressions)))
        elif isinstance(told, exp.CheckColumnConstraint | exp.Check):
            take_over(table, told.this, self.notes)

    def _index(self, told: exp.Create) -> None:
        index = told.this
        table = found(index.args["table"].name, self.tables) if index.args.get("table") else None
        parameters = index.args.get("params")
        if told.args.get("unique") and table is not None and parameters is not None:
            names = tuple(_names(parameters.args.get("columns") or ()))
            # An expression has no name, and what some rows have in common is no key.
            if parameters.args.get("where") is None and all(names):
                table.uniques.append(names)


def _reference(columns: tuple[str, ...], told: exp.Expr) -> Reference:
    there = told.this
    if isinstance(there, exp.Schema):
        return Reference(columns, there.this.name, tuple(_names(there.expressions)))
    return Reference(columns, there.name, ())


def _short(told: str) -> str:
    told = " ".join(told.split())
    return told if len(told) <= 60 else f"{told[:57]}..."


def _names(told: Any) -> Iterator[str]:
    for one in told:
        yield one.this.name if isinstance(one, exp.Ordered) else one.name
