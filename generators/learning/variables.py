"""A variable: what a column comes to for the trees, as codes, the classes of these and their bins."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.learning.trees import BINS, CLASSES
from synthmill.generators.kernels.mix import I64
from synthmill.generators.learning.errors import ModelFileError
from synthmill.generators.learning.tensors import Tensors

U8 = npt.NDArray[np.uint8]
U16 = npt.NDArray[np.uint16]

MAX_CODES = 65_535
UNSEEN = MAX_CODES
"""The code of a cell that is protected: its row is counted, and it is drawn as if it weren't known."""
MAX_CLASSES = CLASSES - 1
UNSEEN_CLASS = CLASSES - 1


@dataclass(frozen=True, eq=False)
class Variable:
    """Codes from 0 on, in the order of what they stand for if `ordered`."""

    ordered: bool
    weights: I64
    """By code: how many rows have it; all positive."""
    classes: U8
    """By code: what the trees tell apart when the variable is their target; rising if `ordered`."""
    bins: U8
    """By code: what they tell apart when it is a feature."""

    def __len__(self) -> int:
        return len(self.weights)

    @cached_property
    def class_count(self) -> int:
        return int(self.classes.max()) + 1

    @cached_property
    def bin_count(self) -> int:
        return int(self.bins.max()) + 1

    @cached_property
    def members(self) -> tuple[I64, I64, I64]:
        """The codes by class, the running sums of their weights within it, and where each class begins."""
        order = np.argsort(self.classes, kind="stable").astype(np.int64)
        starts = np.searchsorted(self.classes[order], np.arange(self.class_count + 1)).astype(np.int64)
        sums = np.cumsum(self.weights[order])
        before = np.concatenate([np.zeros(1, np.int64), sums])[starts[:-1]]
        return order, sums - np.repeat(before, np.diff(starts)), starts

    def save(self, tensors: Tensors) -> None:
        tensors.put("weights", self.weights.astype(np.uint32))
        tensors.put("classes", self.classes)
        tensors.put("bins", self.bins)

    @classmethod
    def load(cls, ordered: bool, tensors: Tensors) -> Variable:
        """Raises ModelFileError."""
        weights = tensors.get("weights", np.uint32, 1).astype(np.int64)
        classes, bins = tensors.get("classes", np.uint8, 1), tensors.get("bins", np.uint8, 1)
        if not len(weights) == len(classes) == len(bins) <= MAX_CODES:
            raise ModelFileError("a variable's codes don't fit one another")
        every = np.array_equal(np.unique(classes), np.arange(int(classes.max()) + 1))
        if classes.max() >= MAX_CLASSES or bins.max() >= BINS or not every:
            raise ModelFileError("a variable has more classes or bins than there can be")
        if not weights.all() or weights.sum() >= 2**32:
            raise ModelFileError("a variable's weights are too small or too large")
        return cls(ordered, weights, classes, bins)


def variable_of(weights: I64, ordered: bool, null: int = 0, most: int | None = None) -> Variable:
    """Of codes in the order of their values if `ordered`, else the most frequent first.

    `null` rows have none; where there are such rows, theirs is code 0 and the others come after it. There
    are at most `most` classes, which are the bins, too; else as many as trees can tell apart.
    """
    group, sizes = _groups if ordered else _most_frequent, (most or MAX_CLASSES, most or BINS)
    if not null:
        return Variable(ordered, weights, group(weights, sizes[0]), group(weights, sizes[1]))
    first = np.zeros(1, np.uint8)
    classes, bins = (group(weights, size - 1) + np.uint8(1) for size in sizes)
    return Variable(
        ordered,
        np.concatenate([np.full(1, null, np.int64), weights]),
        np.concatenate([first, classes]),
        np.concatenate([first, bins]),
    )


def _groups(weights: I64, most: int) -> U8:
    """Neighbours in groups of about equal weight, what weighs more than a group by itself."""
    if len(weights) <= most:
        return np.arange(len(weights), dtype=np.uint8)
    total = int(weights.sum())
    alone = np.zeros(len(weights), np.bool_)
    while True:
        shared = total - int(weights[alone].sum())
        left = most - int(alone.sum())
        # Each one that stands alone may part its neighbours, and so cost a group more.
        room = max(1, left - int(alone.sum()))
        found = ~alone & (weights * room >= shared)
        if not found.any() or int((alone | found).sum()) * 2 >= most:
            break
        alone |= found
    groups = np.zeros(len(weights), np.uint8)
    group, gathered, size = 0, 0, 0
    for place, weight in enumerate(weights.tolist()):
        starts_anew = size and (alone[place] or alone[place - 1] or gathered * room >= shared)
        if starts_anew and group < most - 1:
            group, gathered, size = group + 1, 0, 0
        groups[place] = group
        size += 1
        gathered += 0 if alone[place] else weight
    return groups


def _most_frequent(weights: I64, most: int) -> U8:
    """The most frequent by themselves, the others in a few groups of about equal weight."""
    if len(weights) <= most:
        return np.arange(len(weights), dtype=np.uint8)
    single = most - most // 4
    rest = _groups(weights[single:], most // 4)
    return np.concatenate([np.arange(single, dtype=np.uint8), rest + np.uint8(single)])
