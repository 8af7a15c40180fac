"""SQL DDL in any dialect that sqlglot reads, as facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from generators.errors import InvalidRequestError
from generators.importing.checks import take_over
from generators.importing.model import MAX_BYTES, ColumnFacts, Imported, Reference, TableFacts
from generators.importing.sql_types import facts_of

DIALECTS = ("postgres", "mysql", "sqlite", "tsql", "oracle", "snowflake", "bigquery", "duckdb", "redshift")
_MOST_DEPTH = 200


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
    statements = _parsed(text, (dialect,) if dialect else DIALECTS[:4])
    reader = _Reader()
    for statement in statements:
        reader.read(statement)
    if not reader.tables:
        raise InvalidRequestError.one("content", "declares no table", "give CREATE TABLE statements")
    reader.settle()
    return Imported(list(reader.tables.values()), reader.notes)


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
            if isinstance(statement.this, exp.Schema):
                self._table(statement.this)
            else:
                self.notes.append(
                    f"{statement.this.name}: a table without columns of its own was passed over"
                )
        elif isinstance(statement, exp.Create) and statement.kind == "INDEX":
            self._index(statement)
        elif isinstance(statement, exp.Alter) and statement.this.name in self.tables:
            table = self.tables[statement.this.name]
            for constraint in statement.find_all(exp.AddConstraint):
                for one in constraint.expressions:
                    self._constraint(table, one)

    def settle(self) -> None:
        """What can be known only when all has been read."""
        for table in self.tables.values():
            for column in table.columns.values():
                name = (column.sql_type or "").lower()
                if column.family == "other" and name in self.enums:
                    column.family, column.values = "text", self.enums[name]
                    column.length = max(map(len, column.values))
                    column.sql_type = f"VARCHAR({column.length})"
            for reference in list(table.references):
                there = self.tables.get(reference.table)
                if there is None:
                    self.notes.append(f"{table.name}: {reference.table}, which it refers to, isn't declared")
                    table.references.remove(reference)
                elif not reference.references:
                    reference.references = there.primary_key
            for name in table.primary_key:
                table.columns[name].nullable = False
            for names in table.uniques:
                if len(names) == 1:
                    table.columns[names[0]].unique = True

    def _table(self, schema: exp.Schema) -> None:
        table = TableFacts(schema.this.name)
        self.tables[table.name] = table
        for one in schema.expressions:
            if isinstance(one, exp.ColumnDef):
                table.columns[one.name] = self._column(table, one)
        for one in schema.expressions:
            if not isinstance(one, exp.ColumnDef):
                self._constraint(table, one)

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
        table = self.tables.get(index.args["table"].name) if index.args.get("table") else None
        parameters = index.args.get("params")
        if told.args.get("unique") and table is not None and parameters is not None:
            names = tuple(_names(parameters.args.get("columns") or ()))
            if parameters.args.get("where") is None and all(name in table.columns for name in names):
                table.uniques.append(names)


def _reference(columns: tuple[str, ...], told: exp.Expr) -> Reference:
    there = told.this
    if isinstance(there, exp.Schema):
        return Reference(columns, there.this.name, tuple(_names(there.expressions)))
    return Reference(columns, there.name, ())


def _names(told: Any) -> Iterator[str]:
    for one in told:
        yield one.this.name if isinstance(one, exp.Ordered) else one.name
