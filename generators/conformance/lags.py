"""By how much the times of `later` columns are later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from synthmill.generators.columns.kind import PARENT
from synthmill.generators.conformance.checks import Check, exact
from synthmill.generators.conformance.keys import source_of
from synthmill.generators.conformance.links import Links, Tables
from synthmill.generators.datasets.profile.table import sampled_rows
from synthmill.generators.engine.arrow_cells import to_arrow
from synthmill.generators.engine.plan import Plan
from synthmill.generators.schema.times import END_OF_TIME, UNITS, length, microseconds
from synthmill.generators.tables.rows import TableRows
from synthmill.generators.tables.table import tables_of


def check_lags(plan: Plan, table: Mapping[str, Any], tables: Tables, links: Links) -> Iterator[Check]:
    """In every row a later time is later by `min` at least and `max` at most."""
    name = table["name"]
    for column in table["columns"]:
        # Where an order of the table puts times in order, they aren't as they were drawn.
        if column["kind"] != "later" or column["name"] in tables_of(plan)[name].orderings:
            continue
        source = source_of(table, column, tables, links)
        if source is None:
            continue
        own = tables[name].column(column["name"]).combine_chunks()
        lag, (least, most, end) = _between(source, own), _limits(column, own.type)
        # Nothing is later than the end of time, by however little that is later.
        early = pc.and_(pc.less(lag, least), pc.less(_counted(own), end))
        count = pc.sum(pc.or_(early, pc.greater(lag, most))).as_py() or 0
        declared = f"{column['min']} to {column['max']} after {column['column']}"
        yield exact(name, column["name"], "order", declared, f"{count:,} rows differ", not count)


def lags_of_sample(
    table: Mapping[str, Any], column: Mapping[str, Any], tables: Tables, links: Links
) -> pa.Array | None:
    """The lags in the fixed sample; None where no column says which row they follow."""
    source = source_of(table, column, tables, links)
    if source is None:
        return None
    rows = tables[table["name"]]
    places = pa.array(sampled_rows(rows.num_rows, 0, rows.num_rows))
    return _between(source.take(places), rows.column(column["name"]).combine_chunks().take(places))


def declared_lags(plan: Plan, name: str, column: Mapping[str, Any]) -> pa.Array:
    """The lags in the fixed sample of what a plan makes."""
    table = tables_of(plan)[name]
    rows = TableRows(table, sampled_rows(table.rows, 0, table.rows).astype(np.uint64))
    key = table.columns.get(column["through"])
    link = None if column["through"] is None else column["through"] if key and key.rows_of else PARENT
    type_ = table.columns[column["name"]].type
    return _between(
        to_arrow(rows.look(link, column["column"]), type_), to_arrow(rows.cells(column["name"]), type_)
    )


def _between(earlier: pa.Array, later: pa.Array) -> pa.Array:
    return pc.subtract(_counted(later), _counted(earlier))


def _counted(times: pa.Array) -> pa.Array:
    """Times in microseconds, days as such."""
    return (times.cast(pa.int32()) if pt.is_date32(times.type) else times).cast(pa.int64())


def _limits(column: Mapping[str, Any], type_: pa.DataType) -> tuple[int, int, int]:
    """The least and the greatest lag, and the last time of all."""
    unit = UNITS["day"] if pt.is_date32(type_) else 1
    least, most = (length(column[name]) // unit for name in ("min", "max"))
    return least, most, microseconds(END_OF_TIME) // unit
