"""From parameters to a plan of compiled tables: what depends on what, and what can't be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from synthmill.generators.columns.computed import computed
from synthmill.generators.columns.joint_tables import JointTables
from synthmill.generators.columns.kind import Column, ParameterError
from synthmill.generators.columns.kinds_by_name import KINDS
from synthmill.generators.engine.plan import (
    BLOCK_BYTES,
    ColumnPlan,
    ForeignKey,
    Plan,
    TablePlan,
    block_rows,
)
from synthmill.generators.errors import FieldError, InvalidRequestError
from synthmill.generators.formulas.values import TRUTH
from synthmill.generators.kernels.mix import key
from synthmill.generators.tables.counted_rows import CountedRows
from synthmill.generators.tables.relating import relation_of
from synthmill.generators.tables.rules import Rule, rules_of
from synthmill.generators.tables.scope import ColumnScope
from synthmill.generators.tables.table import CompiledTables, Nulls, Table, foreign_keys, primary_key

MAX_DEPTH = 64
"""Columns that may depend on one another in a row."""


def plan_tables(strategy: str, parameters: Mapping[str, Any], seed: int) -> Plan:
    """The plan of a strategy whose loaded parameters have `tables` as `tabular` has them.

    Raises InvalidRequestError with all that can't be satisfied.
    """
    tables = compile_tables(parameters, seed)
    plans = tuple(_table_plan(table, tables[table["name"]]) for table in parameters["tables"])
    return Plan(strategy, plans, CompiledTables(tables))


def compile_tables(parameters: Mapping[str, Any], seed: int) -> dict[str, Table]:
    """All tables of the parameters, compiled. Raises InvalidRequestError with all that can't be satisfied."""
    planning = Planning(parameters, seed)
    errors = list(planning.relate())
    if not errors:
        errors = list(planning.compile_all())
    if errors:
        raise InvalidRequestError(dict.fromkeys(errors))
    return planning.tables


class Planning:
    """Tables in the making: each column is compiled after those that it looks at."""

    def __init__(self, parameters: Mapping[str, Any], seed: int) -> None:
        self.seed = seed
        self.parameters = {table["name"]: table for table in parameters["tables"]}
        self.columns = {
            name: {column["name"]: column for column in table["columns"]}
            for name, table in self.parameters.items()
        }
        self.joint_tables = JointTables(parameters.get("joint_tables", ()))
        self.tables: dict[str, Table] = {}
        for name, table in self.parameters.items():
            self.tables[name] = Table(name, table["rows"] or 0, self.tables)
        self.counted_rows = CountedRows()
        self.counted = 0
        """Parents whose children were counted, see `relating.MAX_COUNTED`."""
        self.rules: dict[tuple[str, str], list[Rule]] = {}
        self._open: list[tuple[str, str]] = []
        self._depths: dict[tuple[str, str], int] = {}
        self._failed: set[tuple[str, str]] = set()
        self._of_children: dict[tuple[str, str], set[str]] = {}
        self._relating: list[str] = []

    def relate(self) -> Iterator[FieldError]:
        """Compile the one-to-many relations and find the tables' rules; what is wrong with them."""
        for name, table in self.parameters.items():
            try:
                for rule in rules_of(table, self.columns[name]):
                    for column in rule.names:
                        self.rules.setdefault((name, column), []).append(rule)
            except ParameterError as error:
                yield FieldError(f"tables[{name}].{error.parameter}", error.reason, error.fix)
        for name in self.parameters:
            try:
                self.relation(name)
            except InvalidRequestError as error:
                self._open.clear()
                self._relating.clear()
                yield from error.errors
        self.counted_rows.close()

    def relation(self, name: str) -> Table:
        """A table whose relation to its parents, and so its number of rows, is known.

        Raises InvalidRequestError.
        """
        table, declared = self.tables[name], self.parameters[name]["children_of"]
        if declared is None or table.relation is not None:
            return table
        try:
            self._check_ancestors(name, declared["table"])
            if name in self._relating:
                raise ParameterError(
                    "children_of.steps_of",
                    f"how many rows {name} has depends on its own rows",
                    "break the circle: the state's start can't be made from these children",
                )
            self._relating.append(name)
            self.relation(declared["table"])
            table.relation = relation_of(self, name, declared)
            table.rows = table.relation.one_to_many.children
            self._relating.remove(name)
        except ParameterError as error:
            path = f"tables[{name}].{error.parameter}"
            raise InvalidRequestError.one(path, error.reason, error.fix) from error
        return table

    def _check_ancestors(self, name: str, parent: str) -> None:
        above = self._ancestors(name)
        if name in above:
            circle = " -> ".join([name, *above[: above.index(name) + 1]])
            raise ParameterError("children_of.table", f"tables are children of one another: {circle}")
        if parent not in self.tables:
            raise ParameterError(
                "children_of.table", f"there is no table {parent}", f"tables: {', '.join(self.tables)}"
            )

    def _ancestors(self, name: str) -> list[str]:
        """The table's parent, its parent's parent and so on, until there is none or one comes again."""
        above: list[str] = []
        declared = self.parameters[name]["children_of"]
        while (
            declared is not None and declared["table"] in self.parameters and declared["table"] not in above
        ):
            above.append(declared["table"])
            declared = self.parameters[declared["table"]]["children_of"]
        return above

    def compile_all(self) -> Iterator[FieldError]:
        """Compile every column; what is wrong with them."""
        for table, columns in self.columns.items():
            for column in columns:
                try:
                    self.column(table, column)
                except InvalidRequestError as error:
                    self._failed.update(self._open)
                    self._open.clear()
                    yield from error.errors

    def column(self, table: str, name: str) -> Column:
        """A column, compiled after all that it looks at. Raises InvalidRequestError."""
        if (table, name) in self._failed:
            # What is wrong with it has been said; with those that look at it nothing else is.
            raise InvalidRequestError(())
        compiled = self.tables[table].columns.get(name) or self._compile(table, name)
        if self._open:
            above = self._open[-1]
            self._depths[above] = max(self._depths[above], self._depths[table, name] + 1)
            self._check_depth(above, self._depths[above])
        for rule in self.rules.get((table, name), ()):
            self._settle(rule, table, name)
        if self._open and (table, name) in self._of_children:
            self._of_children.setdefault(self._open[-1], set()).update(self._of_children[table, name])
        return compiled

    def _settle(self, rule: Rule, table: str, name: str) -> None:
        """Apply a rule, whose columns are finished together."""
        if rule.ordered and any((table, mate) in self._open for mate in rule.names):
            raise InvalidRequestError.one(
                f"tables[{table}].{rule.parameter}",
                f"{name} is put in order with a column that looks at it",
                "take one of the two out of the order, or let none look at another",
            )
        if rule.settled:
            return
        rule.settled = True
        for mate in rule.names:
            if (table, mate) not in self._open:
                self.column(table, mate)
        try:
            rule.apply(self.tables[table], self.seed)
        except ParameterError as error:
            path = f"tables[{table}].{error.parameter}"
            raise InvalidRequestError.one(path, error.reason, error.fix) from error

    def filled(self, table: str, name: str) -> float:
        """The share of a compiled column's cells that aren't null, roughly."""
        return self.tables[table].filled(name)

    def looks_at_children(self, table: str, name: str) -> None:
        """Remember that a column is made from children's columns."""
        self._of_children.setdefault((table, name), set()).add(table)

    def of_children(self, table: str, name: str) -> frozenset[str]:
        """The tables from whose rows' children a column, or one that it looks at, is made."""
        return frozenset(self._of_children.get((table, name), ()))

    def _compile(self, table: str, name: str) -> Column:
        path = f"tables[{table}].columns[{name}]"
        self._check_circle(table, name, path)
        self._open.append((table, name))
        self._check_depth((table, name), len(self._open))
        self._depths[table, name] = 1
        parameters = self.columns[table][name]
        try:
            compiled = KINDS.get(parameters["kind"]).column(parameters, ColumnScope(self, table, name))
        except ParameterError as error:
            raise InvalidRequestError.one(f"{path}.{error.parameter}", error.reason, error.fix) from error
        self._null_when(table, name, parameters["nulls_when"], path)
        self._open.pop()
        self.tables[table].columns[name] = compiled
        if parameters["nulls"] > 0:
            self.tables[table].nulls[name] = Nulls(key(self.seed, table, name, "nulls"), parameters["nulls"])
        return compiled

    def _null_when(self, table: str, name: str, condition: str | None, path: str) -> None:
        if condition is None:
            return
        try:
            found = computed(condition, ColumnScope(self, table, name), "nulls_when")
            if found.type != TRUTH:
                raise ParameterError("nulls_when", f"is a {found.type}", "give a condition: status = 'new'")
        except ParameterError as error:
            raise InvalidRequestError.one(f"{path}.{error.parameter}", error.reason, error.fix) from error
        self.tables[table].conditions[name] = found

    def _check_circle(self, table: str, name: str, path: str) -> None:
        if (table, name) in self._open:
            circle = [*self._open[self._open.index((table, name)) :], (table, name)]
            way = " -> ".join(".".join(place) for place in circle)
            raise InvalidRequestError.one(
                path, f"columns depend on one another in a circle: {way}", "break it in one place"
            )

    def _check_depth(self, place: tuple[str, str], depth: int) -> None:
        if depth > MAX_DEPTH:
            raise InvalidRequestError.one(
                f"tables[{place[0]}].columns[{place[1]}]",
                f"more than {MAX_DEPTH} columns depend on one another in a row",
                "shorten the chain",
            )


def _table_plan(parameters: Mapping[str, Any], table: Table) -> TablePlan:
    columns = tuple(_column_plan(column, table) for column in parameters["columns"])
    width = sum(len(name) + 6 + column.width for name, column in table.columns.items())
    return TablePlan(
        name=table.name,
        rows=table.rows,
        block_rows=block_rows(lambda rows: rows * width <= BLOCK_BYTES),
        columns=columns,
        primary_key=primary_key(parameters, table),
        foreign_keys=tuple(
            ForeignKey((own,), *there) for own, there in foreign_keys((c.name for c in columns), table)
        ),
    )


def _column_plan(parameters: Mapping[str, Any], table: Table) -> ColumnPlan:
    name = parameters["name"]
    column = table.columns[name]
    return ColumnPlan(
        name,
        column.type,
        table.nullable(name),
        parameters["kind"],
        column.pii,
        column.width,
        column.packing,
        column.held,
        table.filled(name),
    )
