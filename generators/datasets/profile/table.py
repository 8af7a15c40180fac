"""The profile of some blocks of a table, and how it is stored with the part that they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.ipc
import zstandard

from synthmill.generators.datasets.profile.column import ColumnProfile
from synthmill.generators.datasets.profile.sample import places_in
from synthmill.generators.engine.cells import Cells
from synthmill.generators.engine.plan import TablePlan

_LENGTH = 4


class TableProfile:
    """Counts by column of the blocks that have been added, and of the profiles that have been merged."""

    def __init__(self, table: TablePlan) -> None:
        self.table = table
        self.columns = {column.name: ColumnProfile(column.type) for column in table.columns}

    def add(self, block: int, cells: Mapping[str, Cells]) -> None:
        """Count a block; blocks, and profiles merged, come in the order of their rows."""
        places = places_in(self.table.rows, *self.table.block_range(block))
        for name, column in self.columns.items():
            column.add(cells[name], *places)

    def merge(self, other: TableProfile) -> None:
        for name, column in self.columns.items():
            column.merge(other.columns[name])

    def pack(self) -> bytes:
        """The profile as bytes from which `unpack` makes an equal one."""
        for column in self.columns.values():
            column.settle()
        header = json.dumps(
            [_to_json(column) for column in self.columns.values()], ensure_ascii=False
        ).encode()
        registers = b"".join(column.registers.tobytes() for column in self.columns.values())
        sink = pa.BufferOutputStream()
        for column in self.columns.values():
            # A stream for each column: names may be any, and equal but for the table.
            schema = pa.schema([pa.field("sample", column.type)])
            with pa.ipc.new_stream(sink, schema) as stream:
                stream.write_table(pa.table([column.sample], schema))
        samples = sink.getvalue().to_pybytes()
        framed = b"".join(
            len(piece).to_bytes(_LENGTH, "little") + piece for piece in (header, registers, samples)
        )
        return zstandard.ZstdCompressor(1).compress(framed)

    @classmethod
    def unpack(cls, table: TablePlan, packed: bytes) -> TableProfile:
        profile = cls(table)
        header, registers, samples = _pieces(zstandard.ZstdDecompressor().decompress(packed))
        filled = np.frombuffer(registers, np.uint8).reshape(len(profile.columns), -1)
        source = pa.BufferReader(samples)
        for column, stored, row in zip(profile.columns.values(), json.loads(header), filled, strict=True):
            _from_json(column, stored)
            column.registers = row.copy()
            with pa.ipc.open_stream(source) as stream:
                column.samples = stream.read_all().column(0).chunks
        return profile


def _pieces(framed: bytes) -> list[bytes]:
    pieces, at = [], 0
    while at < len(framed):
        size = int.from_bytes(framed[at : at + _LENGTH], "little")
        pieces.append(framed[at + _LENGTH : at + _LENGTH + size])
        at += _LENGTH + size
    return pieces


def _to_json(column: ColumnProfile) -> dict[str, Any]:
    return {
        "rows": column.rows,
        "nulls": column.nulls,
        "hashed": column.hashed,
        "counts": None if column.counts is None else list(column.counts.items()),
        "numbers": column.numbers,
        "low": column.low,
        "high": column.high,
        # As whole numbers of any size: JSON's own numbers would do, but not every reader's.
        "total": [str(part) for part in column.total.as_integer_ratio()],
        "squares": [str(part) for part in column.squares.as_integer_ratio()],
    }


def _from_json(column: ColumnProfile, stored: Mapping[str, Any]) -> None:
    for name in ("rows", "nulls", "hashed", "numbers", "low", "high"):
        setattr(column, name, stored[name])
    column.counts = None if stored["counts"] is None else dict(map(tuple, stored["counts"]))
    column.total, column.squares = (
        Fraction(*(int(part) for part in stored[name])) for name in ("total", "squares")
    )
