"""See `synthmill.generators.kernels.mix`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.compiled import inlined, kernel
from synthmill.generators.kernels.mix import I64, U64

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31 = np.uint64(30), np.uint64(27), np.uint64(31)


@inlined
def mixed(key, index):  # type: ignore[no-untyped-def]
    x = index * _GOLDEN + key
    x = (x ^ (x >> _S30)) * _FIRST
    x = (x ^ (x >> _S27)) * _SECOND
    return x ^ (x >> _S31)


@kernel("uint64[::1](uint64, uint64[::1])")
def _under_one(key, index):  # type: ignore[no-untyped-def]
    out = np.empty(len(index), np.uint64)
    for i in range(len(index)):
        out[i] = mixed(key, index[i])
    return out


@kernel("uint64[::1](uint64[::1], uint64[::1])")
def _under_each(keys, index):  # type: ignore[no-untyped-def]
    out = np.empty(len(index), np.uint64)
    for i in range(len(index)):
        out[i] = mixed(keys[i], index[i])
    return out


@kernel("uint64[::1](uint64[::1], int64[::1], uint64[::1])")
def _children(keys, parents, index):  # type: ignore[no-untyped-def]
    out = np.empty(len(index), np.uint64)
    for i in range(len(index)):
        out[i] = mixed(keys[parents[i]], index[i])
    return out


def mix(keys: int | U64, index: U64) -> U64:
    index = np.ascontiguousarray(index)
    if isinstance(keys, int):
        found: U64 = _under_one(np.uint64(keys), index)
    else:
        found = _under_each(np.ascontiguousarray(keys), index)
    return found


def mix_children(keys: U64, parents: I64, index: U64) -> U64:
    found: U64 = _children(keys, np.ascontiguousarray(parents), np.ascontiguousarray(index))
    return found
