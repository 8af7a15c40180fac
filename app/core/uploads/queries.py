"""Reading uploads: the view that every face shows, one at a time or page by page, and their bytes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import models
from synthmill.app.core.errors import NotFoundError
from synthmill.app.core.ids import timestamp
from synthmill.app.core.pagination import Page
from synthmill.app.core.services import Services
from synthmill.app.core.settings import Settings
from synthmill.app.core.storage.stored_file import StoredFile
from synthmill.app.core.uploads.object_key import upload_key
from synthmill.app.core.uploads.state import UploadState

DAY_SECONDS = 86_400.0

Upload = models.Upload


@dataclass(frozen=True)
class UploadView:
    id: str
    sha256: str
    size: int
    media_type: str
    name: str | None
    created_at: str
    expires_at: str | None
    """When it is removed unless it is used again before, by an upload or a job; None: never."""


def list_uploads(
    services: Services,
    principal: Principal,
    sha256: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[UploadView]:
    """Uploads, the newest first."""
    query = (
        select(Upload)
        .where(Upload.workspace_id == principal.workspace_id, Upload.state == UploadState.STORED)
        .order_by(Upload.id.desc())
        .limit(limit + 1)
    )
    if sha256 is not None:
        query = query.where(Upload.sha256 == sha256)
    if after is not None:
        query = query.where(Upload.id < after)
    with services.db.read() as session:
        found = [view(upload, services.settings) for upload in session.execute(query).scalars()]
    return Page(found[:limit], found[limit - 1].id if len(found) > limit else None)


def get_upload(services: Services, principal: Principal, upload_id: str) -> UploadView:
    """One upload. Raises NotFoundError unless the principal's workspace has it."""
    with services.db.read() as session:
        upload = session.get(Upload, upload_id)
    mine = upload is not None and upload.workspace_id == principal.workspace_id
    if upload is None or not mine or upload.state != UploadState.STORED:
        raise NotFoundError("upload", upload_id)
    return view(upload, services.settings)


def open_upload(services: Services, principal: Principal, upload_id: str) -> StoredFile:
    """The upload's bytes as a file. Raises NotFoundError."""
    found = get_upload(services, principal, upload_id)
    return StoredFile(
        found.name or found.id,
        found.size,
        found.sha256,
        found.sha256,
        found.media_type,
        upload_key(found.id),
    )


def view(upload: models.Upload, settings: Settings) -> UploadView:
    days = settings.upload_retention_days
    return UploadView(
        id=upload.id,
        sha256=upload.sha256 or "",
        size=upload.size,
        media_type=upload.media_type,
        name=upload.name,
        created_at=timestamp(upload.created_at),
        expires_at=timestamp(upload.used_at + days * DAY_SECONDS) if days else None,
    )
