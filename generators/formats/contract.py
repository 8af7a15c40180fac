"""What every file format gives, and what a block is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import pyarrow as pa

from synthmill.generators.engine.cells import Cells
from synthmill.generators.engine.plan import TablePlan


@dataclass(frozen=True)
class Encoded:
    """The bytes of one block, and what the file's end needs to know of it."""

    body: bytes
    """Or a memoryview of them, where that saves a copy."""
    footer: bytes = b""


@dataclass(slots=True)
class Block:
    """A block after its bytes have gone to wherever they are kept; nothing changes it.

    It isn't frozen: the end of a job makes all blocks of its files at once, and frozen ones take three times
    as long.
    """

    index: int
    """Place in the table, from 0."""
    rows: int
    size: int
    """Bytes in the file."""
    digest: bytes
    """BLAKE3 of those bytes, 32 bytes."""
    footer: bytes
    """What `Format.suffix` needs of the block; empty for formats without a suffix."""


class Format(Protocol):
    """A way to write tables: a file is its prefix, the blocks' bodies in order, and its suffix.

    Every method is pure: equal arguments give equal bytes under an equal `codec`.
    """

    @property
    def name(self) -> str: ...

    @property
    def extension(self) -> str:
        """Of the file before compression, without a dot."""

    @property
    def media_type(self) -> str:
        """Of the file before compression."""

    @property
    def compressions(self) -> tuple[str, ...]: ...

    @property
    def compresses_inside(self) -> bool:
        """Whether compression happens inside the format, so that file names don't show it."""

    def codec(self, compression: str) -> str:
        """All that the bytes depend on besides the rows, with versions: a number of the format's own, which
        changes with its bytes, and the version of each library that makes them (`pyarrow 25.0.0` for one that
        calls a writer of pyarrow; none for text that the format joins itself)."""

    def prefix(self, table: TablePlan, compression: str) -> bytes: ...

    def encode(self, table: TablePlan, cells: Mapping[str, Cells], compression: str) -> Encoded:
        """One block, from the cells of every column of the table by name, equally many of each.

        Raises TypeError for a column type that the format can't hold.
        """

    def suffix(self, table: TablePlan, compression: str, blocks: Sequence[Block]) -> bytes:
        """The file's end, from all blocks in order."""


@runtime_checkable
class ReadableFormat(Format, Protocol):
    """A format whose files can be read back, so that a dataset of them has a `to_pandas`."""

    def read(self, path: Path, schema: pa.Schema) -> pa.Table:
        """A whole file, compressed or not, as it was written: columns of these names, castable to the types.

        What `compress` gave is unpacked by `gzip.open(path)`, which reads all members, or by
        `zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)`.

        Raises ValueError or an ArrowException where the file isn't of the format.
        """
