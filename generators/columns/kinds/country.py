"""Countries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Rows, Scope
from synthmill.generators.columns.wordlist import entries, mean_length
from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.cells import Cells, Dictionary, coded
from synthmill.generators.engine.plan import Packing
from synthmill.generators.kernels.discrete import Discrete, discrete
from synthmill.generators.schema.fields import Choice


class CountryParameters(ColumnParameters):
    form = Choice(
        "The English name, or the code of two letters (ISO 3166).", ("name", "code"), default="name"
    )


@dataclass(frozen=True)
class _Cells:
    key: int
    law: Discrete
    countries: Dictionary

    def __call__(self, rows: Rows) -> Cells:
        return coded(self.law.draw(rows.draw(self.key)), self.countries)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    listed = entries("countries")
    place = 0 if parameters["form"] == "name" else 1
    names = [entry[place] for entry in listed]
    countries = Dictionary(strings(names))
    law = discrete([float(entry[2]) for entry in listed])
    cells = _Cells(scope.key(), law, countries)
    return Column(pa.string(), cells, mean_length(names), packing=Packing.WORDS, domain=countries.values)


KIND = Kind(
    name="country",
    title="Country",
    description="A country, by English name or code; weighted, those with many online shoppers more often.",
    Parameters=CountryParameters,
    compile=_compile,
    example={"form": "code"},
)
