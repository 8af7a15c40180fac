"""Laying out the rows of a dataset: its tables cut into parts, and how its files come together from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import insert
from sqlalchemy.orm import Session

from synthmill.app.core.db import models
from synthmill.app.core.db.models import Work
from synthmill.app.core.jobs.kind import PartPlan
from synthmill.generators.datasets.partition import bytes_per_row, cut
from synthmill.generators.engine.plan import Plan, TablePlan
from synthmill.generators.engine.recipe import Output
from synthmill.generators.formats import file_name

_DIRECT_HEADROOM = 1.25
"""Pieces go straight into an upload if they are expected to be so much larger than the smallest allowed."""


@dataclass(frozen=True)
class FileLayout:
    """A file to be."""

    table: TablePlan
    parts: Sequence[tuple[int, int]]
    """Ranges of blocks [first, last)."""
    size: float
    """Estimated bytes."""
    direct: bool
    """Its pieces go straight into one upload."""


def lay_out_files(plan: Plan, output: Output, part_rows: int | None, min_piece: int) -> list[FileLayout]:
    """The files of a dataset, for a storage of which `min_piece` is the least size of a piece."""
    layout = []
    for table in plan.tables:
        width = bytes_per_row(table, output)
        parts = cut(table, width, part_rows)
        smallest = min((last - first) * table.block_rows for first, last in parts[:-1] or parts) * width
        direct = len(parts) > 1 and smallest >= min_piece * _DIRECT_HEADROOM
        layout.append(FileLayout(table, parts, width * table.rows, direct))
    return layout


def parts_of_files(files: Sequence[FileLayout]) -> Iterator[PartPlan]:
    """The parts that make these files, one file after the other."""
    for file in files:
        for piece, (first, last) in enumerate(file.parts):
            rows = file.table.block_range(last - 1)[1] - file.table.block_range(first)[0]
            yield PartPlan(Work(file.table.name, piece, first, last), rows)


def store_files(session: Session, job_id: str, files: Sequence[FileLayout], output: Output) -> None:
    session.execute(
        insert(models.File),
        [
            {
                "job_id": job_id,
                "table": file.table.name,
                "position": position,
                "name": file_name(file.table.name, output),
                "parts": len(file.parts),
                "direct": file.direct,
            }
            for position, file in enumerate(files)
        ],
    )
