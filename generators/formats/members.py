"""Compression of text formats: each block is a gzip member or a zstd frame of its own.

Members and frames may be put one behind another, in any number, and every reader of .gz and .zst takes
the result for one file. Each is made in one call from all its bytes, so that the same block gives the same
bytes whichever process compresses it. Why gzip comes from ISA-L: `docs/decisions/002-gzip-codec.md`.
"""

from __future__ import annotations

import hashlib
from functools import cache

import isal
import zstandard
from isal import isal_zlib

COMPRESSIONS = ("none", "gzip", "zstd")

_GZIP_LEVEL = 1
_GZIP_WRAPPER = 31
"""zlib's number for: the largest window, and a gzip header, which has no name and no time here."""
_ZSTD_LEVEL = 1


def compress(data: bytes | memoryview, compression: str) -> bytes:
    """One member or frame; no bytes stay no bytes, so that a file without a prefix has none."""
    if compression == "none" or not data:
        return data  # type: ignore[return-value]
    if compression == "gzip":
        return bytes(isal_zlib.compress(data, _GZIP_LEVEL, _GZIP_WRAPPER))
    return zstandard.ZstdCompressor(level=_ZSTD_LEVEL, write_checksum=True, write_content_size=True).compress(
        data
    )


@cache
def codec(compression: str) -> str:
    """Library, version and level; for gzip also what this machine's code path makes of a probe."""
    if compression == "none":
        return ""
    if compression == "gzip":
        return f" isal {isal.ISAL_VERSION} level {_GZIP_LEVEL} path {_code_path()}"
    version = ".".join(map(str, zstandard.ZSTD_VERSION))
    return f" zstd {version} level {_ZSTD_LEVEL}"


def _code_path() -> str:
    """A short hash of a compressed probe: ISA-L has code paths whose bytes differ, see the decision."""
    rows = (f"{row},{row * 2654435761 % 2**32:08x},word{row * row % 97}\n" for row in range(4_000))
    member = compress("".join(rows).encode(), "gzip")
    return hashlib.sha256(member).hexdigest()[:8]
