"""A variable by some others: the distribution of maximal entropy with the tables that were counted, as a
tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthmill.generators.kernels.mix import F64, I64
from synthmill.generators.learning.chain import Link
from synthmill.generators.learning.private.measuring import projected

_SWEEPS = 24
_PRIOR = 1e-4
"""Of a row that each combination has besides those that were made: so that each has a distribution."""
_UNIT = 2**20
"""Of which a leaf's weights are fractions; those below one are none."""


@dataclass(frozen=True)
class Margin:
    """What was counted of a variable and some of its parents, as shares."""

    parents: tuple[int, ...]
    """Places among the variable's parents, rising."""
    shares: F64
    """Of shape (classes, bins of a parent, ...)."""


def raked(counts: I64, rows: F64, columns: F64) -> F64:
    """A table of noisy counts as shares, with these margins (iterative proportional fitting, Deming and
    Stephan 1940)."""
    table = projected(counts, 1.0 * float(counts.sum().clip(1)))
    # What noise made nothing of may still be; so little that it only keeps margins from being impossible.
    table = table / max(1.0, float(table.sum())) + 1e-9 * np.outer(rows, columns)
    for _ in range(_SWEEPS):
        table *= (rows / table.sum(axis=1).clip(1e-300))[:, None]
        table *= (columns / table.sum(axis=0).clip(1e-300))[None, :]
    return table


def conditional(alone: F64, sizes: Sequence[int], configurations: F64, margins: Sequence[Margin]) -> F64:
    """The variable's distribution for each combination of its parents' bins: (classes, combinations).

    `alone` is its own distribution, `configurations` how often parents are so combined, the last parent's bin
    changing fastest.
    """
    weights = configurations + _PRIOR
    weights = weights / weights.sum()
    shape = (len(alone), *sizes)
    table = (alone[:, None] * weights[None, :]).reshape(shape)
    for _ in range(_SWEEPS if len(margins) > 1 else 1):
        for margin in margins:
            kept = (0, *(1 + place for place in margin.parents))
            others = tuple(axis for axis in range(len(shape)) if axis not in kept)
            now = table.sum(axis=others, keepdims=True)
            wanted = margin.shares.reshape([shape[axis] if axis in kept else 1 for axis in range(len(shape))])
            table *= wanted / now.clip(1e-300)
    flat = table.reshape(len(alone), -1)
    sums = flat.sum(axis=0)
    empty = sums <= 1e-290
    found = flat / np.where(empty, 1.0, sums)
    found[:, empty] = alone[:, None]
    return np.asarray(found)


def link_of(table: F64, sizes: Sequence[int], places: Sequence[int]) -> Link:
    """The tree that asks for each parent in turn; `places` are the parents' in the chain."""
    feature, mask, right = list[int](), list[int](), list[int]()
    leaves = list[int]()

    def grow(parent: int, low: int, high: int, combination: int) -> None:
        """The nodes for the bins from low to high of a parent, those before it being known."""
        if parent == len(sizes):
            feature.append(-1)
            mask.append(0)
            right.append(len(leaves))
            leaves.append(combination)
            return
        if high - low == 1:
            known = combination * sizes[parent] + low
            grow(parent + 1, 0, sizes[parent + 1] if parent + 1 < len(sizes) else 0, known)
            return
        middle = (low + high) // 2
        node = len(feature)
        feature.append(places[parent])
        mask.append(((1 << middle) - 1) ^ ((1 << low) - 1))
        right.append(0)
        grow(parent, low, middle, combination)
        right[node] = len(feature)
        grow(parent, middle, high, combination)

    grow(0, 0, sizes[0] if sizes else 0, 0)
    weights = np.rint(table[:, leaves].T * _UNIT).astype(np.int64)
    # A leaf always has a class: the likeliest.
    weights[np.arange(len(leaves)), table[:, leaves].argmax(axis=0)] += 1
    leaf, entries = np.nonzero(weights)
    sums = np.cumsum(weights, axis=1)[leaf, entries]
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum((weights > 0).sum(axis=1))])
    return Link(
        np.array(feature, np.int32),
        np.array(mask, np.uint64),
        np.array(right, np.int32),
        starts,
        entries.astype(np.uint16),
        sums,
    )
