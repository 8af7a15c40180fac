"""The states of a job, and how far along it is."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from synthmill.app.core.db import models


class JobState(StrEnum):
    QUEUED = "queued"
    """No part has been claimed yet."""
    RUNNING = "running"
    """Parts are being made, or the files put together."""
    PAUSED = "paused"
    """No part will be claimed; those in hand are being finished."""
    COMPLETED = "completed"
    """The dataset is whole, checked and can be downloaded."""
    FAILED = "failed"
    """Given up; `error` says why. Its files are gone."""
    CANCELLED = "cancelled"
    """Stopped by its owner. Its files are gone."""


ACTIVE = (JobState.QUEUED, JobState.RUNNING, JobState.PAUSED)
ENDED = (JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED)


def seconds_run(job: models.Job, now: float) -> float:
    """How long the job has been running, pauses and waiting left out."""
    present = 0.0 if job.running_since is None else max(0.0, now - job.running_since)
    return job.ran_seconds + present


def progress(current: int, total: int, seconds: float) -> dict[str, Any]:
    """Rows made, rows in all, rows per second, per cent, and seconds left (None before the first rows)."""
    rate = current / seconds if seconds > 0 else 0.0
    return {
        "current": current,
        "total": total,
        "rate": round(rate, 1),
        "percentage": round(100 * current / total, 2),
        "eta": round((total - current) / rate, 1) if rate > 0 else None,
    }
