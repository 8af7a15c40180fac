"""The source of all randomness: a number for every place, with no state between places."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.backend import Twin

U64 = npt.NDArray[np.uint64]
U32 = npt.NDArray[np.uint32]
I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31 = np.uint64(30), np.uint64(27), np.uint64(31)

_CHUNK = 16_384
"""Numbers mixed at a time: 128 KiB, so that every pass but the first finds them in the cache."""


def key(seed: int, *place: str) -> int:
    """64 bits for a use of randomness, such as (table, column, purpose); unrelated for unequal places."""
    encoded = json.dumps([seed, *place], ensure_ascii=True, separators=(",", ":")).encode()
    return int.from_bytes(hashlib.blake2b(encoded, digest_size=8).digest(), "big")


@Twin
def mix(keys: int | U64, index: U64) -> U64:
    """64 random bits for each index under a key, or under a key each (children of a parent: its number).

    `index` is an array of uint64: `rows.astype(np.uint64)`.

    SplitMix64 (Steele, Lea, Flood 2014) read at position `index` of the sequence that starts at the key.
    """
    out = np.empty(len(index), np.uint64)
    spare = np.empty(min(len(index), _CHUNK), np.uint64)
    for start in range(0, len(index), _CHUNK):
        chunk = slice(start, start + _CHUNK)
        x = out[chunk]
        shifted = spare[: len(x)]
        np.multiply(index[chunk], _GOLDEN, out=x)
        x += np.uint64(keys) if isinstance(keys, int) else keys[chunk]
        np.right_shift(x, _S30, out=shifted)
        x ^= shifted
        x *= _FIRST
        np.right_shift(x, _S27, out=shifted)
        x ^= shifted
        x *= _SECOND
        np.right_shift(x, _S31, out=shifted)
        x ^= shifted
    return out


@Twin
def mix_children(keys: U64, parents: I64, index: U64) -> U64:
    """`mix` under the key of each child's parent, which is one of some."""
    found: U64 = mix(keys[parents], index)
    return found
