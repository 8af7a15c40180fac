"""The place of a child row among its siblings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.numbers import mean_digits
from synthmill.generators.engine.cells import Cells, Integers
from synthmill.generators.schema.fields import Whole


class LineNumberParameters(ColumnParameters):
    start = Whole("The number of a parent's first child.", 0, 10**9, default=1)


@dataclass(frozen=True)
class _Cells:
    start: int

    def __call__(self, rows: Rows) -> Cells:
        return Integers(rows.sibling_index().view(np.int64) + np.int64(self.start))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    parent, start = scope.parent(), parameters["start"]
    if parent is None:
        raise ParameterError("kind", "the table has no parent table", "give the table children_of")
    many = scope.rows // max(1, scope.rows_of(parent))
    return Column(pa.int64(), _Cells(start), mean_digits(start, start + many), numbers_siblings=True)


KIND = Kind(
    name="line_number",
    title="Line number",
    description="1, 2, 3 ... within the rows of one parent, for tables with `children_of`.",
    Parameters=LineNumberParameters,
    compile=_compile,
    example={},
    check_tables=(
        {"name": "orders", "rows": 1_000, "columns": [{"name": "id", "kind": "sequence"}]},
        {"name": "cells", "rows": 3_000, "children_of": {"table": "orders", "max": 6}, "columns": []},
    ),
)
