"""Cutting a table into parts, each a range of whole blocks."""

from __future__ import annotations

from synthmill.generators.engine.plan import Plan, TablePlan
from synthmill.generators.engine.recipe import Output, Recipe
from synthmill.generators.engine.strategy import make_cells
from synthmill.generators.formats import get_format

TARGET_PART_BYTES = 16 * 2**20
"""Parts come out between half of this and this, unless a single block or a very long table asks for more."""
SAMPLE_ROWS = 1_000
_REMEMBERED = 10_000

_measured: dict[tuple[str, str, Output], float] = {}


def bytes_per_row(recipe: Recipe, plan: Plan, table: str, output: Output) -> float:
    """Encoded bytes of a row, measured on the table's first rows; the same number every time."""
    key = (recipe.sha256, table, output)
    if key not in _measured:
        if len(_measured) >= _REMEMBERED:
            _measured.clear()
        _measured[key] = _measure(recipe, plan, plan.table(table), output)
    return _measured[key]


def _measure(recipe: Recipe, plan: Plan, table: TablePlan, output: Output) -> float:
    rows = min(table.rows, table.block_rows, SAMPLE_ROWS)
    cells = make_cells(recipe, plan, table.name, 0, rows)
    return len(get_format(output.format).encode(table, cells, output.compression).body) / rows


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
