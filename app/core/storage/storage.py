"""What every storage promises, whichever home the bytes have."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

from isal import isal_zlib

from synthmill.app.core.errors import StorageError

CHUNK_BYTES = 1 << 20
MAX_PIECES = 10_000
MAX_KEY_BYTES = 900
MAX_NAME_BYTES = 200
PROBE_KEY, PROBE_BYTES = "write-probe", 4_096
"""Stored and removed to see whether a store takes anything: room and permissions show in nothing else."""

Uploads = list[tuple[str, str]]
"""Keys with the ids of their uploads."""


@dataclass(frozen=True)
class Stat:
    """An object's size in bytes and a tag that changes when its bytes change."""

    size: int
    etag: str


class Storage(Protocol):
    """Named byte strings ("objects"), and files made of pieces that are uploaded in any order.

    Keys are names joined by `/`; see `check_key`. Every method may raise StorageError; reading what isn't
    there raises MissingObjectError. Objects appear whole or not at all. All methods may be called from any
    thread.
    """

    @property
    def min_piece(self) -> int:
        """The least size in bytes of every piece of a file but its last."""
        ...

    def put(self, key: str, *data: bytes) -> str:
        """Store one object, its bytes one after the other, replacing what was there; answers its etag."""
        ...

    def get(self, key: str) -> bytes:
        """All bytes of an object: for small ones."""
        ...

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Bytes `start` to `stop` (exclusive; None: the end) in chunks of at most 1 MiB.

        A missing object is reported by the call itself, before the first chunk is asked for. A range that
        ends beyond the object gives what there is.
        """
        ...

    def stat(self, key: str) -> Stat | None:
        """Size and etag, or None if there is no such object."""
        ...

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects; those that aren't there are passed over."""
        ...

    def list(self, prefix: str) -> Iterator[str]:
        """All keys that begin with `prefix`, sorted by their bytes; unfinished uploads aren't among them."""
        ...

    def delete_prefix(self, prefix: str) -> None:
        """Delete all objects beneath `prefix` (which must end with `/`) and abort all uploads there."""
        ...

    def begin(self, key: str) -> str:
        """Start a file made of pieces; answers the upload's id."""
        ...

    def put_piece(self, key: str, upload_id: str, number: int, *data: bytes) -> str:
        """Store piece `number` (1 to 10,000), its bytes one after the other; answers its etag, a function of
        the bytes.

        A repeat is harmless. Raises MissingUploadError if there is no such upload.
        """
        ...

    def copy_piece(self, key: str, upload_id: str, number: int, source: str) -> str:
        """Store the object `source` as a piece, as `put_piece` would its bytes, but without their coming into
        this process; answers the piece's etag.

        Raises MissingObjectError if there is no such object, and that or MissingUploadError if there is no
        such upload.
        """
        ...

    def finish(self, key: str, upload_id: str, pieces: Sequence[tuple[int, str]]) -> str:
        """Join the pieces, given as (number, etag) in rising order, into the object; answers its etag.

        A piece that is missing or has another etag is an error and leaves the upload as it was. Finishing
        what is finished answers the same again, so a caller that died here simply calls again.
        """
        ...

    def abort(self, key: str, upload_id: str) -> None:
        """Drop an upload and its pieces; one that is gone already is no error."""
        ...

    def uploads(self, prefix: str) -> Uploads:
        """The unfinished uploads beneath `prefix`, as (key, upload id)."""
        ...

    def presign(self, key: str, seconds: int, file_name: str) -> str | None:
        """A link to download the object as `file_name` for some seconds; None without a public address."""
        ...

    def check(self) -> None:
        """Raises StorageError unless the storage takes bytes right now: it is given some to find out."""
        ...

    def ensure(self) -> None:
        """Make the bucket or folder if it isn't there."""
        ...

    def tidy(self) -> None:
        """Clear away what writers that were killed left half-done; quick, and safe at any time."""
        ...

    def close(self) -> None:
        """Close connections; a later use opens them anew."""
        ...


def attachment(file_name: str) -> str:
    """A Content-Disposition that has a file saved under this name (RFC 6266), whatever characters it has."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "_" for c in file_name)
    if plain == file_name:
        return f'attachment; filename="{plain}"'
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"


def check_key(key: str) -> str:
    """The key itself, if it is one.

    Keys are relative, have no empty name, no `.` or `..`, no backslash and no control character, and don't
    begin with a dot.
    """
    names = key.split("/")
    if (
        any(name in ("", ".", "..") or len(name.encode()) > MAX_NAME_BYTES for name in names)
        or key.startswith(".")
        or "\\" in key
        or any(character < " " or character == "\x7f" for character in key)
        or len(key.encode()) > MAX_KEY_BYTES
    ):
        raise StorageError(f"not a key: {key[:80]!r}")
    return key


def check_prefix(prefix: str) -> str:
    """The prefix itself, if it is the beginning of some key."""
    if prefix:
        check_key(f"{prefix}x" if prefix.endswith("/") else prefix)
    return prefix


def check_folder_prefix(prefix: str) -> str:
    """The prefix itself, if it names a folder.

    `jobs/1` would also be the beginning of `jobs/10`, and no prefix at all that of everything.
    """
    if not prefix.endswith("/"):
        raise StorageError(
            f"what is deleted beneath a prefix needs one that ends with '/', not {prefix[:80]!r}"
        )
    return check_prefix(prefix)


def check_number(number: int) -> int:
    """The number itself, if a piece can have it."""
    if not 1 <= number <= MAX_PIECES:
        raise StorageError(f"pieces are numbered from 1 to {MAX_PIECES}, not {number}")
    return number


def check_pieces(pieces: Sequence[tuple[int, str]]) -> None:
    """Raises StorageError unless there are pieces and their numbers rise."""
    numbers = [check_number(number) for number, _ in pieces]
    if not numbers or any(left >= right for left, right in itertools.pairwise(numbers)):
        raise StorageError("a file is finished from at least one piece, in rising order of their numbers")


def etag_of(chunks: Iterable[bytes]) -> str:
    """The etag that a folder gives to bytes, whole or in chunks: their CRC-32 and their length.

    It is there to notice a mix-up, not an attack, and costs a twentieth of the MD5 that S3 takes.
    """
    checksum = length = 0
    for chunk in chunks:
        checksum = isal_zlib.crc32(chunk, checksum)
        length += len(chunk)
    return f"{checksum:08x}{length & 0xFFFFFFFF:08x}"


def etag_of_pieces(etags: Sequence[str]) -> str:
    """The etag that a folder gives to a file of pieces: of their etags, then how many there are."""
    return f"{etag_of(etag.encode() for etag in etags)}-{len(etags)}"


_under_way: dict[int, tuple[float, str]] = {}
"""Writes of this process, for a store that takes nothing may need minutes to say so. By thread: since when it
has been waiting, and to do what."""


@contextmanager
def writing(what: str) -> Iterator[None]:
    """A write of this thread, until it has succeeded or failed."""
    thread = threading.get_ident()
    _under_way[thread] = time.monotonic(), what
    try:
        yield
    finally:
        del _under_way[thread]


def unanswered(seconds: float) -> str | None:
    """What a thread has been waiting for so long already, in words; the one that has waited longest."""
    waiting = min(list(_under_way.values()), default=None)
    if waiting is None or time.monotonic() - waiting[0] < seconds:
        return None
    return f"the object store has given no answer to {waiting[1]} for {seconds:g} s"
