"""A job whose parts are all done, but only said to be: rows of the database, and a byte of each piece.

Blocks, footers and profiles are real ones, of the first block of each table, so that finishing the job costs
what finishing a real one of that size costs, but for the kernel's copying of the bytes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from benchmarks.coordination import first_principal, services_in
from synthmill.app.core.db import models
from synthmill.app.core.execution import slot
from synthmill.app.core.execution.context import job_context
from synthmill.app.core.execution.files import finalise, profiles
from synthmill.app.core.execution.files.multipart import ensure_upload
from synthmill.app.core.execution.part import pack_blocks
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs.kind import Submission
from synthmill.app.core.jobs.object_keys import file_key
from synthmill.app.core.jobs.queries import get_job
from synthmill.app.core.jobs.submit import submit
from synthmill.app.core.services import Services
from synthmill.app.core.storage import FolderStorage, Stat
from synthmill.generators.datasets.blocks import WholeFile, make_blocks
from synthmill.generators.datasets.partition import bytes_per_row
from synthmill.generators.datasets.profile.table import TableProfile
from synthmill.generators.engine.pipeline import make_plan
from synthmill.generators.kernels.backend import compile_all
from synthmill.generators.kernels.memory import collect_seldom, keep_freed
from synthmill.generators.recipes.request import parse

_REFERENCE_ROWS = 10_000_000

Job, Part, File = models.Job, models.Part, models.File


@dataclass(frozen=True)
class Finished:
    """What finishing the job cost, in CPU seconds."""

    size: int
    """Bytes that its files are said to have."""
    parts: int
    blocks: int
    seconds: float
    """All but what follows."""
    profiles: float
    """Merging what was left of the profiles."""


class SimulatedStorage(FolderStorage):
    """A folder that says of some files that they have the sizes they are meant to have."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.sizes: dict[str, int] = {}

    def stat(self, key: str) -> Stat | None:
        found = super().stat(key)
        return found if found is None else replace(found, size=self.sizes.get(key, found.size))


def finished(template: str, format_name: str, size: float, folder: Path) -> Finished:
    """Finish a job of a template whose files have about `size` bytes together."""
    # As a worker begins; and one that finishes a job has made parts of it, so it has the kernels.
    keep_freed()
    collect_seldom()
    compile_all()
    with closing(services_in(folder, f"sqlite:///{folder}/synthmill.db")) as opened:
        storage = SimulatedStorage(folder / "objects")
        limits = {
            "max_rows": 10**12,
            "max_queued_rows": 10**12,
            "max_bytes": 10**15,
            "max_queued_bytes": 10**15,
        }
        services = replace(opened, storage=storage, settings=replace(opened.settings, **limits))
        who = first_principal(services)
        raw = {"template": template, "format": format_name, "seed": 1}
        raw["rows"] = _rows(raw, size)
        job, _ = submit(services, who, Submission(parse(raw), raw=raw))
        total, blocks = _record_parts(services, job.id)
        worker = WorkerProcess()
        worker.register(services)
        merging = _timed(finalise, "merged_profile")
        began = time.process_time()
        slot.work_slot(services, job.id, worker)
        spent = time.process_time() - began
        assert get_job(services, who, job.id).state == "completed"
    return Finished(total, job.parts_total, blocks, spent - merging(), merging())


def _rows(raw: dict[str, Any], size: float) -> int:
    """Rows of the main table with which all files together have about this size."""
    generation = parse({**raw, "rows": _REFERENCE_ROWS})
    plan = make_plan(generation.recipe)
    reference = sum(table.rows * bytes_per_row(table, generation.output) for table in plan.tables)
    return round(_REFERENCE_ROWS * size / reference)


def _record_parts(services: Services, job_id: str) -> tuple[int, int]:
    """Say that all parts are done; the bytes and the blocks that they are said to have."""
    total = count = 0
    with services.db.read() as session:
        files = session.execute(select(File).where(File.job_id == job_id)).scalars().all()
    for file in files:
        size, blocks = _record_table(services, job_id, file)
        total += size
        count += blocks
    with services.db.write() as session:
        done = {"state": "running", "parts_done": Job.parts_total, "rows_done": Job.rows_total}
        session.execute(update(Job).where(Job.id == job_id).values(**done))
    return total, count


def _record_table(services: Services, job_id: str, file: models.File) -> tuple[int, int]:
    context = job_context(services, job_id)
    table, profile = context.plan.table(file.table), TableProfile(context.plan.table(file.table))
    [(sample, _)] = make_blocks(context.plan, file.table, 0, 1, context.output, profile)
    packed = profile.pack()
    with services.db.read() as session:
        parts = session.execute(
            select(Part.number, Part.piece, Part.first_block, Part.last_block)
            .where(Part.job_id == job_id, Part.table == file.table)
            .order_by(Part.number)
        ).all()
    key = file_key(job_id, file.name, file.run)
    upload = ensure_upload(services, job_id, file.table) if file.parts > 1 else None
    rows, whole = [], WholeFile(table, context.output, [])
    for part in parts:
        blocks = [
            replace(sample, index=index, rows=table.block_range(index)[1] - table.block_range(index)[0])
            for index in range(part.first_block, part.last_block)
        ]
        whole.blocks.extend(blocks)
        rows.append(
            {
                "of": part.number,
                "blocks": pack_blocks(blocks),
                "size": sum(block.size for block in blocks),
                "etag": upload and services.storage.put_piece(key, upload, part.piece + 1, b"x"),
                "profile": packed if len(parts) <= profiles.GROUP else None,
            }
        )
    if upload is None:
        services.storage.put(key, b"x")
    services.storage.sizes[key] = whole.size  # type: ignore[attr-defined]
    _write(services, job_id, file, rows, whole, packed)
    return whole.size, table.blocks


def _write(
    services: Services,
    job_id: str,
    file: models.File,
    rows: list[dict[str, Any]],
    whole: WholeFile,
    packed: bytes,
) -> None:
    values = {name: bindparam(name) for name in ("blocks", "size", "etag", "profile")}
    with services.db.write() as session:
        session.connection().execute(
            update(Part)
            .where(Part.job_id == job_id, Part.number == bindparam("of"))
            .values(state="done", attempt=1, **{name: bindparam(f"new_{name}") for name in values}),
            [{"of": row["of"], **{f"new_{name}": row[name] for name in values}} for row in rows],
        )
        level, nodes = 0, len(rows)
        while nodes > profiles.GROUP:
            level, nodes = level + 1, -(-nodes // profiles.GROUP)
        if level:
            made = {"job_id": job_id, "table": file.table, "level": level, "attempts": 1, "packed": packed}
            session.execute(insert(models.Profile), [{**made, "number": number} for number in range(nodes)])
        if file.parts == 1:
            known = {"size": whole.size, "root": whole.root}
            session.execute(
                update(File).where(File.job_id == job_id, File.table == file.table).values(**known)
            )


def _timed(module: Any, name: str) -> Callable[[], float]:
    """The CPU seconds that a function of a module takes from now on, on whichever thread."""
    spent, work = [0.0], getattr(module, name)

    @wraps(work)
    def timed(*given: Any) -> Any:
        began = time.thread_time()
        try:
            return work(*given)
        finally:
            spent[0] += time.thread_time() - began

    setattr(module, name, timed)
    return lambda: spent[0]
