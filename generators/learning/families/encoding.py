"""A table of families as codes: its columns, whether their cells are copied, and the rows of its walk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow.compute as pc
import pyarrow.types as pt

from synthmill.generators.kernels.mix import I64
from synthmill.generators.learning.codecs.codec import SHARED, Encoded
from synthmill.generators.learning.codecs.gap import Gap, encode_gap
from synthmill.generators.learning.codecs.number import encode_number
from synthmill.generators.learning.codecs.time import encode_time
from synthmill.generators.learning.families.layout import Layout, Rows, Seen
from synthmill.generators.learning.families.parts import Part
from synthmill.generators.learning.families.walked_table import copied, layout_of
from synthmill.generators.learning.fitting import Steps, encoded
from synthmill.generators.learning.relations.found import Relations
from synthmill.generators.learning.source import Column, Source
from synthmill.generators.learning.table_model import ColumnModel
from synthmill.generators.learning.variables import UNSEEN, Variable, variable_of

_SELDOM = 0.02
"""The share of cells that are as in the row before, from which on that is learnt by itself."""


@dataclass(frozen=True, eq=False)
class Coded:
    """A table as codes."""

    columns: tuple[ColumnModel, ...]
    codes: tuple[tuple[I64, ...], ...]
    """By column and variable."""
    bits: Mapping[int, Variable]
    """By the column's place; of a table that has no families none."""
    copies: Mapping[int, I64]
    """Of these: 1 where the cell is that of the row before, UNSEEN where that isn't told."""
    times: I64
    """In steps of the gap."""

    def rows(self, layout: Layout, steps: Sequence[Sequence[int]], family: np.typing.NDArray[np.uint8],
             counts: I64, goals: I64) -> Rows:  # fmt: skip
        """The rows of families that have any, with their features; `counts` are those of all families."""
        found: list[I64] = [np.zeros(0, np.int64)] * len(layout.steps)
        for place, codes in enumerate(self.codes):
            for at, one in zip(steps[place], codes, strict=True):
                found[at] = one
                if layout.steps[at].bit >= 0:
                    found[layout.steps[at].bit] = self.copies[place]
        there = counts > 0
        return Rows(family[:, there], counts[there], found, self.times, goals[:, there])

    def laid(self, family: tuple[Seen, ...], scheme: str) -> tuple[Layout, list[list[int]]]:
        return layout_of(self.columns, self.bits, family, scheme)

    def with_(self, columns: Mapping[int, tuple[ColumnModel, tuple[I64, ...]]]) -> Coded:
        """With further columns, by their places among all then."""
        every, codes = list(self.columns), list(self.codes)
        places = list(range(len(every)))
        for at, (column, own) in sorted(columns.items()):
            every.insert(at, column)
            codes.insert(at, own)
            places.insert(at, -1)
        moved = {old: new for new, old in enumerate(places) if old >= 0}
        return Coded(
            tuple(every),
            tuple(codes),
            {moved[at]: one for at, one in self.bits.items()},
            {moved[at]: one for at, one in self.copies.items()},
            self.times,
        )


def code(
    part: Part, whole: Sequence[Column], relations: Relations, locale: str | None, steps: Steps
) -> Coded:
    """The columns of a table, and what is known of its rows' children."""
    source = part.source
    plain = {name: one for name, one in source.columns.items() if name != part.time}
    timeless = Source(source.name, plain, source.subjects, source.share)
    columns, codes = encoded(timeless, part.roles, locale, relations, steps)
    grouped, at = list[tuple[I64, ...]](), 0
    for column in columns:
        count = len(column.codec.variables)
        grouped.append(tuple(codes[at : at + count]))
        at += count
    subjects = source.subjects.astype(np.int64)
    for one in whole:
        made = _hidden(one, subjects)
        columns.append(ColumnModel(one.name, "hidden", made.codec))
        grouped.append(made.codes)
    nothing = np.zeros(source.rows, np.int64)
    if not len(part.whose):
        return Coded(tuple(columns), tuple(grouped), {}, {}, nothing)
    first = np.concatenate([[True], part.whose[1:] != part.whose[:-1]])
    every = plain | {one.name: one for one in whole}
    bits, copies = dict[int, Variable](), dict[int, I64]()
    for place, column in enumerate(columns):
        found = _copies(every[column.name], first, subjects) if copied(column.codec) else None
        if found is not None:
            bits[place], copies[place] = found
    coded = Coded(tuple(columns), tuple(grouped), bits, copies, nothing)
    if part.time is None:
        return coded
    codec, gaps, times = encode_gap(source.columns[part.time], first, subjects)
    place = list(source.columns).index(part.time)
    return replace(coded.with_({place: (ColumnModel(part.time, "time", codec), (gaps,))}), times=times)


def _hidden(column: Column, subjects: I64) -> Encoded:
    """Of rows without a value none is drawn; they are learnt from as if theirs weren't known."""
    rows = np.flatnonzero(column.known)
    learnt = column.taken(rows)
    make = encode_time if pt.is_timestamp(column.type) else encode_number
    made = make(learnt, subjects[rows])
    codes = []
    for one in made.codes:
        codes.append(np.full(len(subjects), UNSEEN, np.int64))
        codes[-1][rows] = one
    return Encoded(made.codec, tuple(codes))


def _copies(column: Column, first: np.typing.NDArray[np.bool_], subjects: I64) -> tuple[Variable, I64] | None:
    """Whether cells are those of the row before; None where that is seldom."""
    same = np.zeros(len(first), np.bool_)
    equal = pc.equal(column.values.slice(1), column.values.slice(0, len(first) - 1)).fill_null(False)
    known = column.known
    same[1:] = (known[1:] & known[:-1] & equal.to_numpy(zero_copy_only=False)) | ~(known[1:] | known[:-1])
    same &= ~first
    later = int((~first).sum())
    if not later or int(same.sum()) < _SELDOM * later or len(np.unique(subjects[same])) < SHARED:
        return None
    changes = ~first & ~same
    codes = same.astype(np.int64)
    if len(np.unique(subjects[changes])) < SHARED:
        # Whose few rows they are isn't told: they are drawn like the others.
        codes[changes] = UNSEEN
    weights = np.array([max(1, int(changes.sum())), int(same.sum())], np.int64)
    return variable_of(weights, False), codes


def gap_of(columns: Sequence[ColumnModel]) -> Gap | None:
    return next((one.codec for one in columns if isinstance(one.codec, Gap)), None)
