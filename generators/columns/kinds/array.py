"""Lists of values within a column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow as pa

from synthmill.generators.columns.column_field import InnerColumn
from synthmill.generators.columns.costs import Costing
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Rows, Scope
from synthmill.generators.columns.nested.chosen_rows import Items
from synthmill.generators.columns.nested.inner import Inner, compile_inner, limited
from synthmill.generators.engine.arrays import fixed_width
from synthmill.generators.engine.arrow_cells import to_arrow
from synthmill.generators.engine.cells import Arrow, Cells
from synthmill.generators.engine.costs import Cost
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.limits import MAX_CELL_VALUES
from synthmill.generators.schema.fields import Whole, refused

_MOST = 1_000


class ArrayParameters(ColumnParameters):
    of = InnerColumn("What its items are: a column of any kind, without a name.")
    min_items = Whole("The fewest items.", 0, _MOST, default=1)
    max_items = Whole(
        f"The most items; a cell has at most {MAX_CELL_VALUES:,} values, with those of lists and objects "
        "inside it.",
        0,
        _MOST,
        default=5,
    )

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if data["min_items"] > data["max_items"]:
            raise refused(
                f"{data['max_items']} is less than min_items", "give at least min_items", "max_items"
            )


@dataclass(frozen=True)
class _Cells:
    key: int
    fewest: int
    most: int
    inner: Inner
    type: pa.DataType

    def __call__(self, rows: Rows) -> Cells:
        counts = bounded(rows.draw(self.key), self.most - self.fewest + 1).view(np.int64) + self.fewest
        values = to_arrow(self.inner.cells(Items(rows, counts)), self.inner.column.type)
        offsets = fixed_width(np.concatenate(([0], np.cumsum(counts))).astype(np.int32), pa.int32())
        return Arrow(pa.ListArray.from_arrays(offsets, values, type=self.type))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    fewest, most = parameters["min_items"], parameters["max_items"]
    inner = compile_inner(parameters["of"], scope, "item", "of", repeated=True)
    type_ = pa.list_(pa.field("item", inner.column.type, inner.nullable))
    cells = _Cells(scope.key("count"), fewest, most, inner, type_)
    width = (fewest + most) * (inner.column.width + 3) // 2 + 2
    values = limited(max(1, most * inner.column.values), "max_items")
    longest = most * inner.column.longest
    return Column(type_, cells, width, pii=inner.column.pii, values=values, longest=longest)


def _cost(parameters: Mapping[str, Any], costing: Costing) -> Cost:
    items = (parameters["min_items"] + parameters["max_items"]) / 2
    return costing.inner(parameters["of"]).repeated(items).with_(Cost(values=0.0, size=4.0))


KIND = Kind(
    name="array",
    title="List",
    description="Some values of a kind: an array in JSON Lines, a list in Parquet, JSON as text in CSV.",
    Parameters=ArrayParameters,
    compile=_compile,
    costs=_cost,
    example={"of": {"kind": "integer", "min": 1, "max": 6}, "min_items": 2, "max_items": 4},
)
