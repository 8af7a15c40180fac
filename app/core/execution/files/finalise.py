"""The end of a dataset's job: files put together, manifest written, dataset recorded.

It can be begun again at any point: each file that is whole is recorded at once, and only the last
transaction makes the dataset.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from synthmill.app.core.db import db_now, models
from synthmill.app.core.errors import MissingObjectError, MissingUploadError
from synthmill.app.core.execution.context import JobContext
from synthmill.app.core.execution.files.assemble import Check, assemble
from synthmill.app.core.execution.files.profiles import forget_profiles, merged_profile
from synthmill.app.core.ids import new_id
from synthmill.app.core.jobs.kind import Completed, FinaliserLease
from synthmill.app.core.jobs.object_keys import file_key, job_prefix, pieces_prefix
from synthmill.app.core.services import Services
from synthmill.generators.datasets import manifest
from synthmill.generators.datasets.profile.document import document
from synthmill.generators.datasets.profile.table import TableProfile

_FILES_AT_ONCE = 2
"""Copying, flushing and waiting for a store leave the other thread free, and no other worker has anything
left to do for the job."""

Job, Part, File = models.Job, models.Part, models.File


def finalise(services: Services, context: JobContext, lease: FinaliserLease) -> Completed | None:
    """All files are whole in storage, manifest and profile beside them; None: a lost piece is made again.

    Raises AbandonedError where the lease was lost.
    """
    with services.db.read() as session:
        files = list(
            session.execute(select(File).where(File.job_id == lease.job_id).order_by(File.position)).scalars()
        )
    check = partial(lease.check, services)
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
        return None
    run = files[0].run
    profiled = document(context.recipe, profiles)
    services.storage.put(file_key(lease.job_id, manifest.PROFILE_NAME, run), profiled)
    content = manifest.manifest(
        context.recipe, context.output, entries, manifest.profile_entry(profiled), context.results
    )
    services.storage.put(file_key(lease.job_id, manifest.FILE_NAME, run), manifest.dumps(content))
    if any(file.parts > 1 for file in files):
        services.storage.delete_prefix(pieces_prefix(lease.job_id))
        _abort_uploads(services, lease.job_id)
    files_made = [
        {key: file[key] for key in ("name", "rows", "size", "root", "sha256") if key in file}
        for file in content["files"]
    ]
    return Completed(partial(_dataset, content), {"files": files_made}, leftovers=context.staged)


def _abort_uploads(services: Services, job_id: str) -> None:
    """All files are whole: an upload that is left was begun twice, by a worker that died before saying so."""
    for key, upload in services.storage.uploads(job_prefix(job_id)):
        services.storage.abort(key, upload)


def _finished(
    services: Services, context: JobContext, check: Check, file: models.File
) -> tuple[dict[str, Any], TableProfile]:
    """The file, whole in storage: its entry in the manifest, and what its rows are like."""
    whole, sha256 = assemble(services, context, file, check)
    return manifest.file_entry(whole, sha256), merged_profile(services, context, file, check)


def _make_again(services: Services, lease: FinaliserLease, file: models.File) -> None:
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


def _dataset(content: dict[str, Any], session: Session, job: models.Job) -> dict[str, Any]:
    """Store the dataset, with the next version number of its name; what the job gave."""
    same = (models.Dataset.workspace_id == job.workspace_id) & (models.Dataset.name == job.dataset)
    latest = session.execute(
        select(func.coalesce(func.max(models.Dataset.version), 0)).where(same)
    ).scalar_one()
    version = latest + 1
    # An IntegrityError says that another job of the same dataset took this number first.
    session.execute(
        insert(models.Dataset).values(
            id=new_id("ds"),
            workspace_id=job.workspace_id,
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
    return {"dataset": job.dataset, "version": version, "size": content["size"]}
