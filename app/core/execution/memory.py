"""The memory that a worker may have: a part that needs more fails with that reason, the worker goes on.

Two limits, both Linux's own numbers. Between two blocks the resident size is looked at. A single allocation
beyond all bounds is refused by the kernel (RLIMIT_DATA) and becomes a MemoryError.
"""

from __future__ import annotations

import ctypes
import gc
import resource
import sys
from contextlib import suppress
from pathlib import Path

_RESERVED_BYTES = 2 * 2**30
"""Allocators and thread stacks take so much address space, counted by RLIMIT_DATA, that is never touched."""
_STATUS = Path("/proc/self/statm")


def limit_memory(limit: int) -> None:
    """Have the kernel refuse this process allocations beyond `limit` bytes in use; 0 changes nothing."""
    if limit and sys.platform == "linux":
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        wanted = limit + _RESERVED_BYTES
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def check_memory(limit: int) -> None:
    """Raises MemoryError, saying how much is in use, where that is more than `limit` bytes (0: no limit)."""
    if limit and (used := resident_bytes()) > limit:
        raise MemoryError(
            f"{used >> 20:,} MiB are in use, SYNTHMILL_WORKER_MEMORY_BYTES allows {limit >> 20:,}"
        )


def resident_bytes() -> int:
    """Memory of this process that is in RAM; 0 where the system doesn't say."""
    with suppress(OSError):
        return int(_STATUS.read_text().split()[1]) * resource.getpagesize()
    return 0


def give_memory_back() -> None:
    """Return what a part that failed has left behind to the system, so that the next one can have it."""
    gc.collect()
    if "pyarrow" in sys.modules:
        sys.modules["pyarrow"].default_memory_pool().release_unused()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
