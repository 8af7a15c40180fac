"""What must hold in every row: keys, families, and columns that follow from other rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from generators.conformance.checks import Check, exact
from generators.plan import Plan, TablePlan

Tables = Mapping[str, pa.Table]


def check_keys(plan: TablePlan, tables: Tables) -> Iterator[Check]:
    rows = tables[plan.name]
    if plan.primary_key:
        names = list(plan.primary_key)
        different = rows.select(names).group_by(names).aggregate([]).num_rows
        repeated = rows.num_rows - different
        yield exact(
            plan.name, ", ".join(names), "unique", "0 repeated", f"{repeated:,} repeated", not repeated
        )
    for key in plan.foreign_keys:
        own, there = key.columns[0], tables[key.table].column(key.references[0])
        lost = pc.sum(pc.invert(pc.is_in(rows.column(own).drop_null(), value_set=_one(there)))).as_py() or 0
        declared = f"0 without a row of {key.table}"
        yield exact(plan.name, own, "foreign_key", declared, f"{lost:,} without", not lost)


def check_family(plan: Plan, table: Mapping[str, Any], tables: Tables) -> Iterator[Check]:
    """Children of each parent, where the rows say whose they are."""
    relation = table["children_of"]
    link = _parent_link(plan.table(table["name"]), table)
    if relation is None or link is None or relation["max"] is None:
        return
    own, _ = link
    counts = pc.value_counts(tables[table["name"]].column(own)).field("counts")
    fewest, most = (one.as_py() for one in pc.min_max(counts).values())
    if len(counts) < tables[relation["table"]].num_rows:
        fewest = 0
    declared = f"{relation['min']} to {relation['max']} of each row of {relation['table']}"
    held = relation["min"] <= fewest and most <= relation["max"]
    yield exact(table["name"], own, "children", declared, f"{fewest} to {most}", held)


def check_followers(plan: Plan, table: Mapping[str, Any], tables: Tables) -> Iterator[Check]:
    """Columns of other rows are those of the rows that the keys lead to; later times are later."""
    name, rows = table["name"], tables[table["name"]]
    for column in table["columns"]:
        if column["kind"] not in ("parent", "later") or column["name"] in _references(plan.table(name)):
            continue
        source = _source(plan, table, column, tables)
        if source is None:
            continue
        own = _one(rows.column(column["name"]))
        wrong = pc.not_equal(own, source) if column["kind"] == "parent" else pc.less(own, source)
        what = "equal" if column["kind"] == "parent" else "order"
        count = pc.sum(wrong).as_py() or 0
        declared = f"{'equal to' if what == 'equal' else 'not before'} {column['column']}"
        yield exact(name, column["name"], what, declared, f"{count:,} rows differ", not count)


def _source(
    plan: Plan, table: Mapping[str, Any], column: Mapping[str, Any], tables: Tables
) -> pa.Array | None:
    """For each row, the cell that a column follows from; None where no column says which row that is in."""
    through, rows = column["through"], tables[table["name"]]
    if column["kind"] == "later" and through is None:
        return _one(rows.column(column["column"]))
    keys = {key.columns[0]: (key.table, key.references[0]) for key in plan.table(table["name"]).foreign_keys}
    if through in keys:
        own, there = through, keys[through]
    else:
        link = _parent_link(plan.table(table["name"]), table)
        if link is None:
            return None
        own, there = link
    target, key = there
    places = pc.index_in(_one(rows.column(own)), value_set=_one(tables[target].column(key)))
    return _one(tables[target].column(column["column"])).take(places)


def _parent_link(plan: TablePlan, table: Mapping[str, Any]) -> tuple[str, tuple[str, str]] | None:
    """The column that holds the key of the parent, and which key that is."""
    relation = table["children_of"]
    kinds = {column["name"]: column["kind"] for column in table["columns"]}
    for key in plan.foreign_keys:
        if relation and key.table == relation["table"] and kinds[key.columns[0]] == "parent":
            return key.columns[0], (key.table, key.references[0])
    return None


def _references(plan: TablePlan) -> set[str]:
    return {key.columns[0] for key in plan.foreign_keys}


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks()
