"""Cutting a table into parts, each a range of whole blocks."""

from __future__ import annotations

from synthmill.generators.engine.plan import TablePlan

TARGET_PART_BYTES = 16 * 2**20
"""Parts come out between half of this and this, unless a single block or a very long table asks for more."""


def cut(
    table: TablePlan, bytes_per_row: float, part_rows: int | None, max_parts: int = 9_000
) -> list[tuple[int, int]]:
    """The table's parts as ranges of blocks [first, last), all but the last of them equally long.

    A wish for `part_rows` is rounded up to whole blocks. Wish or not, parts grow where there would be
    more than `max_parts` of them: a multipart upload on S3 takes 10,000 pieces at most.
    """
    if part_rows is None:
        blocks = int(TARGET_PART_BYTES // max(1.0, bytes_per_row * table.block_rows))
    else:
        blocks = -(-part_rows // table.block_rows)
    step = max(1, blocks, -(-table.blocks // max_parts))
    return [(first, min(first + step, table.blocks)) for first in range(0, table.blocks, step)]
