"""What a codec is: a column as variables of the model, and cells made of what is drawn for these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np
import pyarrow as pa

from synthmill.generators.engine.cells import Cells, Flags
from synthmill.generators.kernels.mix import I64, U64, key, mix
from synthmill.generators.learning.tensors import Tensors
from synthmill.generators.learning.variables import Variable, variable_of

SHARED = 5
"""Subjects, at least, that must have a value before a model holds it; by its hash up to two more."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """What was drawn for some rows of a column."""

    codes: tuple[I64, ...]
    """Of each variable."""
    left: tuple[U64, ...]
    """Of each variable: random bits of its rows that chose nothing yet."""
    rows: U64
    """The rows' numbers."""
    total: int
    """How many rows the table has."""
    place: tuple[int, str, str]
    """Seed, table and column, which keys of the codec's own are made of."""
    others: Mapping[str, Cells] = field(default_factory=dict)
    """Of the columns that the codec needs, the rows' cells."""

    def key(self, purpose: str) -> int:
        seed, *names = self.place
        return key(seed, "model", *names, purpose)


class Codec(Protocol):
    """How a column is learnt and made again."""

    @property
    def kind(self) -> str:
        """The codec's name in model files."""

    @property
    def type(self) -> pa.DataType: ...

    @property
    def nullable(self) -> bool: ...

    @property
    def needs(self) -> tuple[str, ...]:
        """Columns of the row that cells are made of."""

    @property
    def variables(self) -> tuple[Variable, ...]: ...

    def cells(self, drawn: Drawn) -> Cells:
        """A cell for each row that was drawn for."""

    def save(self, tensors: Tensors) -> dict[str, Any]:
        """Put the arrays that it needs; what else it needs, JSON-able. Its class has `load` for both."""


class Encoded(NamedTuple):
    """A column that was learnt."""

    codec: Codec
    codes: tuple[I64, ...]
    """Of each variable: each row's code, UNSEEN where it is protected."""


def null_rows(known: Flags, subjects: I64) -> int:
    """How many rows are null; 0 where so few subjects have none that it isn't held."""
    nulls = int((~known).sum())
    return nulls if nulls and len(np.unique(subjects[~known])) >= SHARED else 0


def presence(known: Flags, subjects: I64) -> tuple[Variable, I64]:
    """The variable of a column whose cells are made anew: null, or there."""
    nulls = null_rows(known, subjects)
    there = int(known.sum())
    if not nulls:
        return variable_of(np.full(1, len(known), np.int64), False), np.zeros(len(known), np.int64)
    if not there:
        return variable_of(np.full(1, nulls, np.int64), False), np.zeros(len(known), np.int64)
    return variable_of(np.full(1, there, np.int64), False, nulls), known.astype(np.int64)


def subjects_of(places: I64, subjects: I64, size: int) -> I64:
    """How many subjects have each of `size` values; `places` are of those."""
    subject_count = int(subjects.max(initial=0)) + 1
    pairs = np.unique(places * subject_count + subjects)
    return np.bincount(pairs // subject_count, minlength=size)


def needed(name: str, hashes: U64) -> I64:
    """For each value, by its hash, how many subjects must have it before the model of a column holds it."""
    return SHARED + (mix(key(0, "shared", name), hashes) % np.uint64(3)).astype(np.int64)
