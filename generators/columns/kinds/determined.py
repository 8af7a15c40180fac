"""Cells that follow from other columns alone: the same input gives the same output, in every row."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.children import Children
from synthmill.generators.columns.column_field import InnerColumn
from synthmill.generators.columns.costs import usual_and
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.nested.inner import Inner, compile_inner
from synthmill.generators.columns.source import Source
from synthmill.generators.engine.arrow_cells import decoded, to_arrow
from synthmill.generators.engine.cells import Arrow, Booleans, Cells, DictionaryCells, Floats, Integers
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import I64, U64, mix
from synthmill.generators.schema.fields import Items, Name

T = TypeVar("T")


class DeterminedParameters(ColumnParameters):
    by = Items("The columns that decide.", Name("A column's name."), most=8, examples=[["department"]])
    then = InnerColumn(
        "A column's definition without a name: what is drawn, once for each combination of what decides."
    )


@dataclass(frozen=True, eq=False)
class _Cells:
    key: int
    by: tuple[Source, ...]
    column: Inner

    def __call__(self, rows: Rows) -> Cells:
        number = np.full(len(rows), self.key, np.uint64)
        for source in self.by:
            number = mix(number, _numbers(decoded(source.cells(rows)), source))
        return self.column.cells(_DecidedRows(rows, number))


def _numbers(cells: Cells, source: Source) -> U64:
    """A number for each cell, the same for equal ones, whatever rows they are in."""
    match cells:
        case DictionaryCells(codes, words):
            of_words = words.made("determined", lambda values: _numbers(decoded(Arrow(values)), source))
            numbers = of_words[codes]
        case Integers(values) | Floats(values):
            # Both zeros are equal; adding 0 makes them one.
            numbers = (values + values.dtype.type(0)).view(np.uint64)
        case Booleans(values):
            numbers = values.astype(np.uint64)
        case _:
            numbers = _of_text(to_arrow(cells, source.type))
    return numbers if cells.null is None else np.where(cells.null, np.uint64(0x9E6C63D0676A9A99), numbers)


def _of_text(array: pa.Array) -> U64:
    encoded = array.cast(pa.string()).dictionary_encode()
    hashes = [
        int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
        for text in encoded.dictionary.to_pylist()
    ]
    codes = decoded(Arrow(encoded.indices.cast(pa.int64())))
    assert isinstance(codes, Integers)
    places = codes.values if codes.null is None else np.where(codes.null, 0, codes.values)
    return np.array(hashes or [0], np.uint64)[places]


class _DecidedRows:
    """Rows whose randomness depends on a number that was made from their deciding columns."""

    def __init__(self, rows: Rows, number: U64) -> None:
        self._rows, self._number = rows, number
        self._once: dict[Hashable, Any] = {}

    def __len__(self) -> int:
        return len(self._number)

    def draw(self, key: int) -> U64:
        return mix(key, self._number)

    def choose(self, key: int, count: int) -> U64:
        return bounded(self.draw(key), count)

    def once(self, purpose: Hashable, make: Callable[[], T]) -> T:
        if purpose not in self._once:
            self._once[purpose] = make()
        found: T = self._once[purpose]
        return found

    def look(self, link: str | None, column: str) -> Cells:
        return self._rows.look(link, column)

    @property
    def numbers(self) -> U64:
        raise _NotDecidedError

    def parents(self) -> U64:
        raise _NotDecidedError

    def sibling_index(self) -> U64:
        raise _NotDecidedError

    def follow(self, link: str) -> tuple[Rows, I64 | None]:
        raise _NotDecidedError

    def children(self, table: str) -> Iterator[Children]:
        raise _NotDecidedError

    def child_numbers(self, table: str) -> tuple[U64, I64]:
        raise _NotDecidedError

    def rows_at(self, table: str, numbers: U64) -> Rows:
        raise _NotDecidedError

    def siblings(self) -> tuple[Rows, I64]:
        raise _NotDecidedError


class _NotDecidedError(Exception):
    """A kind asked for what differs from row to row."""


class _NoRows(_DecidedRows):
    """No rows at all, to see what a kind asks for."""

    def __init__(self, columns: Mapping[str, Cells]) -> None:
        super().__init__(self, np.empty(0, np.uint64))
        self._columns = columns

    def look(self, link: str | None, column: str) -> Cells:
        return self._columns[column]


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    names = tuple(parameters["by"])
    by = tuple(scope.source(name, parameter="by") for name in names)
    column = compile_inner(parameters["then"], scope, "then", "then", only=names)
    nothing = {source.column: Arrow(pa.nulls(0, source.type)) for source in by}
    try:
        column.cells(_NoRows(nothing))
    except _NotDecidedError:
        raise ParameterError(
            "then.kind",
            f"a {parameters['then']['kind']} differs from row to row, whatever {', '.join(names)} may be",
            "use a kind that is drawn, such as categorical, integer or name",
        ) from None
    cells, made = _Cells(scope.key("by"), by, column), column.column
    nullable, values = column.nullable, made.values
    return Column(
        made.type,
        cells,
        made.width,
        nullable=nullable,
        filled=column.filled,
        pii=made.pii,
        values=values,
        packing=made.packing,
    )


KIND = Kind(
    name="determined",
    title="Determined column",
    description="Drawn once for each combination of other columns' values: equal inputs give equal outputs.",
    Parameters=DeterminedParameters,
    compile=_compile,
    costs=usual_and(time=1e-6),
    example={"by": ["department"], "then": {"kind": "name"}},
    check_tables=(
        {
            "name": "cells",
            "rows": 3_000,
            "columns": [{"name": "department", "kind": "categorical", "values": ["sales", "legal", "press"]}],
        },
    ),
)
