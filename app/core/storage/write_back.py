"""Bytes that are to be on the disk soon, on their way there already, and in nobody's way in memory."""

from __future__ import annotations

import ctypes
import mmap
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, BinaryIO

from synthmill.generators.datasets.blocks import PIECE_BYTES, write_all

_BEGIN = 2
"""SYNC_FILE_RANGE_WRITE."""
_UNCACHED = 0x80
"""RWF_DONTCACHE, of Linux 6.14: bytes are on their way to the disk at once, and there they leave the page
cache. Python has no name for it yet."""


def write_through(file: BinaryIO, start: int, chunks: Iterable[bytes]) -> None:
    """Write chunks, one behind the other, from a place of an unbuffered file on, and have the system begin to
    write them to its disk, where it can; nobody waits for the end.

    Left to itself Linux waits for half a minute, or for a tenth of the memory to be full: then the flush at a
    file's end finds gigabytes to write while nobody has anything else to do.

    Where system and file system can, whole pages don't stay in memory: those of a large file push out what is
    read often, and to find new ones took a virtual machine up to four times the CPU of using the same again.
    One that isn't full stays, since it would have to be read to be filled.
    """
    at, uncached = start, sys.platform == "linux"
    for piece in _pieces(start, chunks):
        end = at + sum(map(len, piece))
        if uncached and end % mmap.PAGESIZE == 0:
            try:
                at += os.pwritev(file.fileno(), piece, at, _UNCACHED)
            except OSError:
                # They can't, or whatever it is shows again in a moment.
                uncached = False
        if at < end:
            file.seek(at)
            write_all(file, b"".join(piece)[at - end :])
            at = end
    if not uncached:
        _begin_write_back(file, start, at - start)


def _pieces(start: int, chunks: Iterable[bytes]) -> Iterator[Sequence[memoryview]]:
    """What the system is given at once of chunks that stand at this place of a file.

    Pieces end where a piece's length, or in the end the last whole page, is full in the file.
    """
    piece: list[memoryview] = []
    at, end = start, _next(start, PIECE_BYTES)
    for chunk in chunks:
        left = memoryview(chunk)
        while left:
            piece.append(left[: end - at])
            at, left = at + len(piece[-1]), left[end - at :]
            if at == end:
                yield piece
                piece, end = [], at + PIECE_BYTES
    rest = b"".join(piece)
    whole = max(0, len(rest) - at % mmap.PAGESIZE)
    yield from ([memoryview(part)] for part in (rest[:whole], rest[whole:]) if part)


def _next(place: int, step: int) -> int:
    """The first multiple of a step that is beyond a place."""
    return (place // step + 1) * step


def _begin_write_back(file: BinaryIO, start: int, size: int) -> None:
    call = _sync_file_range()
    if call is not None:
        # It promises nothing, so there is nothing to do where it fails: the flush does all.
        call(file.fileno(), start, size, _BEGIN)


@cache
def _sync_file_range() -> Any:
    call = getattr(ctypes.CDLL(None), "sync_file_range", None) if sys.platform == "linux" else None
    if call is not None:
        call.argtypes = (ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint)
    return call
