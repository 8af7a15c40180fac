"""The pieces of unfinished files of a folder storage.

An upload is a folder named by its id, which holds a file `key`, what is joined of it (`joined.py`), and a
file `NUMBER-ETAG-SIZE` for each piece that came before its turn. An upload without its `key` is over:
taking that file away is what ends it, the rest is clearing up.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeAlias

from synthmill.app.core.errors import MissingUploadError, StorageError
from synthmill.app.core.storage.joined import DATA, LIST, JoinedPieces
from synthmill.generators.datasets.blocks import PIECE_BYTES, write_all

KEY = "key"
_ABSORBED = 8
"""Pieces that came before their turn and are joined with another, at most."""

Piece: TypeAlias = tuple[int, str]
"""A number and an etag."""


class Source(NamedTuple):
    """Bytes of a file."""

    path: Path
    start: int
    size: int


class PieceFolder:
    """The uploads of one storage.

    Methods raise OSError as the file system does; FileNotFoundError means that there is no such upload.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def begin(self, key: str) -> str:
        upload_id = uuid.uuid4().hex
        folder = self.root / upload_id
        folder.mkdir()
        try:
            JoinedPieces(folder).begin()
            # Under another name until it is whole: a disk that is full at this moment leaves an empty file.
            begun = folder / f".{KEY}"
            begun.write_text(key)
            begun.replace(folder / KEY)
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return upload_id

    def add(self, draft: Path, key: str, upload_id: str, number: int, etag: str, size: int) -> None:
        """Move a draft in as a piece. Raises MissingUploadError if there is no such upload."""
        try:
            draft.replace(self._open(key, upload_id) / f"{number}-{etag}-{size}")
        except FileNotFoundError:
            raise MissingUploadError(key, upload_id) from None

    def append(self, key: str, upload_id: str, number: int, etag: str, data: Sequence[bytes]) -> bool:
        """Join a piece, if it is its turn and nobody else's; with it some of those that came before theirs.

        Raises MissingUploadError if there is no such upload.
        """
        try:
            folder = self._open(key, upload_id)
            joined = JoinedPieces(folder)
            with joined.locked() as mine:
                if not mine:
                    return False
                if number > len(joined) + 1:
                    # Those whose turn it is may be here: else all would be left for the end, and one process.
                    _absorb(folder, joined)
                if number <= len(joined):
                    return joined.get(number).etag == etag
                size = sum(map(len, data))
                if number > len(joined) + 1 or not joined.append(etag, size, data):
                    return False
                _absorb(folder, joined)
            # What was joined to an upload that ended meanwhile is gone with it.
            self._open(key, upload_id)
        except FileNotFoundError:
            raise MissingUploadError(key, upload_id) from None
        return True

    def finish(
        self,
        key: str,
        upload_id: str,
        pieces: Sequence[tuple[int, str]],
        draft: Path,
        place: Callable[[Path], None],
    ) -> None:
        """Put these pieces together and `place` the file: what is joined already, or else `draft`.

        Raises StorageError if a piece is not there, or not whole.
        """
        folder = self._open(key, upload_id)
        joined = JoinedPieces(folder)
        with joined.locked() as mine:
            listed = joined.all()
            apart = _apart(folder)
            if mine and [*enumerate((one.etag for one in listed), start=1)] == [*pieces[: len(listed)]]:
                rest = self._sources(key, upload_id, pieces[len(listed) :], apart)
                with joined.data.open("r+b", buffering=0) as whole:
                    whole.truncate(listed[-1].stop if listed else 0)
                    whole.seek(0, os.SEEK_END)
                    _copy(rest, whole)
                place(joined.data)
                return
        known = {(number, one.etag): Source(joined.data, one.start, one.size) for number, one in
                 enumerate(listed, start=1)}  # fmt: skip
        with draft.open("wb", buffering=0) as whole:
            _copy(self._sources(key, upload_id, pieces, apart | known), whole)
        place(draft)

    def _sources(
        self, key: str, upload_id: str, pieces: Sequence[tuple[int, str]], there: Mapping[Piece, Source]
    ) -> list[Source]:
        missing = [number for number, etag in pieces if (number, etag) not in there]
        if missing:
            # An upload that ends loses its key first: pieces that go with it are no mistake of the caller's.
            self._open(key, upload_id)
            raise StorageError(f"piece {missing[0]} of {key} is not there with the etag it should have")
        return [there[piece] for piece in pieces]

    def drop(self, key: str, upload_id: str) -> None:
        """End an upload; nothing happens if there is none."""
        with suppress(FileNotFoundError):
            folder = self._open(key, upload_id)
            (folder / KEY).unlink()
            shutil.rmtree(folder, ignore_errors=True)

    def all(self) -> Iterator[tuple[str, str]]:
        for folder in self.root.iterdir():
            with suppress(FileNotFoundError, NotADirectoryError):
                yield (folder / KEY).read_text(), folder.name

    def clear(self, before: float) -> None:
        """Remove what is left of uploads that ended or half began before a time (seconds since 1970)."""
        for folder in self.root.iterdir():
            with suppress(FileNotFoundError):
                if not (folder / KEY).exists() and folder.stat().st_mtime < before:
                    shutil.rmtree(folder, ignore_errors=True)

    def _open(self, key: str, upload_id: str) -> Path:
        folder = self.root / upload_id
        if not re.fullmatch("[0-9a-f]{32}", upload_id) or (folder / KEY).read_text() != key:
            raise FileNotFoundError(upload_id)
        return folder


def copy_file(source: Path, size: int, target: Path) -> None:
    """Write a file's bytes into another, inside the kernel where the file system can."""
    with target.open("wb", buffering=0) as file:
        _copy([Source(source, 0, size)], file, durable=False)


def _apart(folder: Path) -> dict[Piece, Source]:
    """The pieces that have files of their own, as far as these are whole."""
    there = {}
    # An upload may have thousands of pieces: as few calls and objects for each as can be.
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name not in (KEY, DATA, LIST):
                number, etag, size = entry.name.split("-")
                if entry.stat().st_size == int(size):
                    there[int(number), etag] = Source(Path(entry.path), 0, int(size))
    return there


def _absorb(folder: Path, joined: JoinedPieces) -> None:
    """Join pieces whose turn it is now; a few, since the caller has other things to do."""
    apart = _apart(folder)
    for _ in range(_ABSORBED):
        found = [(etag, source) for (number, etag), source in apart.items() if number == len(joined) + 1]
        if len(found) != 1:
            return  # None is there; or it came twice, and the end of the upload says which counts.
        etag, source = found[0]

        if not joined.append(etag, source.size, _read(source)):
            return
        source.path.unlink()


def _read(source: Source) -> Iterator[bytes]:
    """Raises OSError where the file has less than it should."""
    with source.path.open("rb", buffering=0) as file:
        file.seek(source.start)
        left = source.size
        while left:
            chunk = file.read(min(left, PIECE_BYTES))
            if not chunk:
                raise OSError(errno.EIO, f"{source.path.name} ended {left} bytes too early")
            yield chunk
            left -= len(chunk)


def _copy(sources: Iterable[Source], target: BinaryIO, durable: bool = True) -> None:
    """Write ranges of files where an unbuffered file stands, inside the kernel where the file system can."""
    for source in sources:
        with source.path.open("rb", buffering=0) as file:
            file.seek(source.start)
            start, left = target.tell(), source.size
            try:
                while left and (copied := os.copy_file_range(file.fileno(), target.fileno(), left)):
                    left -= copied
            except (AttributeError, OSError):
                # Not Linux, or two file systems that can't do this: copy it by hand, from its beginning.
                target.seek(start)
                for chunk in _read(source):
                    write_all(target, chunk)
                continue
            if left:
                raise OSError(errno.EIO, f"{source.path.name} ended {left} bytes too early")
    if durable:
        os.fsync(target.fileno())
