"""BLAKE3, and the root of a file: one hash for all of its bytes that costs its blocks, not its bytes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from blake3 import blake3

ROOT_TAG = b"synthmill-file-2"
"""What a root's input begins with, so that it is the hash of nothing else."""
_SIZE_BYTES = 8


class Section(NamedTuple):
    """A stretch of a file that is hashed by itself: what stands before the blocks, a block, what follows."""

    size: int
    """Bytes."""
    digest: bytes
    """Their BLAKE3, 32 bytes."""


def digest(data: bytes | memoryview) -> bytes:
    """BLAKE3 of the bytes, 32 bytes, on this thread alone: a worker has one processor."""
    return blake3(data, max_threads=1).digest()


def section(data: bytes | memoryview) -> Section:
    return Section(len(data), digest(data))


def root(sections: Iterable[Section]) -> bytes:
    """The root of a file of these sections: BLAKE3 of the tag, then of each section its size (8 bytes, little
    endian) and its digest (32 bytes). `sections` are prefix, blocks in order, suffix; none is left out.

    Raises OverflowError for a size that is negative or has more than 64 bits.
    """
    return digest(
        ROOT_TAG + b"".join(one.size.to_bytes(_SIZE_BYTES, "little") + one.digest for one in sections)
    )
