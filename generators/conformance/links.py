"""Which columns lead from a table's rows to rows of another: a key, of one column or of several.

A plan knows single columns. Where one of them has the same cell in many rows of the other table, it is a part
of a key: the columns that are cells of the same other row belong to it, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthmill.generators.columns.kind import PARENT
from synthmill.generators.engine.arrays import places_in
from synthmill.generators.engine.plan import Plan
from synthmill.generators.kernels.mix import I64

Tables = Mapping[str, pa.Table]
MISSING, EMPTY = -1, -2


@dataclass(frozen=True)
class Link:
    own: tuple[str, ...]
    table: str
    there: tuple[str, ...]
    """Columns of that table, in the order of our `own`."""
    identifies_rows: bool
    """Whether no two rows of the other table have the same cells there."""

    @property
    def is_whole(self) -> bool:
        """Whether one column leads to the row."""
        return len(self.own) == 1 and self.identifies_rows


Links = Mapping[str, Link]


def links_of(plan: Plan, table: Mapping[str, Any], tables: Tables) -> dict[str, Link]:
    """All links of a table, by the foreign key that begins them, or PARENT."""
    kinds = {column["name"]: column for column in table["columns"]}
    found = dict[str, Link]()
    for key in plan.table(table["name"]).foreign_keys:
        own, there = key.columns[0], (key.table, key.references[0])
        column, relation = kinds[own], table["children_of"]
        of_parent = relation is not None and key.table == relation["table"] and column["kind"] == "parent"
        name = PARENT if of_parent and column["through"] is None else own
        if name not in found:
            found[name] = _link(name, own, there, list(kinds.values()), tables)
    return found


def _link(
    name: str, own: str, there: tuple[str, str], columns: Sequence[Mapping[str, Any]], tables: Tables
) -> Link:
    target, key = there
    if _differ(tables[target].select([key])):
        return Link((own,), target, (key,), True)
    pairs = {key: own}
    for column in columns:
        if column["kind"] == "parent" and (column["through"] or PARENT) == name:
            pairs.setdefault(column["column"], column["name"])
    names = tuple(pairs)
    return Link(tuple(pairs.values()), target, names, _differ(tables[target].select(list(names))))


def _differ(rows: pa.Table) -> bool:
    return bool(rows.group_by(rows.schema.names).aggregate([]).num_rows == rows.num_rows)


def places_of(link: Link, table: str, tables: Tables) -> I64:
    """For each row of a table the row that a link leads to: MISSING where there is none, EMPTY for nulls."""
    rows, target = tables[table], tables[link.table]
    if len(link.own) == 1:
        known = target.column(link.there[0]).combine_chunks()
        places = places_in(known, rows.column(link.own[0]).combine_chunks())
    else:
        own, there = codes(rows.select(list(link.own)), target.select(list(link.there)))
        order = np.argsort(there, kind="stable")
        at = np.minimum(np.searchsorted(there, own, sorter=order), len(order) - 1)
        places = np.where(there[order[at]] == own, order[at], MISSING) if len(order) else own * 0 + MISSING
    empty = np.zeros(len(places), np.bool_)
    for name in link.own:
        empty |= rows.column(name).is_null().to_numpy()
    found: I64 = np.where(empty, EMPTY, places)
    return found


def codes(own: pa.Table, there: pa.Table) -> tuple[I64, I64]:
    """A number for each row of two tables: equal where all cells are, column by column."""
    size = own.num_rows
    both = np.zeros(size + there.num_rows, np.int64)
    for one, other in zip(own.columns, there.columns, strict=True):
        cells = pa.chunked_array([*one.chunks, *other.cast(one.type).chunks], one.type).combine_chunks()
        places = pc.fill_null(cells.dictionary_encode().indices, -1).to_numpy().astype(np.int64) + 1
        _, both = np.unique(both * (int(places.max(initial=0)) + 1) + places, return_inverse=True)
    return both[:size], both[size:]
