"""The pieces of unfinished files of a folder storage.

An upload is a folder named by its id, which holds a file `key` and one file per piece, `NUMBER-ETAG-SIZE`. An
upload without its `key` is over: taking that file away is what ends it, the rest is clearing up.
"""

from __future__ import annotations

import os
import re
import shutil
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from synthmill.app.core.errors import MissingUploadError, StorageError

KEY = "key"
_AT_ONCE = 1 << 30


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
        (folder / KEY).write_text(key)
        return upload_id

    def add(self, draft: Path, key: str, upload_id: str, number: int, etag: str, size: int) -> None:
        """Move a draft in as a piece. Raises MissingUploadError if there is no such upload."""
        try:
            draft.replace(self._open(key, upload_id) / f"{number}-{etag}-{size}")
        except FileNotFoundError:
            raise MissingUploadError(key, upload_id) from None

    def find(self, key: str, upload_id: str, pieces: Sequence[tuple[int, str]]) -> list[str]:
        """The files of these pieces. Raises StorageError if one is not there, or not whole."""
        there = {}
        # An upload may have thousands of pieces: as few calls and objects for each as can be.
        with os.scandir(self._open(key, upload_id)) as entries:
            for entry in entries:
                if entry.name != KEY:
                    number, etag, size = entry.name.split("-")
                    if entry.stat().st_size == int(size):
                        there[int(number), etag] = entry.path
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


def copy_bytes(sources: Iterable[str], target: BinaryIO) -> None:
    """Write files one behind another into an unbuffered one, inside the kernel where the file system can."""
    for path in sources:
        with Path(path).open("rb", buffering=0) as source:
            start = target.tell()
            try:
                # More than any file has: the end is where nothing comes any more.
                while os.copy_file_range(source.fileno(), target.fileno(), _AT_ONCE):
                    pass
            except (AttributeError, OSError):
                # Not Linux, or two file systems that can't do this: copy it by hand, from its beginning.
                source.seek(0)
                target.seek(start)
                shutil.copyfileobj(source, target, 1 << 20)
