"""What is reported of work on a job: log lines, spans of the trace that asked for it, and counts."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from synthmill.app.core.db import models
from synthmill.app.core.errors import MissingObjectError, StorageError
from synthmill.app.core.observability import counters, tracing
from synthmill.app.core.services import Services

log = logging.getLogger(__name__)

Work = TypeVar("Work", bound=Callable[..., Any])


@contextmanager
def slot_span(services: Services, job_id: str) -> Iterator[None]:
    """A slot's work, as part of the trace of the request that made the job."""
    parent = None
    try:
        with services.db.read() as session:
            parent = session.execute(
                select(models.Job.traceparent).where(models.Job.id == job_id)
            ).scalar_one_or_none()
    except SQLAlchemyError:
        pass  # The slot itself finds out, and knows what to do.
    with tracing.span("slot", parent, job_id=job_id):
        yield


def tracked_part(make: Work) -> Work:
    """Around the function that does a part, which is given services and claim."""

    @wraps(make)
    def tracked(services: Services, claim: Any, *rest: Any) -> Any:
        with tracing.span("part", job_id=claim.job_id, part=claim.number, attempt=claim.attempt):
            began = time.monotonic()
            with _storage_errors():
                made = make(services, claim, *rest)
            counters.count("parts_made")
            if claim.stage is None:
                counters.count("rows_made", claim.units)
            counters.count("bytes_made", made.size)
            seconds = round(time.monotonic() - began, 3)
            sizes = {"rows" if claim.stage is None else "stage_units": claim.units, "bytes": made.size}
            log.info("part made", extra={**sizes, "seconds": seconds})
            return made

    return tracked  # type: ignore[return-value]


def tracked_finalising(finalise: Work) -> Work:
    """Around the function that puts together what a job's parts gave; it is given services and lease."""

    @wraps(finalise)
    def tracked(services: Services, lease: Any) -> Any:
        with tracing.span("finalise", job_id=lease.job_id, attempt=lease.attempt), _storage_errors():
            finalise(services, lease)

    return tracked  # type: ignore[return-value]


@contextmanager
def _storage_errors() -> Iterator[None]:
    try:
        yield
    except MissingObjectError:
        raise
    except StorageError:
        counters.count("storage_errors")
        raise
