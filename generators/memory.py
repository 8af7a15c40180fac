"""What the C library does with memory that is given back."""

from __future__ import annotations

import ctypes
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_KEPT = 128 * 2**20
_LARGEST = 32 * 2**20


def keep_freed() -> None:
    """Keep up to 128 MiB of freed memory for what comes next, in a process that makes block after block.

    Every block needs the same arrays of some MiB. glibc gives such back to the system when they are freed,
    and the system clears the pages of new ones: a tenth of a block's time. Other C libraries keep theirs.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _LARGEST)
        mallopt(_TRIM_THRESHOLD, _KEPT)
