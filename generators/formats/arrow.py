"""Arrow IPC stream: the schema, a record batch a block, the end of the stream.

Compression is the format's own: each buffer of a batch by itself, so that readers can still pick columns.
Dictionary columns are written as their values: a stream's dictionaries would belong to all of its batches.
https://arrow.apache.org/docs/format/Columnar.html#ipc-streaming-format
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.ipc
import pyarrow.types as pt

from synthmill.generators.engine.arrays import taken
from synthmill.generators.engine.arrow_cells import to_arrow
from synthmill.generators.engine.cells import Arrow, Cells, Concat, DictionaryCells, Digits, Fixed
from synthmill.generators.engine.plan import TablePlan
from synthmill.generators.formats.contract import Block, Encoded
from synthmill.generators.formats.page_texts import text_of

_END = b"\xff\xff\xff\xff\x00\x00\x00\x00"
_LEVEL = 1
_MOST_CHARACTERS = 2**31 - 1
"""Of a string array."""


class _Arrow:
    name = "arrow"
    extension = "arrow"
    media_type = "application/vnd.apache.arrow.stream"
    compressions = ("none", "zstd")
    compresses_inside = True

    def codec(self, compression: str) -> str:
        return f"arrow 1 pyarrow {pa.__version__}{'' if compression == 'none' else f' zstd level {_LEVEL}'}"

    def prefix(self, table: TablePlan, compression: str) -> bytes:
        return bytes(_stream(_schema(table), None, compression)[: -len(_END)])

    def encode(self, table: TablePlan, cells: Mapping[str, Cells], compression: str) -> Encoded:
        schema = _schema(table)
        arrays = [_array(cells[field.name], field.type) for field in schema]
        stream = _stream(schema, pa.RecordBatch.from_arrays(arrays, schema=schema), compression)
        return Encoded(bytes(stream[len(self.prefix(table, compression)) : -len(_END)]))

    def suffix(self, table: TablePlan, compression: str, blocks: Sequence[Block]) -> bytes:
        return _END


def _schema(table: TablePlan) -> pa.Schema:
    return pa.schema(
        field.with_type(field.type.value_type) if pt.is_dictionary(field.type) else field
        for field in table.schema
    )


def _stream(schema: pa.Schema, batch: pa.RecordBatch | None, compression: str) -> memoryview:
    """A whole stream of one batch or none."""
    codec = None if compression == "none" else pa.Codec("zstd", _LEVEL)
    out = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression=codec, use_threads=False)
    with pa.ipc.new_stream(out, schema, options=options) as writer:
        if batch is not None:
            writer.write_batch(batch)
    return out.getbuffer()


def _array(cells: Cells, type_: pa.DataType) -> pa.Array:
    if (
        pt.is_string(type_)
        and cells.null is None
        and isinstance(cells, DictionaryCells | Digits | Fixed | Concat)
    ):
        characters, lengths = text_of(cells)
        if len(characters) <= _MOST_CHARACTERS:
            offsets = np.zeros(len(lengths) + 1, np.int32)
            np.cumsum(lengths, out=offsets[1:])
            return pa.StringArray.from_buffers(
                len(lengths), pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(characters))
            )
    array = to_arrow(cells, type_)
    # An array from elsewhere may be a piece of a longer one, whose neighbours would show in its last bits.
    return taken(array, np.arange(len(array))) if isinstance(cells, Arrow) else array


FORMAT = _Arrow()
