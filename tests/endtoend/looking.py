"""Looking into a stack behind its back: its database and its storage."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from synthmill.app.core.db import models
from synthmill.app.core.services import Services, build
from synthmill.app.core.settings import Settings
from synthmill.client.job import Job
from tests.stack.stack import Stack


@contextmanager
def services_of(stack: Stack) -> Iterator[Services]:
    """The same services as the stack's own processes have."""
    environment = json.loads((stack.data / "environment.json").read_text())
    services = build(Settings.from_env(environment))
    try:
        yield services
    finally:
        services.close()


def parts_of(stack: Stack, job: Job) -> list[models.Part]:
    """The job's parts as they are in the database now."""
    with services_of(stack) as services, services.db.read() as session:
        query = select(models.Part).where(models.Part.job_id == job.id).order_by(models.Part.number)
        return list(session.execute(query).scalars())


def objects_of(stack: Stack, job: Job) -> list[str]:
    """All that storage has of the job: objects, and unfinished uploads in brackets."""
    with services_of(stack) as services:
        prefix = f"jobs/{job.id}/"
        uploads = [f"[{key}]" for key, _ in services.storage.uploads(prefix)]
        return [*services.storage.list(prefix), *uploads]


def hashes(job: Job) -> dict[str, str]:
    """Root of each file of a completed job."""
    return {file["name"]: file["root"] for file in job.view["files"]}
