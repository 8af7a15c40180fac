"""Categories below those of another column: the hierarchy's next level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.costs import usual_and
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.mapping_field import Mapping as MappingField
from synthmill.generators.columns.source import Source
from synthmill.generators.columns.wordlist import mean_length
from synthmill.generators.engine.arrays import places_in, strings
from synthmill.generators.engine.arrow_cells import to_arrow
from synthmill.generators.engine.cells import Cells, Dictionary, DictionaryCells
from synthmill.generators.engine.plan import Packing
from synthmill.generators.kernels.discrete import Discrete, discrete
from synthmill.generators.kernels.mix import I64
from synthmill.generators.schema.column_name import ColumnName
from synthmill.generators.schema.fields import Number


class SubcategoryParameters(ColumnParameters):
    column = ColumnName(
        "The column of text with the category above; `product_id.category` is that of a linked row.",
        examples=["category"],
    )
    values = MappingField(
        "For each category above, those below with their weights.",
        MappingField("A category's own.", Number("How likely it is.", 0.0, 1e15, above=True)),
        examples=[{"Food": {"Bread": 3, "Fruit": 1}, "Toys": {"Puzzle": 1}}],
    )
    otherwise = MappingField(
        "Those below a category that isn't named, with their weights; left out: null.",
        Number("How likely it is.", 0.0, 1e15, above=True),
        default=None,
        examples=[{"Other": 1}],
    )


@dataclass(frozen=True, eq=False)
class _Cells:
    key: int
    source: Source
    above: pa.Array
    laws: tuple[Discrete, ...]
    starts: tuple[int, ...]
    """Where each category's own begin among the words; of both there may be one more, for all others."""
    words: Dictionary

    def __call__(self, rows: Rows) -> Cells:
        cells = self.source.cells(rows)
        if isinstance(cells, DictionaryCells):
            known = cells.words.made(("subcategory", self.key), self._known)[cells.codes]
        else:
            known = self._known(to_arrow(cells, pa.string()))
        u = rows.draw(self.key)
        codes = np.zeros(len(rows), np.int64)
        for place, (law, start) in enumerate(zip(self.laws, self.starts, strict=True)):
            mine = np.flatnonzero(known == place)
            codes[mine] = law.draw(u[mine]) + start
        null = known < 0 if cells.null is None else (known < 0) | cells.null
        return DictionaryCells(codes.astype(np.uint32), self.words, null if null.any() else None)

    def _known(self, names: pa.Array) -> I64:
        """The places of categories by name; of others that of the last law, or -1."""
        found = places_in(self.above, names)
        return np.where(found < 0, len(self.above), found) if len(self.laws) > len(self.above) else found


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    source = scope.source(parameters["column"])
    if source.type != pa.string():
        raise ParameterError("column", f"{source.column} isn't text", "name a column of text")
    values = parameters["values"]
    groups = [*values.values(), *([parameters["otherwise"]] if parameters["otherwise"] else [])]
    below = [name for own in groups for name in own]
    starts = np.cumsum([0, *map(len, groups)])[:-1].tolist()
    laws = tuple(discrete(list(own.values())) for own in groups)
    cells = _Cells(
        scope.key(), source, strings(list(values)), laws, tuple(starts), Dictionary(strings(below))
    )
    nullable = source.nullable or parameters["otherwise"] is None
    domain = strings(list(dict.fromkeys(below)))
    return Column(
        pa.string(),
        cells,
        mean_length(below, [weight for own in groups for weight in own.values()]),
        nullable=nullable,
        packing=Packing.WORDS,
        domain=domain,
    )


KIND = Kind(
    name="subcategory",
    title="Subcategory",
    description="One of the categories below the one in another column: a hierarchy's next level.",
    Parameters=SubcategoryParameters,
    compile=_compile,
    costs=usual_and(plan_time=0.5e-3),
    example={"column": "land", "values": {"Germany": {"Berlin": 3, "Bayern": 1}, "France": {"Bretagne": 1}}},
    check_tables=(
        {
            "name": "cells",
            "rows": 3_000,
            "columns": [{"name": "land", "kind": "categorical", "values": ["Germany", "France", "Italy"]}],
        },
    ),
)
