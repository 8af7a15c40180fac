"""Inputs on this machine: a folder of files by their sha256, bounded in bytes, shared by processes."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from synthmill.generators.engine.inputs import Input, InputPaths
from synthmill.generators.schema.input_field import is_sha256

_CHUNK = 2**20
_LOCK = ".lock"

OpenInput = Callable[[str], AbstractContextManager[BinaryIO]]
"""Opens the bytes of an input, by sha256, where they come from. Raises whatever it likes."""


class InputError(ValueError):
    """An input isn't what its sha256 says, or is too large."""


class CacheFullError(InputError):
    """There is no room for an input now: others are in use."""


class InputCache:
    """Copies of inputs, those asked for longest ago going first.

    Files appear whole or not at all, and only with the right sha256. One that is held by any process stays.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        """The folder is made when it is needed. `max_bytes` bounds all files in it together."""
        self.folder, self.max_bytes = folder, max_bytes

    @contextmanager
    def hold(self, inputs: Iterable[Input], open_input: OpenInput) -> Iterator[InputPaths]:
        """Where these inputs are, by sha256, for as long as the context lasts; fetched if they aren't here.

        Raises InputError, OSError, and what `open_input` raises.
        """
        with ExitStack() as held:
            yield {one.sha256: self._held(one.sha256, open_input, held) for one in inputs}

    def discard(self, sha256: str) -> None:
        """Remove the copy of an input, if there is one and nobody holds it."""
        _removed(self.folder / sha256)

    def _held(self, sha256: str, open_input: OpenInput, held: ExitStack) -> Path:
        path = self.folder / sha256
        while True:
            with contextlib.suppress(FileNotFoundError):
                file = held.enter_context(path.open("rb"))
                fcntl.flock(file, fcntl.LOCK_SH)
                # Removed between the two, it is held by nobody but us.
                if os.fstat(file.fileno()).st_nlink:
                    with contextlib.suppress(OSError):
                        os.utime(path)
                    return path
            self._fetch(sha256, open_input)

    def _fetch(self, sha256: str, open_input: OpenInput) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f".{sha256}.{secrets.token_hex(4)}"
        try:
            with ExitStack() as held:
                with self._alone():  # Else it might be cleared away before it is held.
                    file = held.enter_context(draft.open("xb"))
                    fcntl.flock(file, fcntl.LOCK_SH)
                size = self._copy(sha256, held.enter_context(open_input(sha256)), file)
                file.flush()
                with self._alone():
                    # One that came first stays: it is held by this name.
                    if not (self.folder / sha256).exists():
                        self._make_room(size)
                        draft.replace(self.folder / sha256)
        finally:
            draft.unlink(missing_ok=True)

    def _copy(self, sha256: str, source: BinaryIO, file: BinaryIO) -> int:
        digest, size = hashlib.sha256(), 0
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > self.max_bytes:
                raise InputError(
                    f"input {sha256} has more than the {self.max_bytes} bytes that are kept here"
                )
            digest.update(chunk)
            file.write(chunk)
        if digest.hexdigest() != sha256:
            raise InputError(f"what should be input {sha256} has the sha256 {digest.hexdigest()}")
        return size

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Whoever makes room does it alone."""
        with (self.folder / _LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _make_room(self, size: int) -> None:
        """Remove files that nobody holds, the oldest first, until one more of this size fits."""
        files = []
        for path in self.folder.iterdir():
            if is_sha256(path.name):
                files.append((path.stat(), path))
            elif path.name != _LOCK:
                # Of a process that was killed while it copied.
                _removed(path)
        files.sort(key=lambda found: found[0].st_mtime)
        used = sum(stat.st_size for stat, _ in files)
        for stat, path in files:
            if used + size <= self.max_bytes:
                return
            if _removed(path):
                used -= stat.st_size
        if used + size > self.max_bytes:
            raise CacheFullError(
                f"inputs of {used} bytes are in use, and {size} more are over the {self.max_bytes} kept here"
            )


def _removed(path: Path) -> bool:
    """Remove a file unless somebody holds it; whether it is gone."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
    except FileNotFoundError:
        return True
    except BlockingIOError:
        return False
    return True
