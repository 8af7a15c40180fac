"""What a process does with memory that it needs no more, or may not need."""

from __future__ import annotations

import ctypes
import gc
import sys
from pathlib import Path

_DONTNEED = 4
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_KEPT = 128 * 2**20
_LARGEST = 32 * 2**20
_NEW_OBJECTS = 50_000


def keep_freed() -> None:
    """Keep up to 128 MiB of freed memory for what comes next, in a process that makes block after block.

    Every block needs the same arrays of some MiB. glibc gives such back to the system when they are freed,
    and the system clears the pages of new ones: a tenth of a block's time. Other C libraries keep theirs.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _LARGEST)
        mallopt(_TRIM_THRESHOLD, _KEPT)


def collect_seldom() -> None:
    """Look for objects that hold one another after many new ones, in a process that makes block after block.

    Few of ours do. At the end of a large job there are lists of hundreds of thousands that are all needed,
    and to look at them again after every 700 took a fifth of that end.
    """
    gc.set_threshold(_NEW_OBJECTS, *gc.get_threshold()[1:])


def forget_code(library: str) -> None:
    """Take a library's code out of this process's memory. It is mapped in again where it runs again.

    Once its kernels are linked, the compiler that is loaded with them is 80 MiB for nothing.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    for line in Path("/proc/self/maps").read_text().splitlines():
        area, rights, *_, name = line.split(maxsplit=5)
        # Only code: other pages of a library may have been written to, and would be lost.
        if rights == "r-xp" and library in name.rpartition("/")[2]:
            start, stop = (int(end, 16) for end in area.split("-"))
            libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(stop - start), _DONTNEED)
