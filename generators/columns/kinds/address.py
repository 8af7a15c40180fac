"""Addresses whose street, city, region, postcode and coordinates go together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.costs import usual_and
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.locales import locale_data, locale_field
from synthmill.generators.columns.patterned import PatternCells, pattern_cells
from synthmill.generators.columns.people.names import Weighted, weighted
from synthmill.generators.columns.source import Source
from synthmill.generators.engine.arrays import places_in, strings
from synthmill.generators.engine.arrow_cells import to_arrow
from synthmill.generators.engine.cells import (
    Cells,
    Concat,
    Dictionary,
    DictionaryCells,
    Flags,
    Floats,
    Integers,
    Part,
    coded,
)
from synthmill.generators.kernels.discrete import Discrete, discrete
from synthmill.generators.kernels.elementary import open_unit, rounded
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import F64, I64
from synthmill.generators.schema.fields import Choice, Name

_SPREAD = 0.05
"""Degrees to each side of a city's middle."""
_PARTS = ("full", "street", "city", "region", "postcode", "latitude", "longitude")


class AddressParameters(ColumnParameters):
    locale = locale_field("Where it is, and how it is written.")
    part = Choice("What of the address.", _PARTS, default="full")
    city = Name(
        "The row's column of this kind with the part city, to be in the same city. Left out: any city, "
        "large ones more often.",
        default=None,
        examples=["city"],
    )


@dataclass(frozen=True, eq=False)
class _Place:
    """Which of a locale's places each row is in."""

    key: int
    law: Discrete
    names: pa.Array
    city: Source | None

    def __call__(self, rows: Rows) -> tuple[I64, Flags | None]:
        places = self.law.draw(rows.draw(self.key))
        if self.city is None:
            return places, None
        cells = self.city.cells(rows)
        if isinstance(cells, DictionaryCells):
            found = cells.words.made("places", self._found)[cells.codes]
        else:
            found = self._found(to_arrow(cells, pa.string()))
        return np.where(found < 0, places, found), cells.null

    def _found(self, names: pa.Array) -> I64:
        """The places of cities by name, -1 for those that aren't among them."""
        return places_in(self.names, names)


@dataclass(frozen=True, eq=False)
class _Postcode:
    key: int
    starts: I64
    """Where each place's beginnings of postcodes begin among all, and where they end."""
    beginnings: Dictionary
    end: PatternCells | None
    """How they go on; not at all where the beginnings are whole."""

    def parts(self, rows: Rows, places: I64) -> list[Part]:
        counts = (self.starts[1:] - self.starts[:-1])[places]
        chosen = self.starts[places] + bounded(rows.draw(self.key), counts.view(np.uint64)).view(np.int64)
        begun = coded(chosen, self.beginnings)
        if self.end is None:
            return [begun]
        end = self.end(rows)
        assert isinstance(end, Concat)
        return [begun, *end.parts]


@dataclass(frozen=True, eq=False)
class _Text:
    """A form such as `{street}, {postcode} {city}`, filled in."""

    place: _Place
    form: tuple[str, ...]
    """What is constant and what is to be filled in, by turns."""
    street: Weighted
    number_key: int
    cities: Dictionary
    regions: Dictionary
    postcode: _Postcode

    def __call__(self, rows: Rows) -> Cells:
        places, null = self.place(rows)
        parts: list[Part] = []
        for at, piece in enumerate(self.form):
            if at % 2:
                parts += self.filled(piece, rows, places)
            elif piece:
                parts.append(piece.encode())
        only = parts[0]
        if len(parts) == 1 and isinstance(only, DictionaryCells):
            return DictionaryCells(only.codes, only.words, null)
        return Concat(tuple(parts), null)

    def filled(self, name: str, rows: Rows, places: I64) -> list[Part]:
        if name == "postcode":
            return self.postcode.parts(rows, places)
        if name == "number":
            # House numbers: low ones more often, as streets are short.
            p = open_unit(rows.draw(self.number_key))
            return [Integers(np.floor(1.0 + 199.0 * p * p).astype(np.int64))]
        if name == "street":
            return [self.street.part(rows)]
        return [coded(places, self.cities if name == "city" else self.regions)]


@dataclass(frozen=True, eq=False)
class _Coordinate:
    place: _Place
    key: int
    middles: F64

    def __call__(self, rows: Rows) -> Cells:
        places, null = self.place(rows)
        aside = (open_unit(rows.draw(self.key)) * 2.0 - 1.0) * _SPREAD
        return Floats(rounded(self.middles[places] + aside, 5), null)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    data, part = locale_data(parameters["locale"]), parameters["part"]
    local, regions, beginnings, latitudes, longitudes, people = zip(*data["places"], strict=True)
    city = None if parameters["city"] is None else scope.source(parameters["city"], parameter="city")
    if city and city.type != pa.string():
        raise ParameterError("city", f"{city.column} isn't text", "name a column of kind address, part city")
    law = discrete([float(count) for count in people])
    place = _Place(scope.key("place"), law, strings(local), city)
    nullable = city is not None and city.nullable
    if part in ("latitude", "longitude"):
        middles = np.array(latitudes if part == "latitude" else longitudes, np.float64)
        return Column(pa.float64(), _Coordinate(place, scope.key(part), middles), 9, nullable=nullable)
    street_form = data["street_form"]
    form = {"full": data["address_form"].replace("{street}", street_form), "street": street_form}.get(
        part, f"{{{part}}}"
    )
    starts = np.cumsum([0, *map(len, beginnings)]).astype(np.int64)
    listed = Dictionary(strings([beginning for each in beginnings for beginning in each]))
    ending = data["postcode_end"]
    end = pattern_cells(scope, ending, "postcode's end") if ending else None
    cells = _Text(
        place,
        tuple(re.split(r"\{(\w+)\}", form)),
        weighted(scope, "street", data["streets"]),
        scope.key("number"),
        Dictionary(strings(local)),
        Dictionary(strings(regions)),
        _Postcode(scope.key("postcode"), starts, listed, end),
    )
    width = {"full": 50, "street": 22}.get(part, 12)
    return Column(pa.string(), cells, width, nullable=nullable)


KIND = Kind(
    name="address",
    title="Address",
    description="An address in a large city of a locale, or a part of it; parts of one row can go together.",
    Parameters=AddressParameters,
    compile=_compile,
    costs=usual_and(plan_time=1e-3),
    example={"locale": "de_DE", "part": "full"},
    pii=True,
)
