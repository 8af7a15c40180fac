"""How much there is to read of the files that a worker holds in memory."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from synthmill.app.core.db import models
from synthmill.app.core.errors import LimitExceededError
from synthmill.app.core.services import Services
from synthmill.app.core.uploads.inputs import find_inputs
from synthmill.app.core.uploads.state import UploadState
from synthmill.generators.engine.inputs import Input
from synthmill.generators.errors import FieldError, InvalidRequestError

Upload = models.Upload


def check_files(services: Services, workspace_id: str, inputs: Sequence[Input]) -> int:
    """Bytes of the inputs in all, which a worker will read at once.

    Raises InvalidRequestError naming those that the workspace doesn't have, LimitExceededError for too many.
    """
    sizes = {sha256: one.size for sha256, one in find_inputs(services, workspace_id, inputs).items()}
    most = services.settings.fit_bytes
    size = sum(sizes[one.sha256] for one in inputs)
    if size > most:
        largest = max(inputs, key=lambda one: sizes[one.sha256])
        raise LimitExceededError(
            largest.field,
            f"the files have {size:,} bytes in all",
            f"at most {most:,} (SYNTHMILL_FIT_BYTES): give a sample of whole subjects",
        )
    return size


def upload_sha256(services: Services, workspace_id: str, named: str, field: str) -> str:
    """The sha256 of the upload that is named by its id or its sha256. Raises InvalidRequestError."""
    with services.db.read() as session:
        found = session.execute(
            select(Upload.sha256).where(
                Upload.workspace_id == workspace_id,
                Upload.state == UploadState.STORED,
                (Upload.id == named) | (Upload.sha256 == named),
            )
        ).scalar_one_or_none()
    if found is None:
        error = FieldError(
            field, f"the workspace has no upload {named!r}", "an upload's id or sha256: POST /uploads"
        )
        raise InvalidRequestError([error])
    return found
