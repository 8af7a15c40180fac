"""The profile of some blocks of a table: the fixed sample of its rows, and how it is stored with a part.

The sample is of rows that are looked at closely, chosen by their numbers alone: the same whatever the recipe
and however the work is cut, so samples of parts are parts of the sample.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.ipc
import zstandard

from synthmill.generators.datasets.profile.column import ColumnProfile, Exact
from synthmill.generators.engine.cells import Cells
from synthmill.generators.engine.plan import TablePlan
from synthmill.generators.kernels.mix import I64, key, mix

SAMPLE_ROWS = 16_384
"""Of a table with more rows; of any other, all are looked at."""

TEXT_SAMPLE_ROWS = 2_048
"""Of the same, where cells are texts that have to be put together for it: lengths and common values."""

RANK_ERROR = 0.0106
"""With 95 % confidence no quantile of a sample of so many rows is farther off in rank, as a share of all:
sqrt(ln(2 / 0.05) / (2 * 16384)), after Dvoretzky, Kiefer, Wolfowitz and Massart."""

_KEY = key(0, "profile", "sample")
_LENGTH = 4


def sampled_rows(rows: int, start: int, stop: int, size: int = SAMPLE_ROWS) -> I64:
    """Which of the rows start to stop - 1 of a table belong to the sample, rising.

    A table of more than SAMPLE_ROWS is cut into `size` strata of equally many rows (give or take one), and
    one row is drawn of each: a sample that no period in the data can deceive.
    """
    if rows <= SAMPLE_ROWS:
        return np.arange(start, stop, dtype=np.int64)
    first = start * size // rows
    last = min(size, -(-stop * size // rows))
    bounds = np.arange(first, last + 1, dtype=np.int64) * rows // size
    drawn = mix(_KEY, np.arange(first, last, dtype=np.uint64)) % np.diff(bounds).view(np.uint64)
    chosen = bounds[:-1] + drawn.view(np.int64)
    return chosen[(chosen >= start) & (chosen < stop)]


def places_in(rows: int, start: int, stop: int) -> tuple[I64, I64]:
    """`sampled_rows` counted from the first row, and the same of the smaller sample for texts."""
    numbers, texts = (
        sampled_rows(rows, start, stop, size) - start for size in (SAMPLE_ROWS, TEXT_SAMPLE_ROWS)
    )
    return numbers, texts


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
    column.total, column.squares = (_ratio(*map(int, stored[name])) for name in ("total", "squares"))


def _ratio(above: int, below: int) -> Exact:
    return above if below == 1 else Fraction(above, below)
