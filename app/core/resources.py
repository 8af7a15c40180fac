"""Room on disks and in memory: work stops before either runs out.

A disk that is full stops the database too. Of memory a worker has two limits, both Linux's own numbers:
between two blocks the resident size is looked at, and a single allocation beyond all bounds is refused by the
kernel (RLIMIT_DATA) and becomes a MemoryError. The part fails with that reason, the worker goes on.
"""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sqlalchemy.engine import make_url

from synthmill.app.core.errors import FullError
from synthmill.app.core.services import Services

_RESERVED_BYTES = 2 * 2**30
"""Allocators and thread stacks take so much address space, counted by RLIMIT_DATA, that is never touched."""
_STATUS = Path("/proc/self/statm")


def shortage(services: Services) -> str | None:
    """Which folder has less free than the settings ask for, in words; None where all have enough."""
    least = services.settings.min_free_bytes
    for folder in _folders(services):
        try:
            status = os.statvfs(folder)
        except OSError:
            continue  # Whoever needs the folder says so.
        free = status.f_bavail * status.f_frsize
        if free < least:
            return (
                f"the disk of {folder} is full: {free >> 20:,} MiB are free, "
                f"SYNTHMILL_MIN_FREE_BYTES asks for {least >> 20:,} MiB"
            )
    return None


def require_room(services: Services) -> None:
    """Raises FullError where nothing more should be begun; the folder's name goes into the log alone."""
    if shortage(services) is not None:
        raise FullError("the server's disk is full; nothing was accepted")


def _folders(services: Services) -> Iterator[Path]:
    settings = services.settings
    yield settings.data
    database = make_url(settings.database_url)
    if database.get_backend_name() == "sqlite":
        yield Path(database.database or "").parent
    if settings.storage_url.startswith("file://"):
        yield Path(settings.storage_url.removeprefix("file://"))


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
    trim_memory()


def trim_memory() -> None:
    """Return to the system what is free within the heaps of the C library; threads have their own."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
