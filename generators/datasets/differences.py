"""Where two pieces of a file differ, said so that a person finds the place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

_NEWLINE, _QUOTE = b'\n"'


@dataclass(frozen=True)
class Difference:
    """One thing that isn't as the recipe makes it. What is None isn't known, or has no meaning there."""

    place: str
    """Name of the file at fault; `manifest.json` where the manifest is."""
    reason: str
    block: int | None = None
    rows: tuple[int, int] | None = None
    """The block's first row, and the row after its last, from 0."""
    bytes: tuple[int, int] | None = None
    """The piece of the file that was compared: its first byte, and the byte after its last."""
    offset: int | None = None
    """The first byte of the file that differs."""
    row: int | None = None
    """The row in which that byte lies, in text that isn't compressed."""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def __str__(self) -> str:
        where = []
        if self.block is not None:
            where.append(f"block {self.block}")
        if self.rows is not None:
            where.append(f"rows {self.rows[0]}:{self.rows[1]}")
        if self.bytes is not None:
            where.append(f"bytes {self.bytes[0]}:{self.bytes[1]}")
        return f"{self.place}: {', '.join(where)}{': ' if where else ''}{self.reason}"


def first_difference(expected: bytes, found: bytes) -> int | None:
    """The first place where the two differ, or where the shorter one ends; None where they are equal."""
    if expected == found:
        return None
    common = min(len(expected), len(found))
    differ = np.frombuffer(expected, np.uint8, common) != np.frombuffer(found, np.uint8, common)
    return int(differ.argmax()) if differ.any() else common


def compare(expected: bytes, found: bytes, place: str, start: int, what: str) -> Difference | None:
    """The difference between a piece of a file as it ought to be and as it is; `start` is its first byte."""
    at = first_difference(expected, found)
    if at is None:
        return None
    if at == len(found):
        reason = f"{what} ends at byte {start + at}, {len(expected) - at} bytes too early"
    elif at == len(expected):
        reason = f"{what} goes on at byte {start + at}, where it ought to end"
    else:
        reason = f"{what} has {found[at]:#04x} at byte {start + at} instead of {expected[at]:#04x}"
    return Difference(place, reason, bytes=(start, start + max(len(expected), len(found))), offset=start + at)


def row_of(format_name: str, body: bytes, at: int) -> int | None:
    """The row of an uncompressed block, from 0, in which its byte `at` lies; None where rows aren't lines."""
    count = _ROWS_BEFORE.get(format_name)
    return count(np.frombuffer(body, np.uint8, min(at, len(body)))) if count else None


def _lines(text: np.ndarray) -> int:
    return int(np.count_nonzero(text == _NEWLINE))


def _records(text: np.ndarray) -> int:
    """Line ends outside of quotes: a cell may have some inside. A doubled quote closes and opens again."""
    inside = np.cumsum(text == _QUOTE) & 1
    return int(np.count_nonzero((text == _NEWLINE) & (inside == 0)))


_ROWS_BEFORE: dict[str, Callable[[np.ndarray], int]] = {"csv": _records, "jsonl": _lines}
