"""The stages of a dataset on workers: their parts, what they give, and what comes after each.

A part of a stage whose blocks are combined stores what its own combine to; a part of one whose blocks are
kept stores each. All that goes into storage has the attempt in its key, and the row that the attempt's fence
guards says which one counts: a worker that was cut off by its lease overwrites nothing and is never read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from synthmill.app.core.db import models
from synthmill.app.core.db.models import Work
from synthmill.app.core.execution.context import JobContext
from synthmill.app.core.execution.files.layout import parts_of_files, store_files
from synthmill.app.core.execution.stage_results import SMALL_BYTES, kept_blocks, read_object, results_of
from synthmill.app.core.jobs.kind import Claim, FinaliserLease, MoreParts, PartPlan, Report, add_parts
from synthmill.app.core.jobs.object_keys import stage_block_key, stage_combined_key, stage_part_key
from synthmill.app.core.services import Services
from synthmill.generators.datasets.file_layout import FileLayout, lay_out_files
from synthmill.generators.engine.pipeline import next_stage
from synthmill.generators.engine.recipe import Output
from synthmill.generators.engine.stages import Combined, Kept, Stage, StageContext
from synthmill.generators.engine.staging import combine, work_block

_MOST_PARTS = 1_000
_MOST_IMPURE_PARTS = 9_000
"""A block that isn't pure is as a rule dear, and so is each that is done again with its part."""
_AT_ONCE = 64

Following = Stage | tuple[Sequence[FileLayout], Output]
"""A stage, or the files of the rows with the output that they are in."""

Job, Part, Result = models.Job, models.Part, models.StageResult


@dataclass(frozen=True)
class StageMade:
    """What a part of a stage gave."""

    result: bytes | None
    """For its row; None: it is in storage."""
    size: int = 0
    """Of files: none."""


def stage_parts(stage: Stage) -> list[PartPlan]:
    """A stage's parts: a block each, or several of a long one."""
    step = -(-stage.blocks // (_MOST_PARTS if stage.pure else _MOST_IMPURE_PARTS))
    parts = []
    for piece, first in enumerate(range(0, stage.blocks, step)):
        last = min(first + step, stage.blocks)
        units = stage.block_range(last - 1)[1] - stage.block_range(first)[0]
        parts.append(PartPlan(Work(piece=piece, first_block=first, last_block=last), units))
    return parts


def store_stage(session: Session, job_id: str, position: int, stage: Stage) -> None:
    """Store that a job comes to this stage, its first or a later one."""
    values = {"name": stage.name, "stage": stage.to_dict()}
    session.execute(insert(Result).values(job_id=job_id, position=position, **values))


def run_stage_part(services: Services, context: JobContext, claim: Claim, report: Report) -> StageMade:
    """Do the claim's blocks of its stage. Raises what `report` does, and what the strategy does."""
    with services.db.read() as session:
        stage = Stage.from_dict(
            session.execute(
                select(Result.stage).where(Result.job_id == claim.job_id, Result.name == claim.stage)
            ).scalar_one()
        )
    made = _blocks(services, context, claim, stage, report)
    if stage.keep:
        return StageMade(b"".join(hashlib.sha256(data).digest() for data in made))
    whole = combine(context.plan, stage, made)
    if len(whole) <= SMALL_BYTES:
        return StageMade(whole)
    services.storage.put(
        stage_part_key(claim.job_id, stage.name, claim.work.first_block, claim.attempt), whole
    )
    return StageMade(None)


def _blocks(
    services: Services, context: JobContext, claim: Claim, stage: Stage, report: Report
) -> Iterator[bytes]:
    """What each block gives, in order; those of a kept stage are in storage by then."""
    results = results_of(services, claim.job_id, complete=False)
    done = 0
    outside = None if stage.pure else StageContext(check=lambda: report(done))
    for block in range(claim.work.first_block, claim.work.last_block):
        report.begins(block)
        data = work_block(context.plan, stage, block, results, outside)
        if stage.keep:
            services.storage.put(stage_block_key(claim.job_id, stage.name, block, claim.attempt), data)
        start, stop = stage.block_range(block)
        done += stop - start
        report(done)
        yield data


def record_stage_parts(session: Session, done: Sequence[tuple[Claim, StageMade]]) -> None:
    """Store what parts of a stage gave: of one job, and found still held."""
    session.connection().execute(
        update(Part)
        .where(Part.job_id == done[0][0].job_id, Part.number == bindparam("of_number"))
        .values(result=bindparam("result")),
        [{"of_number": claim.number, "result": made.result} for claim, made in done],
    )


def finish_stage(services: Services, context: JobContext, lease: FinaliserLease) -> MoreParts | None:
    """What follows the stage that the job is at, whose parts are all done; None where it is at none.

    Raises AbandonedError where the lease was lost, StageResultLostError.
    """
    with services.db.read() as session:
        current = session.execute(
            select(Result)
            .join(Job, (Job.id == Result.job_id) & (Job.stage == Result.name))
            .where(Job.id == lease.job_id)
        ).scalar_one_or_none()
    if current is None:
        return None
    stage = Stage.from_dict(current.stage)
    made = _stage_result(services, context, lease, stage)
    values: dict[str, Any] = {"sha256": made.sha256, "attempt": lease.attempt}
    if isinstance(made, Combined) and len(made.data) <= SMALL_BYTES:
        values["data"] = made.data
    elif isinstance(made, Combined):
        services.storage.put(stage_combined_key(lease.job_id, stage.name, lease.attempt), made.data)
    results = results_of(services, lease.job_id, complete=False).with_(stage, made)
    following = next_stage(context.plan, results)
    files = _files(services, context) if following is None else []
    return MoreParts(
        list(parts_of_files(files)) if following is None else stage_parts(following),
        None if following is None else following.name,
        partial(_record, current.position, values, following or (files, context.output)),
        {"done": {"stage": stage.name, "sha256": made.sha256}},
    )


def _files(services: Services, context: JobContext) -> Sequence[FileLayout]:
    least = services.storage.min_piece
    return lay_out_files(context.plan, context.output, context.part_rows, least)


def _record(
    position: int,
    values: dict[str, Any],
    following: Following,
    session: Session,
    job: models.Job,
) -> None:
    """Store what a stage gave, and the next one, or the files that come after the last."""
    done = (Result.job_id == job.id) & (Result.position == position)
    session.execute(update(Result).where(done).values(**values))
    if isinstance(following, Stage):
        store_stage(session, job.id, position + 1, following)
    else:
        store_files(session, job.id, *following)


def _stage_result(
    services: Services, context: JobContext, lease: FinaliserLease, stage: Stage
) -> Combined | Kept:
    if stage.keep:
        return kept_blocks(services, lease.job_id, stage)
    return Combined(combine(context.plan, stage, _made(services, lease, stage)))


def _made(services: Services, lease: FinaliserLease, stage: Stage) -> Iterator[bytes]:
    """What the stage's parts gave, in order; some at a time are in memory."""
    last = -1
    while True:
        with services.db.read() as session:
            parts = session.execute(
                select(Part.number, Part.work, Part.attempt, Part.result)
                .where(Part.job_id == lease.job_id, Part.stage == stage.name, Part.number > last)
                .order_by(Part.number)
                .limit(_AT_ONCE)
            ).all()
        for part in parts:
            lease.check(services)
            if part.result is not None:
                yield part.result
            else:
                key = stage_part_key(lease.job_id, stage.name, part.work.first_block, part.attempt)
                yield read_object(services, key, stage.name)
        if len(parts) < _AT_ONCE:
            return
        last = parts[-1].number


def restart_stages(session: Session, job: models.Job) -> bool:
    """Have a job at its first stage again, with nothing known of what its stages gave; False: it has none."""
    first = session.execute(
        select(Result.stage).where(Result.job_id == job.id, Result.position == 0)
    ).scalar_one_or_none()
    if first is None:
        return False
    for model in (Part, Result, models.File):
        session.execute(delete(model).where(model.job_id == job.id))
    stage = Stage.from_dict(first)
    parts = stage_parts(stage)
    store_stage(session, job.id, 0, stage)
    add_parts(session, job.id, parts, stage.name, first_attempt=job.first_attempt)
    session.execute(
        update(Job)
        .where(Job.id == job.id)
        .values(
            parts_total=len(parts),
            stage=stage.name,
            stage_units=stage.units,
            stage_units_done=0,
            stage_began=0.0,
        )
    )
    return True
