"""What tables of columns cost, by their loaded parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from synthmill.generators.columns.kind import PARENT
from synthmill.generators.columns.kinds_by_name import KINDS
from synthmill.generators.engine.costs import ColumnCost, Cost, Estimate, TableCost
from synthmill.generators.errors import UnknownNameError
from synthmill.generators.tables.counted_rows import MOST_BYTES
from synthmill.generators.tables.lasting import Lasting
from synthmill.generators.tables.planning import MAX_DEPTH
from synthmill.generators.tables.relating import STATE_PATH_COST
from synthmill.generators.tables.rows import KEPT_WHOLE

_COUNTED = 12e-9
"""Seconds to count the children of one parent while planning."""
_FOLLOWED = 0.06e-6
"""To find the row that a link leads to."""
_LIVED = 0.1e-6
"""To find out how long a parent lives and how many children that gives it, its own columns aside."""
_AT_ONCE = 0.35
"""Of a cell's cost, where 65,536 are made at once: costs are those of cells in ranges of some thousand."""
_KEPT_CELL = 8.5
"""Bytes of a cell that children are counted by."""
_MOST_STEPS = 32.0
"""States that a row is taken to go through."""


def table_costs(parameters: Mapping[str, Any]) -> Estimate:
    """The cost of parameters that have `tables` as `tabular` has them."""
    tables = _Tables(parameters)
    return Estimate(tuple(tables.cost(name) for name in tables.parameters))


class _Tables:
    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self.parameters = {table["name"]: table for table in parameters["tables"]}
        self.columns = {
            name: {column["name"]: column for column in table["columns"]}
            for name, table in self.parameters.items()
        }
        self.lasting = Lasting(self.parameters, self.columns)
        self._counted_for: dict[str, set[str]] = {}
        """Columns of parents that the children of another table were counted by, as far as they are kept."""
        self._kept_bytes = 0.0
        self._rows: dict[str, float] = {}
        self._known: dict[tuple[str, str], ColumnCost] = {}
        self._open: set[tuple[str, str]] = set()

    def cost(self, table: str) -> TableCost:
        declared = self.parameters[table]["children_of"]
        counted = 0.0
        if declared is not None and declared["table"] in self.parameters:
            counted = self.rows(declared["table"]) * self._counted(declared)
        columns = tuple(self.column(table, name) for name in self.columns[table])
        return TableCost(table, round(self.rows(table)), columns, counted)

    def _counted(self, declared: Mapping[str, Any]) -> float:
        """Seconds to count a parent's children while planning."""
        if declared["steps_of"] is not None:
            return STATE_PATH_COST * _COUNTED
        if declared["schedule"] is not None or declared["counts"] == "exposure":
            looked = (declared["during"]["start"], declared["during"]["end"], declared["intensity"])
            counted = self._counted_for.setdefault(declared["table"], set())
            new = [name for name in looked if name is not None and name not in counted]
            took = sum(one.cost.time for one in self._needed(declared["table"], new))
            self._kept_bytes += len(new) * self.rows(declared["table"]) * _KEPT_CELL
            if self._kept_bytes <= MOST_BYTES:
                counted.update(new)
            return _LIVED + took * _AT_ONCE
        return _COUNTED if declared["total"] == "free" else 0.0

    def _needed(self, table: str, names: Iterable[str]) -> Iterable[ColumnCost]:
        """The columns of a table of these names, and those that they are made from."""
        own, found = self.columns[table], dict[str, ColumnCost]()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found and name in own:
                found[name] = self.column(table, name)
                waiting.extend(found[name].needs)
        return found.values()

    def rows(self, table: str) -> float:
        """How many rows a table has, where they follow from parents the mean."""
        if table not in self._rows:
            self._rows[table] = 1.0  # Should the parents go in a circle.
            given = self.parameters[table]["rows"]
            if given is not None:
                self._rows[table] = float(given)
            else:
                declared = self.parameters[table]["children_of"]
                above = self.rows(declared["table"]) if declared["table"] in self.parameters else 1.0
                self._rows[table] = above * self.lasting.children(declared)
        return self._rows[table]

    def column(self, table: str, name: str) -> ColumnCost:
        place = (table, name)
        if place in self._known:
            return self._known[place]
        path = f"tables[{table}].columns[{name}]"
        if place in self._open or len(self._open) > MAX_DEPTH:
            return ColumnCost(name, path, Cost())  # Planning refuses it.
        self._open.add(place)
        found = self.columns[table][name]
        costing = _Costing(self, table)
        cost = _of_kind(found, costing)
        self._open.discard(place)
        made = ColumnCost(name, path, cost, tuple(_named(found, self.columns[table]) | costing.needs))
        self._known[place] = made
        return made


def _of_kind(definition: Mapping[str, Any], costing: _Costing) -> Cost:
    try:
        return KINDS.get(definition["kind"]).cost(definition, costing)
    except UnknownNameError:
        return Cost()  # Planning refuses it.


def _named(definition: Mapping[str, Any], columns: Mapping[str, Any]) -> set[str]:
    """Columns of the table that a definition may look at: those whose names stand somewhere in it."""
    found: set[str] = set()
    waiting: list[Any] = [value for name, value in definition.items() if name != "name"]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            if value in columns:
                found.add(value)
        elif isinstance(value, Mapping):
            waiting.extend(value.values())
        elif isinstance(value, list | tuple):
            waiting.extend(value)
    return found - {definition["name"]} if "name" in definition else found


@dataclass
class _Costing:
    """Satisfies `columns.costs.Costing`."""

    tables: _Tables
    table: str
    needs: set[str] = field(default_factory=set)

    def inner(self, definition: Mapping[str, Any]) -> Cost:
        return _of_kind(definition, self)

    def column(self, name: str, through: str | None = None) -> Cost:
        if through is None and "." in name:
            through, _, name = name.partition(".")
            self.needs |= {through} & self.tables.columns[self.table].keys()
        if through is not None:
            return self._linked(self._target(through), name)
        if name not in self.tables.columns[self.table]:
            return Cost()
        self.needs.add(name)
        return self.tables.column(self.table, name).cost

    def key_of(self, table: str, column: str | None) -> Cost:
        if column is None and table in self.tables.parameters:
            column = next(iter(self.tables.parameters[table]["primary_key"]), None)
        return self._linked(table, column or "")

    def whole(self, table: str | None, column: str) -> float:
        table = self.table if table is None else table
        if column not in self.tables.columns.get(table, {}):
            return 0.0
        return self.tables.rows(table) * self.tables.column(table, column).cost.time

    def rows_of(self, table: str | None) -> float:
        name = self.table if table is None else table
        return self.tables.rows(name) if name in self.tables.parameters else 1.0

    def children(self, table: str | None = None) -> float:
        found = self.tables.parameters.get(self.table if table is None else table)
        declared = None if found is None else found["children_of"]
        if declared is None:
            return 1.0
        if table is None:
            if declared["schedule"] is not None:
                return self.tables.lasting.children(declared)
            return float(declared["max"] or _MOST_STEPS)
        return self.tables.rows(table) / max(1.0, self.tables.rows(self.table))

    def of_child(self, table: str, column: str) -> Cost:
        if column not in self.tables.columns.get(table, {}):
            return Cost()
        return self.tables.column(table, column).cost

    def _target(self, through: str) -> str:
        declared = self.tables.parameters[self.table]["children_of"]
        if through == PARENT or (declared is not None and through == declared["table"]):
            return str(declared["table"]) if declared is not None else ""
        return str(self.tables.columns[self.table].get(through, {}).get("table", ""))

    def _linked(self, table: str, column: str) -> Cost:
        """Of a column of rows that are led to: a small table's is made once, for all its rows."""
        if column not in self.tables.columns.get(table, {}):
            return Cost()
        found, rows = self.tables.column(table, column).cost, self.tables.rows(table)
        if rows > KEPT_WHOLE:
            return replace(found, time=found.time + _FOLLOWED)
        return replace(
            found,
            time=_FOLLOWED,
            once_time=found.once_time + rows * found.time,
            once_size=found.once_size + rows * found.size,
        )
