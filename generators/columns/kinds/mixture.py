"""A value of one of several kinds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import pyarrow as pa
import pyarrow.compute as pc

from synthmill.generators.columns.column_field import InnerColumn
from synthmill.generators.columns.costs import Costing
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.nested.inner import (
    Inner,
    common_packing,
    common_width,
    compile_inner,
    share_filled,
)
from synthmill.generators.engine.arrays import fixed_width
from synthmill.generators.engine.arrow_cells import to_arrow
from synthmill.generators.engine.cells import Arrow, Cells
from synthmill.generators.engine.costs import Cost
from synthmill.generators.kernels.discrete import Discrete, discrete
from synthmill.generators.schema.fields import Items, Number, Parameters


class Component(Parameters):
    """One of the kinds, and how often it is chosen."""

    weight = Number("How likely it is, in proportion.", 0.0, 1e15, above=True, default=1.0)
    of = InnerColumn("What its cells are: a column of any kind, without a name.")


class MixtureParameters(ColumnParameters):
    components = Items(
        "The kinds, of which one is chosen for each row.", ma.fields.Nested(Component), most=50
    )


@dataclass(frozen=True)
class _Cells:
    key: int
    law: Discrete
    components: tuple[Inner, ...]
    type: pa.DataType

    def __call__(self, rows: Rows) -> Cells:
        chosen = self.law.draw(rows.draw(self.key))
        made = [component.cells(rows) for component in self.components]
        arrays = [to_arrow(cells, self.type) for cells in made]
        return Arrow(pc.choose(fixed_width(chosen, pa.int64()), *arrays))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    components = tuple(
        compile_inner(component["of"], scope, f"component {at}", f"components[{at}].of")
        for at, component in enumerate(parameters["components"])
    )
    types = {component.column.type for component in components}
    if types == {pa.int64(), pa.float64()}:
        types = {pa.float64()}
    if len(types) > 1:
        names = ", ".join(sorted(map(str, types)))
        raise ParameterError("components", f"are of different types: {names}", "make them all of one type")
    (type_,) = types
    if pa.types.is_nested(type_):
        raise ParameterError("components", "can't be objects or lists", "mix what is in them")
    weights = [component["weight"] for component in parameters["components"]]
    width, filled = common_width(components, weights), share_filled(components, weights)
    nullable = any(component.nullable for component in components)
    pii = any(component.column.pii for component in components)
    cells, packing = _Cells(scope.key(), discrete(weights), components, type_), common_packing(components)
    longest = max(component.column.longest for component in components)
    return Column(
        type_, cells, width, nullable=nullable, filled=filled, pii=pii, packing=packing, longest=longest
    )


def _cost(parameters: Mapping[str, Any], costing: Costing) -> Cost:
    cost = Cost(time=0.1e-6 * len(parameters["components"]))
    for component in parameters["components"]:
        cost = cost.or_(costing.inner(component["of"]))
    return cost


KIND = Kind(
    name="mixture",
    title="Mixture",
    description="A value of one of several kinds, chosen by weight: two peaks, or outliers among the usual.",
    Parameters=MixtureParameters,
    compile=_compile,
    costs=_cost,
    example={
        "components": [
            {"weight": 9, "of": {"kind": "normal", "mean": 20, "sd": 2}},
            {"weight": 1, "of": {"kind": "uniform", "min": 0, "max": 100}},
        ]
    },
)
