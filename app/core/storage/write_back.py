"""Bytes that are to be on the disk soon, on their way there already."""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any, BinaryIO

_WRITE = 2
"""SYNC_FILE_RANGE_WRITE."""


def begin_write_back(file: BinaryIO, start: int, size: int) -> None:
    """Have the system begin to write a stretch of a file to its disk, where it can; nobody waits for the end.

    Left to itself Linux waits for half a minute, or for a tenth of the memory to be full: then the flush at a
    file's end finds gigabytes to write while nobody has anything else to do.
    """
    call = _sync_file_range()
    if call is not None:
        # It promises nothing, so there is nothing to do where it fails: the flush does all.
        call(file.fileno(), start, size, _WRITE)


@cache
def _sync_file_range() -> Any:
    call = getattr(ctypes.CDLL(None), "sync_file_range", None) if sys.platform == "linux" else None
    if call is not None:
        call.argtypes = (ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint)
    return call
