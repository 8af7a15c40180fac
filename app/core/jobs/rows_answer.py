"""The rows that a job of the kind `synthesize` has made, one JSON array in storage."""

from __future__ import annotations

from collections.abc import Iterator

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.errors import NotFoundError
from synthmill.app.core.jobs.object_keys import file_key
from synthmill.app.core.jobs.queries import require_job
from synthmill.app.core.services import Services

ROWS_NAME = "rows.json"
"""The file of such a job."""


def open_rows(services: Services, principal: Principal, job_id: str) -> tuple[int, Iterator[bytes]]:
    """Size and bytes of the array. Raises NotFoundError for a job without, StorageError."""
    with services.db.read() as session:
        job = require_job(session, principal, job_id)
        if not job.result or "bytes" not in job.result:
            raise NotFoundError("rows of the job", job_id)
        size, run = int(job.result["bytes"]), job.run
    return size, services.storage.read(file_key(job_id, ROWS_NAME, run))
