"""Objects and lists as JSON, a column at a time: what CSV and JSON Lines write of nested columns."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from synthmill.generators.engine.arrays import fixed_width, strings, taken
from synthmill.generators.kernels.mix import I64

_TEXT = pa.large_string()
_TO_ESCAPE = '[\\x00-\\x1f"\\\\]'
_ESCAPED = ["\\", '"', *map(chr, range(0x20))]
"""The backslash comes first: the others' escapes have one."""

ToText = Callable[[pa.Array], pa.Array]


def json_text(column: pa.Array, to_text: ToText, bare: Callable[[pa.DataType], bool]) -> pa.Array:
    """The JSON of each cell, nulls staying null.

    `to_text` makes text of what isn't nested; what is `bare` has no quotes around it.
    """
    if pt.is_struct(column.type):
        return _objects(column, to_text, bare)
    if pt.is_list(column.type):
        return _lists(column, to_text, bare)
    if pt.is_floating(column.type):
        column = pc.if_else(pc.is_finite(column), column, pa.nulls(1, column.type)[0])
    texts = to_text(column)
    return texts if bare(column.type) else _quoted(texts)


def _scalar(value: str) -> pa.Scalar:
    return strings([value]).cast(_TEXT)[0]


def _quoted(texts: pa.Array) -> pa.Array:
    to_escape = pc.any(pc.match_substring_regex(texts, _TO_ESCAPE)).as_py()
    for character in _ESCAPED if to_escape else ():
        if pc.any(pc.match_substring(texts, character)).as_py():
            texts = pc.replace_substring(texts, character, json.dumps(character)[1:-1])
    return pc.binary_join_element_wise(_scalar('"'), texts, _scalar('"'), _scalar(""))


def _present(texts: pa.Array) -> pa.Array:
    return pc.fill_null(texts, _scalar("null"))


def _objects(column: pa.StructArray, to_text: ToText, bare: Callable[[pa.DataType], bool]) -> pa.Array:
    pieces: list[pa.Array | pa.Scalar] = []
    before = "{"
    for field, values in zip(column.type, column.flatten(), strict=True):
        before += json.dumps(field.name, ensure_ascii=False) + ":"
        pieces += [_scalar(before), _present(json_text(values, to_text, bare))]
        before = ","
    texts = pc.binary_join_element_wise(*pieces, _scalar("}"), _scalar(""))
    return pc.if_else(column.is_valid(), texts, pa.nulls(1, _TEXT)[0])


def _lists(column: pa.ListArray, to_text: ToText, bare: Callable[[pa.DataType], bool]) -> pa.Array:
    counts: I64 = (
        pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    )
    ends = np.cumsum(counts)
    # Every list as its own items, each behind a comma but the first.
    items = _present(json_text(column.flatten(), to_text, bare)).cast(_TEXT)
    behind = np.ones(len(items), np.int64)
    behind[(ends - counts)[counts > 0]] = 0
    marks = taken(strings(["", ","]).cast(_TEXT), behind)
    flat = pc.binary_join_element_wise(marks, items, _scalar(""))
    bounds = np.concatenate(([0], ends))
    lists = pa.LargeListArray.from_arrays(fixed_width(bounds, pa.int64()), flat)
    texts = pc.binary_join_element_wise(
        _scalar("["), pc.binary_join(lists, _scalar("")), _scalar("]"), _scalar("")
    )
    return pc.if_else(column.is_valid(), texts, pa.nulls(1, _TEXT)[0])
