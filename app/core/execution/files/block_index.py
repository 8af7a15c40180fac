"""The blocks of a part as they are stored in its row: a few numbers and a hash each, no text to parse."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

from synthmill.generators.datasets.blocks import Block

_BLOCK = struct.Struct("<QQQ32sI")
"""Index, rows, size, digest, bytes of footer; all of them first, then the footers one after another."""
_COUNT = struct.Struct("<I")


def pack(blocks: Sequence[Block]) -> bytes:
    return b"".join(
        [
            _COUNT.pack(len(blocks)),
            *(_BLOCK.pack(b.index, b.rows, b.size, b.digest, len(b.footer)) for b in blocks),
            *(b.footer for b in blocks),
        ]
    )


def unpack(stored: Iterable[bytes]) -> list[Block]:
    """The blocks of parts, in the order of the parts."""
    blocks: list[Block] = []
    for packed in stored:
        (count,) = _COUNT.unpack_from(packed)
        at = _COUNT.size + count * _BLOCK.size
        for index, rows, size, digest, footer in _BLOCK.iter_unpack(packed[_COUNT.size : at]):
            blocks.append(Block(index, rows, size, digest, packed[at : at + footer]))
            at += footer
    return blocks
