"""Putting the pieces of a file together. No byte of them comes back into this process to do so, but where S3
takes no piece under 5 MiB: neighbours too small for it are read and stored as one (decision 032)."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Row, select, update

from synthmill.app.core.db import models
from synthmill.app.core.errors import MissingObjectError
from synthmill.app.core.execution.context import JobContext
from synthmill.app.core.execution.files.multipart import ensure_upload
from synthmill.app.core.execution.part import unpack_blocks
from synthmill.app.core.jobs.object_keys import file_key, piece_key
from synthmill.app.core.services import Services
from synthmill.generators.datasets.blocks import WholeFile, make_blocks

_SINGLE_PUT_BYTES = 8 * 2**20
"""Files up to this size, where their pieces are objects and a store doesn't take such pieces, are stored in
one request."""

log = logging.getLogger(__name__)

Check = Callable[[], None]
"""Raises where the work should be given up."""

File, Part = models.File, models.Part
StoredPart: TypeAlias = Row[Any]
"""Of a part's row: piece, attempt, first_block, last_block, size, etag, blocks."""


def assemble(
    services: Services, context: JobContext, file: models.File, check: Check
) -> tuple[WholeFile, str | None]:
    """The file, which is whole in storage afterwards, and its sha256 if the output asks for it.

    All of its parts are done. Doing it again is harmless. Raises MissingObjectError or MissingUploadError
    where storage has lost some of it.
    """
    parts = _parts(services, file)
    whole = WholeFile(
        context.plan.table(file.table), context.output, unpack_blocks(part.blocks for part in parts)
    )
    if file.root is not None:
        return whole, file.sha256
    key = file_key(file.job_id, file.name, file.run)
    if not _is_there(services, key, whole.size):  # Else a worker put it together and died before saying so.
        _put_together(services, context, file, parts, whole, check)
        if not _is_there(services, key, whole.size):
            raise MissingObjectError(key)
    sha256 = _sha256(services, key, check) if context.output.sha256 else None
    with services.db.write() as session:
        session.execute(
            update(File)
            .where(File.job_id == file.job_id, File.table == file.table)
            .values(size=whole.size, root=whole.root, sha256=sha256)
        )
    return whole, sha256


def _parts(services: Services, file: models.File) -> Sequence[StoredPart]:
    columns = (
        Part.piece,
        Part.attempt,
        Part.first_block,
        Part.last_block,
        Part.size,
        Part.etag,
        Part.blocks,
    )
    own = (Part.job_id == file.job_id) & (Part.table == file.table)
    with services.db.read() as session:
        parts: Sequence[Any] = session.execute(select(*columns).where(own).order_by(Part.number)).all()
    return parts


def _is_there(services: Services, key: str, size: int) -> bool:
    """Whether storage has the object in this size; one of another size is removed."""
    stat = services.storage.stat(key)
    if stat is not None and stat.size != size:
        log.warning("%s has %s bytes instead of %s and is put together again", key, stat.size, size)
        services.storage.delete([key])
        return False
    return stat is not None


def _put_together(
    services: Services,
    context: JobContext,
    file: models.File,
    parts: Sequence[StoredPart],
    whole: WholeFile,
    check: Check,
) -> None:
    key = file_key(file.job_id, file.name, file.run)
    if (
        services.storage.min_piece
        and whole.size <= _SINGLE_PUT_BYTES
        and all(part.etag is None for part in parts)
    ):
        objects = [
            services.storage.get(piece_key(file.job_id, file.table, part.piece, part.attempt))
            for part in parts
        ]
        services.storage.put(key, *objects, whole.suffix)
        return
    upload = ensure_upload(services, file.job_id, file.table)
    pieces = _Pieces(services, context, file, whole, upload).of(parts, check)
    services.storage.finish(key, upload, pieces)


class _Pieces:
    """The pieces of a file's upload, those that aren't in it yet put there.

    Piece k of the table has number k + 1; several merged into one have the first one's number. A piece too
    small to stand alone before one that is uploaded already is merged with it: that neighbour, which can't
    be read back, is made again, for it is a pure function of the recipe. Each piece uploaded is recorded, so
    that a finaliser that follows one that died goes on where that one was.
    """

    def __init__(
        self, services: Services, context: JobContext, file: models.File, whole: WholeFile, upload: str
    ) -> None:
        self.services, self.context, self.file, self.whole = services, context, file, whole
        self.upload, self.key = upload, file_key(file.job_id, file.name, file.run)
        self.done: list[tuple[int, str]] = []
        self.waiting: list[StoredPart] = []
        self.waiting_bytes = 0

    def of(self, parts: Sequence[StoredPart], check: Check) -> list[tuple[int, str]]:
        """All of them, as (number, etag)."""
        for part in parts:
            check()
            if part.etag == "":
                continue
            if part.etag is not None and not self.waiting:
                self.done.append((part.piece + 1, part.etag))
                continue
            self.waiting.append(part)
            self.waiting_bytes += self._stored_bytes(part)
            if self.waiting_bytes >= self.services.storage.min_piece:
                self._flush()
        self._flush(len(parts) + 1, self.whole.suffix)
        return self.done

    def _stored_bytes(self, part: StoredPart) -> int:
        return int(part.size) + (len(self.whole.prefix) if part.piece == 0 else 0)

    def _flush(self, number: int = 0, suffix: bytes = b"") -> None:
        """Put what waits into the upload, and behind it the file's end, which alone has this number."""
        storage, waiting = self.services.storage, self.waiting
        if not waiting and not suffix:
            return
        number = waiting[0].piece + 1 if waiting else number
        if len(waiting) == 1 and not suffix:
            source = self._key(waiting[0])
            etag = storage.copy_piece(self.key, self.upload, number, source)
        else:
            bodies = [body for part in waiting for body in self._bodies(part)]
            etag = storage.put_piece(self.key, self.upload, number, *bodies, suffix)
        if not suffix:
            # The file's end is no part's, and a piece with it isn't recorded.
            self._record(etag)
        self.done.append((number, etag))
        self.waiting, self.waiting_bytes = [], 0

    def _key(self, part: StoredPart) -> str:
        return piece_key(self.file.job_id, self.file.table, part.piece, part.attempt)

    def _bodies(self, part: StoredPart) -> list[bytes]:
        if part.etag is None:
            return [self.services.storage.get(self._key(part))]
        remade = make_blocks(
            self.context.plan,
            self.file.table,
            part.first_block,
            part.last_block,
            self.context.output,
            results=self.context.results,
        )
        return [self.whole.prefix if part.piece == 0 else b"", *(body for _, body in remade)]

    def _record(self, etag: str) -> None:
        """The first of these pieces now stands in the upload for all of them."""
        of_file = (Part.job_id == self.file.job_id) & (Part.table == self.file.table)
        with self.services.db.write() as session:
            for place, part in enumerate(self.waiting):
                session.execute(
                    update(Part).where(of_file, Part.piece == part.piece).values(etag="" if place else etag)
                )


def _sha256(services: Services, key: str, check: Check) -> str:
    """Of a whole file that was asked for it: nothing but its bytes in their order gives that."""
    digest = hashlib.sha256()
    for chunk in services.storage.read(key):
        digest.update(chunk)
        check()
    return digest.hexdigest()
