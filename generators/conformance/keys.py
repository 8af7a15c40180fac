"""What must hold in every row: keys, foreign keys, and columns that follow from other rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from synthmill.generators.columns.kind import PARENT
from synthmill.generators.conformance.checks import Check, exact
from synthmill.generators.conformance.links import MISSING, Links, Tables, places_of
from synthmill.generators.engine.plan import Plan
from synthmill.generators.tables.table import tables_of


def check_keys(plan: Plan, table: Mapping[str, Any], tables: Tables, links: Links) -> Iterator[Check]:
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
    for link in links.values():
        if not link.is_whole and link.own[1:]:
            lost = int((places_of(link, planned.name, tables) == MISSING).sum())
            declared, said = f"0 without a row of {link.table}", f"{lost:,} without"
            yield exact(planned.name, ", ".join(link.own), "foreign_key", declared, said, not lost)


def _unique(plan: Plan, table: Mapping[str, Any]) -> list[list[str]]:
    """Columns that no two rows share: keys, and those whose kind repeats nothing."""
    columns = tables_of(plan)[table["name"]].columns
    wanted = [list(plan.table(table["name"]).primary_key), *map(list, table["unique_keys"])]
    wanted += [[name] for name, column in columns.items() if column.unique]
    return [names for at, names in enumerate(wanted) if names and names not in wanted[:at]]


def check_followers(plan: Plan, table: Mapping[str, Any], tables: Tables, links: Links) -> Iterator[Check]:
    """Columns of other rows are those of the rows that the keys lead to."""
    name, rows = table["name"], tables[table["name"]]
    keys = {key.columns[0] for key in plan.table(name).foreign_keys}
    keys |= {own for link in links.values() if not link.is_whole for own in link.own}
    for column in table["columns"]:
        if column["kind"] != "parent" or column["name"] in keys:
            continue
        source = source_of(table, column, tables, links)
        if source is None:
            continue
        own = _one(rows.column(column["name"]))
        count = pc.sum(pc.not_equal(own, source)).as_py() or 0
        declared = f"equal to {column['column']}"
        yield exact(name, column["name"], "equal", declared, f"{count:,} rows differ", not count)


def source_of(
    table: Mapping[str, Any], column: Mapping[str, Any], tables: Tables, links: Links
) -> pa.Array | None:
    """For each row, the cell that a column follows from; None where no column says which row that is in."""
    through, rows = column["through"], tables[table["name"]]
    if column["kind"] in ("later", "birth_date") and through is None:
        return _one(rows.column(column["column"]))
    link = links.get(through) or links.get(PARENT)
    if link is None:
        return None
    if link.identifies_rows:
        places = places_of(link, table["name"], tables)
        there = _one(tables[link.table].column(column["column"]))
        return there.take(pa.array(places, mask=places < 0))
    # Rows that share the cells of the key have the same ones in the key's columns, but in no others.
    same = dict(zip(link.there, link.own, strict=True)).get(column["column"])
    return None if same is None else _one(rows.column(same))


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks()
