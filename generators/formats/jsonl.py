"""JSON Lines: an object a row, keys in the order of the columns, UTF-8, nulls as `null`.

Numbers and decimals are JSON numbers with all their digits (read them with a decimal type where that
matters), dates and timestamps are text. A float that is NaN or infinite has no JSON and is `null`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from synthmill.generators.engine.arrays import null
from synthmill.generators.engine.arrow_cells import to_arrow
from synthmill.generators.engine.cells import Cells, Text
from synthmill.generators.engine.plan import ColumnPlan, TablePlan
from synthmill.generators.formats import members
from synthmill.generators.formats.assembler import assembled
from synthmill.generators.formats.contract import Block, Encoded
from synthmill.generators.formats.values_as_text import (
    as_bytes,
    as_text,
    holds_numbers,
    holds_text,
    joined,
    text,
)
from synthmill.generators.kernels.backend import compiled
from synthmill.generators.kernels.characters import holds

_TO_ESCAPE = '[\\x00-\\x1f"\\\\]'
_ESCAPED = ["\\", '"', *map(chr, range(0x20))]
"""The backslash comes first: the others' escapes have one."""


class _JsonLines:
    name = "jsonl"
    extension = "jsonl"
    media_type = "application/jsonl"
    compressions = members.COMPRESSIONS
    compresses_inside = False
    end = b"}\n"

    def codec(self, compression: str) -> str:
        return f"jsonl 1{members.codec(compression)}"

    def prefix(self, table: TablePlan, compression: str) -> bytes:
        return b""

    def encode(self, table: TablePlan, cells: Mapping[str, Cells], compression: str) -> Encoded:
        rows = len(cells[table.columns[0].name])
        body = assembled(table, cells, self) if rows and compiled(rows) else self._joined(table, cells)
        return Encoded(members.compress(body, compression))

    def _joined(self, table: TablePlan, cells: Mapping[str, Cells]) -> bytes:
        """What `assembled` gives, by Arrow."""
        pieces: list[pa.Array | pa.Scalar] = []
        before = "{"
        for planned in table.columns:
            before += json.dumps(planned.name, ensure_ascii=False) + ":"
            column = to_arrow(cells[planned.name], planned.type)
            formatted = _cells(column)
            if holds_numbers(column.type):
                pieces += [text(before), formatted]
                before = ","
            elif formatted.null_count:
                quoted = pc.binary_join_element_wise(text('"'), formatted, text('"'), text(""))
                pieces += [text(before), quoted]
                before = ","
            else:
                pieces += [text(before + '"'), formatted]
                before = '",'
        pieces.append(text(before.removesuffix(",") + "}\n"))
        return as_bytes(joined(pieces, "", null="null"))

    def suffix(self, table: TablePlan, compression: str, blocks: Sequence[Block]) -> bytes:
        return b""

    def before(self, place: int, column: ColumnPlan) -> bytes:
        return (("," if place else "{") + json.dumps(column.name, ensure_ascii=False) + ":").encode()

    def quote(self, column: ColumnPlan) -> bytes:
        return b"" if holds_numbers(column.type) else b'"'

    def null(self, table: TablePlan) -> bytes:
        return b"null"

    def formatted(self, column: pa.Array) -> pa.Array:
        return _cells(column)

    def part(self, texts: pa.Array) -> pa.Array | None:
        return _escaped(texts)

    def plain(self, text: Text) -> bool:
        return not holds(0x20, b'"\\""', text.characters)


def _cells(column: pa.Array) -> pa.Array:
    """A column's cells as they stand in the file but for quotes around text, nulls staying null."""
    if pt.is_dictionary(column.type):
        return _cells(column.dictionary).take(column.indices)
    if pt.is_floating(column.type):
        finite = pc.is_finite(column)
        if pc.all(finite).as_py() is False:
            column = pc.if_else(finite, column, null(column.type))
    cells = as_text(column)
    return _escaped(cells) if holds_text(column.type) else cells


def _escaped(cells: pa.Array) -> pa.Array:
    to_escape = pc.fill_null(pc.match_substring_regex(cells, _TO_ESCAPE), False)
    if not pc.any(to_escape).as_py():
        return cells
    few = cells.filter(to_escape)
    for character in _ESCAPED:
        if pc.any(pc.match_substring(few, character)).as_py():
            few = pc.replace_substring(few, character, json.dumps(character)[1:-1])
    return pc.replace_with_mask(cells, to_escape, few)


FORMAT = _JsonLines()
