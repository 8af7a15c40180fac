"""Whether a file's bytes are those that its manifest promises, section by section as they come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from synthmill.generators.datasets.hashes import Check, checks, hexdigest, new_hash
from synthmill.generators.datasets.manifest import ManifestError

_CHUNK = 2**20


class FileCheck:
    """Takes a file's bytes in order and says at once where they stop being the promised ones."""

    def __init__(self, promised: Sequence[Check]) -> None:
        self._promised = promised
        self.sound = True
        """Whether nothing that came was wrong."""
        self.restart()

    def restart(self) -> None:
        """Forget all that came: what comes next is the file's beginning."""
        self._at = 0
        self.checked = 0
        """Bytes of the sections that came whole and right."""
        self.rewind()

    @property
    def taken(self) -> int:
        """Bytes that came, those of the section under way included."""
        return self.checked + self._filled

    @property
    def complete(self) -> bool:
        """Whether all of the file has come, and all of it was right."""
        return self.sound and self._at == len(self._promised)

    def take(self, data: bytes | memoryview) -> bool:
        """Whether the bytes may be right: False once a section was wrong, or the file is too long."""
        left = memoryview(data)
        while left and self.sound:
            if self._at == len(self._promised):
                self.sound = False
                break
            piece = left[: self._promised[self._at].size - self._filled]
            left = left[len(piece) :]
            self._hash.update(piece)
            self._filled += len(piece)
            if self._filled == self._promised[self._at].size:
                self._end()
        return self.sound

    def rewind(self) -> None:
        """Forget the section under way: what comes next begins at `checked`."""
        self.sound = True
        self._begin()

    def _end(self) -> None:
        size, _, promised = self._promised[self._at]
        if self._hash.hexdigest() != promised:
            self.sound = False
            return
        self.checked += size
        self._at += 1
        self._begin()

    def _begin(self) -> None:
        """The next section that has bytes; the hash of none has to be right, too."""
        self._filled = 0
        while self._at < len(self._promised):
            size, algorithm, promised = self._promised[self._at]
            self._hash = new_hash(algorithm)
            if size:
                return
            if hexdigest(algorithm, b"") != promised:
                self.sound = False
                return
            self._at += 1


def check_file(version: int, entry: Mapping[str, Any], path: Path) -> None:
    """Raise ManifestError unless the file at `path` is what the entry of such a manifest promises."""
    size = path.stat().st_size
    if size != entry["size"]:
        raise ManifestError(f"{path.name} has {size} bytes instead of {entry['size']}")
    check = FileCheck(checks(version, entry))
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if not check.take(chunk):
                break
    if not check.complete:
        raise ManifestError(f"{path.name} isn't what the manifest promises, from byte {check.checked} on")
