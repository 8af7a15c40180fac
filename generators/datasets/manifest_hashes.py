"""The hashes in a manifest, by its version: 2 has BLAKE3 of every section of a file, 1 has sha256.

Version 1 is read and checked for good; it is written no more. `docs/manifest.md` describes both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from blake3 import blake3

from synthmill.generators.datasets.hashes import Section, root
from synthmill.generators.engine.recipe import canonical

VERSION = 2
"""What is written."""
VERSIONS = (1, 2)
"""What is read."""
_DIGEST_BYTES = 32

Entry = Mapping[str, Any]


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
