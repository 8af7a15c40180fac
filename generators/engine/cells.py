"""Cells: what a column holds for some rows, in the form in which it was made.

Writers take cells as they are: a word that was chosen by number is never looked at letter by letter again,
and text made of pieces is never put together before it stands in the file. `arrow_cells.to_arrow` makes an
Arrow array of any of them. Every class but Arrow may have `null`: True for each row whose cell is null,
whatever lies beneath.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, TypeVar, get_args

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from synthmill.generators.engine.arrays import (
    flags,
    null_where,
    truths,
)
from synthmill.generators.kernels.mix import F64, I64

Flags = npt.NDArray[np.bool_]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Dictionary:
    """A table of different values that cells are numbers into. Made once with a plan, then only read."""

    values: pa.Array
    """Without nulls, of the column's type."""
    _made: dict[object, Any] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.values)

    def __reduce__(self) -> tuple[type[Dictionary], tuple[pa.Array]]:
        return Dictionary, (self.values,)

    def made(self, purpose: object, make: Callable[[pa.Array], T]) -> T:
        """What `make` gives for the values, made once for each purpose: a page, an encoded table."""
        if purpose not in self._made:
            self._made[purpose] = make(self.values)
        found: T = self._made[purpose]
        return found


@dataclass(frozen=True, eq=False)
class DictionaryCells:
    """One of some words."""

    codes: U32
    words: Dictionary
    null: Flags | None = None

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True, eq=False)
class Integers:
    """Whole numbers: by the column's type themselves, days, units of time since 1970, a decimal's digits."""

    values: I64
    null: Flags | None = None

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, eq=False)
class Digits:
    """Whole numbers from 0 on as text of at least `width` digits; a part of Pieces."""

    values: I64
    width: int
    null: Flags | None = None

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, eq=False)
class Floats:
    """Doubles."""

    values: F64
    null: Flags | None = None

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, eq=False)
class Booleans:
    """True and false, a byte each."""

    values: Flags
    null: Flags | None = None

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, eq=False)
class Fixed:
    """A UUID's 16 bytes each."""

    rows: U8
    """Of shape (rows, 16)."""
    null: Flags | None = None

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, eq=False)
class Text:
    """Any text in UTF-8: cell i is blob[offsets[i] : offsets[i + 1]]. The blob may hold more than that."""

    blob: U8
    """The bytes of all cells, as an array of uint8."""
    offsets: I64
    """Where each begins, and where the last ends: one more than there are cells, as int64."""
    null: Flags | None = None

    @property
    def characters(self) -> U8:
        """Of all cells, end to end."""
        return self.blob[self.offsets[0] : self.offsets[-1]]

    def __len__(self) -> int:
        return len(self.offsets) - 1


Part: TypeAlias = DictionaryCells | Integers | Digits | Text | bytes


@dataclass(frozen=True, eq=False)
class Concat:
    """Text put together from other cells and constants, one after the other."""

    parts: tuple[Part, ...]
    """At least one isn't constant. The words of coded parts are text; parts have no nulls of their own."""
    null: Flags | None = None

    def __len__(self) -> int:
        return next(len(part) for part in self.parts if not isinstance(part, bytes))


@dataclass(frozen=True, eq=False)
class Arrow:
    """An Arrow array, where no other kind of cells fits."""

    array: pa.Array

    @property
    def null(self) -> Flags | None:
        if self.array.null_count == 0:
            return None
        return truths(self.array.is_null())

    def __len__(self) -> int:
        return len(self.array)


Cells: TypeAlias = DictionaryCells | Integers | Digits | Floats | Booleans | Fixed | Text | Concat | Arrow
CELLS: tuple[type, ...] = get_args(Cells)
"""The classes that are cells."""


def coded(codes: I64, words: Dictionary, null: Flags | None = None) -> DictionaryCells:
    return DictionaryCells(codes.astype(np.uint32), words, null)


def masked(cells: Cells, where: Flags) -> Cells:
    """The cells, null also where `where` says so."""
    if isinstance(cells, Arrow):
        return Arrow(null_where(flags(where), cells.array))
    return replace(cells, null=where if cells.null is None else cells.null | where)
