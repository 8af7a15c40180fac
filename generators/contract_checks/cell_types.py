"""Which cells a column type may have."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.types as pt

from synthmill.generators.engine.cells import (
    Arrow,
    Booleans,
    Cells,
    Concat,
    DictionaryCells,
    Digits,
    Fixed,
    Floats,
    Integers,
    Text,
)


def misfit(cells: Cells, type_: pa.DataType) -> str:
    """Why cells aren't those of a column type; empty where they are."""
    match cells:
        case Arrow(array):
            fits = _alike(array.type, type_)
        case DictionaryCells(_, words):
            fits = _alike(words.values.type, type_)
        case Integers():
            fits = bool(pt.is_integer(type_) or pt.is_decimal(type_) or pt.is_temporal(type_))
        case Floats():
            fits = bool(pt.is_floating(type_))
        case Booleans():
            fits = bool(pt.is_boolean(type_))
        case Fixed() | Digits() | Text() | Concat():
            fits = _is_text(type_)
    of_type = f" of {cells.array.type}" if isinstance(cells, Arrow) else ""
    return "" if fits else f"they are {type(cells).__name__}{of_type}, and the column is planned as {type_}"


def _alike(made: pa.DataType, planned: pa.DataType) -> bool:
    """Whether values stay what they are when one type becomes the other."""
    same = (pt.is_integer, pt.is_floating, _is_text)
    return (
        made == planned or made.equals(planned) or any(is_such(made) and is_such(planned) for is_such in same)
    )


def _is_text(type_: pa.DataType) -> bool:
    return bool(pt.is_string(type_) or pt.is_large_string(type_))
