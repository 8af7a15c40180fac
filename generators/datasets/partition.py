"""Cutting a table into parts, each a range of whole blocks, by how many bytes its rows will have in a file.

That is estimated before any row is made, from types and widths alone. It was fitted to the tables of all
templates, of which every estimate lies within a factor of two. Only how work is shared out depends on it,
never a byte of a file.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil

import pyarrow.types as pt

from synthmill.generators.engine.plan import ColumnPlan, Packing, TablePlan
from synthmill.generators.engine.recipe import Output

TARGET_PART_BYTES = 32 * 2**20
"""Parts come out at most so long, unless a single block or a very long table asks for more, and at least half
of this where their format is no shorter than text.

A part costs 3 to 4 ms besides its rows, of the 50 ms and more that rows of 16 MiB take; a worker keeps one in
memory.
"""
MOST_TEXT_BYTES = 64 * 2**20
"""Of a part's rows as text, which take about as long to make whatever the format: a quarter of a second.

Rows that a format packs into few bytes would make parts of a second of 32 MiB, and whoever has the last one
keeps all others waiting.
"""
LEAST_PART_BYTES = 8 * 2**20
"""Nor is a part cut below this for its text: S3 takes no pieces of less than 5 MiB, and estimates err."""

_PACKED_TEXT = {Packing.RANDOM: 0.5, Packing.SENTENCES: 0.15, Packing.REPEATED: 0.1}
"""Shares that compression leaves of texts and whole numbers."""
_PACKED_OFFSET = 2.8
"""What compression leaves of where a text begins in Arrow's."""
MAX_PARTS = 9_000
"""Of a table: a multipart upload on S3 takes 10,000 pieces at most."""


def cut(
    table: TablePlan, bytes_per_row: float, part_rows: int | None, max_parts: int = MAX_PARTS
) -> list[tuple[int, int]]:
    """The table's parts as ranges of blocks [first, last), all of `part_blocks` but the last."""
    step = part_blocks(table, bytes_per_row, part_rows, max_parts)
    return [(first, min(first + step, table.blocks)) for first in range(0, table.blocks, step)]


def part_blocks(
    table: TablePlan, bytes_per_row: float, part_rows: int | None, max_parts: int = MAX_PARTS
) -> int:
    """How many blocks every part but the last has.

    A given `part_rows` is rounded up to whole blocks. Given or not, parts grow where there would be
    more than `max_parts` of them.
    """
    if part_rows is None:
        width = max(1.0, bytes_per_row * table.block_rows)
        by_text = MOST_TEXT_BYTES // max(1.0, table.bytes_per_row * table.block_rows)
        blocks = int(min(TARGET_PART_BYTES // width, max(by_text, ceil(LEAST_PART_BYTES / width))))
    else:
        blocks = -(-part_rows // table.block_rows)
    return max(1, blocks, -(-table.blocks // max_parts))


def bytes_per_row(table: TablePlan, output: Output) -> float:
    """Encoded bytes of a row. A format that isn't ours is taken for text."""
    packed = sum(_packed(column) for column in table.columns)
    if output.format == "parquet":
        if output.compression == "none":
            return sum(_paged(column) for column in table.columns)
        return sum(_packed_page(column) for column in table.columns)
    count = len(table.columns)
    if output.format == "arrow":
        if output.compression == "none":
            return sum(_in_memory(column) for column in table.columns)
        return packed + sum(_PACKED_OFFSET for column in table.columns if _is_text(column))
    if output.format == "jsonl":
        if output.compression == "none":
            return table.bytes_per_row + 2 + sum(_name(column) for column in table.columns)
        return (1.3 if output.compression == "gzip" else 1.1) * packed + 0.5 * count
    if output.compression == "none":
        return table.bytes_per_row
    return (1.2 if output.compression == "gzip" else 1.1) * packed + 0.3 * count


def _packed(column: ColumnPlan) -> float:
    """What compression leaves of a cell, on average of all, of which a null one takes a bit."""
    if column.filled < 1.0:
        return column.filled * _packed(replace(column, filled=1.0)) + 0.1
    text, kind, packing = column.text_bytes, column.type, column.packing
    if pt.is_boolean(kind):
        return 0.15
    if pt.is_timestamp(kind):
        return 2.9 if packing in (Packing.NEIGHBOURS, Packing.REPEATED) else 5.8
    if pt.is_floating(kind):
        kept = {Packing.WORDS: 1.0, Packing.NEIGHBOURS: 2.8}
        return kept.get(packing, min(7.0, max(1.5, 3.5 * (text - 3.0))))
    if pt.is_date(kind) or pt.is_decimal(kind):
        return 1.4 if packing is Packing.WORDS else 2.0
    if packing in _PACKED_TEXT:
        return _PACKED_TEXT[packing] * text
    if packing is not Packing.USUAL:
        return 0.4
    return 0.4 * text if pt.is_integer(kind) else 0.3 * text


def _packed_page(column: ColumnPlan) -> float:
    """What compression leaves of a cell in Parquet's pages, where repeated numbers are packed as such."""
    if pt.is_integer(column.type) and column.packing is Packing.REPEATED:
        return _packed(replace(column, packing=Packing.USUAL))
    return _packed(column)


def _paged(column: ColumnPlan) -> float:
    """What a cell takes in Parquet's pages, where words and whole numbers are packed in any case."""
    if pt.is_floating(column.type):
        return 8.0 * column.filled
    if not _is_text(column) or column.packing is Packing.WORDS:
        return _packed_page(column)
    return column.text_bytes


def _in_memory(column: ColumnPlan) -> float:
    kind = column.type
    if pt.is_boolean(kind):
        return 0.125
    if not _is_text(column):
        return float(kind.bit_width) / 8
    return column.text_bytes + 4


def _name(column: ColumnPlan) -> int:
    """What an object of JSON has besides the cell: the name, its quotes, colon, and quotes around text."""
    quotes = 2 if pt.is_string(column.type) or pt.is_temporal(column.type) else 0
    return len(column.name) + 3 + quotes


def _is_text(column: ColumnPlan) -> bool:
    return not (pt.is_primitive(column.type) or pt.is_decimal(column.type))
