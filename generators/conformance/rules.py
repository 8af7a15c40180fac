"""What follows from other cells, row by row: formulas, sums of children, orders, what decides what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from synthmill.generators.columns.wordlist import entries
from synthmill.generators.conformance.checks import Check, exact
from synthmill.generators.conformance.joint import check_joint
from synthmill.generators.conformance.observed import NotObservableError, Observed, ObservedRows, apart
from synthmill.generators.engine.arrays import flags, null_where
from synthmill.generators.engine.arrow_cells import to_arrow
from synthmill.generators.engine.plan import Plan
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.tables.table import link_and_column, tables_of

WORKED_OUT = ("formula", "lookup", "aggregate", "running_total", "line_number")
"""Kinds whose cells follow from others without a seed."""


def check_rules(plan: Plan, table: Mapping[str, Any], observed: Observed) -> Iterator[Check]:
    rows = observed.rows(table["name"])
    for column in table["columns"]:
        if column["kind"] in WORKED_OUT and column["name"] not in tables_of(plan)[table["name"]].orderings:
            yield from _worked_out(plan, table["name"], column["name"], observed, rows)
        elif column["nulls_when"] is not None:
            yield from _null_when(plan, table["name"], column["name"], observed, rows)
        if column["kind"] == "determined":
            yield from _determined(table["name"], column, observed)
        above = _above(column)
        if above is not None:
            yield from _below(plan, table["name"], column["name"], above, observed)
    yield from check_joint(plan, table, observed)
    for names in table["orderings"]:
        yield _in_order(table["name"], names, observed)


def _worked_out(plan: Plan, table: str, name: str, observed: Observed, rows: ObservedRows) -> Iterator[Check]:
    compiled = tables_of(plan)[table]
    seen = observed.column(table, name)
    try:
        wanted = to_arrow(compiled.columns[name].cells(rows), seen.type)
        hidden = _hidden(plan, table, name, rows)
    except NotObservableError:
        return
    except InvalidRequestError as error:
        yield exact(table, name, "follows", "what other cells give", error.errors[0].reason, False)
        return
    if hidden is not None:
        wanted = null_where(hidden, wanted)
    wrong = apart(seen, wanted)
    if name in compiled.nulls:
        wrong = pc.and_(wrong, seen.is_valid())
    yield _counted(table, name, "follows", "what other cells give", wrong)


def _hidden(plan: Plan, table: str, name: str, rows: ObservedRows) -> pa.Array | None:
    """Where a column's cells are null because of its `nulls_when`."""
    condition = tables_of(plan)[table].conditions.get(name)
    if condition is None:
        return None
    found = condition(rows)
    return flags(found.values if found.null is None else found.values & ~found.null)


def _null_when(plan: Plan, table: str, name: str, observed: Observed, rows: ObservedRows) -> Iterator[Check]:
    try:
        hidden = _hidden(plan, table, name, rows)
    except NotObservableError:
        return
    assert hidden is not None
    seen = observed.column(table, name)
    wrong = pc.and_(hidden, seen.is_valid())
    if name not in tables_of(plan)[table].nulls and not tables_of(plan)[table].columns[name].nullable:
        wrong = pc.or_(wrong, pc.and_(pc.invert(hidden), seen.is_null()))
    yield _counted(table, name, "follows", "null as nulls_when says", wrong)


def _determined(table: str, column: Mapping[str, Any], observed: Observed) -> Iterator[Check]:
    """Equal inputs give equal outputs, wherever the output isn't null by chance."""
    name, by = column["name"], list(column["by"])
    rows = observed.tables[table].select([*by, name])
    if any(pt.is_nested(field.type) for field in rows.schema):
        return
    rows = rows.filter(rows.column(name).is_valid())
    pairs = rows.group_by([*by, name]).aggregate([])
    more = pairs.num_rows - pairs.group_by(by).aggregate([]).num_rows
    declared = f"one value for each {', '.join(by)}"
    yield exact(table, name, "follows", declared, f"{more:,} values more", not more)


@dataclass(frozen=True)
class _Above:
    """The level of a hierarchy that a column is below."""

    column: str
    below: Mapping[str, frozenset[str]]
    """What there is below each category of it."""
    others: frozenset[str] | None
    """What there is below any other; None for anything."""


def _above(column: Mapping[str, Any]) -> _Above | None:
    if column["kind"] == "subcategory":
        below = {name: frozenset(own) for name, own in column["values"].items()}
        return _Above(column["column"], below, frozenset(column["otherwise"] or ()))
    if column["kind"] == "city" and column["country"] is not None:
        cities: dict[str, set[str]] = {}
        for city, code in entries("cities"):
            cities.setdefault(code, set()).add(city)
        of = {key: frozenset(cities[entry[1]]) for entry in entries("countries") for key in entry[:2]}
        return _Above(column["country"], of, None)
    return None


def _below(plan: Plan, table: str, name: str, above: _Above, observed: Observed) -> Iterator[Check]:
    link, there, column = link_and_column(tables_of(plan)[table], above.column)
    try:
        cells = observed.rows(table).look(link, column)
    except NotObservableError:
        return
    type_ = tables_of(plan)[there].columns[column].type
    pairs = pa.table({"above": to_arrow(cells, type_), "own": observed.column(table, name)})
    wrong = 0
    for pair in pairs.group_by(["above", "own"]).aggregate([([], "count_all")]).to_pylist():
        known = above.below.get(pair["above"], above.others)
        if pair["own"] is not None and known is not None and pair["own"] not in known:
            wrong += pair["count_all"]
    yield exact(table, name, "follows", f"one of its {above.column}'s", f"{wrong:,} rows differ", not wrong)


def _in_order(table: str, names: list[str], observed: Observed) -> Check:
    wrong = flags(np.zeros(observed.tables[table].num_rows, np.bool_))
    for first, second in combinations(names, 2):
        greater = pc.greater(observed.column(table, first), observed.column(table, second))
        wrong = pc.or_(wrong, pc.fill_null(greater, False))
    return _counted(table, ", ".join(names), "order", "rising in every row", wrong)


def _counted(table: str, column: str, what: str, declared: str, wrong: pa.Array) -> Check:
    count = pc.sum(wrong).as_py() or 0
    return exact(table, column, what, declared, f"{count:,} rows differ", not count)
