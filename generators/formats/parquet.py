"""Parquet: a row group a block, the blocks put together without reading them again.

A table whose columns are all of types that we know is written by ourselves, page by page, straight from
its cells (`pages`). Any other is written by pyarrow (`parquet_arrow`).
Either way a block is its row group's bytes and what the footer says of them; the end of the file is a footer
with all row groups in it, their offsets shifted to where they lie now (`row_group`). So no
value is encoded twice, and the file's bytes don't depend on who wrote which block.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate

import pyarrow as pa

from synthmill.generators.engine.arrow_cells import to_batch
from synthmill.generators.engine.cells import Cells
from synthmill.generators.engine.plan import TablePlan
from synthmill.generators.formats import members, pages, parquet_arrow, parquet_schema, row_group
from synthmill.generators.formats.contract import Block, Encoded
from synthmill.generators.formats.thrift import STRUCT, Written

_MAGIC = b"PAR1"


class _Parquet:
    name = "parquet"
    extension = "parquet"
    media_type = "application/vnd.apache.parquet"
    compressions = members.COMPRESSIONS
    compresses_inside = True

    def codec(self, compression: str) -> str:
        return f"parquet 2 pyarrow {pa.__version__}{members.codec(compression)}"

    def prefix(self, table: TablePlan, compression: str) -> bytes:
        return _MAGIC

    def encode(self, table: TablePlan, cells: Mapping[str, Cells], compression: str) -> Encoded:
        if parquet_schema.ours(table):
            return pages.row_group(table, cells, compression, len(_MAGIC))
        rows = to_batch(cells, table.schema)
        return parquet_arrow.encode(pa.Table.from_batches([rows]), compression)

    def suffix(self, table: TablePlan, compression: str, blocks: Sequence[Block]) -> bytes:
        shifts = accumulate((block.size for block in blocks), initial=0)
        footers = [block.footer for block in blocks]
        groups = Written(STRUCT, len(blocks), row_group.placed(footers, list(shifts)[:-1]))
        rows = sum(block.rows for block in blocks)
        if parquet_schema.ours(table):
            footer = parquet_schema.file_metadata(table, rows, groups)
        else:
            footer = parquet_arrow.file_metadata(table.schema, compression, rows, groups)
        return b"".join((footer, len(footer).to_bytes(4, "little"), _MAGIC))


FORMAT = _Parquet()
