"""A row of the same table above each row but the first: a manager, a wider category."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.engine.cells import Cells, Flags
from synthmill.generators.kernels.mix import U64
from synthmill.generators.schema.fields import Choice, Name, Whole


class HierarchyParameters(ColumnParameters):
    column = Name(
        "The column of this table whose values these are; left out: its primary key.",
        default=None,
        examples=["id"],
    )
    span = Whole("How many rows stand under one row.", 1, 10**6, default=8, examples=[8])
    shape = Choice(
        "even: exactly so many; random: so many on average, shared out among rows of about one height.",
        ("even", "random"),
        default="random",
    )


@dataclass(frozen=True)
class _Above:
    key: int
    span: int
    random: bool

    def __call__(self, rows: Rows) -> U64:
        """Row n > 0 stands under row (n - 1) // span, or under one of the `span` rows around that one: always
        under a row before it, so that there are no circles.
        """
        numbers, span = rows.numbers, np.uint64(self.span)
        above = (np.maximum(numbers, np.uint64(1)) - np.uint64(1)) // span
        if not self.random:
            return above
        first = above // span * span
        mixed = first + rows.choose(self.key, self.span)
        # Of the first rows some would come to stand under themselves or later ones.
        return np.where(mixed < numbers, mixed, above)


@dataclass(frozen=True)
class _Keys:
    link: str
    column: str

    def __call__(self, rows: Rows) -> Cells:
        return rows.look(self.link, self.column)


def _is_first(rows: Rows) -> Flags:
    first: Flags = rows.numbers == np.uint64(0)
    return first


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    there = scope.key_of(scope.table, parameters["column"])
    if there.nullable:
        raise ParameterError("column", f"{there.column} can be null", "refer to one that can't")
    return Column(
        there.type,
        _Keys(parameters["name"], there.column),
        there.width,
        nullable=True,
        refers_to=(there.table, there.column),
        rows_of=_Above(scope.key("above"), parameters["span"], parameters["shape"] == "random"),
        absent=_is_first,
    )


KIND = Kind(
    name="hierarchy",
    title="Row above",
    description="The key of the row above, in the same table: an earlier row, and none for the first.",
    Parameters=HierarchyParameters,
    compile=_compile,
    example={"span": 8},
    check_tables=(
        {
            "name": "cells",
            "rows": 3_000,
            "columns": [
                {"name": "id", "kind": "sequence"},
                {"name": "number", "kind": "sequence", "start": 100},
            ],
            "primary_key": ["number"],
        },
    ),
)
