"""Making one part of a table: its blocks are encoded in memory and stored as one piece, and noted in its row.

A block is a few numbers and a hash there, no text to parse.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.orm import Session

from synthmill.app.core.db import built_once, models
from synthmill.app.core.execution.context import JobContext
from synthmill.app.core.execution.files.multipart import find_upload
from synthmill.app.core.jobs.kind import Claim, Report
from synthmill.app.core.jobs.object_keys import file_key, piece_key
from synthmill.app.core.services import Services
from synthmill.generators.datasets.blocks import Block, WholeFile, make_blocks
from synthmill.generators.datasets.profile.table import TableProfile

Part = models.Part

_BLOCK = struct.Struct("<QQQ32sI")
"""Index, rows, size, digest, bytes of footer; all of them first, then the footers one after another."""
_COUNT = struct.Struct("<I")


@dataclass(frozen=True)
class Made:
    """A part that is in storage: its size, etag (of an upload's piece) and packed blocks."""

    size: int
    etag: str | None
    blocks: bytes
    file_size: int | None = None
    """Size and root of the whole file, where the part is all of it; its sha256 where that is asked for."""
    file_root: str | None = None
    file_sha256: str | None = None
    profile: bytes | None = None
    """Its columns' profile, packed by synthmill.generators.datasets.profile."""


def make_part(services: Services, context: JobContext, claim: Claim, report: Report) -> Made:
    """Make the claim's rows and store them; what to record of them. Raises what `report` does."""
    blocks: list[Block] = []
    bodies: list[bytes] = []
    work = claim.work
    profile = TableProfile(context.plan.table(work.table))
    rows = 0
    report.begins(work.first_block)
    made = make_blocks(
        context.plan,
        work.table,
        work.first_block,
        work.last_block,
        context.output,
        profile,
        context.results,
    )
    for following, (block, body) in enumerate(made, work.first_block + 1):
        blocks.append(block)
        bodies.append(body)
        rows += block.rows
        report(rows)
        if following < work.last_block:
            report.begins(following)
    return replace(_store(services, context, claim, blocks, bodies), profile=profile.pack())


def _store(
    services: Services, context: JobContext, claim: Claim, blocks: list[Block], bodies: list[bytes]
) -> Made:
    work = claim.work
    with services.db.read() as session:
        file = session.execute(*_file(claim.job_id, work.table)).scalar_one()
    storage, whole = services.storage, WholeFile(context.plan.table(work.table), context.output, blocks)
    size, packed = sum(block.size for block in blocks), pack_blocks(blocks)
    if file.parts == 1 and not context.staged:
        content = [whole.prefix, *bodies, whole.suffix]
        storage.put(file_key(claim.job_id, file.name, file.run), *content)
        sha256 = _sha256(content) if context.output.sha256 else None
        return Made(size, None, packed, whole.size, whole.root, sha256)
    prefix = whole.prefix if work.piece == 0 else b""
    large = file.direct and len(prefix) + size >= storage.min_piece
    upload = (file.upload_id or find_upload(services, claim.job_id, work.table)) if large else None
    if upload is not None:
        key = file_key(claim.job_id, file.name, file.run)
        etag = storage.put_piece(key, upload, work.piece + 1, prefix, *bodies)
        return Made(size, etag, packed)
    # Rows that follow from a stage may be others when the job is retried: nothing of them is stored where one
    # who is late could overwrite it.
    storage.put(piece_key(claim.job_id, work.table, work.piece, claim.attempt), prefix, *bodies)
    return Made(size, None, packed)


@built_once
def _file(job_id: str, table: str) -> Select[models.File]:
    return select(models.File).where(models.File.job_id == job_id, models.File.table == table)


_MADE = (
    update(Part)
    .where(Part.job_id == bindparam("of_job"), Part.number == bindparam("of_number"))
    .values(etag=bindparam("etag"), blocks=bindparam("blocks"), profile=bindparam("profile"))
)


def record_parts(session: Session, done: Sequence[tuple[Claim, Made]]) -> None:
    """Store what is to be known of parts that are done: of one job, and found still held."""
    job_id = done[0][0].job_id
    session.connection().execute(
        _MADE,
        [
            {
                "of_job": job_id,
                "of_number": claim.number,
                "etag": made.etag,
                "blocks": made.blocks,
                "profile": made.profile,
            }
            for claim, made in done
        ],
    )
    for claim, made in done:
        if made.file_root is not None:
            session.execute(
                update(models.File)
                .where(models.File.job_id == job_id, models.File.table == claim.work.table)
                .values(size=made.file_size, root=made.file_root, sha256=made.file_sha256)
            )


def discard_pieces(services: Services, claims: Sequence[Claim]) -> None:
    """Remove what parts have stored as objects of their own."""
    keys = [piece_key(claim.job_id, claim.work.table, claim.work.piece, claim.attempt) for claim in claims]
    services.storage.delete(keys)


def _sha256(chunks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def pack_blocks(blocks: Sequence[Block]) -> bytes:
    """The blocks of a part as its row has them."""
    return b"".join(
        [
            _COUNT.pack(len(blocks)),
            *(_BLOCK.pack(b.index, b.rows, b.size, b.digest, len(b.footer)) for b in blocks),
            *(b.footer for b in blocks),
        ]
    )


def unpack_blocks(stored: Iterable[bytes]) -> list[Block]:
    """The blocks of parts, in the order of the parts."""
    blocks: list[Block] = []
    for packed in stored:
        (count,) = _COUNT.unpack_from(packed)
        at = _COUNT.size + count * _BLOCK.size
        for index, rows, size, digest, footer in _BLOCK.iter_unpack(packed[_COUNT.size : at]):
            blocks.append(Block(index, rows, size, digest, packed[at : at + footer]))
            at += footer
    return blocks
