"""Making one part: its blocks are encoded in memory and stored as one piece."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from sqlalchemy import select

from synthmill.app.core.db import models
from synthmill.app.core.execution.context import JobContext
from synthmill.app.core.execution.files.block_index import pack
from synthmill.app.core.execution.files.multipart import find_upload
from synthmill.app.core.execution.instrumentation import tracked_part
from synthmill.app.core.execution.leases import AbandonedError, Claim, pulse
from synthmill.app.core.execution.memory import check_memory
from synthmill.app.core.execution.outcomes import Made
from synthmill.app.core.jobs import events
from synthmill.app.core.jobs.object_keys import file_key, piece_key
from synthmill.app.core.services import Services
from synthmill.generators.datasets.blocks import Block, make_blocks
from synthmill.generators.datasets.profile.table import TableProfile
from synthmill.generators.datasets.whole_file import WholeFile

_PULSE_SECONDS = 0.5
_DRAIN_SECONDS = 5.0
"""A worker that has been told to stop works at most so much longer on the part in hand."""


@tracked_part
def make_part(
    services: Services, context: JobContext, claim: Claim, stopping_since: Callable[[], float | None]
) -> Made:
    """Make the claim's rows and store them; what to record of them.

    Looks at the job's state between blocks: raises AbandonedError when it has ended or the worker must
    leave, LeaseLostError when the part was given away.
    """
    blocks: list[Block] = []
    bodies: list[bytes] = []
    profile = TableProfile(context.plan.table(claim.table))
    rows, looked = 0, time.monotonic()
    for block, body in make_blocks(
        context.plan,
        claim.table,
        claim.first_block,
        claim.last_block,
        context.output,
        profile,
    ):
        blocks.append(block)
        bodies.append(body)
        rows += block.rows
        check_memory(services.settings.worker_memory_bytes)
        now = time.monotonic()
        stopping = stopping_since()
        if stopping is not None and now - stopping > _DRAIN_SECONDS:
            raise AbandonedError("this worker is stopping")
        if now - looked >= _PULSE_SECONDS:
            events.publish(services.bus, claim.workspace_id, pulse(services, claim, rows))
            looked = now
    return replace(_store(services, context, claim, blocks, bodies), profile=profile.pack())


def _store(
    services: Services, context: JobContext, claim: Claim, blocks: list[Block], bodies: list[bytes]
) -> Made:
    with services.db.read() as session:
        file = session.execute(
            select(models.File).where(models.File.job_id == claim.job_id, models.File.table == claim.table)
        ).scalar_one()
    storage, whole = services.storage, WholeFile(context.plan.table(claim.table), context.output, blocks)
    size, packed = sum(block.size for block in blocks), pack(blocks)
    if file.parts == 1:
        content = [whole.prefix, *bodies, whole.suffix]
        storage.put(file_key(claim.job_id, file.name), *content)
        sha256 = _sha256(content) if context.output.sha256 else None
        return Made(size, None, packed, whole.size, whole.root, sha256)
    prefix = whole.prefix if claim.piece == 0 else b""
    large = file.direct and len(prefix) + size >= storage.min_piece
    upload = find_upload(services, claim.job_id, claim.table) if large else None
    if upload is not None:
        key = file_key(claim.job_id, file.name)
        etag = storage.put_piece(key, upload, claim.piece + 1, prefix, *bodies)
        return Made(size, etag, packed)
    storage.put(piece_key(claim.job_id, claim.table, claim.piece), prefix, *bodies)
    return Made(size, None, packed)


def _sha256(chunks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()
