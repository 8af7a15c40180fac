"""Cities, if wanted those of the row's country."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.locales import locale_data, locale_field
from synthmill.generators.columns.people.names import weighted
from synthmill.generators.columns.pieces import one_of_each
from synthmill.generators.columns.source import Source
from synthmill.generators.columns.wordlist import entries, mean_length, words
from synthmill.generators.engine.arrays import places_in, strings
from synthmill.generators.engine.arrow_cells import to_arrow
from synthmill.generators.engine.cells import Cells, Dictionary, DictionaryCells, coded
from synthmill.generators.engine.plan import Packing
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import I64
from synthmill.generators.schema.fields import Name


class CityParameters(ColumnParameters):
    country = Name(
        "The row's column of kind country; the city is one of its cities. Left out: a city of any country.",
        default=None,
        examples=["country"],
    )
    locale = locale_field("Of whose country; large cities more often.", None)


@dataclass(frozen=True)
class _OfCountry:
    key: int
    source: Source
    countries: pa.Array
    starts: I64
    cities: Dictionary

    def __call__(self, rows: Rows) -> Cells:
        source = self.source.cells(rows)
        if isinstance(source, DictionaryCells):
            known = source.words.made("countries", self._known)[source.codes]
        else:
            known = self._known(to_arrow(source, pa.string()))
        counts = (self.starts[1:] - self.starts[:-1])[known]
        chosen = self.starts[known] + bounded(rows.draw(self.key), counts.view(np.uint64)).view(np.int64)
        return coded(chosen, self.cities, source.null)

    def _known(self, names: pa.Array) -> I64:
        """The countries' places in the list; one that the list doesn't know has the first one's cities."""
        return np.maximum(places_in(self.countries, names), 0) % (len(self.starts) - 1)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    if parameters["locale"] is not None:
        if parameters["country"] is not None:
            raise ParameterError("country", "can't go with a locale", "leave out one of them")
        names = [city[0] for city in locale_data(parameters["locale"])["cities"]]
        people = [float(city[3]) for city in locale_data(parameters["locale"])["cities"]]
        large = weighted(scope, "city of a locale", names, people)
        return Column(pa.string(), large, large.width, packing=Packing.WORDS)
    listed = words("cities")
    if parameters["country"] is None:
        cells = one_of_each(scope, [listed])
        return Column(pa.string(), cells, mean_length(listed), packing=Packing.WORDS)
    source = scope.source(parameters["country"], parameter="country")
    if source.type != pa.string():
        raise ParameterError("country", f"{source.column} isn't text", "name a column of kind country")
    codes = [entry[1] for entry in entries("cities")]
    countries = [entry[:2] for entry in entries("countries")]
    starts = np.array([*(codes.index(code) for _, code in countries), len(codes)], np.int64)
    known = strings([*(name for name, _ in countries), *(code for _, code in countries)])
    return Column(
        pa.string(),
        _OfCountry(scope.key(), source, known, starts, Dictionary(strings(listed))),
        mean_length(listed),
        nullable=source.nullable,
        packing=Packing.WORDS,
    )


KIND = Kind(
    name="city",
    title="City",
    description="A city; with `country`, one of the country in that column of the row.",
    Parameters=CityParameters,
    compile=_compile,
    example={"country": "country"},
    check_tables=({"name": "cells", "rows": 3_000, "columns": [{"name": "country", "kind": "country"}]},),
)
