"""Removing uploads: at their owner's word, when their time is over, and what is left of broken ones."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import db_now, models
from synthmill.app.core.errors import NotFoundError, StorageError
from synthmill.app.core.input_copies import discard_copies
from synthmill.app.core.input_needs import refuse_if_needed
from synthmill.app.core.services import Services
from synthmill.app.core.uploads.object_key import upload_prefix
from synthmill.app.core.uploads.queries import DAY_SECONDS
from synthmill.app.core.uploads.state import UploadState

_REMOVING_SECONDS = 60.0
"""How long a removal is left to the process that began it."""
_AT_ONCE = 100

Upload = models.Upload


def delete_upload(services: Services, principal: Principal, upload_id: str) -> None:
    """Remove an upload. Raises NotFoundError, and ConflictError while an unfinished job needs it."""
    mine = (Upload.id == upload_id) & (Upload.workspace_id == principal.workspace_id)
    with services.db.write() as session:
        upload = _lock(session, mine & (Upload.state == UploadState.STORED))
        if upload is None:
            raise NotFoundError("upload", upload_id)
        sha256 = str(upload.sha256)
        refuse_if_needed(session, upload.workspace_id, sha256, "upload")
        _hide(session, upload_id)
    discard_copies(services, [sha256])
    # From here on nobody can see it: what can't be removed now, the sweeper removes later.
    with suppress(StorageError):
        discard(services, upload_id)


def discard(services: Services, upload_id: str) -> None:
    """Remove an upload that isn't stored, with all it has in storage; one that is stored stays."""
    with services.db.write() as session:
        upload = _lock(session, Upload.id == upload_id)
        if upload is not None and upload.state == UploadState.STORED:
            return
        _hide(session, upload_id)
    services.storage.delete_prefix(upload_prefix(upload_id))
    with services.db.write() as session:
        session.execute(delete(Upload).where(Upload.id == upload_id))


def remove_expired(services: Services) -> None:
    """Remove uploads whose time is over and that no unfinished job needs. Raises StorageError."""
    days = services.settings.upload_retention_days
    if days:
        expired = (Upload.state == UploadState.STORED) & (Upload.used_at < db_now() - days * DAY_SECONDS)
        with services.db.read() as session:
            needed = (
                select(models.JobInput.job_id)
                .join(models.Job, models.Job.id == models.JobInput.job_id)
                .where(
                    models.JobInput.sha256 == Upload.sha256,
                    models.Job.workspace_id == Upload.workspace_id,
                    models.Job.finished_at.is_(None),
                )
                .exists()
            )
            found = session.execute(select(Upload.id).where(expired, ~needed).limit(_AT_ONCE)).scalars().all()
        for upload_id in found:
            with services.db.write() as session:
                # It may have been used since, by a new job too; then the lock shows its newer time.
                if _lock(session, (Upload.id == upload_id) & expired) is None:
                    continue
                _hide(session, upload_id)
            discard(services, upload_id)


def remove_broken(services: Services) -> None:
    """Remove what is left of uploads whose receiver, or remover, has died. Raises StorageError."""
    dead = Upload.lease_until < db_now()
    unseen = or_(Upload.state == UploadState.RECEIVING, Upload.state == UploadState.REMOVING)
    with services.db.read() as session:
        found = session.execute(select(Upload.id).where(unseen, dead).limit(_AT_ONCE)).scalars().all()
    for upload_id in found:
        with services.db.write() as session:
            if _lock(session, (Upload.id == upload_id) & unseen & dead) is None:
                continue  # Its receiver was slow, not dead.
            _hide(session, upload_id)
        discard(services, upload_id)


def _lock(session: Session, where: ColumnElement[bool]) -> models.Upload | None:
    """The upload's row as it is now; another that would change it waits until this transaction ends."""
    return session.execute(select(Upload).where(where).with_for_update()).scalar_one_or_none()


def _hide(session: Session, upload_id: str) -> None:
    session.execute(
        update(Upload)
        .where(Upload.id == upload_id)
        .values(state=UploadState.REMOVING, sha256=None, lease_until=db_now() + _REMOVING_SECONDS)
    )
