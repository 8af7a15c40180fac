"""The parts that make the files of a dataset, and the files' own rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import insert
from sqlalchemy.orm import Session

from synthmill.app.core.db import models
from synthmill.app.core.db.models import Work
from synthmill.app.core.jobs.kind import PartPlan
from synthmill.generators.datasets.file_layout import FileLayout
from synthmill.generators.engine.recipe import Output
from synthmill.generators.formats import file_name


def parts_of_files(files: Sequence[FileLayout]) -> Iterator[PartPlan]:
    """The parts that make these files, one file after the other."""
    for file in files:
        for piece, (first, last, rows) in enumerate(file.parts()):
            yield PartPlan(Work(file.table, piece, first, last), rows)


def store_files(session: Session, job_id: str, files: Sequence[FileLayout], output: Output) -> None:
    session.execute(
        insert(models.File),
        [
            {
                "job_id": job_id,
                "table": file.table,
                "position": position,
                "name": file_name(file.table, output),
                "parts": file.parts_total,
                "direct": file.direct,
            }
            for position, file in enumerate(files)
        ],
    )
