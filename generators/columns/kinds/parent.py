"""What the row that this one belongs to has in a column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from synthmill.generators.columns.costs import Costing
from synthmill.generators.columns.kind import PARENT, Column, ColumnParameters, Kind, Scope
from synthmill.generators.columns.source import Source
from synthmill.generators.engine.costs import Cost
from synthmill.generators.engine.plan import Packing
from synthmill.generators.schema.fields import Name

_MANY = 4
"""Children of one parent, next to one another, of whose equal cells hardly more than one is kept."""


class ParentColumnParameters(ColumnParameters):
    column = Name("The column of the other row.", examples=["price"])
    through = Name(
        "The foreign key that leads to the other row; left out: the row that this one is a child of.",
        default=None,
        examples=["product_id"],
    )


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    through = PARENT if parameters["through"] is None else parameters["through"]
    source = scope.source(parameters["column"], through)
    # A parent's unique column says whose child this row is: a foreign key, if not one drawn here.
    of_parent = source.column if source.link == PARENT else None
    return Column(
        source.type,
        source.cells,
        source.width,
        nullable=source.nullable,
        filled=source.filled,
        refers_to=(source.table, source.column) if of_parent and source.unique else None,
        of_parent=of_parent,
        copy_of=(source.link, source.table, source.column),
        pii=source.pii,
        values=source.values,
        packing=_packing(source, scope),
        longest=source.longest,
        period=source.period,
        domain=source.domain,
        distinct=source.distinct,
    )


def _packing(source: Source, scope: Scope) -> Packing:
    if source.packing is Packing.WORDS:
        return Packing.WORDS
    if source.packing is Packing.NEIGHBOURS:
        return Packing.NEIGHBOURS if source.link == PARENT else Packing.USUAL
    many = source.link == PARENT and scope.rows >= _MANY * scope.rows_of(source.table)
    return Packing.REPEATED if many else source.packing


def _cost(parameters: Mapping[str, Any], costing: Costing) -> Cost:
    through = PARENT if parameters["through"] is None else parameters["through"]
    cost = costing.column(parameters["column"], through)
    return replace(cost, plan_time=0.3e-3, plan_size=4_096.0)


KIND = Kind(
    name="parent",
    title="Parent's column",
    description="A column of the row that this one is a child of, or of the row that a foreign key leads to.",
    Parameters=ParentColumnParameters,
    compile=_compile,
    costs=_cost,
    example={"column": "price", "through": "product_id"},
    check_tables=(
        {
            "name": "products",
            "rows": 50,
            "primary_key": ["id"],
            "columns": [{"name": "id", "kind": "sequence"}, {"name": "price", "kind": "decimal", "max": 99}],
        },
        {
            "name": "cells",
            "rows": 3_000,
            "columns": [{"name": "product_id", "kind": "foreign_key", "table": "products"}],
        },
    ),
)
