"""Exact whole-number arithmetic on 64 bits where the product needs 128."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.backend import Twin
from synthmill.generators.kernels.mix import I64, U64

_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


@Twin
def bounded(u: U64, count: int | U64) -> U64:
    """A number from 0 to count - 1 for each u: floor(u * count / 2**64). `count` lies below 2**64.

    A value's probability differs from 1 / count by less than 2**-64.
    """
    n = np.asarray(count, np.uint64)
    high, low = u >> _HALF, u & _LOW
    if isinstance(count, int) and count <= 2**32:
        high *= n
        low *= n
        low >>= _HALF
        high += low
        high >>= _HALF
        return high
    n_high, n_low = n >> _HALF, n & _LOW
    middle = high * n_low + ((low * n_low) >> _HALF)
    middle_low = (middle & _LOW) + low * n_high
    result: U64 = high * n_high + (middle >> _HALF) + (middle_low >> _HALF)
    return result


@Twin
def below(u: U64, probability: float) -> npt.NDArray[np.bool_]:
    """True with this probability (0 to 1, taken to 53 bits) for each u."""
    return (u >> np.uint64(11)) < np.uint64(int(probability * 2**53))


def multiply_divide(a: U64, b: int, c: int, less: int = 0) -> U64:
    """floor((a * b - less) / c) exactly, for 0 < c, a and b up to 2**34 and a quotient up to 2**34.

    The quotient is estimated in floating point, where it is off by one at most; the remainder, which is
    small, is exact in arithmetic modulo 2**64 and tells by how much.
    """
    estimate = np.floor((a.astype(np.float64) * float(b) - float(less)) / float(c))
    quotient: I64 = np.maximum(estimate, 0.0).astype(np.int64)
    remainder = a.view(np.int64) * np.int64(b) - np.int64(less) - quotient * np.int64(c)
    quotient += (remainder >= c).astype(np.int64)
    quotient -= (remainder < 0).astype(np.int64)
    return quotient.view(np.uint64)


def distinct(values: U64) -> tuple[U64, I64]:
    """The different values, rising, and for each input the place of its value among them."""
    if len(values) and bool(np.all(values[1:] >= values[:-1])):
        changes = np.empty(len(values), np.bool_)
        changes[0] = True
        np.not_equal(values[1:], values[:-1], out=changes[1:])
        return values[changes], np.cumsum(changes, dtype=np.int64) - 1
    different, places = np.unique(values, return_inverse=True)
    return different, places.astype(np.int64)
