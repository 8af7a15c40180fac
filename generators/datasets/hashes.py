"""The hashes of a dataset's files: BLAKE3 of sections, and the root, one hash for all bytes of a file that
costs its blocks, not its bytes.

Version 2 of the manifest has these, version 1 sha256, which is read and checked for good and written no more.
`docs/manifest.md` describes both.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Mapping, Sequence
from itertools import starmap
from typing import Any, NamedTuple, Protocol

from blake3 import blake3

from synthmill.generators.engine.recipe import canonical

ROOT_TAG = b"synthmill-file-2"
"""What a root's input begins with, so that it is the hash of nothing else."""
_SECTION = struct.Struct("<Q32s")
_DIGEST_BYTES = 32

Entry = Mapping[str, Any]
"""What a manifest says of a file."""


class Section(NamedTuple):
    """A stretch of a file that is hashed by itself: what stands before the blocks, a block, what follows."""

    size: int
    """Bytes."""
    digest: bytes
    """Their BLAKE3, 32 bytes."""


def digest(data: bytes | memoryview) -> bytes:
    """BLAKE3 of the bytes, 32 bytes, on this thread alone: a worker has one processor."""
    return blake3(data, max_threads=1).digest()


def section(data: bytes | memoryview) -> Section:
    return Section(len(data), digest(data))


def root(sections: Iterable[Section]) -> bytes:
    """The root of a file of these sections: BLAKE3 of the tag, then of each section its size (8 bytes, little
    endian) and its digest (32 bytes). `sections` are prefix, blocks in order, suffix; none is left out.

    Raises struct.error for a size that is negative or has more than 64 bits.
    """
    return digest(ROOT_TAG + b"".join(starmap(_SECTION.pack, sections)))


class Hash(Protocol):
    """A hash that takes bytes in pieces."""

    def update(self, data: bytes | memoryview, /) -> Any: ...

    def hexdigest(self) -> str: ...


class Check(NamedTuple):
    """Bytes that follow one another in a file and can be checked without the others."""

    size: int
    algorithm: str
    """`blake3` or `sha256`."""
    hexdigest: str


def new_hash(algorithm: str) -> Hash:
    return hashlib.sha256() if algorithm == "sha256" else blake3(max_threads=1)


def hexdigest(algorithm: str, data: bytes | memoryview) -> str:
    made = new_hash(algorithm)
    made.update(data)
    return made.hexdigest()


def algorithm_of(version: int) -> str:
    """What blocks and roots are made with, and the name of a block's hash in the manifest."""
    return "sha256" if version == 1 else "blake3"


def file_root(version: int, entry: Entry) -> str:
    """The root that a file's sections give. Raises ValueError for a hash that is none."""
    if version == 1:
        digests = (bytes.fromhex(block["sha256"]) for block in entry["blocks"])
        return hashlib.sha256(b"".join(digests)).hexdigest()
    return root(map(_section, _sections(entry))).hex()


def dataset_root(version: int, files: Sequence[Entry]) -> str:
    """One hash for all files: of their names and roots."""
    return hexdigest(algorithm_of(version), canonical([[entry["name"], entry["root"]] for entry in files]))


def checks(version: int, entry: Entry) -> list[Check]:
    """What a file's bytes can be checked by, in order and without a gap; also of the profile's entry."""
    if version == 1:
        return [Check(entry["size"], "sha256", entry["sha256"])]
    if "blocks" not in entry:
        return [Check(entry["size"], "blake3", entry["blake3"])]
    return [Check(one["size"], "blake3", one["blake3"]) for one in _sections(entry)]


def _sections(entry: Entry) -> list[Mapping[str, Any]]:
    return [entry["prefix"], *entry["blocks"], entry["suffix"]]


def _section(stored: Mapping[str, Any]) -> Section:
    digest = bytes.fromhex(stored["blake3"])
    # Sections of other lengths could be put together to the input of another file's root.
    if len(digest) != _DIGEST_BYTES or digest.hex() != stored["blake3"]:
        raise ValueError(f"{stored['blake3']!r} isn't a BLAKE3")
    return Section(stored["size"], digest)
