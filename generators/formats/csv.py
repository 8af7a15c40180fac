"""CSV (RFC 4180, but lines end in LF): a header, then a line a row.

Nulls are empty and an empty string is `""`, so the two stay apart; other cells are quoted where they
hold a comma, a quote or a line's end. In a table of one column nulls are `""`, too: many readers skip
empty lines, and a lost row is worse than a lost difference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.arrow_cells import to_arrow
from synthmill.generators.engine.cells import Cells, Text
from synthmill.generators.engine.plan import ColumnPlan, TablePlan
from synthmill.generators.formats import members
from synthmill.generators.formats.assembler import assembled
from synthmill.generators.formats.contract import Block, Encoded
from synthmill.generators.formats.values_as_text import as_bytes, as_text, holds_text, joined, text
from synthmill.generators.kernels.backend import compiled
from synthmill.generators.kernels.characters import holds

_TO_QUOTE = '[",\r\n]'
_QUOTED = b'",\r\n'
_EMPTY = '""'


class _Csv:
    name = "csv"
    extension = "csv"
    media_type = "text/csv"
    compressions = members.COMPRESSIONS
    compresses_inside = False
    end = b"\n"

    def codec(self, compression: str) -> str:
        return f"csv 1{members.codec(compression)}"

    def prefix(self, table: TablePlan, compression: str) -> bytes:
        names = strings([column.name for column in table.columns])
        header = ",".join(_cells(names).to_pylist()) + "\n"
        return members.compress(header.encode(), compression)

    def encode(self, table: TablePlan, cells: Mapping[str, Cells], compression: str) -> Encoded:
        rows = len(cells[table.columns[0].name])
        body = assembled(table, cells, self) if rows and compiled(rows) else self._joined(table, cells)
        return Encoded(members.compress(body, compression))

    def _joined(self, table: TablePlan, cells: Mapping[str, Cells]) -> bytes:
        """What `assembled` gives, by Arrow."""
        columns = [_cells(to_arrow(cells[column.name], column.type)) for column in table.columns]
        if len(columns) == 1:
            columns = [pc.fill_null(columns[0], text(_EMPTY))]
        columns[-1] = joined([columns[-1], text("\n")], "")
        return as_bytes(joined(columns, ","))

    def suffix(self, table: TablePlan, compression: str, blocks: Sequence[Block]) -> bytes:
        return b""

    def before(self, place: int, column: ColumnPlan) -> bytes:
        return b"," if place else b""

    def quote(self, column: ColumnPlan) -> bytes:
        return b""

    def null(self, table: TablePlan) -> bytes:
        return b"" if len(table.columns) > 1 else _EMPTY.encode()

    def formatted(self, column: pa.Array) -> pa.Array:
        return _cells(column)

    def part(self, texts: pa.Array) -> pa.Array | None:
        return None if pc.any(pc.match_substring_regex(texts, _TO_QUOTE)).as_py() else texts

    def plain(self, text: Text) -> bool:
        empty = (text.offsets[1:] == text.offsets[:-1]).any()
        return not empty and not holds(0, _QUOTED, text.characters)


def _cells(column: pa.Array) -> pa.Array:
    """A column's cells as they stand in the file, nulls staying null."""
    if pa.types.is_dictionary(column.type):
        return _cells(column.dictionary).take(column.indices)
    cells = as_text(column)
    if not holds_text(column.type) and not pa.types.is_nested(column.type):
        return cells
    to_quote = pc.or_(pc.match_substring_regex(cells, _TO_QUOTE), pc.equal(cells, text("")))
    if not pc.any(to_quote).as_py():
        return cells
    doubled = pc.replace_substring(cells, '"', '""')
    quoted = pc.binary_join_element_wise(text('"'), doubled, text('"'), text(""))
    return pc.if_else(to_quote, quoted, cells)


FORMAT = _Csv()
