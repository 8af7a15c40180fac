"""One-to-many relations, from what `children_of` says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from synthmill.generators.columns.kind import ParameterError
from synthmill.generators.columns.state_path import StatePath
from synthmill.generators.columns.times.life import Life
from synthmill.generators.kernels.mix import I64, U64, key
from synthmill.generators.kernels.relations.one_to_many import (
    FreeOneToMany,
    OneToMany,
    drawn_counts,
    free_one_to_many,
    one_to_many,
)
from synthmill.generators.limits import MAX_TABLE_ROWS
from synthmill.generators.tables.exposing import exposed, life_and_schedule, scheduled
from synthmill.generators.tables.table import ParentRows, Relation, Table

if TYPE_CHECKING:
    from synthmill.generators.tables.planning import Planning

MAX_COUNTED = 10**9
"""Parents, of all tables together, whose children are counted while planning, where their total is free."""

STATE_PATH_COST = 20
"""How many such counts it costs to find out the states that a parent goes through."""

LIFE_COST = 10
"""And how long its life is."""


def relation_of(planning: Planning, name: str, declared: Mapping[str, Any]) -> Relation:
    """The relation of a table to its parents' table, whose rows are known. Raises ParameterError."""
    life, schedule = life_and_schedule(planning, declared)
    if declared["steps_of"] is not None:
        return _steps(planning, name, declared, life)
    if life is not None and schedule is not None:
        _check_free(planning, name, declared, LIFE_COST)
        return _checked(scheduled(planning, declared, life, schedule))
    if declared["counts"] == "exposure":
        assert life is not None
        _check_free(planning, name, declared, LIFE_COST)
        return _checked(exposed(planning, name, declared, life))
    if declared["total"] == "free":
        return _free(planning, name, declared, life)
    return Relation(declared["table"], _by_weights(planning, name, declared), life)


def _by_weights(planning: Planning, name: str, declared: Mapping[str, Any]) -> OneToMany:
    rows = planning.parameters[name]["rows"]
    if rows is None:
        raise ParameterError(
            "rows", "is missing", "give the number of rows, or set children_of.total to free"
        )
    parents, least, most = planning.tables[declared["table"]].rows, declared["min"], declared["max"]
    if not least * parents <= rows <= most * parents:
        raise ParameterError(
            "rows",
            f"{rows} children of {parents} rows of {declared['table']} is {rows / parents:g} each, "
            f"where children_of allows {least} to {most}",
            f"give from {max(1, least * parents)} to {most * parents} rows, or change children_of",
        )
    draw = key(planning.seed, name, "", "children")
    return one_to_many(parents, rows, least, most, _weights(declared), draw)


def _weights(declared: Mapping[str, Any]) -> list[float]:
    return declared["weights"] or [1.0] * (declared["max"] - declared["min"] + 1)


def _free(planning: Planning, name: str, declared: Mapping[str, Any], life: Life | None) -> Relation:
    parents, least, most = planning.tables[declared["table"]].rows, declared["min"], declared["max"]
    _check_free(planning, name, declared, 1)
    mean = declared["mean"]
    if mean is not None and not least <= mean <= most:
        raise ParameterError(
            "children_of.mean", f"{mean:g} lies outside {least} to {most}", "give a mean from min to max"
        )
    count = drawn_counts(least, _weights(declared), mean, key(planning.seed, name, "", "children"))
    found = free_one_to_many(parents, most, count)
    return _checked(Relation(declared["table"], found, life))


def _steps(planning: Planning, name: str, declared: Mapping[str, Any], life: Life | None) -> Relation:
    parents, column = planning.tables[declared["table"]], declared["steps_of"]
    _check_free(planning, name, declared, STATE_PATH_COST)
    if column not in planning.columns[parents.name]:
        raise ParameterError(
            "children_of.steps_of",
            f"table {parents.name} has no column {column}",
            f"there are: {', '.join(planning.columns[parents.name])}",
        )
    path = planning.column(parents.name, column).state_path
    if path is None:
        raise ParameterError(
            "children_of.steps_of", f"{column} isn't a state", "name a column of the kind state"
        )
    count = _StepCounts(parents, planning.counted_rows, path)
    found = free_one_to_many(parents.rows, path.most_steps, count)
    counted_with = partial(_steps_with, found, count)
    return _checked(Relation(declared["table"], found, life, counted_with=counted_with))


@dataclass(frozen=True, eq=False)
class _StepCounts:
    """How many states each of some rows goes through."""

    table: Table
    rows: ParentRows
    path: StatePath

    def __call__(self, parents: U64) -> I64:
        return self.path.steps(self.rows.of(self.table, parents, ())).counts


def _steps_with(found: FreeOneToMany, count: _StepCounts, rows: ParentRows) -> OneToMany:
    return replace(found, count=replace(count, rows=rows))


def _check_free(planning: Planning, name: str, declared: Mapping[str, Any], cost: int) -> None:
    table = declared["table"]
    parents = planning.tables[table].rows
    planning.counted += parents * cost
    if planning.counted > MAX_COUNTED:
        before = planning.counted - parents * cost
        raise ParameterError(
            "children_of",
            f"the children of {parents} rows of {table} would have to be counted beforehand",
            f"have at most {max(0, MAX_COUNTED - before) // cost} rows of {table}, or an exact total by "
            "weights",
        )
    free = declared["total"] == "free" or declared["steps_of"] or declared["schedule"]
    if free and planning.parameters[name]["rows"] is not None:
        raise ParameterError(
            "rows", "follows from children_of, whose total is free", "leave it out, or set total to exact"
        )


def _checked(relation: Relation) -> Relation:
    children = relation.one_to_many.children
    if not 1 <= children <= MAX_TABLE_ROWS:
        raise ParameterError(
            "children_of",
            f"all rows of {relation.table} together have {children} children",
            f"let them have from 1 to {MAX_TABLE_ROWS}",
        )
    return relation
