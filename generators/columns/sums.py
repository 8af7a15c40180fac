"""Sums that come out the same however the rows are cut, and never wrap around."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.kernels.mix import F64, I64

Numbers = npt.NDArray[Any]
"""Doubles, or whole numbers of 64 bits."""

LARGEST_SUM = 9e18
"""What the sum of whole numbers, or of a decimal's units, may come to."""


def summed(values: Numbers, owners: I64, count: int, name: str) -> Numbers:
    """For each of `count` owners the sum of its values, which lie together in the owners' order.

    Doubles are added one after the other. Raises InvalidRequestError, naming the column, where whole numbers
    come to more than 64 bits.
    """
    rough = np.bincount(owners, weights=values, minlength=count).astype(np.float64)
    if values.dtype == np.float64:
        return rough
    _check(rough, name)
    # Differences of running sums are exact even where those wrap around.
    reached = np.concatenate((np.zeros(1, np.int64), np.cumsum(values)))
    ends = np.cumsum(np.bincount(owners, minlength=count))
    sums: I64 = reached[ends] - reached[np.concatenate((np.zeros(1, np.int64), ends[:-1]))]
    return sums


def checked_sum(one: I64, other: I64, name: str) -> I64:
    """Sums of whole numbers, one by one. Raises InvalidRequestError where they need more than 64 bits."""
    _check(one.astype(np.float64) + other.astype(np.float64), name)
    return one + other


def running(values: Numbers, starts: I64, counts: I64, name: str) -> Numbers:
    """The sums of the values up to each, begun anew for each of the stretches that they consist of."""
    if values.dtype == np.float64:
        return _running_doubles(values, starts, counts)
    reached = np.cumsum(values)
    before = np.concatenate((np.zeros(1, np.int64), reached))[starts]
    rough = np.cumsum(np.abs(values.astype(np.float64)))
    sizes = rough - np.repeat(np.concatenate((np.zeros(1), rough))[starts], counts)
    _check(sizes, name)
    sums: I64 = reached - np.repeat(before, counts)
    return sums


def _running_doubles(values: F64, starts: I64, counts: I64) -> F64:
    sums = values.copy()
    for index in range(1, int(counts.max(initial=0))):
        at = (starts + index)[counts > index]
        sums[at] += sums[at - 1]
    return sums


def _check(rough: F64, name: str) -> None:
    if np.any(np.abs(rough) > LARGEST_SUM):
        raise InvalidRequestError.one(
            name,
            "sums come to more than 64 bits can hold",
            "limit the values that are added, or their number",
        )
