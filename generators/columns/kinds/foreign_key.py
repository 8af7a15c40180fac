"""A row of another table, by its key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow.types as pt

from synthmill.generators.columns.costs import Costing
from synthmill.generators.columns.kind import (
    Choices,
    Column,
    ColumnParameters,
    Kind,
    ParameterError,
    Rows,
    Scope,
)
from synthmill.generators.columns.linking.costs import reference_cost
from synthmill.generators.columns.linking.parameters import MatchField, existing_field
from synthmill.generators.columns.linking.reference import reference
from synthmill.generators.columns.linking.wanted import wanted
from synthmill.generators.columns.source import Source
from synthmill.generators.engine.arrow_cells import numbers_of
from synthmill.generators.engine.cells import Cells
from synthmill.generators.engine.costs import Cost
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import F64, I64, U64
from synthmill.generators.kernels.permutation import Permutation
from synthmill.generators.kernels.zipf import Zipf, zipf, zipf_weights
from synthmill.generators.schema.fields import Choice, Name, Number, TableName, refused

MAX_WEIGHTED_ROWS = 2**22
"""Of a table that is referred to by weight: the sums of its rows' weights are held in memory."""


class ForeignKeyParameters(ColumnParameters):
    table = TableName("The table that is referred to.", examples=["customers"])
    column = Name(
        "The column of it whose values these are; left out: its primary key.", default=None, examples=["id"]
    )
    distribution = Choice(
        "uniform: all rows equally often; zipf: few rows often, most seldom; weight: each row in proportion "
        "to a column of its own.",
        ("uniform", "zipf", "weight"),
        default="uniform",
    )
    exponent = Number(
        "Of zipf: the row of rank r is chosen in proportion to r to minus this power.",
        0.01,
        10.0,
        default=1.0,
    )
    weight = Name(
        "Of weight: the numeric column of the other table that says how often a row is chosen.",
        default=None,
        examples=["population"],
    )

    match = MatchField()
    existing = existing_field()
    otherwise = Choice(
        "Of match and existing, what a row refers to that no row fits. refused: the recipe is, unless it is "
        "certain that there is none such; null: nothing.",
        ("refused", "null"),
        default="refused",
    )

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if data["otherwise"] == "null" and data["match"] is None and data["existing"] is None:
            raise refused("means nothing where every row fits", "leave it out", "otherwise")
        by_weight = data["distribution"] == "weight"
        if by_weight and data["weight"] is None:
            raise refused(
                "is missing", "name the numeric column that says how often a row is chosen", "weight"
            )
        if data["weight"] is not None and not by_weight:
            raise refused(
                f"means nothing to {data['distribution']}",
                "leave it out, or set distribution to weight",
                "weight",
            )


@dataclass(frozen=True)
class _Uniform:
    key: int
    size: int

    def __call__(self, rows: Rows) -> U64:
        return rows.choose(self.key, self.size)


@dataclass(frozen=True)
class _Popular:
    rank_key: int
    place_key: int
    law: Zipf
    scatter: Permutation

    def __call__(self, rows: Rows) -> U64:
        ranks = self.law.draw(rows.draw(self.rank_key), rows.draw(self.place_key))
        return self.scatter.apply(ranks)


@dataclass(frozen=True, eq=False)
class _Weighted:
    key: int
    reached: U64
    """The weights of all rows up to each, that one included."""

    def __call__(self, rows: Rows) -> U64:
        points = bounded(rows.draw(self.key), int(self.reached[-1]))
        return np.searchsorted(self.reached, points, side="right").view(np.uint64)


@dataclass(frozen=True)
class _Keys:
    link: str
    column: str

    def __call__(self, rows: Rows) -> Cells:
        return rows.look(self.link, self.column)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    there = scope.key_of(parameters["table"], parameters["column"])
    if there.nullable:
        raise ParameterError(
            "column", f"{there.column} of {there.table} can be null", "refer to one that can't"
        )
    if parameters["match"] is not None or parameters["existing"] is not None:
        return _restricted(parameters, there, scope)
    size = scope.rows_of(there.table)
    choose: _Uniform | _Popular | _Weighted = _Uniform(scope.key("row"), size)
    choices, held = None, 0
    if parameters["distribution"] == "uniform":
        choices = Choices(scope.key("row"), size)
    elif parameters["distribution"] == "weight":
        choose = _Weighted(scope.key("row"), _reached(parameters["weight"], there.table, scope))
        held = choose.reached.nbytes
    elif parameters["distribution"] == "zipf":
        law, scatter = zipf(size, parameters["exponent"]), Permutation(size, scope.key("order"))
        choose = _Popular(scope.key("rank"), scope.key("place"), law, scatter)
    keys = _Keys(parameters["name"], there.column)
    refers_to = (there.table, there.column)
    return Column(
        there.type,
        keys,
        there.width,
        distinct=_different(there, scope),
        refers_to=refers_to,
        rows_of=choose,
        choices=choices,
        pii=there.pii,
        held=held,
    )


def _different(there: Source, scope: Scope) -> float:
    """How many different keys there are at most: as many as rows that they are of."""
    return min(there.distinct, float(scope.rows_of(there.table)))


def _restricted(parameters: Mapping[str, Any], there: Source, scope: Scope) -> Column:
    """A key of one of those rows that fit, each as often as its distribution says among them."""
    weights: Callable[[], I64] | None = None
    if parameters["distribution"] == "weight":
        weights = partial(_weights, parameters["weight"], there.table, scope)
    elif parameters["distribution"] == "zipf":
        weights = partial(_by_rank, parameters["exponent"], scope.rows_of(there.table), scope)
    asked = wanted(there.table, parameters["match"], parameters["existing"], scope)
    found = reference(parameters["name"], asked, weights, parameters["otherwise"], scope)
    nullable = parameters["otherwise"] == "null" or asked.nullable
    return Column(
        there.type,
        _Keys(parameters["name"], there.column),
        there.width,
        distinct=_different(there, scope),
        nullable=nullable,
        refers_to=(there.table, there.column),
        rows_of=found,
        absent=found.absent if nullable else None,
        restricted=True,
        held=found.bytes,
        pii=there.pii,
    )


def _by_rank(exponent: float, size: int, scope: Scope) -> I64:
    """The weights of a table's rows by zipf's law; which rank each has is as without a restriction."""
    ranked = Permutation(size, scope.key("order")).apply(np.arange(size, dtype=np.uint64))
    weights = np.empty(size, np.int64)
    weights[ranked.view(np.int64)] = np.maximum(_whole(zipf_weights(size, exponent)), 1)
    return weights


def _reached(column: str, table: str, scope: Scope) -> U64:
    """The sums of the weights of a table's rows."""
    return np.cumsum(_weights(column, table, scope)).view(np.uint64)


def _weights(column: str, table: str, scope: Scope) -> I64:
    """The weights of a table's rows, as whole numbers that add up to less than 2**63."""
    source = scope.source_in(table, column, parameter="weight")
    if not (pt.is_integer(source.type) or pt.is_decimal(source.type) or pt.is_floating(source.type)):
        raise ParameterError("weight", f"{column} of {table} isn't a number", "name a column of numbers")
    cells = numbers_of(scope.every_cell(source, MAX_WEIGHTED_ROWS))
    weights = (
        cells.values if cells.null is None else np.where(cells.null, cells.values.dtype.type(0), cells.values)
    )
    below_zero = np.flatnonzero(weights < 0)
    if len(below_zero):
        raise ParameterError(
            "weight", f"{column} is less than 0 in row {below_zero[0]} of {table}", "give it a min of 0"
        )
    if not weights.any():
        raise ParameterError("weight", f"{column} is 0 in every row of {table}", "some row needs more")
    return _whole(weights)


def _whole(weights: F64 | I64) -> I64:
    """Weights as whole numbers below 2**40, exact where they are such already."""
    greatest = weights.max()
    if weights.dtype == np.int64 and greatest < 2**40:
        return weights.astype(np.int64)
    # A quotient of doubles and a product with a power of two are the same on every machine.
    return np.floor(weights.astype(np.float64) / np.float64(greatest) * np.float64(2**40)).astype(np.int64)


def _cost(parameters: Mapping[str, Any], costing: Costing) -> Cost:
    cost = costing.key_of(parameters["table"], parameters["column"])
    planned, size = 6e-3 if parameters["distribution"] == "zipf" else 0.4e-3, 4_096.0
    if parameters["weight"] is not None:
        planned += 2 * costing.whole(parameters["table"], parameters["weight"])
        size += 8 * costing.rows_of(parameters["table"])
    kept = replace(cost, values=1.0, time=cost.time + 0.04e-6, plan_time=planned, plan_size=size)
    if parameters["match"] is None and parameters["existing"] is None:
        return kept
    return kept.with_(reference_cost(parameters, costing))


KIND = Kind(
    name="foreign_key",
    title="Foreign key",
    description="The key of a row of another table: of any, or of those that match and exist at the time.",
    Parameters=ForeignKeyParameters,
    compile=_compile,
    costs=_cost,
    example={"table": "customers", "distribution": "zipf"},
    check_tables=(
        {
            "name": "customers",
            "rows": 50,
            "columns": [
                {"name": "id", "kind": "sequence"},
                {"name": "number", "kind": "sequence", "start": 100},
            ],
            "primary_key": ["number"],
        },
        {"name": "cells", "rows": 3_000, "columns": []},
    ),
)
