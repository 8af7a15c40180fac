"""The end of a job: files put together, manifest written, dataset recorded.

Finalising is leased and fenced like a part, and can be begun again at any point: each file that is whole
is recorded at once, and only the last transaction makes the dataset.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from synthmill.app.core.db import db_now, models
from synthmill.app.core.errors import MissingObjectError, MissingUploadError
from synthmill.app.core.execution.context import JobContext
from synthmill.app.core.execution.files.assemble import Check, assemble
from synthmill.app.core.execution.files.profiles import forget_profiles, merged_profile
from synthmill.app.core.execution.instrumentation import tracked_finalising
from synthmill.app.core.execution.leases import AbandonedError
from synthmill.app.core.ids import new_id
from synthmill.app.core.jobs import events
from synthmill.app.core.jobs.compatibility import matches_engine
from synthmill.app.core.jobs.object_keys import file_key, job_prefix, pieces_prefix
from synthmill.app.core.jobs.state import JobState, progress, seconds_run
from synthmill.app.core.services import Services
from synthmill.generators.datasets import manifest
from synthmill.generators.datasets.profile.document import document
from synthmill.generators.datasets.profile.table import TableProfile

_CHECK_SECONDS = 0.5
_FILES_AT_ONCE = 2
"""Copying, flushing and waiting for a store leave the other thread free, and no other worker has anything
left to do for the job."""

Job, Part, File = models.Job, models.Part, models.File


@dataclass(frozen=True)
class Finalising:
    """The lease of whoever puts a job's files together."""

    job_id: str
    attempt: int
    lease_seconds: float

    @property
    def mine(self) -> ColumnElement[bool]:
        return (
            (Job.id == self.job_id) & (Job.finalise_attempt == self.attempt) & (Job.state == JobState.RUNNING)
        )

    def renew(self, session: Session) -> None:
        session.execute(update(Job).where(self.mine).values(finalise_until=db_now() + self.lease_seconds))


def claim_finalising(services: Services, job_id: str, worker: str) -> Finalising | None:
    """The lease, if all parts of the running job are done and nobody else has it."""
    lease = services.settings.lease_seconds
    with services.db.write() as session:
        attempt = session.execute(
            update(Job)
            .where(
                Job.id == job_id,
                Job.state == JobState.RUNNING,
                Job.deleted.is_(False),
                matches_engine(),
                Job.parts_done == Job.parts_total,
                func.coalesce(Job.finalise_until, 0.0) < db_now(),
            )
            .values(
                finalise_attempt=Job.finalise_attempt + 1, finalise_until=db_now() + lease, finaliser=worker
            )
            .returning(Job.finalise_attempt)
        ).scalar_one_or_none()
    return None if attempt is None else Finalising(job_id, attempt, lease)


@tracked_finalising
def finalise(services: Services, context: JobContext, lease: Finalising) -> None:
    """Complete the job. Raises AbandonedError where it has ended meanwhile or the lease was lost."""
    with services.db.read() as session:
        files = list(
            session.execute(select(File).where(File.job_id == lease.job_id).order_by(File.position)).scalars()
        )
    check = _check(services, lease)
    with ThreadPoolExecutor(_FILES_AT_ONCE) as pool:
        begun = [pool.submit(copy_context().run, _finished, services, context, check, file) for file in files]
    entries, profiles, lost = [], [], []
    for file, one in zip(files, begun, strict=True):
        try:
            entry, profile = one.result()
        except (MissingObjectError, MissingUploadError):
            lost.append(file)
        else:
            entries.append(entry)
            profiles.append(profile)
    if lost:
        for file in lost:
            _make_again(services, lease, file)
        return
    profiled = document(context.recipe, profiles)
    services.storage.put(file_key(lease.job_id, manifest.PROFILE_NAME), profiled)
    content = manifest.manifest(context.recipe, context.output, entries, manifest.profile_entry(profiled))
    services.storage.put(file_key(lease.job_id, manifest.FILE_NAME), manifest.dumps(content))
    if any(file.parts > 1 for file in files):
        services.storage.delete_prefix(pieces_prefix(lease.job_id))
        _abort_uploads(services, lease.job_id)
    event = _complete(services, context, lease, content)
    events.publish(services.bus, context.workspace_id, event)


def _abort_uploads(services: Services, job_id: str) -> None:
    """All files are whole: an upload that is left was begun twice, by a worker that died before saying so."""
    for key, upload in services.storage.uploads(job_prefix(job_id)):
        services.storage.abort(key, upload)


def _check(services: Services, lease: Finalising) -> Check:
    """Raises AbandonedError, now and then when it is called, once the job has ended or is another's."""
    looked = time.monotonic()

    def check() -> None:
        nonlocal looked
        if time.monotonic() - looked >= _CHECK_SECONDS:
            looked = time.monotonic()
            with services.db.read() as session:
                if session.execute(select(Job.id).where(lease.mine)).one_or_none() is None:
                    raise AbandonedError(f"{lease.job_id} has ended, or is finalised elsewhere")

    return check


def _finished(
    services: Services, context: JobContext, check: Check, file: models.File
) -> tuple[dict[str, Any], TableProfile]:
    """The file, whole in storage: its entry in the manifest, and what its rows are like."""
    whole, sha256 = assemble(services, context, file, check)
    return manifest.file_entry(whole, sha256), merged_profile(services, context, file, check)


def _make_again(services: Services, lease: Finalising, file: models.File) -> None:
    """Storage has lost a piece of the file: its parts are made once more."""
    of_file = (Part.job_id == lease.job_id) & (Part.table == file.table)
    with services.db.write() as session:
        lost = session.execute(
            select(func.count(), func.sum(Part.rows), func.sum(Part.size)).where(of_file)
        ).one()
        changed = session.execute(
            update(Job)
            .where(lease.mine)
            .values(
                parts_done=Job.parts_done - lost[0],
                rows_done=Job.rows_done - lost[1],
                bytes_done=Job.bytes_done - lost[2],
                finalise_until=None,
            )
            .returning(Job.id)
        ).one_or_none()
        if changed is None:
            return
        session.execute(
            update(Part)
            .where(of_file)
            .values(state="pending", size=None, etag=None, blocks=None, profile=None)
        )
        session.execute(
            update(File)
            .where(File.job_id == lease.job_id, File.table == file.table)
            .values(upload_id=None, size=None, root=None, sha256=None)
        )
        # Their parts bring their profiles along again.
        forget_profiles(session, lease.job_id, file.table)


def _complete(
    services: Services, context: JobContext, lease: Finalising, content: dict[str, Any]
) -> events.Event:
    for _ in range(5):
        try:
            with services.db.write(durable=True) as session:
                return _record(session, context, lease, content)
        except IntegrityError:
            continue  # Another job of the same dataset took this version number first.
    raise RuntimeError(f"no version number could be had for the dataset of {lease.job_id}")


def _record(
    session: Session, context: JobContext, lease: Finalising, content: dict[str, Any]
) -> events.Event:
    job = session.execute(
        update(Job)
        .where(lease.mine)
        .values(
            state=JobState.COMPLETED,
            finished_at=db_now(),
            running_since=None,
            ran_seconds=Job.ran_seconds + func.coalesce(db_now() - Job.running_since, 0.0),
            finalise_until=None,
            cleaned=True,
        )
        .returning(Job)
    ).scalar_one_or_none()
    if job is None:
        raise AbandonedError(f"{lease.job_id} has ended, or is finalised elsewhere")
    same = (models.Dataset.workspace_id == context.workspace_id) & (models.Dataset.name == job.dataset)
    latest = session.execute(
        select(func.coalesce(func.max(models.Dataset.version), 0)).where(same)
    ).scalar_one()
    version = latest + 1
    session.execute(
        insert(models.Dataset).values(
            id=new_id("ds"),
            workspace_id=context.workspace_id,
            name=job.dataset,
            version=version,
            job_id=job.id,
            rows=content["rows"],
            size=content["size"],
            manifest=content,
            created_at=db_now(),
        )
    )
    session.execute(update(Job).where(Job.id == job.id).values(dataset_version=version))
    session.execute(update(Part).where(Part.job_id == job.id).values(profile=None, blocks=None))
    forget_profiles(session, job.id)
    now = session.execute(select(db_now())).scalar_one()
    data = progress(job.rows_total, job.rows_total, seconds_run(job, now)) | {
        "dataset": job.dataset,
        "version": version,
        "size": content["size"],
        "files": [
            {key: file[key] for key in ("name", "rows", "size", "root", "sha256") if key in file}
            for file in content["files"]
        ],
    }
    return events.append(session, job.id, "complete", data)
