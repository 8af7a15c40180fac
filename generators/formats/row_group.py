"""What a Parquet footer says of one row group, packed so that it can be moved along a file quickly.

A row group's metadata holds offsets from the file's start. Packed, they are taken out of the Thrift bytes and
kept beside them; `placed` puts them back, shifted, for thousands of row groups at once and without looking at
anything else: a file of 100 GB may have 100,000 of them.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from synthmill.generators.formats.thrift import Hole, Struct, Writer
from synthmill.generators.kernels.mix import I64, U64

# Fields by Parquet's definition, https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
_COLUMNS, _GROUP_OFFSET, _ORDINAL = 1, 5, 7
_CHUNK_OFFSET, _CHUNK_METADATA = 2, 3
_CHUNK_INDEXES = (4, 6)
_METADATA_OFFSETS = (9, 10, 11, 14)
"""Of data pages, index pages, the dictionary page and the bloom filter."""

_COUNT = struct.Struct("<I")
_HOLE = np.dtype([("place", "<u4"), ("value", "<i8")])
_AT_ONCE = 4_096
"""Row groups whose metadata is in memory several times over."""
_MORE = np.uint8(0x80)
"""Another byte follows."""


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
    return _COUNT.pack(len(writer.holes)) + np.array(writer.holes, _HOLE).tobytes() + writer.out


def _open(fields: Struct, *numbers: int) -> None:
    for number in numbers:
        if number in fields:
            fields[number].value = Hole(fields[number].value)


def placed(groups: Sequence[bytes], shifts: Sequence[int]) -> list[bytes]:
    """The metadata as Thrift bytes, each for a row group so many bytes further along than it was written."""
    found: list[bytes] = []
    for first in range(0, len(groups), _AT_ONCE):
        last = first + _AT_ONCE
        found += _placed(groups[first:last], np.array(shifts[first:last], np.int64))
    return found


def _placed(groups: Sequence[bytes], shifts: I64) -> list[bytes]:
    counts = [_COUNT.unpack_from(packed)[0] for packed in groups]
    starts = [_COUNT.size + count * _HOLE.itemsize for count in counts]
    both = list(zip(groups, starts, strict=True))
    holes = np.frombuffer(b"".join(packed[_COUNT.size : start] for packed, start in both), _HOLE)
    texts = [packed[start:] for packed, start in both]
    ends = np.cumsum([0, *map(len, texts)])
    of = np.repeat(np.arange(len(groups)), counts)
    values, lengths = _zigzags(holes["value"] + shifts[of])
    before = np.cumsum(lengths) - lengths
    places = holes["place"] + ends[of] + before
    out = np.empty(int(ends[-1] + lengths.sum()), np.uint8)
    taken = np.zeros(len(out), np.bool_)
    for byte in range(int(lengths.max(initial=0))):
        longer = lengths > byte
        at = places[longer] + byte
        more = (lengths[longer] > byte + 1) * _MORE
        out[at] = (values[longer] >> np.uint64(7 * byte)).astype(np.uint8) & np.uint8(0x7F) | more
        taken[at] = True
    out[~taken] = np.frombuffer(b"".join(texts), np.uint8)
    grown = np.zeros(len(groups), np.int64)
    np.add.at(grown, of, lengths)
    borders = (ends + np.cumsum([0, *grown])).tolist()
    joined = out.tobytes()
    return [joined[start:stop] for start, stop in pairwise(borders)]


def _zigzags(numbers: I64) -> tuple[U64, I64]:
    """Signed numbers as varints have them, and the bytes that each takes."""
    values = (numbers << 1 ^ numbers >> 63).view(np.uint64)
    lengths = np.ones(len(values), np.int64)
    for bits in range(7, 64, 7):
        lengths += values >> np.uint64(bits) != 0
    return values, lengths
