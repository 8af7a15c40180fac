"""Storage in a plain folder: an object is a file, its key the path beneath the root.

Every write goes to a draft and is moved into place, so a reader sees the old bytes or the new ones. A file
made of pieces is flushed to the disk once, when it is finished; single objects and pieces are not: what a
power cut takes from them, the workers make again (a piece that came out short is noticed at the finish).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from synthmill.app.core.errors import MissingObjectError, MissingUploadError, StorageError
from synthmill.app.core.storage.drafts import locked_draft, remove_abandoned
from synthmill.app.core.storage.pieces import PieceFolder, copy_file
from synthmill.app.core.storage.storage import (
    CHUNK_BYTES,
    PROBE_BYTES,
    Stat,
    Uploads,
    check_folder_prefix,
    check_key,
    check_number,
    check_pieces,
    check_prefix,
    etag_of,
    etag_of_pieces,
    writing,
)
from synthmill.generators.datasets.blocks import write_all

# Names that begin with a dot can't begin a key, so none of these ever meets an object.
UPLOADS, ETAGS, DRAFTS, LOCK = ".uploads", ".etags", ".drafts", ".lock"
ABANDONED_SECONDS = 60.0


class FolderStorage:
    """Objects beneath one folder of a local file system. No key is the folder of another (`a` and `a/b`)."""

    min_piece = 0

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._pieces = PieceFolder(self.root / UPLOADS)

    def put(self, key: str, *data: bytes) -> str:
        target, etag = self._path(key), etag_of(data)
        with writing(f"store {key}"), _explained(f"store {key}"), self._draft() as draft:
            _write(draft, data)
            self._place(draft, target, key, etag)
        return etag

    def get(self, key: str) -> bytes:
        path = self._existing(key)
        with _explained(f"read {key}"):
            return path.read_bytes()

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        return _chunks(self._existing(key), key, start, stop)

    def stat(self, key: str) -> Stat | None:
        path = self._path(key)
        with _explained(f"look at {key}"):
            return self._stat(path, key) if path.is_file() else None

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            path = self._path(key)
            with _explained(f"delete {key}"), self._locked(fcntl.LOCK_EX), suppress(FileNotFoundError):
                if path.is_file():
                    self._mark(key).unlink(missing_ok=True)
                    path.unlink()
                    self._prune(path.parent)

    def list(self, prefix: str) -> Iterator[str]:
        above = check_prefix(prefix).rpartition("/")[0]
        found: list[str] = []
        for place, folders, files in os.walk(self._path(above) if above else self.root):
            here = Path(place)
            if here == self.root:
                folders[:] = [name for name in folders if not name.startswith(".")]
            found += [str((here / name).relative_to(self.root)) for name in files]
        keys = (key for key in found if key.startswith(prefix) and not key.startswith("."))
        yield from sorted(keys, key=str.encode)

    def delete_prefix(self, prefix: str) -> None:
        check_folder_prefix(prefix)
        for key, upload_id in self.uploads(prefix):
            self.abort(key, upload_id)
        self.delete(self.list(prefix))

    def begin(self, key: str) -> str:
        self._path(key)
        with _explained(f"begin {key}"):
            return self._pieces.begin(key)

    def put_piece(self, key: str, upload_id: str, number: int, *data: bytes) -> str:
        check_number(number)
        etag = etag_of(data)
        action = f"store piece {number} of {key}"
        with writing(action), _explained(action):
            if self._pieces.append(key, upload_id, number, etag, data):
                return etag
        with writing(action), _explained(action), self._draft() as draft:
            _write(draft, data)
            self._pieces.add(draft, key, upload_id, number, etag, sum(map(len, data)))
        return etag

    def copy_piece(self, key: str, upload_id: str, number: int, source: str) -> str:
        check_number(number)
        path, stat = self._existing(source), self.stat(source)
        if stat is None:
            raise MissingObjectError(source)
        with _explained(f"store piece {number} of {key}"), self._draft() as draft:
            copy_file(path, stat.size, draft)
            self._pieces.add(draft, key, upload_id, number, stat.etag, stat.size)
        return stat.etag

    def finish(self, key: str, upload_id: str, pieces: Sequence[tuple[int, str]]) -> str:
        check_pieces(pieces)
        target = self._path(key)
        etag = etag_of_pieces([etag for _, etag in pieces])
        done = self.stat(key)
        with _explained(f"finish {key}"), self._draft() as draft:
            if done is None or done.etag != etag:
                try:
                    self._pieces.finish(
                        key,
                        upload_id,
                        pieces,
                        draft,
                        lambda file: self._place(file, target, key, etag, draft),
                    )
                except FileNotFoundError:
                    # The upload is gone: someone finished it before us, or is about to, or aborted it.
                    with self._locked(fcntl.LOCK_SH):
                        pass
                    done = self.stat(key)
                    if done is None or done.etag != etag:
                        raise MissingUploadError(key, upload_id) from None
            self._pieces.drop(key, upload_id)
        return etag

    def abort(self, key: str, upload_id: str) -> None:
        with _explained(f"abort {key}"):
            self._pieces.drop(key, upload_id)

    def uploads(self, prefix: str) -> Uploads:
        check_prefix(prefix)
        with _explained(f"list the uploads of {prefix}"):
            return sorted(found for found in self._pieces.all() if found[0].startswith(prefix))

    def presign(self, key: str, seconds: int, file_name: str) -> str | None:
        """Always None: a folder has no address."""
        return None

    def check(self) -> None:
        if not self.root.is_dir() or not os.access(self.root, os.W_OK | os.X_OK):
            raise StorageError(f"the folder of objects, {self.root}, isn't there or can't be written")
        with _explained(f"write to the folder {self.root}"), self._draft() as draft:
            _write(draft, [bytes(PROBE_BYTES)])

    def ensure(self) -> None:
        """Make the folder; clear away what processes that were killed left half-done."""
        with _explained(f"make the folder {self.root}"):
            for name in (UPLOADS, ETAGS, DRAFTS):
                (self.root / name).mkdir(parents=True, exist_ok=True)
        self.tidy()

    def tidy(self) -> None:
        with _explained(f"tidy the folder {self.root}"):
            self._pieces.clear(time.time() - ABANDONED_SECONDS)
            for draft in (self.root / DRAFTS).iterdir():
                with suppress(FileNotFoundError):
                    remove_abandoned(draft)

    def close(self) -> None:
        """Nothing stays open between two calls."""

    def _path(self, key: str) -> Path:
        path = self.root / check_key(key)
        if not path.resolve().is_relative_to(self.root):
            raise StorageError(f"{key} leads out of the storage")
        return path

    def _existing(self, key: str) -> Path:
        path = self._path(key)
        if not path.is_file():
            raise MissingObjectError(key)
        return path

    @contextmanager
    def _draft(self) -> Iterator[Path]:
        with locked_draft(self.root / DRAFTS) as draft:
            yield draft

    def _place(self, made: Path, target: Path, key: str, etag: str, draft: Path | None = None) -> None:
        """Move a file into place: a draft, or what others may clear away and so becomes `draft` first.

        Its etag is noted before that, with the size and time that say which bytes it is of.
        """
        status, draft = made.stat(), draft or made
        with self._draft() as note, self._locked(fcntl.LOCK_EX):
            if made != draft:
                made.replace(draft)
            note.write_text(f"{etag} {status.st_size} {status.st_mtime_ns}")
            note.replace(self._mark(key))
            target.parent.mkdir(parents=True, exist_ok=True)
            draft.replace(target)

    def _mark(self, key: str) -> Path:
        return self.root / ETAGS / hashlib.sha256(key.encode()).hexdigest()

    @contextmanager
    def _locked(self, kind: int) -> Iterator[None]:
        """Keeps an object, the note of its etag and its folder in step; held for a few renames at most."""
        lock = os.open(self.root / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, kind)
            yield
        finally:
            os.close(lock)

    def _stat(self, path: Path, key: str) -> Stat | None:
        with suppress(FileNotFoundError):
            with self._locked(fcntl.LOCK_SH):
                status = path.stat()
                noted = self._mark(key).read_text().split() if self._mark(key).exists() else []
            if noted[1:] == [str(status.st_size), str(status.st_mtime_ns)]:
                return Stat(status.st_size, noted[0])
            # A file that was copied here by hand, or restored from a backup.
            with path.open("rb") as file:
                etag = etag_of(iter(lambda: file.read(CHUNK_BYTES), b""))
                return Stat(os.fstat(file.fileno()).st_size, etag)
        return None

    def _prune(self, folder: Path) -> None:
        while folder != self.root:
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent


def _write(target: Path, data: Iterable[bytes]) -> None:
    with target.open("wb", buffering=0) as file:
        for chunk in data:
            write_all(file, chunk)


def _chunks(path: Path, key: str, start: int, stop: int | None) -> Iterator[bytes]:
    with _explained(f"read {key}"), path.open("rb") as file:
        file.seek(start)
        left = max(0, stop - start) if stop is not None else None
        while left is None or left > 0:
            chunk = file.read(CHUNK_BYTES if left is None else min(CHUNK_BYTES, left))
            if not chunk:
                return
            left = None if left is None else left - len(chunk)
            yield chunk


@contextmanager
def _explained(action: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(f"can't {action}: {error.strerror or error}") from error
