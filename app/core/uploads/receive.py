"""Receiving an upload: bytes go to storage in pieces as they come, and nothing stays of a broken one."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import db_now, models
from synthmill.app.core.db.engine import DATABASE_AWAY
from synthmill.app.core.errors import LimitExceededError, StorageError, TooLargeError
from synthmill.app.core.ids import new_id
from synthmill.app.core.resources import require_room
from synthmill.app.core.services import Services
from synthmill.app.core.storage.storage import MAX_PIECES
from synthmill.app.core.uploads.object_key import upload_key
from synthmill.app.core.uploads.queries import UploadView, view
from synthmill.app.core.uploads.removal import discard
from synthmill.app.core.uploads.state import UploadState
from synthmill.generators.errors import InvalidRequestError

MAX_UPLOADS = 10_000
"""Uploads that a workspace may have, whatever their size."""
PIECE_BYTES = 8 << 20
"""What a receiver holds in memory. Pieces are larger only where so many of them couldn't make the largest
upload that the settings allow."""
_RENEW_SECONDS = 10.0

Upload = models.Upload


@dataclass(frozen=True)
class Incoming:
    """What a client says of the bytes that it is about to send."""

    media_type: str
    name: str | None = None
    size: int | None = None
    """Bytes; None where the client doesn't know."""
    sha256: Mapping[str, str] = field(default_factory=dict)
    """What the bytes are said to have, in hexadecimal, by the header that says so."""


def receive(
    services: Services, principal: Principal, incoming: Incoming, chunks: Iterable[bytes]
) -> tuple[UploadView, bool]:
    """The stored upload, and whether the workspace had the same bytes before: then it is that one.

    Reads the chunks to their end. Raises TooLargeError, LimitExceededError, FullError, StorageError,
    InvalidRequestError for no bytes or others than announced, and whatever reading the chunks raises; then
    nothing is kept. What this process can't remove because it dies, the sweeper removes.
    """
    _check_size(services, incoming.size or 0)
    require_room(services)
    receiver = _Receiver(services, principal, incoming)
    try:
        sha256, size = receiver.store(chunks)
        _check_sha256(incoming, sha256)
        kept = _keep(services, principal, receiver.id, sha256, size)
    except BaseException:
        _discard(services, receiver.id)
        raise
    if kept.id != receiver.id:
        _discard(services, receiver.id)
    return kept, kept.id != receiver.id


class _Receiver:
    """One upload while it is being received: its row, its lease, and the room that is reserved for it."""

    def __init__(self, services: Services, principal: Principal, incoming: Incoming) -> None:
        self.id = new_id("up")
        self._services, self._principal = services, principal
        self._reserved = incoming.size or 0
        self._renewed = time.monotonic()
        with services.db.write() as session:
            self._check_room(session, self._reserved, 1)
            session.execute(
                insert(Upload).values(
                    id=self.id,
                    workspace_id=principal.workspace_id,
                    state=UploadState.RECEIVING,
                    size=self._reserved,
                    media_type=incoming.media_type,
                    name=incoming.name,
                    lease_until=self._lease(),
                    created_at=db_now(),
                    used_at=db_now(),
                )
            )

    def store(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Bring the bytes into storage; their sha256 and how many there are."""
        storage, key = self._services.storage, upload_key(self.id)
        digest, size = hashlib.sha256(), 0
        multipart, pieces = None, []
        piece_bytes = max(PIECE_BYTES, -(-self._services.settings.max_upload_bytes // MAX_PIECES))
        for number, piece in enumerate(_pieces(self._watched(chunks), piece_bytes), 1):
            size += sum(map(len, piece))
            self._hold(size)
            require_room(self._services)
            for chunk in piece:
                digest.update(chunk)
            multipart = multipart or storage.begin(key)
            pieces.append((number, storage.put_piece(key, multipart, number, *piece)))
        if multipart is None:
            raise InvalidRequestError.one("body", "is empty", "send the file's bytes as the body")
        self._hold(size)
        # Of pieces even where there is one only: these are flushed to the disk, and can't be made again.
        storage.finish(key, multipart, pieces)
        return digest.hexdigest(), size

    def _watched(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The chunks, no more of them than an upload may have, with the lease renewed now and then."""
        came = 0
        for chunk in chunks:
            came += len(chunk)
            _check_size(self._services, came)
            if time.monotonic() - self._renewed > _RENEW_SECONDS:
                self._hold(self._reserved)
            yield chunk

    def _hold(self, size: int) -> None:
        """Renew the lease, with room for so many bytes. Raises StorageError where the sweeper was faster."""
        with self._services.db.write() as session:
            if size > self._reserved:
                self._check_room(session, size - self._reserved, 0)
            held = session.execute(
                update(Upload)
                .where(Upload.id == self.id, Upload.state == UploadState.RECEIVING)
                .values(lease_until=self._lease(), size=max(size, self._reserved))
                .returning(Upload.id)
            ).one_or_none()
        if held is None:
            raise StorageError("the upload stood still for so long that it was given up")
        self._reserved, self._renewed = max(size, self._reserved), time.monotonic()

    def _lease(self) -> ColumnElement[float]:
        # Between two renewals lies one wait for the client, and one for storage.
        return db_now() + 2.0 * self._services.settings.request_seconds + 120.0

    def _check_room(self, session: Session, more: int, uploads: int) -> None:
        """Refuse what is more than the workspace may have. Others who reserve in it wait meanwhile."""
        mine = models.Workspace.id == self._principal.workspace_id
        session.execute(select(models.Workspace.id).where(mine).with_for_update(key_share=True))
        count, size = session.execute(
            select(func.count(), func.coalesce(func.sum(Upload.size), 0)).where(
                Upload.workspace_id == self._principal.workspace_id, Upload.state != UploadState.REMOVING
            )
        ).one()
        most = self._services.settings.max_uploads_bytes
        if size + more > most:
            raise LimitExceededError(
                "workspace",
                f"with this upload the workspace would have {size + more:,} bytes of uploads",
                f"at most {most:,} bytes (SYNTHMILL_MAX_UPLOADS_BYTES): delete some, DELETE /uploads/ID",
            )
        if count + uploads > MAX_UPLOADS:
            raise LimitExceededError(
                "workspace",
                f"the workspace has {count:,} uploads",
                f"at most {MAX_UPLOADS:,}: delete some, DELETE /uploads/ID",
            )


def _pieces(chunks: Iterator[bytes], piece_bytes: int) -> Iterator[list[bytes]]:
    """The chunks in groups of at least so many bytes, the last one excepted."""
    piece: list[bytes] = []
    size = 0
    for chunk in chunks:
        piece.append(chunk)
        size += len(chunk)
        if size >= piece_bytes:
            yield piece
            piece, size = [], 0
    if piece:
        yield piece


def _check_size(services: Services, size: int) -> None:
    most = services.settings.max_upload_bytes
    if size > most:
        raise TooLargeError(
            "body", f"is larger than {most:,} bytes", f"at most {most:,} bytes (SYNTHMILL_MAX_UPLOAD_BYTES)"
        )


def _check_sha256(incoming: Incoming, sha256: str) -> None:
    for header, said in incoming.sha256.items():
        if said != sha256:
            raise InvalidRequestError.one(
                header, f"says sha256 {said}, the bytes that came have {sha256}", "send the file again"
            )


def _keep(services: Services, principal: Principal, upload_id: str, sha256: str, size: int) -> UploadView:
    """Make what was received an upload; or find the one of the same bytes, which counts as used."""
    try:
        with services.db.write(durable=True) as session:
            mine = Upload.workspace_id == principal.workspace_id
            same = update(Upload).where(mine, Upload.sha256 == sha256).values(used_at=db_now())
            found = session.execute(same.returning(Upload)).scalar_one_or_none()
            if found is None:
                found = session.execute(
                    update(Upload)
                    .where(Upload.id == upload_id, Upload.state == UploadState.RECEIVING)
                    .values(state=UploadState.STORED, sha256=sha256, size=size, used_at=db_now())
                    .returning(Upload)
                ).scalar_one_or_none()
            if found is None:
                raise StorageError("the upload stood still for so long that it was given up")
            return view(found, services.settings)
    except IntegrityError:
        # The same bytes were stored by another request in between: now they are found.
        return _keep(services, principal, upload_id, sha256, size)


def _discard(services: Services, upload_id: str) -> None:
    with suppress(StorageError, *DATABASE_AWAY):  # The sweeper comes round to it.
        discard(services, upload_id)
