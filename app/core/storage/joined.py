"""The pieces of an upload that came in their order, written one behind another while others are still made.

So most of a file is together before its last piece comes, without being copied. What is in the file is
known by a list beside it: a line for each piece, written when its bytes are there. Bytes without a line are
nobody's, and are written over.

One writer at a time: the file is locked while pieces are appended, and a writer that finds it locked keeps
its piece in a file of its own. The kernel takes the lock from a process that dies; one that is stopped
while it holds the lock makes the others do without.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from synthmill.app.core.storage.write_back import write_through

DATA, LIST = "joined", "list"
_LINE = 64
"""Bytes of a line of the list, so that the last one is found at once."""


class Joined(NamedTuple):
    """A piece that is in the file."""

    etag: str
    start: int
    size: int

    @property
    def stop(self) -> int:
        return self.start + self.size


class JoinedPieces:
    """Pieces 1, 2, 3 and so on of an upload, as far as they are joined, in the folder of that upload.

    Methods raise OSError; FileNotFoundError means that the upload is over, or has never begun. `get` and
    `append` are for the caller that has it `locked`.
    """

    def __init__(self, folder: Path) -> None:
        self.data, self._list = folder / DATA, folder / LIST

    def begin(self) -> None:
        """Make the file, which is there until it becomes the finished one."""
        self.data.touch()

    @contextmanager
    def locked(self) -> Iterator[bool]:
        """Whether it is this process that may append until the end; False if another may."""
        lock = os.open(self.data, os.O_RDWR | os.O_CLOEXEC)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                mine = True
            except BlockingIOError:
                mine = False
            # It may have become the finished file between opening and locking it.
            self.data.stat()
            yield mine
        finally:
            os.close(lock)

    def __len__(self) -> int:
        with suppress(FileNotFoundError):
            return self._list.stat().st_size // _LINE
        return 0

    def get(self, number: int) -> Joined:
        """Piece `number`, from 1 to as many as there are."""
        with self._list.open("rb") as lines:
            lines.seek((number - 1) * _LINE)
            return _read(lines.read(_LINE))

    def all(self) -> list[Joined]:
        """Every piece whose bytes are there: a power cut may have taken the end of the file."""
        size = self.data.stat().st_size
        with suppress(FileNotFoundError):
            lines = self._list.read_bytes()
            found = [_read(lines[at : at + _LINE]) for at in range(0, len(lines) - _LINE + 1, _LINE)]
            return [piece for piece in found if piece.stop <= size]
        return []

    def append(self, etag: str, size: int, chunks: Iterable[bytes]) -> bool:
        """Add a piece of so many bytes, given in chunks; False where bytes before it have been lost."""
        count = len(self)
        start = self.get(count).stop if count else 0
        with self.data.open("r+b", buffering=0) as data:
            if data.seek(0, os.SEEK_END) < start:
                return False
            write_through(data, start, chunks)
        with self._list.open("r+b" if self._list.exists() else "xb") as lines:
            lines.seek(count * _LINE)
            lines.write(f"{etag} {start} {size}".ljust(_LINE - 1).encode() + b"\n")
        return True


def _read(line: bytes) -> Joined:
    etag, start, size = line.decode().split()
    return Joined(etag, int(start), int(size))
