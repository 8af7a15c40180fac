"""What a confined process answered: bytes that are held in memory as long as they are few."""

from __future__ import annotations

import json
import tempfile
import weakref
from collections.abc import Iterator
from typing import Any

from synthmill.app.core.confined.frames import CHUNK_BYTES

_IN_MEMORY = 1 << 20
"""Of one answer; the rest lies in a temporary file until it is sent, so that slow readers hold no process."""


class Answer:
    """JSON, whole."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - it ends with this object
        weakref.finalize(self, self._file.close)
        self.size = 0

    def add(self, chunk: bytes) -> None:
        self._file.write(chunk)
        self.size += len(chunk)

    def chunks(self) -> Iterator[bytes]:
        """All of it, from the beginning."""
        self._file.seek(0)
        while chunk := self._file.read(CHUNK_BYTES):
            yield chunk

    def value(self) -> Any:
        """The value whose JSON it is."""
        return json.loads(b"".join(self.chunks()))
