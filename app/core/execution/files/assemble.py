"""Putting the pieces of a file together, and hashing the file once it is whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from sqlalchemy import update

from synthmill.app.core.db import models
from synthmill.app.core.execution.context import JobContext
from synthmill.app.core.execution.files.block_index import unpack
from synthmill.app.core.execution.files.multipart import ensure_upload
from synthmill.app.core.jobs.object_keys import file_key, piece_key
from synthmill.app.core.services import Services
from synthmill.generators.datasets.blocks import Block, file_prefix, file_suffix, make_blocks

_SINGLE_PUT_BYTES = 8 * 2**20
"""Files up to this size, where their pieces are objects, are stored in one request."""

Check = Callable[[], None]
"""Raises where the work should be given up."""


def assemble(
    services: Services, context: JobContext, file: models.File, parts: Sequence[models.Part], check: Check
) -> tuple[int, str]:
    """The size and sha256 of the file, which is whole in storage afterwards. Doing it again is harmless."""
    blocks = [block for part in parts for block in unpack(part.blocks or b"[]")]
    suffix = file_suffix(context.plan.table(file.table), context.output, blocks)
    key = file_key(file.job_id, file.name)
    if all(part.etag is None for part in parts) and sum(b.size for b in blocks) <= _SINGLE_PUT_BYTES:
        bodies = [_body(services, context, part) for part in parts]
        whole = b"".join([_prefix(context, file), *bodies, suffix])
        services.storage.put(key, whole)
        return len(whole), hashlib.sha256(whole).hexdigest()
    if services.storage.stat(key) is None:  # Else whoever finished it died before saying so.
        upload = ensure_upload(services, file.job_id, file.table)
        pieces = _upload_rest(services, context, file, parts, suffix, upload, check)
        services.storage.finish(key, upload, pieces)
    digest, size = hashlib.sha256(), 0
    for chunk in services.storage.read(key):
        digest.update(chunk)
        size += len(chunk)
        check()
    return size, digest.hexdigest()


def _upload_rest(
    services: Services,
    context: JobContext,
    file: models.File,
    parts: Sequence[models.Part],
    suffix: bytes,
    upload: str,
    check: Check,
) -> list[tuple[int, str]]:
    """All pieces of the upload as (number, etag); those that are objects yet are uploaded, small ones merged.

    Piece k of the table has number k + 1; several merged into one have the first one's number. A piece too
    small to stand alone before one that is uploaded already is merged with it: that neighbour, which can't
    be read back, is made again, for it is a pure function of the recipe. Each piece uploaded is recorded, so
    that a finaliser that follows one that died goes on where that one was.
    """
    key = file_key(file.job_id, file.name)
    enough = max(services.storage.min_piece, _SINGLE_PUT_BYTES)
    pieces: list[tuple[int, str]] = []
    number, waiting, members = 1, bytearray(), list[int]()

    def flush() -> None:
        if waiting:
            etag = services.storage.put_piece(key, upload, number, bytes(waiting))
            _record_merged(services, file, members, etag)
            pieces.append((number, etag))
            waiting.clear()
            members.clear()

    for part in parts:
        check()
        if part.etag == "":
            continue
        if part.etag is not None and (not waiting or len(waiting) >= services.storage.min_piece):
            flush()
            pieces.append((part.piece + 1, part.etag))
            continue
        if not waiting:
            number = part.piece + 1
        if part.piece == 0:
            waiting += _prefix(context, file)
        waiting += _body(services, context, part)
        members.append(part.piece)
        if len(waiting) >= enough:
            flush()
    if not waiting:
        number = len(parts) + 1
    waiting += suffix
    if waiting:
        # Not recorded as the others are: what follows the last block is no part's.
        pieces.append((number, services.storage.put_piece(key, upload, number, bytes(waiting))))
    return pieces


def _record_merged(services: Services, file: models.File, members: Sequence[int], etag: str) -> None:
    """The first of these pieces now stands in the upload for all of them."""
    of_file = (models.Part.job_id == file.job_id) & (models.Part.table == file.table)
    with services.db.write() as session:
        for piece in members:
            session.execute(
                update(models.Part)
                .where(of_file, models.Part.piece == piece)
                .values(etag=etag if piece == members[0] else "")
            )


def _prefix(context: JobContext, file: models.File) -> bytes:
    return file_prefix(context.plan.table(file.table), context.output)


def _body(services: Services, context: JobContext, part: models.Part) -> bytes:
    if part.etag is None:
        return services.storage.get(piece_key(part.job_id, part.table, part.piece))
    remade: list[tuple[Block, bytes]] = list(
        make_blocks(context.plan, part.table, part.first_block, part.last_block, context.output)
    )
    return b"".join(body for _, body in remade)
