"""A column kind to be tried: what it stands in, and what its parameters can be changed to."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pyarrow as pa

from synthmill.generators.columns.kind import ColumnParameters
from synthmill.generators.columns.kinds_by_name import KINDS
from synthmill.generators.engine.contract import STRATEGIES
from synthmill.generators.engine.pipeline import load_parameters, make_plan, make_recipe, make_rows
from synthmill.generators.engine.plan import ColumnPlan, Plan
from synthmill.generators.schema.json_schema import object_schema

ROWS = 3_000
NAME = "subject"
TABLE = "cells"
COMMON: Sequence[Mapping[str, Any]] = (
    {"name": "id", "kind": "sequence"},
    {"name": "number", "kind": "integer", "max": 99},
    {"name": "amount", "kind": "decimal", "max": 99},
    {"name": "word", "kind": "categorical", "values": ["a", "b", "c"]},
    {"name": "day", "kind": "date", "start": "2024-01-01", "end": "2024-12-31"},
    {"name": "moment", "kind": "timestamp", "start": "2024-01-01", "end": "2024-12-31"},
    {"name": "flag", "kind": "boolean"},
    {"name": "first_name", "kind": "first_name"},
    {"name": "last_name", "kind": "last_name"},
)
"""The columns before that of a kind that brings no tables of its own."""


def world_of(tables: Sequence[Mapping[str, Any]], column: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of `tabular`: these tables, with the column at the end of the one called `cells`."""
    made = copy.deepcopy([dict(table) for table in tables])
    for table in made:
        if table["name"] == TABLE:
            table["columns"] = [*table.get("columns", ()), dict(column)]
    return {"tables": made}


one_table = partial(world_of, ({"name": TABLE, "rows": ROWS, "columns": COMMON},))


@dataclass(frozen=True)
class KindSubject:
    """A column kind to be tried, with parameters that it is tried with."""

    name: str
    parameters: Mapping[str, Any]
    """Of a column of the kind, without `name` and `kind`."""
    others: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """For each parameter of the kind's own, parameters that differ in it. Those not here are guessed."""
    world: Callable[[Mapping[str, Any]], dict[str, Any]] = one_table
    """Parameters of `tabular` with a table `cells` that the column stands in."""

    def column(self, **changes: Any) -> dict[str, Any]:
        return {"name": NAME, "kind": self.name, **self.parameters, **changes}

    def load(self, **changes: Any) -> dict[str, Any]:
        return load_parameters(STRATEGIES.get("tabular"), self.world(self.column(**changes)))

    def plan(self, seed: int = 0, **changes: Any) -> Plan:
        return make_plan(make_recipe("tabular", self.world(self.column(**changes)), seed))

    def planned(self) -> ColumnPlan:
        return next(one for one in self.plan().table(TABLE).columns if one.name == NAME)

    def cells(self, seed: int = 0, **changes: Any) -> pa.Array:
        """All cells of the column, with other parameters, or another name."""
        plan, name = self.plan(seed, **changes), changes.get("name", NAME)
        return make_rows(plan, TABLE, 0, plan.table(TABLE).rows, [name])[name]

    @property
    def own(self) -> list[str]:
        """The names of the kind's own parameters."""
        return sorted(set(KINDS.get(self.name).Parameters().fields) - set(ColumnParameters().fields))


def example_of(name: str) -> KindSubject:
    """A kind with the parameters of its own example, in the tables that it brings for it."""
    kind = KINDS.get(name)
    world = partial(world_of, kind.check_tables) if kind.check_tables else one_table
    return KindSubject(name, kind.example, world=world)


def guesses(subject: KindSubject, parameter: str) -> Iterator[Any]:
    """Values of a parameter that differ from the subject's; the kind may refuse any of them."""
    described = object_schema(KINDS.get(subject.name).Parameters)["properties"][parameter]
    now = subject.parameters.get(parameter, described.get("default"))
    for value in (*described.get("examples", ()), *described.get("enum", ()), *_beside(now), *_of(described)):
        if value != now or type(value) is not type(now):
            yield value


def _beside(now: Any) -> Iterator[Any]:
    """Values like one that is known."""
    match now:
        case bool():
            yield not now
        case int() | float():
            yield from (now + 1, now - 1, now * 2, now / 2)
        case str():
            yield f"{now}x"
        case list() if len(now) > 1:
            yield from (now[:-1], now[1:], now[::-1])


def _of(described: Mapping[str, Any]) -> Iterator[Any]:
    """Values that a JSON Schema allows."""
    types = described.get("type", ())
    for one in [types] if isinstance(types, str) else types:
        if one == "boolean":
            yield from (True, False)
        if one in ("integer", "number"):
            least = described.get("minimum", 0)
            yield from (least, least + 1, described.get("maximum", least + 2))
