"""See `synthmill.generators.kernels.integers`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.compiled import inlined, kernel
from synthmill.generators.kernels.mix import U64

_LOW, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)


@inlined
def high_half(a, b):  # type: ignore[no-untyped-def]
    """The upper 64 bits of a * b; LLVM makes one multiplication of it."""
    a_high, a_low, b_high, b_low = a >> _HALF, a & _LOW, b >> _HALF, b & _LOW
    middle = a_high * b_low + ((a_low * b_low) >> _HALF)
    return a_high * b_high + (middle >> _HALF) + (((middle & _LOW) + a_low * b_high) >> _HALF)


@kernel("uint64[::1](uint64, uint64[::1])")
def _bounded_by_one(count, u):  # type: ignore[no-untyped-def]
    out = np.empty(len(u), np.uint64)
    if count <= _LOW:
        for i in range(len(u)):
            out[i] = ((u[i] >> _HALF) * count + (((u[i] & _LOW) * count) >> _HALF)) >> _HALF
    else:
        for i in range(len(u)):
            out[i] = high_half(u[i], count)
    return out


@kernel("uint64[::1](uint64[::1], uint64[::1])")
def _bounded_by_each(counts, u):  # type: ignore[no-untyped-def]
    out = np.empty(len(u), np.uint64)
    for i in range(len(u)):
        out[i] = high_half(u[i], counts[i])
    return out


def bounded(u: U64, count: int | U64) -> U64:
    u = np.ascontiguousarray(u)
    if isinstance(count, int):
        found: U64 = _bounded_by_one(np.uint64(count), u)
    else:
        found = _bounded_by_each(np.ascontiguousarray(count), u)
    return found


@kernel("boolean[::1](uint64, uint64[::1])")
def _below(limit, u):  # type: ignore[no-untyped-def]
    out = np.empty(len(u), np.bool_)
    for i in range(len(u)):
        out[i] = (u[i] >> np.uint64(11)) < limit
    return out


def below(u: U64, probability: float) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = _below(np.uint64(int(probability * 2**53)), np.ascontiguousarray(u))
    return found
