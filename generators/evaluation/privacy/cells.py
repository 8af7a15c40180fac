"""Rows as cells whose differences add up to distances, and rows as hashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthmill.generators.evaluation.columns import Column
from synthmill.generators.evaluation.sample import Sample
from synthmill.generators.kernels.learning.neighbours import Cells, nearest
from synthmill.generators.kernels.mix import I64, U64, mix

LIMIT = 1 << 14
"""What a column adds to a distance at most: two categories, or the least and the greatest number."""
_APART = 2 * LIMIT
_MOST_CATEGORIES = 30_000


@dataclass(frozen=True)
class Split:
    """Real rows that a synthetic row might have been copied from, and real ones that it can't, or as little
    as any row of `known`."""

    known: I64
    fresh: I64
    unseen: bool
    """Whether `fresh` are rows that the model wasn't given."""


def split(sample: Sample) -> Split:
    """With unseen rows these; else two halves of the real rows, of which one stands for what is expected."""
    if len(sample.unseen):
        return Split(sample.real, sample.some(sample.unseen), True)
    mixed = sample.shuffled(sample.real, "copies")
    first = sample.some(mixed, len(mixed) // 2)
    return Split(first, sample.some(mixed[len(first) :]), False)


def cells(sample: Sample) -> Cells:
    """Columns by rows. Numbers are their ranks among as many real, synthetic and unseen rows, from 0 to
    LIMIT; no two categories, and nothing that is missing and nothing that isn't, are nearer than LIMIT.

    Ranks among the real rows alone would let values that aren't among them share a place, and so be too
    close to each other.
    """
    like = np.concatenate([sample.some(rows) for rows in (sample.real, sample.synthetic, sample.unseen)])
    made = [_ranks(column, like) if column.ordered else _names(column) for column in sample.compared]
    return np.stack(made)


def distances(laid: Cells, rows: I64, others: I64, count: int) -> I64:
    """Of each of `rows` the distances of its nearest ones among `others`, which are other rows."""
    return nearest(
        np.ascontiguousarray(laid[:, rows]), np.ascontiguousarray(laid[:, others]), LIMIT, count, False
    )


def row_hashes(columns: Sequence[Column], rows: I64) -> U64:
    """64 bits of each row, equal for equal rows."""
    found = np.zeros(len(rows), np.uint64)
    for column in columns:
        found = mix(found, column.codes[rows].astype(np.uint64))
    return found


def _ranks(column: Column, like: I64) -> Cells:
    codes = column.codes[like]
    counts = np.bincount(codes[codes >= 0], minlength=max(1, len(column.values)))
    below = np.cumsum(counts) - counts
    ranks = (2 * below + counts) * LIMIT // max(1, 2 * int(counts.sum()))
    return np.where(column.codes < 0, -_APART, ranks[column.codes]).astype(np.int32)


def _names(column: Column) -> Cells:
    return np.asarray(np.minimum(column.codes, _MOST_CATEGORIES) * _APART, np.int32)
