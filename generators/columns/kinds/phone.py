"""Telephone numbers."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow as pa

from synthmill.generators.columns.costs import Costing, usual_and
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.locales import locale_data, locale_field
from synthmill.generators.columns.people.names import USUAL_LOCALE
from synthmill.generators.columns.people.phones import LINES, Numbers, Spans, numbers, ranges, spans
from synthmill.generators.columns.source import Source
from synthmill.generators.columns.wordlist import entries
from synthmill.generators.engine.arrays import places_in, strings
from synthmill.generators.engine.arrow_cells import to_arrow
from synthmill.generators.engine.cells import (
    Cells,
    Concat,
    Dictionary,
    DictionaryCells,
    Digits,
    Flags,
)
from synthmill.generators.engine.costs import Cost
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import I64
from synthmill.generators.schema.fields import Choice, Name, Text, refused

_MOST_DIGITS = 15


class PhoneParameters(ColumnParameters):
    locale = locale_field(f"Of which country. Left out: that of `country`, or {USUAL_LOCALE}.", None)
    line = Choice(
        "reserved: numbers kept for fiction, which are nobody's, where the country keeps some (US, CA, GB, "
        "DE, FR, SE, AU, IE), else as mobile; mobile, landline: ranges that are given out, so that a number "
        "may be somebody's.",
        LINES,
        default="reserved",
    )
    country = Name(
        "The row's column of kind country; the number is of that country's plan. A country whose plan isn't "
        "known has the numbers of the United States.",
        default=None,
        examples=["country"],
    )
    city = Name(
        "The row's column of cities; the number has the city's area code, where it is one of the large ones, "
        "and else one that is none of theirs.",
        default=None,
        examples=["city"],
    )
    pattern = Text(
        "A number of one's own form instead, with # for each random digit.",
        longest=100,
        default=None,
        examples=["+49 30 ########"],
    )

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if (data["pattern"] or "").count("#") > _MOST_DIGITS:
            raise refused(f"has more than {_MOST_DIGITS} #", f"use at most {_MOST_DIGITS}", "pattern")
        if data["pattern"] is not None:
            for name in ("locale", "country", "city"):
                if data[name] is not None:
                    raise refused(f"can't go with a {name}", "leave out one of them", "pattern")
        if data["locale"] is not None and data["country"] is not None:
            raise refused("can't go with a locale", "leave out one of them", "country")


@dataclass(frozen=True)
class _OfPattern:
    key: int
    pieces: tuple[bytes, ...]
    """Of the pattern: what is constant and what is digits, by turns."""

    def __call__(self, rows: Rows) -> Cells:
        parts: list[bytes | Digits] = []
        rest = rows.draw(self.key)
        for place, piece in enumerate(self.pieces):
            if place % 2:
                count = 10 ** len(piece)
                parts.append(Digits(bounded(rest, count).view(np.int64), len(piece)))
                rest = rest * np.uint64(count)
            elif piece:
                parts.append(piece)
        return Concat(tuple(parts))


@dataclass(frozen=True)
class _Constant:
    words: Dictionary

    def __call__(self, rows: Rows) -> Cells:
        return DictionaryCells(np.zeros(len(rows), np.uint32), self.words)


@dataclass(frozen=True, eq=False)
class _Named:
    """What words of another column mean: places among the spans of numbers."""

    source: Source
    words: pa.Array
    meaning: I64
    """By word; and, last, what any other means."""
    purpose: Hashable

    def __call__(self, rows: Rows) -> tuple[I64, Flags | None]:
        cells = self.source.cells(rows)
        if isinstance(cells, DictionaryCells):
            return cells.words.made(self.purpose, self._found)[cells.codes], cells.null
        return self._found(to_arrow(cells, pa.string())), cells.null

    def _found(self, words: pa.Array) -> I64:
        found: I64 = self.meaning[places_in(self.words, words)]
        return found


@dataclass(frozen=True, eq=False)
class _OfPlan:
    key: int
    range_key: int
    numbers: Numbers
    spans: Spans
    usual: int
    """The country's span where the row doesn't say it."""
    country: _Named | None
    cities: Mapping[int, _Named]
    """By the country's span; nothing where the row's city doesn't matter."""

    def __call__(self, rows: Rows) -> Cells:
        if self.country is None and not self.cities:
            return self._made(self.usual, rows, None)
        of, null = np.full(len(rows), self.usual, np.int64), None
        if self.country is not None:
            of, null = self.country(rows)
        countries = of
        for country in np.unique(countries).tolist() if self.cities else []:
            found, hidden = self.cities[country](rows)
            of = np.where((countries == country) & (found >= 0), found, of)
            if hidden is not None:
                null = hidden if null is None else null | hidden
        return self._made(of, rows, null)

    def _made(self, of: I64 | int, rows: Rows, null: Flags | None) -> Cells:
        chosen = self.spans.choose(of, rows.draw(self.range_key))
        return Concat(tuple(self.numbers.parts(chosen, rows.draw(self.key))), null)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    if (pattern := parameters["pattern"]) is not None:
        pieces = tuple(piece.encode() for piece in re.split("(#+)", pattern))
        of_pattern = (
            _OfPattern(scope.key(), pieces) if len(pieces) > 1 else _Constant(Dictionary(strings([pattern])))
        )
        return Column(pa.string(), of_pattern, len(pattern.encode()))
    usual = locale_data(parameters["locale"] or USUAL_LOCALE)["country"]
    listed = ranges(parameters["line"])
    country = city = None
    if parameters["country"] is not None:
        country = _text(scope, "country", parameters["country"])
    wanted = {usual} if country is None else _said(country, usual)
    if wanted is not None:
        listed = tuple(each for each in listed if each.country in wanted)
    by = spans(listed)
    if parameters["city"] is not None:
        city = _text(scope, "city", parameters["city"])
    cells = _OfPlan(
        scope.key(),
        scope.key("range"),
        numbers(listed),
        by,
        by.names.index((usual, "")),
        None if country is None else _countries(country, by, usual),
        {} if city is None else _cities(city, by),
    )
    nullable = any(source is not None and source.nullable for source in (country, city))
    return Column(pa.string(), cells, 16, nullable=nullable)


def _text(scope: Scope, parameter: str, column: str) -> Source:
    source = scope.source(column, parameter=parameter)
    if source.type != pa.string():
        raise ParameterError(parameter, f"{column} isn't text", f"name a column of kind {parameter}")
    return source


def _said(source: Source, usual: str) -> set[str] | None:
    """Codes of the countries that a column may name, if that is known."""
    if source.domain is None:
        return None
    words = set(source.domain.to_pylist())
    return {usual, *(code for name, code, *_ in entries("countries") if words & {name, code})}


def _countries(source: Source, by: Spans, usual: str) -> _Named:
    """Spans of countries, by name and by code."""
    codes = {code: at for at, (code, city) in enumerate(by.names) if city == ""}
    named = {name: codes[code] for name, code, *_ in entries("countries") if code in codes} | codes
    return _named(source, named, codes[usual], (by.names, usual))


def _cities(source: Source, by: Spans) -> dict[int, _Named]:
    """By a country's span, the spans of its cities; and of any other, that of what is none of theirs."""
    found = {}
    for country, (code, city) in enumerate(by.names):
        if city == "":
            cities = {name: at for at, (of, name) in enumerate(by.names) if of == code and name}
            elsewhere = by.names.index((code, None)) if (code, None) in by.names else -1
            found[country] = _named(source, cities, elsewhere, (by.names, code, "cities"))
    return found


def _named(source: Source, meaning: Mapping[str, int], otherwise: int, purpose: Hashable) -> _Named:
    return _Named(
        source, strings(list(meaning)), np.array([*meaning.values(), otherwise], np.int64), ("phone", purpose)
    )


def _cost(parameters: Mapping[str, Any], costing: Costing) -> Cost:
    """Of every country there are many more ranges."""
    more = 16e-3 if parameters["country"] is not None else 2e-3
    return usual_and(time=30e-9, plan_time=more, plan_size=1e6)(parameters, costing)


KIND = Kind(
    name="phone",
    title="Phone number",
    description="A number of a country's plan, with an area code that exists; kept for fiction if it can be.",
    Parameters=PhoneParameters,
    compile=_compile,
    costs=_cost,
    example={"locale": "de_DE", "line": "landline"},
    pii=True,
)
