"""The one multipart upload of a file: begun by whichever worker needs it first, known to all by its row."""

from __future__ import annotations

import time

from sqlalchemy import func, select, update

from synthmill.app.core.db import db_now, models
from synthmill.app.core.errors import StorageError
from synthmill.app.core.jobs.object_keys import file_key
from synthmill.app.core.services import Services

_BEGIN_SECONDS = 5.0
"""A worker that hasn't begun the upload by then is thought dead, and another begins it."""
_WAIT_SECONDS = 1.0
"""How long a part waits for another worker to begin the upload before it does without."""

Job, Part, File = models.Job, models.Part, models.File


def ensure_upload(services: Services, job_id: str, table: str) -> str:
    """The file's upload id, begun here if need be. Raises StorageError while another worker begins it."""
    upload = find_upload(services, job_id, table, _WAIT_SECONDS + _BEGIN_SECONDS)
    if upload is None:
        raise StorageError(f"the upload for {table} of {job_id} is being begun elsewhere")
    return upload


def find_upload(services: Services, job_id: str, table: str, wait: float = _WAIT_SECONDS) -> str | None:
    """The same, but None where another worker has not begun it after `wait` seconds."""
    deadline = time.monotonic() + wait
    this = (File.job_id == job_id) & (File.table == table)
    while True:
        with services.db.read() as session:
            file = session.execute(select(File).where(this)).scalar_one()
        if file.upload_id is not None:
            return file.upload_id
        with services.db.write() as session:
            mine = session.execute(
                update(File)
                .where(this, File.upload_id.is_(None), func.coalesce(File.upload_until, 0.0) < db_now())
                .values(upload_until=db_now() + _BEGIN_SECONDS)
                .returning(File.table)
            ).one_or_none()
        if mine is not None:
            return _begin(services, job_id, table, file_key(job_id, file.name, file.run))
        if time.monotonic() > deadline:
            return None
        time.sleep(0.02)


def forget_upload(services: Services, job_id: str, table: str, upload_id: str) -> None:
    """Storage has lost the file's upload: another will be begun, and what had gone into it is made again."""
    of_file = (Part.job_id == job_id) & (Part.table == table)
    gone = of_file & (Part.state == "done") & Part.etag.is_not(None)
    with services.db.write() as session:
        # The job's row first, as the worker that finishes a part does.
        session.execute(select(Job.id).where(Job.id == job_id).with_for_update())
        forgotten = session.execute(
            update(File)
            .where(File.job_id == job_id, File.table == table, File.upload_id == upload_id)
            .values(upload_id=None, upload_until=None)
            .returning(File.table)
        ).one_or_none()
        if forgotten is None:
            return
        lost = session.execute(
            select(
                func.count(), func.coalesce(func.sum(Part.rows), 0), func.coalesce(func.sum(Part.size), 0)
            ).where(gone)
        ).one()
        session.execute(
            update(Job)
            .where(Job.id == job_id)
            .values(
                parts_done=Job.parts_done - lost[0],
                rows_done=Job.rows_done - lost[1],
                bytes_done=Job.bytes_done - lost[2],
            )
        )
        session.execute(update(Part).where(gone).values(state="pending", size=None, etag=None, blocks=None))


def _begin(services: Services, job_id: str, table: str, key: str) -> str:
    upload_id = services.storage.begin(key)
    with services.db.write() as session:
        recorded = session.execute(
            update(File)
            .where(File.job_id == job_id, File.table == table, File.upload_id.is_(None))
            .values(upload_id=upload_id, upload_until=None)
            .returning(File.table)
        ).one_or_none()
    if recorded is None:
        services.storage.abort(key, upload_id)
        raise StorageError(f"another worker began the upload for {table} of {job_id}")
    # A worker may have died between beginning an upload and saying so. Only the one that has said so may
    # clear the others away: one that was slow would take the upload from under those who use it.
    for stale_key, stale in services.storage.uploads(key):
        if stale != upload_id:
            services.storage.abort(stale_key, stale)
    return upload_id
