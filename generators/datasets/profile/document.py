"""`profile.json`: the statistics of every column of a dataset, from its tables' profiles."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from synthmill.generators.datasets.profile.column import ColumnProfile
from synthmill.generators.datasets.profile.distinct import DISTINCT_ERROR, estimate
from synthmill.generators.datasets.profile.table import (
    RANK_ERROR,
    SAMPLE_ROWS,
    TEXT_SAMPLE_ROWS,
    TableProfile,
)
from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.plan import ColumnPlan
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.kernels.mix import F64, I64

VERSION = 1
BINS = 20
TOP = 10
QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)

_UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


def document(recipe: Recipe, tables: Iterable[TableProfile]) -> bytes:
    """`profile.json` as it is stored and served; tables in the order of the plan."""
    content = {
        "profile": VERSION,
        "recipe_sha256": recipe.sha256,
        "sample_rows": SAMPLE_ROWS,
        "text_sample_rows": TEXT_SAMPLE_ROWS,
        "rank_error": RANK_ERROR,
        "distinct_error": DISTINCT_ERROR,
        "tables": [
            {
                "name": profile.table.name,
                "rows": profile.table.rows,
                "columns": [
                    _column(plan, profile.columns[plan.name], profile.table.rows)
                    for plan in profile.table.columns
                ],
            }
            for profile in tables
        ],
    }
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def _column(plan: ColumnPlan, column: ColumnProfile, rows: int) -> dict[str, Any]:
    column.settle()
    shown: dict[str, Any] = {
        "name": plan.name,
        "type": str(plan.type),
        "kind": plan.kind,
        "nulls": column.nulls,
        "null_share": column.nulls / column.rows,
    }
    sample = column.sample.combine_chunks().drop_null()
    every = column.counts is not None or rows <= SAMPLE_ROWS
    values, weights = _weighted(column, sample)
    shown |= _distinct(column, values, every)
    shown["from"] = "rows" if every else "sample"
    if column.numbers and not pt.is_boolean(plan.type):
        shown |= _moments(plan.type, column)
        shown |= _spread(plan.type, column, values, weights)
    elif isinstance(values, pa.Array) and pt.is_string(values.type) and len(values):
        shown["length"] = _lengths(values, weights)
    shown["top"] = _top(plan.type, values, weights, every)
    return shown


def _weighted(column: ColumnProfile, sample: pa.Array) -> tuple[Any, I64]:
    """Different values (numbers in units of the type, or an Arrow array) and how often each comes."""
    if column.counts is not None:
        values: Any = list(column.counts)
        weights = np.array(list(column.counts.values()), np.int64)
        if values and isinstance(values[0], str):
            return strings(values), weights
        return np.array(values), weights
    if pt.is_nested(column.type):
        return strings([]), np.empty(0, np.int64)
    counted = pc.value_counts(sample)
    values, weights = counted.field("values"), counted.field("counts").to_numpy()
    return (units(values) if column.numbers else values.cast(pa.string())), weights


def units(values: pa.Array) -> I64 | F64:
    """Numbers, or dates, times and decimals as whole numbers of their smallest unit."""
    kind = values.type
    if pt.is_decimal(kind):
        scaled = [int(value.scaleb(kind.scale)) for value in values.to_pylist()]
        return np.array(scaled, np.int64)
    if pt.is_date32(kind):
        values = values.cast(pa.int32())
    if pt.is_date32(kind) or pt.is_timestamp(kind):
        values = values.cast(pa.int64())
    numbers: I64 | F64 = values.to_numpy(zero_copy_only=False)
    return numbers


def _distinct(column: ColumnProfile, values: Any, every: bool) -> dict[str, Any]:
    if every and column.hashed:
        return {"distinct": len(values), "distinct_exact": True}
    if not column.hashed:
        return {"distinct": None, "distinct_exact": False}
    return {"distinct": min(estimate(column.registers), column.rows - column.nulls), "distinct_exact": False}


def _moments(kind: pa.DataType, column: ColumnProfile) -> dict[str, Any]:
    """Least, greatest, mean and variance (with n - 1); of dates in days, of times in seconds."""
    total, squares = Fraction(column.total), Fraction(column.squares)
    mean = total / column.numbers
    variance = Fraction(0)
    if column.numbers > 1:
        variance = (squares - total**2 / column.numbers) / (column.numbers - 1)
    scale = 10**kind.scale if pt.is_decimal(kind) else _UNITS[kind.unit] if pt.is_timestamp(kind) else 1
    return {
        "min": json_value(kind, column.low),
        "max": json_value(kind, column.high),
        "mean": json_value(kind, mean),
        "variance": _double(max(variance, Fraction(0)) / scale**2),
    }


def _double(value: Fraction) -> float | None:
    """As JSON can have it: nothing for what is beyond all doubles."""
    try:
        return float(value)
    except OverflowError:
        return None


def json_value(kind: pa.DataType, value: Any) -> Any:
    """A number in units of the type as JSON has values of it: dates and times as text."""
    value = value.item() if isinstance(value, np.generic) else value
    if pt.is_decimal(kind):
        return float(Fraction(value) / 10**kind.scale)
    if pt.is_date32(kind):
        return (date(1970, 1, 1) + timedelta(days=round(value))).isoformat()
    if pt.is_timestamp(kind):
        microseconds = round(Fraction(value) * 10**6 / _UNITS[kind.unit])
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)).isoformat()
    return float(value) if isinstance(value, Fraction) else value


def _spread(kind: pa.DataType, column: ColumnProfile, values: I64 | F64, weights: I64) -> dict[str, Any]:
    finite = np.isfinite(values)
    values, weights = values[finite], weights[finite]
    if not len(values):
        return {}
    order = np.argsort(values, kind="stable")
    rising, reached = values[order], np.cumsum(weights[order])
    places = [int(np.searchsorted(reached, share * int(reached[-1]))) for share in QUANTILES]
    quantiles = {
        f"{share:g}": json_value(kind, rising[place]) for share, place in zip(QUANTILES, places, strict=True)
    }
    low, high = float(column.low or 0), float(column.high or 0)
    width = (high - low) / BINS
    if width == 0.0:
        return {"quantiles": quantiles}
    bins = np.minimum((values.astype(np.float64) - low) / width, BINS - 1).astype(np.int64)
    counts = np.bincount(np.maximum(bins, 0), weights, BINS)
    edges = [json_value(kind, Fraction(low) + Fraction(width) * at) for at in range(BINS + 1)]
    shares = [float(count / reached[-1]) for count in counts]
    return {"quantiles": quantiles, "histogram": {"edges": edges, "shares": shares}}


def _lengths(values: pa.Array, weights: I64) -> dict[str, Any]:
    """Characters of texts."""
    lengths = pc.utf8_length(values).to_numpy().astype(np.int64)
    mean = Fraction(int((lengths * weights).sum()), int(weights.sum()))
    return {"min": int(lengths.min()), "mean": float(mean), "max": int(lengths.max())}


def _top(kind: pa.DataType, values: Any, weights: I64, every: bool) -> list[dict[str, Any]]:
    """The commonest values that come more than once, the commonest first, equally common ones in order."""
    common = np.flatnonzero(weights > 1)
    if len(common) > TOP:
        least = np.partition(weights[common], -TOP)[-TOP]
        common = common[weights[common] >= least]
    counts, total = weights[common], int(weights.sum())
    if isinstance(values, pa.Array):
        texts = values.take(pa.array(common)).to_pylist()
        order = sorted(range(len(common)), key=lambda at: (-counts[at], texts[at]))[:TOP]
        shown = [texts[at] for at in order]
    else:
        order = np.lexsort((values[common], -counts))[:TOP].tolist()
        shown = [json_value(kind, values[common[at]]) for at in order]
    return [
        {"value": value, "share": int(counts[at]) / total} | ({"count": int(counts[at])} if every else {})
        for at, value in zip(order, shown, strict=True)
    ]
