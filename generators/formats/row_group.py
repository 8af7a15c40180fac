"""What a Parquet footer says of one row group, packed so that it can be moved along a file quickly.

A row group's metadata holds offsets from the file's start. Packed, they are taken out of the Thrift bytes and
kept beside them; `placed` puts them back, shifted, for thousands of row groups at once and without looking at
anything else: a file of 100 GB may have 100,000 of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

import numpy as np

from synthmill.generators.formats.thrift import Hole, Struct, Writer
from synthmill.generators.kernels.bitpack import COUNT_BYTES, HOLE, filled

# Fields by Parquet's definition, https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
_COLUMNS, _GROUP_OFFSET, _ORDINAL = 1, 5, 7
_CHUNK_OFFSET, _CHUNK_METADATA = 2, 3
_CHUNK_INDEXES = (4, 6)
_METADATA_OFFSETS = (9, 10, 11, 14)
"""Of data pages, index pages, the dictionary page and the bloom filter."""

_AT_ONCE = 8_192
"""Row groups whose metadata is in memory several times over: the next ones get the same memory."""


def pack(group: Struct) -> bytes:
    """The row group's metadata as `placed` takes it. `group` is changed.

    Its ordinal goes: it depends on the place among the others, has 16 bits, and only encryption needs it.
    """
    group.pop(_ORDINAL, None)
    _open(group, _GROUP_OFFSET)
    for chunk in group[_COLUMNS].value.values:
        if chunk[_CHUNK_OFFSET].value:
            # 0 stands for "not used".
            _open(chunk, _CHUNK_OFFSET)
        _open(chunk, *_CHUNK_INDEXES)
        _open(chunk[_CHUNK_METADATA].value, *_METADATA_OFFSETS)
    writer = Writer()
    writer.struct(group)
    count = len(writer.holes).to_bytes(COUNT_BYTES, "little")
    return count + np.array(writer.holes, HOLE).tobytes() + writer.out


def _open(fields: Struct, *numbers: int) -> None:
    for number in numbers:
        if number in fields:
            fields[number].value = Hole(fields[number].value)


def placed(groups: Sequence[bytes], shifts: Sequence[int]) -> Iterator[memoryview]:
    """The metadata as Thrift bytes, each for a row group so many bytes further along than it was written: in
    pieces to be put one behind another."""
    for first in range(0, len(groups), _AT_ONCE):
        some = groups[first : first + _AT_ONCE]
        bounds = np.fromiter(accumulate(map(len, some), initial=0), np.int64, len(some) + 1)
        packed = np.frombuffer(b"".join(some), np.uint8)
        yield filled(np.array(shifts[first : first + _AT_ONCE], np.int64), bounds, packed).data
