"""Finished datasets and their files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import models
from synthmill.app.core.errors import ConflictError, NotFoundError
from synthmill.app.core.ids import timestamp
from synthmill.app.core.jobs import lifecycle
from synthmill.app.core.jobs.object_keys import file_key
from synthmill.app.core.jobs.queries import require_job
from synthmill.app.core.jobs.state import JobState
from synthmill.app.core.pagination import Page
from synthmill.app.core.services import Services
from synthmill.app.core.storage.stored_file import StoredFile
from synthmill.generators.datasets import manifest
from synthmill.generators.datasets.hashes import digest

Dataset = models.Dataset


@dataclass(frozen=True)
class DatasetView:
    id: str
    name: str
    version: int
    job_id: str
    rows: int
    size: int
    created_at: str
    manifest: dict[str, Any]


def list_datasets(
    services: Services,
    principal: Principal,
    name: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[DatasetView]:
    """Datasets, the newest first."""
    query = (
        select(Dataset)
        .join(models.Job, models.Job.id == Dataset.job_id)
        .where(Dataset.workspace_id == principal.workspace_id, models.Job.deleted.is_(False))
        .order_by(Dataset.id.desc())
        .limit(limit + 1)
    )
    if name is not None:
        query = query.where(Dataset.name == name)
    if after is not None:
        query = query.where(Dataset.id < after)
    with services.db.read() as session:
        found = [_view(dataset) for dataset in session.execute(query).scalars()]
    return Page(found[:limit], found[limit - 1].id if len(found) > limit else None)


def get_dataset(services: Services, principal: Principal, dataset_id: str) -> DatasetView:
    with services.db.read() as session:
        return _view(_require(session, principal, dataset_id))


def get_profile(services: Services, principal: Principal, dataset_id: str) -> dict[str, Any]:
    """What the dataset's columns hold, as `profile.json` says."""
    with services.db.read() as session:
        job_id = _require(session, principal, dataset_id).job_id
        run = session.execute(select(models.Job.run).where(models.Job.id == job_id)).scalar_one()
    profile: dict[str, Any] = json.loads(services.storage.get(file_key(job_id, manifest.PROFILE_NAME, run)))
    return profile


def delete_dataset(services: Services, principal: Principal, dataset_id: str) -> None:
    """Remove the dataset, its files and the job that made it."""
    with services.db.read() as session:
        job_id = _require(session, principal, dataset_id).job_id
    lifecycle.delete(services, principal, job_id)


def open_file(services: Services, principal: Principal, job_id: str, name: str) -> StoredFile:
    """The stored file of this name. Raises NotFoundError for a name that isn't one of the dataset's files,
    and ConflictError while the job hasn't completed."""
    with services.db.read() as session:
        job = require_job(session, principal, job_id)
        if job.state != JobState.COMPLETED:
            raise ConflictError(f"the job is {job.state}; its files come when it has completed")
        dataset = session.execute(select(Dataset).where(Dataset.job_id == job_id)).scalar_one()
    key, content = file_key(job_id, name, job.run), dataset.manifest
    if name == manifest.FILE_NAME:
        data = manifest.dumps(content)
        return StoredFile(name, len(data), digest(data).hex(), None, "application/json", key)
    try:
        entry = content["profile"] if name == manifest.PROFILE_NAME else manifest.get_file(content, name)
    except KeyError:
        raise NotFoundError("file", name) from None
    sha256 = entry.get("sha256")
    etag = entry["sha256"] if content["manifest"] == 1 else entry.get("root") or entry["blake3"]
    return StoredFile(name, entry["size"], etag, sha256, entry.get("media_type", "application/json"), key)


def _require(session: Session, principal: Principal, dataset_id: str) -> models.Dataset:
    dataset = session.get(Dataset, dataset_id)
    if dataset is None or dataset.workspace_id != principal.workspace_id:
        raise NotFoundError("dataset", dataset_id)
    require_job(session, principal, dataset.job_id)
    return dataset


def _view(dataset: models.Dataset) -> DatasetView:
    return DatasetView(
        dataset.id,
        dataset.name,
        dataset.version,
        dataset.job_id,
        dataset.rows,
        dataset.size,
        timestamp(dataset.created_at),
        dataset.manifest,
    )
