"""The blocks of a part as they are stored in its row."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable

from synthmill.generators.datasets.blocks import Block


def pack(blocks: Iterable[Block]) -> bytes:
    return json.dumps(
        [[b.index, b.rows, b.size, b.sha256, b64encode(b.footer).decode()] for b in blocks],
        separators=(",", ":"),
    ).encode()


def unpack(stored: bytes) -> list[Block]:
    return [
        Block(index, rows, size, sha256, b64decode(footer))
        for index, rows, size, sha256, footer in json.loads(stored)
    ]
