"""What statements declare, as sqlglot has read them: tables, their columns, keys and checks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlglot import exp

from synthmill.generators import limits
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.importing.checks import take_over
from synthmill.generators.importing.model import ColumnFacts, Reference, TableFacts, found, short
from synthmill.generators.importing.settling import column_of
from synthmill.generators.importing.sql_types import facts_of
from synthmill.generators.schema.fields import SqlType


class Declarations:
    """Grows with every statement that it reads."""

    def __init__(self) -> None:
        self.tables: dict[str, TableFacts] = {}
        self.enums: dict[str, list[str]] = {}
        self.notes: list[str] = []

    def read(self, statement: exp.Expr) -> None:
        """Raises InvalidRequestError for what contradicts the statements before it, and for too much."""
        if isinstance(statement, exp.Create) and statement.kind == "TYPE":
            kind = statement.args.get("expression")
            if isinstance(kind, exp.DataType):
                self.enums[statement.this.name.lower()] = [one.name for one in kind.expressions]
            else:
                self.notes.append(f"{statement.this.name}: a type of other than listed values is passed over")
        elif isinstance(statement, exp.Create) and statement.kind == "TABLE":
            self._create(statement)
        elif isinstance(statement, exp.Create) and str(statement.kind).endswith("INDEX"):
            self._index(statement)
        elif isinstance(statement, exp.Alter) and statement.args.get("kind") == "TABLE":
            self._alter(statement)

    def _create(self, statement: exp.Create) -> None:
        name = statement.this.this.name if isinstance(statement.this, exp.Schema) else statement.this.name
        if not isinstance(statement.this, exp.Schema):
            like = statement.find(exp.LikeProperty)
            if like is not None and name not in self.tables:
                self._copy(self._new(name), like.this)
            else:
                self.notes.append(f"{name}: a table without columns of its own was passed over")
        elif name not in self.tables:
            table = self._new(name)
            for inherited in statement.find_all(exp.InheritsProperty):
                for parent in inherited.expressions:
                    self._copy(table, parent)
            self._declare(table, statement.this.expressions)
        elif not statement.args.get("exists"):
            raise InvalidRequestError.one(
                "content", f"table {name} is declared twice", "leave one out, or give it another name"
            )

    def _new(self, name: str) -> TableFacts:
        if len(self.tables) == limits.MAX_TABLES:
            raise InvalidRequestError.one(
                "content", f"declares more than {limits.MAX_TABLES} tables", "give those that you need"
            )
        self.tables[name] = TableFacts(name)
        return self.tables[name]

    def _copy(self, table: TableFacts, of: exp.Expr) -> None:
        """The columns of another table, in front of the table's own."""
        there = found(of.name, self.tables)
        if there is None:
            self.notes.append(
                f"{table.name}: the columns of {of.name}, which isn't declared before, are missing"
            )
            return
        for name, column in there.columns.items():
            table.columns.setdefault(name, replace(column))

    def leave_out_empty(self) -> None:
        """Tables of which no column is left aren't tables."""
        for name in [name for name, table in self.tables.items() if not table.columns]:
            del self.tables[name]
            self.notes.append(f"{name}: none of its columns can be made, so it is left out")

    def _declare(self, table: TableFacts, elements: list[exp.Expr]) -> None:
        """Columns and constraints."""
        for one in elements:
            if isinstance(one, exp.ColumnDef):
                self._add(table, one)
            elif isinstance(one, exp.LikeProperty):
                self._copy(table, one.this)
        for one in elements:
            if not isinstance(one, exp.ColumnDef):
                self._constraint(table, one)

    def _add(self, table: TableFacts, node: exp.ColumnDef) -> None:
        computed = node.find(exp.ComputedColumnConstraint)
        if computed is not None:
            table.computed.add(node.name.lower())
            self.notes.append(
                f"{table.name}: {node.name} is computed, {short(_sql(computed))}, so it is left out"
            )
        elif len(table.columns) == limits.MAX_COLUMNS:
            raise InvalidRequestError.one(
                "content",
                f"table {table.name} has more than {limits.MAX_COLUMNS} columns",
                "give those that you need",
            )
        elif node.name not in table.columns:
            table.columns[node.name] = self._column(table, node)
        elif not node.args.get("exists"):
            raise InvalidRequestError.one(
                "content", f"column {table.name}.{node.name} is declared twice", "leave one out"
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
                self.notes.append(f"{table.name}: {short(action.sql())} of ALTER TABLE isn't taken over")

    def _column(self, table: TableFacts, node: exp.ColumnDef) -> ColumnFacts:
        column = _facts(node)
        for constraint in node.args.get("constraints") or ():
            kind = constraint.args.get("kind")
            if isinstance(kind, exp.PrimaryKeyColumnConstraint):
                table.primary_key = (node.name,)
            elif isinstance(kind, exp.NotNullColumnConstraint):
                column.nullable = bool(kind.args.get("allow_null"))
            elif isinstance(kind, exp.UniqueColumnConstraint):
                column.unique = True
            elif isinstance(kind, exp.CheckColumnConstraint):
                table.columns[node.name] = column
                take_over(table, kind.this, self.notes)
            elif isinstance(kind, exp.Reference):
                table.references.append(_reference((node.name,), kind))
        return column

    def _constraint(self, table: TableFacts, node: exp.Expr) -> None:
        if isinstance(node, exp.Constraint):
            for one in node.expressions:
                self._constraint(table, one)
        elif isinstance(node, exp.PrimaryKey):
            table.primary_key = tuple(_names(node.expressions))
        elif isinstance(node, exp.ForeignKey):
            reference = node.args.get("reference")
            if reference is not None:
                table.references.append(_reference(tuple(_names(node.expressions)), reference))
        elif isinstance(node, exp.UniqueColumnConstraint) and isinstance(node.this, exp.Schema):
            table.uniques.append(tuple(_names(node.this.expressions)))
        elif isinstance(node, exp.CheckColumnConstraint | exp.Check):
            take_over(table, node.this, self.notes)

    def _index(self, node: exp.Create) -> None:
        index = node.this
        table = found(index.args["table"].name, self.tables) if index.args.get("table") else None
        parameters = index.args.get("params")
        if node.args.get("unique") and table is not None and parameters is not None:
            names = tuple(_names(parameters.args.get("columns") or ()))
            # An expression has no name, and what some rows have in common is no key.
            if parameters.args.get("where") is None and all(names):
                table.uniques.append(names)


def _reference(columns: tuple[str, ...], node: exp.Expr) -> Reference:
    there = node.this
    if isinstance(there, exp.Schema):
        return Reference(columns, there.this.name, tuple(_names(there.expressions)))
    return Reference(columns, there.name, ())


def _facts(node: exp.ColumnDef) -> ColumnFacts:
    """Of the column's type alone; one that can't be written into a recipe is of the family `other`."""
    kind = node.args.get("kind")
    try:
        facts = facts_of(node.name, kind)
    except RecursionError:
        return ColumnFacts(node.name, "other", "a type of very many others")
    if facts.sql_type is not None and not SqlType.allows(facts.sql_type):
        facts.family = "other"
    return facts


def _sql(computed: exp.Expr) -> str:
    formula = computed.this
    return str(formula.unnest().sql() if isinstance(formula, exp.Expr) else formula)


def _names(nodes: Any) -> Iterator[str]:
    for one in nodes:
        yield one.this.name if isinstance(one, exp.Ordered) else one.name
