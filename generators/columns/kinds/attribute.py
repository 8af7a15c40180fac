"""What else stands in the row of a joint table that another column has drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.costs import Costing
from synthmill.generators.columns.joint_tables.table import Attribute, JointDraw, JointTable
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.kinds.joint import attribute_of
from synthmill.generators.columns.source import Source
from synthmill.generators.engine.cells import Cells, Floats, Integers
from synthmill.generators.engine.costs import Cost
from synthmill.generators.engine.plan import Packing
from synthmill.generators.kernels.elementary import open_unit
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import U64
from synthmill.generators.schema.fields import Name


class AttributeParameters(ColumnParameters):
    column = Name("The column of kind joint that has drawn the row of the table.", examples=["drug"])
    attribute = Name("The table's attribute that the cell is.", examples=["dose"])
    up_to = Name(
        "Another attribute: the cell is anything between the two, evenly; whole numbers, cents, days and "
        "microseconds include both.",
        default=None,
        examples=["dose_max"],
    )
    through = Name(
        "A foreign key or the parents' table, where it is a column of the row that this leads to.",
        default=None,
        examples=["product_id"],
    )


_FLOAT_WIDTH = 12


@dataclass(frozen=True, eq=False)
class _Cells:
    source: Source
    joint: JointDraw
    attribute: Attribute
    up_to: Attribute | None
    key: int

    def __call__(self, rows: Rows) -> Cells:
        null = self.source.cells(rows).null
        if self.source.link is None:
            drawn = self.joint(rows)
        else:
            linked, places = rows.follow(self.source.link)
            drawn = self.joint(linked) if places is None else self.joint(linked)[places]
        drawn = drawn if null is None else np.where(null, -1, drawn)
        low = self.attribute.at(drawn)
        return low if self.up_to is None else _between(low, self.up_to.at(drawn), rows.draw(self.key))


def _between(low: Cells, high: Cells, u: U64) -> Cells:
    null = low.null if high.null is None else high.null if low.null is None else low.null | high.null
    if isinstance(low, Floats) and isinstance(high, Floats):
        return Floats(low.values + open_unit(u) * (high.values - low.values), null)
    assert isinstance(low, Integers) and isinstance(high, Integers)
    # Under a null the two may be any way round.
    spread = np.maximum(high.values - low.values, 0).view(np.uint64) + np.uint64(1)
    return Integers(low.values + bounded(u, spread).view(np.int64), null)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    source = scope.source(parameters["column"], parameters["through"])
    if source.joint is None:
        raise ParameterError(
            "column", f"{source.column} draws no row of a table", "name a column of kind joint"
        )
    attribute = attribute_of(source.joint.table, parameters["attribute"])
    up_to = _upper(source.joint.table, attribute, parameters["up_to"])
    nullable = attribute.null is not None or (up_to is not None and up_to.null is not None)
    return Column(
        attribute.type,
        _Cells(source, source.joint, attribute, up_to, scope.key()),
        _width(source.joint.table, attribute, up_to),
        nullable=source.nullable or nullable,
        filled=source.filled * attribute.filled(source.joint.table.weights),
        packing=Packing.WORDS if up_to is None else Packing.USUAL,
        domain=attribute.domain if up_to is None else None,
    )


def _width(table: JointTable, low: Attribute, high: Attribute | None) -> int:
    width = low.width(table.weights)
    if high is None:
        return width
    return _FLOAT_WIDTH if pa.types.is_float64(low.type) else -(-(width + high.width(table.weights)) // 2)


def _upper(table: JointTable, low: Attribute, name: str | None) -> Attribute | None:
    if name is None:
        return None
    try:
        high = attribute_of(table, name)
    except ParameterError as error:
        raise ParameterError("up_to", error.reason, error.fix) from error
    if high.type != low.type or low.type in (pa.string(), pa.bool_()):
        raise ParameterError(
            "up_to",
            f"there is nothing between {low.name}, of type {low.type}, and {name}, of type {high.type}",
            "name two attributes of one type of numbers, dates or times",
        )
    for row, (least, most) in enumerate(zip(low.held, high.held, strict=True)):
        if least is not None and most is not None and not 0 <= most - least < 2**63:
            raise ParameterError(
                "up_to", f"{name} is less than {low.name} in row {row}", "exchange the two there"
            )
    return high


def _cost(parameters: Mapping[str, Any], costing: Costing) -> Cost:
    looked = costing.column(parameters["column"], parameters["through"])
    return replace(looked, time=0.05e-6 + (looked.time if parameters["through"] else 0.0), plan_size=4_096.0)


KIND = Kind(
    name="attribute",
    title="Attribute",
    description="Another attribute of the joint table's row that a column of kind `joint` has drawn.",
    Parameters=AttributeParameters,
    compile=_compile,
    costs=_cost,
    example={"column": "drug", "attribute": "dose"},
    check_tables=(
        {
            "name": "cells",
            "rows": 3_000,
            "columns": [
                {
                    "name": "drug",
                    "kind": "joint",
                    "joint_table": {
                        "attributes": ["drug", "dose"],
                        "rows": [["paracetamol", 500], ["paracetamol", 1000], ["ibuprofen", 400]],
                    },
                }
            ],
        },
    ),
)
