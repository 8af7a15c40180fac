"""What one request may cost by estimate, refused before anything is planned or made.

The estimates are those of `generators.engine.costs`; what they don't see, the limits of the process end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from synthmill.app.core.errors import LimitExceededError
from synthmill.generators.engine.costs import Amount, Estimate, RowsCost, reading
from synthmill.generators.schema.json_values import step

MAX_VALUES = 1_000_000
"""Of a preview, the items of lists and the members of objects counted."""
MAX_BYTES = 16 * 2**20
"""Of a preview, as text."""
MAX_SECONDS = 0.8
"""Of CPU, for a plan and the rows that are shown together."""
ESTIMATED_SHARE = 0.8
"""Of the CPU that a process may take, what an estimate may say: what it forgets has to fit, too."""
_READING_SHARE = 0.5
"""What may be spent of that before it is known what is asked for."""
MAX_MEMORY = 100 * 2**20
"""Of cells that have to be held at once, and of what a plan keeps."""
ENCODING_VALUE, ENCODING_BYTE = 0.6e-6, 6e-9
"""Seconds of CPU that a value and a byte of an answer takes."""

_ROWS_AT_ONCE = 16_384
_PIECE_SHARE = 0.2
"""Of what a preview may cost, what a piece of many rows may: others wait for its process, too."""

MAX_BLOCK_SECONDS = 600.0
MAX_BLOCK_MEMORY = 2**30
"""Of a job's block: a worker that makes one does nothing else, and isn't asked to stop before it is there."""

EVENTS_AT_ONCE = 2_048
"""What a stream makes at once; it may take a tenth of what a preview may."""
_STREAM_SHARE = 0.25
_FEWER = "fewer rows or columns, one table, or shorter texts and lists"


def admit_reading(request: Mapping[str, Any]) -> None:
    """Refuse a request that takes too long to be checked, whatever it says."""
    _seconds(reading(request), _READING_SHARE, "to be read", "say less at once")


def admit_plan(cost: Estimate, seconds: float = MAX_SECONDS) -> None:
    """Refuse a recipe whose plan takes too long, more than so many seconds of CPU, or too much memory."""
    share = seconds / MAX_SECONDS
    _seconds(cost.plan_time(), share, "to be planned", "fewer rows, fewer or simpler columns", "parameters")
    _bytes(cost.plan_size(), MAX_MEMORY, "for its plan", "shorter lists", "parameters")


def admit_blocks(cost: Estimate, block_rows: Mapping[str, int]) -> None:
    """Refuse a job one of whose blocks, of so many rows of a table, takes a worker too long or too much."""
    for name, rows in block_rows.items():
        block = cost.rows({name: rows})
        what = f"for {rows:,} rows of {name}, which are made at once"
        fix = "fewer children, shorter lists and texts"
        if block.time.total > MAX_BLOCK_SECONDS:
            reason = f"takes about {_number(block.time.total)} seconds of CPU {what}"
            raise _refused(block.time, reason, f"at most {MAX_BLOCK_SECONDS:g}: {fix}", "parameters")
        _bytes(block.memory, MAX_BLOCK_MEMORY, what, fix, "parameters")


def admit_preview(cost: Estimate, limit: int, table: str | None, columns: Sequence[str] | None) -> None:
    """Refuse a preview of so many rows of each table, or of one."""
    counts = {one.name: limit for one in cost.tables if table in (None, one.name)}
    rows = cost.rows(counts, columns)
    if rows.values.total > MAX_VALUES:
        raise _refused(
            rows.values,
            f"{_number(rows.values.total)} values are too many for a preview",
            f"at most {MAX_VALUES:,}: {_FEWER}",
            "limit",
        )
    _bytes(rows.size, MAX_BYTES, "to be shown", _FEWER, "limit")
    admit_plan(cost)
    _bytes(rows.memory, MAX_MEMORY, "while it is made", _FEWER, "limit")
    encoding = rows.values.total * ENCODING_VALUE + rows.size.total * ENCODING_BYTE
    planned = cost.plan_time()
    dearer = rows.time if rows.time.total > planned.total else planned
    whole = Amount(planned.total + rows.time.total + encoding, dearer.costliest)
    _seconds(whole, 1.0, "to be planned and made", _FEWER, "limit")


def rows_at_once(cost: Estimate, table: str, columns: Sequence[str] | None, most: int) -> int:
    """How many rows of a table, of so many, one answer may have by what they cost. Raises
    LimitExceededError where one alone is too much."""
    count = min(most, _ROWS_AT_ONCE)
    while count > 1 and _is_dear(cost.rows({table: count}, columns)):
        count //= 2
    admit_preview(cost, min(count, 1), table, columns)
    return count


def _is_dear(rows: RowsCost) -> bool:
    return (
        rows.time.total > _PIECE_SHARE * MAX_SECONDS
        or rows.size.total > _PIECE_SHARE * MAX_BYTES
        or rows.memory.total > _PIECE_SHARE * MAX_MEMORY
        or rows.values.total > _PIECE_SHARE * MAX_VALUES
    )


def whole_lines(text: bytes, most: int) -> bytes:
    """As many of the lines as so many bytes have room for. Raises LimitExceededError for a longer first."""
    if len(text) <= most:
        return text
    end = text.rfind(b"\n", 0, most) + 1
    if not end:
        size = text.find(b"\n") + 1
        raise LimitExceededError(
            "columns", f"a row of {size:,} bytes is too long", f"at most {most:,}: name some"
        )
    return text[:end]


def admit_stream(cost: Estimate) -> None:
    """Refuse a stream whose plan or events are dear: they are made in the process that answers everybody."""
    share = _STREAM_SHARE
    _seconds(cost.plan_time(), share, "to be planned", "fewer or simpler columns", "parameters")
    _bytes(cost.plan_size(), MAX_MEMORY * share, "for its plan", "shorter lists", "parameters")
    for table in cost.tables:
        events = cost.rows({table.name: EVENTS_AT_ONCE})
        _seconds(events.time, share, "for some events", "fewer or simpler columns", "parameters")
        _bytes(events.memory, MAX_MEMORY * share, "for some events", "shorter texts and lists", "parameters")


def _seconds(amount: Amount, share: float, what: str, fix: str, field: str = "") -> None:
    most = MAX_SECONDS * share
    if amount.total > most:
        reason = f"takes about {_number(amount.total, 1)} seconds of CPU {what}"
        raise _refused(amount, reason, f"at most {most:g}: {fix}", field)


def _bytes(amount: Amount, most: float, what: str, fix: str, field: str) -> None:
    if amount.total > most:
        reason = f"takes about {_number(amount.total)} bytes {what}"
        raise _refused(amount, reason, f"at most {most:,.0f}: {fix}", field)


def _number(value: float, digits: int = 0) -> str:
    return f"{value:,.{digits}f}" if value < 1e15 else f"{value:.0e}"


def _refused(amount: Amount, reason: str, fix: str, field: str) -> LimitExceededError:
    """The number, the limit, and what costs most of it."""
    costliest = amount.costliest
    if not field:
        return LimitExceededError(costliest or "request", reason, fix)
    if costliest:
        fix += f"; {step('parameters', costliest)} costs most"
    return LimitExceededError(field, reason, fix)
