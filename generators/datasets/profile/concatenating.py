"""Cells of one column from several blocks as one, where they are made alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from synthmill.generators.engine.cells import (
    Cells,
    Concat,
    DictionaryCells,
    Digits,
    Fixed,
    Flags,
    Floats,
    Integers,
    Part,
)


def concatenated(cells: Iterable[Cells]) -> Iterator[Cells]:
    """The cells in order, neighbours that are made alike as one."""
    for shape, group in groupby(cells, _shape):
        members: list[Any] = list(group)
        if shape is None or len(members) == 1:
            yield from members
        else:
            yield _joined(members)


def _shape(cells: Cells | Part) -> tuple[Any, ...] | None:
    """Equal for cells that can be one; None for those that can't."""
    match cells:
        case Integers() | Floats() | Fixed():
            return (type(cells),)
        case Digits(_, width):
            return (Digits, width)
        case DictionaryCells(_, words):
            return (DictionaryCells, id(words))
        case Concat(parts):
            shapes = tuple(part if isinstance(part, bytes) else _shape(part) for part in parts)
            return None if None in shapes else (Concat, shapes)
    return None


def _joined(members: Sequence[Any]) -> Cells:
    first, nulls = members[0], _nulls(members)
    match first:
        case Integers():
            return Integers(np.concatenate([one.values for one in members]), nulls)
        case Floats():
            return Floats(np.concatenate([one.values for one in members]), nulls)
        case Fixed():
            return Fixed(np.concatenate([one.rows for one in members]), nulls)
        case Digits():
            return Digits(np.concatenate([one.values for one in members]), first.width, nulls)
        case DictionaryCells():
            return DictionaryCells(np.concatenate([one.codes for one in members]), first.words, nulls)
    parts = zip(*(one.parts for one in members), strict=True)
    return Concat(tuple(_part(column) for column in parts), nulls)


def _part(column: Sequence[Any]) -> Any:
    return column[0] if isinstance(column[0], bytes) else _joined(column)


def _nulls(members: Sequence[Any]) -> Flags | None:
    if all(one.null is None for one in members):
        return None
    return np.concatenate([np.zeros(len(one), np.bool_) if one.null is None else one.null for one in members])
