"""How the files of a dataset will come together from parts: by numbers alone, before anything is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from synthmill.generators.datasets.partition import MAX_PARTS, bytes_per_row, part_blocks
from synthmill.generators.engine.plan import Plan, TablePlan
from synthmill.generators.engine.recipe import Output

MAX_PARTS_OF_ALL = 100_000
"""Of a job: each is a row of the database that somebody who asks for it waits for."""
_DIRECT_HEADROOM = 1.25
"""Pieces go straight into an upload if they are expected to be so much larger than the smallest allowed."""


@dataclass(frozen=True)
class FileLayout:
    """A file to be."""

    table: str
    rows: int
    block_rows: int
    part_blocks: int
    """Blocks of every part but the last."""
    size: float
    """Estimated bytes."""
    direct: bool
    """Its pieces go straight into one upload."""

    @property
    def blocks(self) -> int:
        return -(-self.rows // self.block_rows)

    @property
    def parts_total(self) -> int:
        return -(-self.blocks // self.part_blocks)

    def parts(self) -> Iterator[tuple[int, int, int]]:
        """Each part: its first block, the block after its last, and its rows."""
        for first in range(0, self.blocks, self.part_blocks):
            last = min(first + self.part_blocks, self.blocks)
            yield first, last, min(last * self.block_rows, self.rows) - first * self.block_rows

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> FileLayout:
        return cls(**stored)


def lay_out_files(plan: Plan, output: Output, part_rows: int | None, min_piece: int) -> list[FileLayout]:
    """The files of a dataset, for a storage of which `min_piece` is the least size of a piece."""
    most = max(1, min(MAX_PARTS, MAX_PARTS_OF_ALL // len(plan.tables)))
    return [_laid_out(table, output, part_rows, min_piece, most) for table in plan.tables]


def _laid_out(
    table: TablePlan, output: Output, part_rows: int | None, min_piece: int, most: int
) -> FileLayout:
    width = bytes_per_row(table, output)
    step = part_blocks(table, width, part_rows, most)
    several = step < table.blocks
    smallest = (step if several else table.blocks) * table.block_rows * width
    direct = several and smallest >= min_piece * _DIRECT_HEADROOM
    return FileLayout(table.name, table.rows, table.block_rows, step, width * table.rows, direct)
