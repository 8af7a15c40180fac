"""What a condition comes to for a column: which codes meet it, which ranges, or a rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.types as pt

from synthmill.generators.errors import did_you_mean
from synthmill.generators.kernels.mix import I64
from synthmill.generators.learning.codecs.category import Category
from synthmill.generators.learning.codecs.codec import Codec
from synthmill.generators.learning.codecs.number import Number
from synthmill.generators.learning.codecs.time import Time
from synthmill.generators.learning.days import DAY
from synthmill.generators.learning.relations.differences import Difference
from synthmill.generators.learning.relations.formulas import Formula
from synthmill.generators.learning.rules import Within
from synthmill.generators.learning.table_model import ColumnModel
from synthmill.generators.schema.json_values import shown

Flags = npt.NDArray[np.bool_]

_EPOCH = date(1970, 1, 1)


def rule_of(column: ColumnModel, wanted: Any) -> Within:
    """The condition of a column that is reckoned from others, as a rule that its rows are drawn again by."""
    codec = column.codec
    assert isinstance(codec, Difference | Formula)
    ranges, null = _ranges(codec, wanted)
    if pt.is_floating(codec.type):
        power = 1.0 if codec.scale is None else 10.0**codec.scale
        ranges = [(low / power, high / power) for low, high in ranges]
    step = DAY[codec.type.unit] if pt.is_timestamp(codec.type) else 1
    return Within(column.name, tuple(ranges), null, step)


def test_of(codec: Codec, wanted: Any) -> Any:
    """A function of a column's codes and what is left of its bits: which rows meet the condition."""
    if isinstance(codec, Category):
        allowed = _categories(codec, wanted)
        return lambda codes, left: allowed[codes[0]]
    assert isinstance(codec, Number | Time)
    ranges, null = _ranges(codec, wanted)
    values = codec.values if isinstance(codec, Number) else codec.days

    def test(codes: list[I64], left: list[Any]) -> Flags:
        is_null = (codes[0] == 0) if codec.nullable else np.zeros(len(codes[0]), np.bool_)
        drawn = values.drawn(codes[0], left[0])
        within = np.zeros(len(drawn), np.bool_)
        for low, high in ranges:
            within |= (drawn >= low) & (drawn <= high)
        return np.where(is_null, null, within)

    return test


def _categories(codec: Category, wanted: Any) -> Flags:
    """By code, whether it is wanted."""
    values: list[Any] = codec.values.values.slice(0, len(codec.variable) - codec.nullable).to_pylist()
    if pt.is_boolean(codec.type):
        values = [bool(one) for one in values]
    if isinstance(wanted, dict):
        raise ValueError("is a category, which has no min and max")
    asked = wanted if isinstance(wanted, list) else [wanted]
    known = [None, *values] if codec.nullable else values
    for one in asked:
        if not any(one == other and isinstance(one, bool) == isinstance(other, bool) for other in known):
            near = did_you_mean(str(one), map(str, values))
            some = ", ".join(map(str, values[:10]))
            raise ValueError(f"{shown(one)} isn't one of its values{near or f'; the commonest: {some}'}")
    return np.array([one in asked for one in known], np.bool_)


def _ranges(codec: Number | Time | Difference | Formula, wanted: Any) -> tuple[list[tuple[Any, Any]], bool]:
    """The ranges of units that are wanted, and whether null is."""
    if isinstance(wanted, dict):
        low = _unit(codec, wanted["min"], np.ceil) if "min" in wanted else _least(codec, min)
        high = _unit(codec, wanted["max"], np.floor) if "max" in wanted else _least(codec, max)
        if low > high:
            raise ValueError(f"{shown(wanted)} is empty: nothing lies from min to max")
        return [(low, high)], False
    asked = wanted if isinstance(wanted, list) else [wanted]
    if None in asked and not codec.nullable:
        raise ValueError("is never null")
    ranges = []
    for one in asked:
        if one is not None:
            low, high = _unit(codec, one, np.ceil), _unit(codec, one, np.floor)
            if low != high:
                raise ValueError(f"{shown(one)} has more decimals than the column")
            ranges.append((low, high))
    return ranges, None in asked


def _least(codec: Number | Time | Difference | Formula, of: Any) -> Any:
    if isinstance(codec, Difference | Formula):
        return -(2**62) if of is min else 2**62
    values = codec.values if isinstance(codec, Number) else codec.days
    return of(values.low.min(), values.high.min()) if of is min else max(values.low.max(), values.high.max())


def _unit(codec: Number | Time | Difference | Formula, value: Any, rounded: Any) -> Any:
    """A limit in the units of the column's codes. Raises ValueError."""
    if pt.is_timestamp(codec.type) or pt.is_date(codec.type):
        if not isinstance(value, str):
            raise ValueError(f"{shown(value)} isn't a date")
        return (date.fromisoformat(value) - _EPOCH).days
    assert not isinstance(codec, Time)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{shown(value)} isn't a number")
    if codec.scale is None:
        return float(value)
    decimals = codec.type.scale if pt.is_decimal(codec.type) else codec.scale
    scaled = value * 10**decimals
    return scaled if isinstance(scaled, int) else int(rounded(round(scaled, 6)))


def cut_to(codec: Codec, wanted: Any) -> Codec:
    """The codec, its intervals cut off at what is wanted."""
    if isinstance(codec, Category | Difference | Formula):
        return codec
    assert isinstance(codec, Number | Time)
    ranges, _ = _ranges(codec, wanted)
    values = codec.values if isinstance(codec, Number) else codec.days
    cut = values.cut([low for low, _ in ranges], [high for _, high in ranges])
    return replace(codec, values=cut) if isinstance(codec, Number) else replace(codec, days=cut)
