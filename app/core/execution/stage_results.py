"""What a job's stages have given, for the parts that need it; remembered by the process within bounds."""

from __future__ import annotations

import hashlib

from sqlalchemy import select

from synthmill.app.core.db import models
from synthmill.app.core.errors import CoreError, MissingObjectError
from synthmill.app.core.jobs.object_keys import stage_block_key, stage_combined_key
from synthmill.app.core.services import Services
from synthmill.generators.engine.recent import Recent
from synthmill.generators.engine.stages import Combined, Kept, Results, Stage, kept_sha256

SMALL_BYTES = 64 * 1024
"""Up to this size what a stage gave lies in the database."""
HASH_BYTES = 32
_REMEMBERED_BYTES = 256 * 2**20
_REMEMBERED_BLOCK_BYTES = 64 * 2**20

Job, Part, Result = models.Job, models.Part, models.StageResult


class StageResultLostError(CoreError):
    """What a stage gave isn't in storage any more: its job has to begin again."""


_results: Recent[Results] = Recent(_REMEMBERED_BYTES, lambda results: _size(results))
_kept_blocks: Recent[bytes] = Recent(_REMEMBERED_BLOCK_BYTES, len)


def results_of(services: Services, job_id: str, *, complete: bool) -> Results:
    """What the stages gave that the job has behind it; `complete` says that there is none to come.

    Raises StageResultLostError.
    """
    with services.db.read() as session:
        rows = session.execute(
            select(Result)
            .where(Result.job_id == job_id, Result.sha256.is_not(None))
            .order_by(Result.position)
        ).scalars().all()  # fmt: skip
    # A job that is retried gets others, or the same from other places.
    key = (job_id, complete, *((row.name, row.sha256, row.attempt) for row in rows))
    return _results.get(key, lambda: Results({row.name: _result(services, row) for row in rows}, complete))


def _size(results: Results) -> int:
    return sum(len(one.data) for one in results.by_stage.values() if isinstance(one, Combined))


def _result(services: Services, row: models.StageResult) -> Combined | Kept:
    stage = Stage.from_dict(row.stage)
    if stage.keep:
        return kept_blocks(services, row.job_id, stage)
    with services.db.read() as session:
        data = session.execute(
            select(Result.data).where(Result.job_id == row.job_id, Result.position == row.position)
        ).scalar_one()
    if data is None:
        key = stage_combined_key(row.job_id, row.name, row.attempt or 0)
        data = read_object(services, key, row.name)
    if hashlib.sha256(data).hexdigest() != row.sha256:
        raise StageResultLostError(f"what stage {row.name} gave isn't what was recorded; retry the job")
    return Combined(data)


def kept_blocks(services: Services, job_id: str, stage: Stage) -> Kept:
    """What a stage gave whose blocks are kept, when its parts are done: each read from where the part's row
    says that it lies."""
    with services.db.read() as session:
        parts = session.execute(
            select(Part.work, Part.attempt, Part.result)
            .where(Part.job_id == job_id, Part.stage == stage.name)
            .order_by(Part.number)
        ).all()
    attempts: list[int] = []
    hashes: list[str] = []
    for work, attempt, packed in parts:
        count = work.last_block - work.first_block
        attempts += [attempt] * count
        digests = packed or b""
        hashes += [digests[at : at + HASH_BYTES].hex() for at in range(0, len(digests), HASH_BYTES)]

    def stored(block: int) -> bytes:
        found = read_object(services, stage_block_key(job_id, stage.name, block, attempts[block]), stage.name)
        if hashlib.sha256(found).hexdigest() != hashes[block]:
            raise StageResultLostError(
                f"block {block} of stage {stage.name} isn't what was recorded; retry the job"
            )
        return found

    def read(block: int) -> bytes:
        return _kept_blocks.get(hashes[block], lambda: stored(block))

    return Kept(len(hashes), kept_sha256(hashes), read)


def read_object(services: Services, key: str, stage: str) -> bytes:
    """An object that a part or the finaliser of a stage stored. Raises StageResultLostError."""
    try:
        return services.storage.get(key)
    except MissingObjectError as error:
        raise StageResultLostError(
            f"what stage {stage} gave is no longer in storage; retry the job"
        ) from error
