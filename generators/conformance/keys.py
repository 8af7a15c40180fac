"""What must hold in every row: keys, families, and columns that follow from other rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from synthmill.generators.conformance.checks import Check, exact
from synthmill.generators.engine.plan import Plan, TablePlan
from synthmill.generators.tables.rows import tables_of

Tables = Mapping[str, pa.Table]


def check_keys(plan: Plan, table: Mapping[str, Any], tables: Tables) -> Iterator[Check]:
    planned, rows = plan.table(table["name"]), tables[table["name"]]
    for names in _unique(plan, table):
        cells = rows.select(names).drop_null()
        repeated = cells.num_rows - cells.group_by(names).aggregate([]).num_rows
        said = f"{repeated:,} repeated"
        yield exact(planned.name, ", ".join(names), "unique", "0 repeated", said, not repeated)
    for key in planned.foreign_keys:
        own, there = key.columns[0], tables[key.table].column(key.references[0])
        lost = pc.sum(pc.invert(pc.is_in(rows.column(own).drop_null(), value_set=_one(there)))).as_py() or 0
        declared = f"0 without a row of {key.table}"
        yield exact(planned.name, own, "foreign_key", declared, f"{lost:,} without", not lost)


def _unique(plan: Plan, table: Mapping[str, Any]) -> list[list[str]]:
    """Columns that no two rows share: keys, and those whose kind repeats nothing."""
    columns = tables_of(plan)[table["name"]].columns
    wanted = [list(plan.table(table["name"]).primary_key), *map(list, table["unique_keys"])]
    wanted += [[name] for name, column in columns.items() if column.unique]
    return [names for at, names in enumerate(wanted) if names and names not in wanted[:at]]


def check_followers(plan: Plan, table: Mapping[str, Any], tables: Tables) -> Iterator[Check]:
    """Columns of other rows are those of the rows that the keys lead to."""
    name, rows = table["name"], tables[table["name"]]
    keys = {key.columns[0] for key in plan.table(name).foreign_keys}
    for column in table["columns"]:
        if column["kind"] != "parent" or column["name"] in keys:
            continue
        source = source_of(plan, table, column, tables)
        if source is None:
            continue
        own = _one(rows.column(column["name"]))
        count = pc.sum(pc.not_equal(own, source)).as_py() or 0
        declared = f"equal to {column['column']}"
        yield exact(name, column["name"], "equal", declared, f"{count:,} rows differ", not count)


def source_of(
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
        link = parent_link(plan.table(table["name"]), table)
        if link is None:
            return None
        own, there = link
    target, key = there
    places = pc.index_in(_one(rows.column(own)), value_set=_one(tables[target].column(key)))
    return _one(tables[target].column(column["column"])).take(places)


def parent_link(plan: TablePlan, table: Mapping[str, Any]) -> tuple[str, tuple[str, str]] | None:
    """The column that holds the key of the parent, and which key that is, if there is one."""
    relation = table["children_of"]
    kinds = {column["name"]: column["kind"] for column in table["columns"]}
    for key in plan.foreign_keys:
        if relation and key.table == relation["table"] and kinds[key.columns[0]] == "parent":
            return key.columns[0], (key.table, key.references[0])
    return None


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks()
