"""Columns whose values go together: a Gaussian copula."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import marshmallow as ma
import numpy as np

from synthmill.generators.columns.children import Children
from synthmill.generators.columns.column_field import InnerColumn
from synthmill.generators.columns.costs import Costing
from synthmill.generators.columns.kind import (
    Column,
    ColumnParameters,
    Kind,
    ParameterError,
    Rows,
    Scope,
)
from synthmill.generators.columns.nested.inner import Inner, compile_inner
from synthmill.generators.engine.cells import Cells
from synthmill.generators.engine.costs import Cost
from synthmill.generators.engine.recent import Recent
from synthmill.generators.kernels.derived.probability import normal_cdf, uniform_bits
from synthmill.generators.kernels.elementary import normal_quantile, open_unit
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import I64, U64
from synthmill.generators.schema.fields import Items, Name, Number, Whole, refused

T = TypeVar("T")

_MOST = 50
_LEAST = 1e-12
"""What the square of a diagonal element of the Cholesky factor may come to."""


class CorrelatedParameters(ColumnParameters):
    group = Name("Columns of the table with the same group and matrix go together.", default="group")
    matrix = Items(
        "The correlations of all columns of the group, the same in each of them.",
        Items("A row of it.", Number("A correlation.", -1.0, 1.0), most=_MOST),
        most=_MOST,
        examples=[[[1, 0.7], [0.7, 1]]],
    )
    place = Whole("Which of the matrix's columns this one is, from 1 on.", 1, _MOST, examples=[1])
    of = InnerColumn("What its cells are: a column of a kind that draws once for each cell, without a name.")

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        matrix = data["matrix"]
        size = len(matrix)
        if any(len(row) != size for row in matrix):
            raise refused("isn't square", "give as many rows as columns", "matrix")
        if any(matrix[i][i] != 1 for i in range(size)):
            raise refused("doesn't have 1 all along its diagonal", "put 1 there", "matrix")
        if any(matrix[i][j] != matrix[j][i] for i in range(size) for j in range(i)):
            raise refused("isn't symmetric", "make both halves equal", "matrix")
        if data["place"] > size:
            raise refused(f"the matrix has {size} columns", f"give 1 to {size}", "place")
        try:
            cholesky(matrix)
        except ValueError:
            raise refused(
                "no columns can have these correlations", "make some of them nearer to 0", "matrix"
            ) from None


def cholesky(matrix: list[list[float]]) -> list[list[float]]:
    """The lower triangle L with L * transposed L = matrix, in a fixed order of operations.

    Raises ValueError where the matrix isn't positive definite.
    """
    given = tuple(map(tuple, matrix))
    found = _KEPT.get(given, lambda: _cholesky(given), _BYTES_AN_ELEMENT * len(given) ** 2)
    return [list(row[: at + 1]) for at, row in enumerate(found)]


_BYTES_AN_ELEMENT = 32.0
_KEPT: Recent[tuple[tuple[float, ...], ...]] = Recent(
    8 * 2**20, lambda lower: _BYTES_AN_ELEMENT * len(lower) ** 2
)
"""All columns of a group have one matrix, which is looked at twice for each: so its factor is made once."""


def _cholesky(matrix: tuple[tuple[float, ...], ...]) -> tuple[tuple[float, ...], ...]:
    rest, size = np.array(matrix, np.float64), len(matrix)
    lower = np.zeros_like(rest)
    for k in range(size):
        if rest[k, k] < _LEAST:
            raise ValueError("not positive definite")
        lower[k, k] = np.sqrt(rest[k, k])
        lower[k + 1 :, k] = rest[k + 1 :, k] / lower[k, k]
        # From every element the same products are taken away in the same order, whatever the size.
        rest[k + 1 :, k + 1 :] -= lower[k + 1 :, k, None] * lower[None, k + 1 :, k]
    return tuple(map(tuple, lower.tolist()))


@dataclass(frozen=True, eq=False)
class _Together:
    """Rows whose one draw is correlated with that of other columns. Satisfies `Rows`."""

    outer: Rows
    keys: tuple[int, ...]
    factors: tuple[float, ...]
    own: int
    """The key under which the column draws."""

    @property
    def numbers(self) -> U64:
        return self.outer.numbers

    def __len__(self) -> int:
        return len(self.outer)

    def draw(self, key: int) -> U64:
        if key != self.own:
            return self.outer.draw(key)
        z = np.zeros(len(self.outer))
        for shared, factor in zip(self.keys, self.factors, strict=True):
            z = z + factor * normal_quantile(open_unit(self.outer.draw(shared)))
        return uniform_bits(normal_cdf(z))

    def choose(self, key: int, count: int) -> U64:
        return bounded(self.draw(key), count) if key == self.own else self.outer.choose(key, count)

    def once(self, purpose: Hashable, make: Callable[[], T]) -> T:
        return self.outer.once((self.own, purpose), make)

    def parents(self) -> U64:
        return self.outer.parents()

    def sibling_index(self) -> U64:
        return self.outer.sibling_index()

    def look(self, link: str | None, column: str) -> Cells:
        return self.outer.look(link, column)

    def follow(self, link: str) -> tuple[Rows, I64 | None]:
        return self.outer.follow(link)

    def children(self, table: str) -> Iterator[Children]:
        return self.outer.children(table)

    def child_numbers(self, table: str) -> tuple[U64, I64]:
        return self.outer.child_numbers(table)

    def rows_at(self, table: str, numbers: U64) -> Rows:
        return self.outer.rows_at(table, numbers)

    def siblings(self) -> tuple[Rows, I64]:
        return self.outer.siblings()


@dataclass(frozen=True)
class _Cells:
    inner: Inner
    keys: tuple[int, ...]
    factors: tuple[float, ...]
    own: int

    def __call__(self, rows: Rows) -> Cells:
        return self.inner.cells(_Together(rows, self.keys, self.factors, self.own))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    inner = compile_inner(parameters["of"], scope, "of", "of")
    matrix = parameters["matrix"]
    factors = tuple(cholesky(matrix)[parameters["place"] - 1])
    group = json.dumps([parameters["group"], matrix])
    keys = tuple(scope.group_key(f"{group} {place}") for place in range(len(factors)))
    if len(inner.keys) != 1:
        raise ParameterError(
            "of.kind",
            "draws more or less than once for a cell",
            "use a kind such as normal, gamma or categorical",
        )
    cells = _Cells(inner, keys, factors, inner.keys[0])
    return Column(inner.column.type, cells, inner.column.width, inner.nullable, pii=inner.column.pii)


def _cost(parameters: Mapping[str, Any], costing: Costing) -> Cost:
    size, place = len(parameters["matrix"]), parameters["place"]
    own = Cost(0.0, 0.0, place * 80e-9, size**2 * 1e-6, size * 200.0, place * 20e-6, 0.0, 0.0)
    return costing.inner(parameters["of"]).with_(own)


KIND = Kind(
    name="correlated",
    title="Correlated column",
    description="A column that goes with others of its group, by a matrix of correlations (Gaussian copula).",
    Parameters=CorrelatedParameters,
    compile=_compile,
    costs=_cost,
    example={
        "group": "body",
        "matrix": [[1, 0.7], [0.7, 1]],
        "place": 1,
        "of": {"kind": "normal", "mean": 170, "sd": 9, "decimals": 0},
    },
)
