"""Files that are being written, and what is left of them when their writer was killed.

A draft is locked by the process that writes it. The kernel takes the lock away with the process, so a
draft that can be locked has no writer, and can go at once.
"""

from __future__ import annotations

import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked_draft(folder: Path) -> Iterator[Path]:
    """A new empty file to write and move away; what is still there at the end is removed."""
    draft, lock = _new(folder)
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)
        os.close(lock)


def remove_abandoned(draft: Path) -> None:
    """Remove a draft unless somebody writes it. Raises FileNotFoundError if it has gone meanwhile."""
    lock = os.open(draft, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        draft.unlink()
    except BlockingIOError:
        return
    finally:
        os.close(lock)


def _new(folder: Path) -> tuple[Path, int]:
    while True:
        draft = folder / uuid.uuid4().hex
        lock = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # Between the two lines above it was nobody's, and may have been removed as such.
            if os.fstat(lock).st_nlink:
                return draft, lock
        except BaseException:
            os.close(lock)
            raise
        os.close(lock)
