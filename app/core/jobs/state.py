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


def job_progress(job: models.Job, in_hand: int, now: float) -> dict[str, Any]:
    """How far the job is, or its stage while it is at one, `in_hand` units of unfinished parts counted."""
    seconds = seconds_run(job, now) - job.stage_began
    if job.stage is None:
        return progress(job.rows_done + in_hand, job.rows_total, seconds)
    return progress(job.stage_units_done + in_hand, job.stage_units, seconds) | {"stage": job.stage}


_KNOWN_SHARE, _KNOWN_SECONDS = 0.02, 30.0
"""When seconds left are known: the first block may take far longer, as workers load the engine."""


def progress(current: int, total: int, seconds: float) -> dict[str, Any]:
    """Units done, units in all, units per second, per cent, and seconds left: None until that is known."""
    rate = current / seconds if seconds > 0 else 0.0
    known = current >= _KNOWN_SHARE * total or seconds >= _KNOWN_SECONDS
    return {
        "current": current,
        "total": total,
        "rate": round(rate, 1),
        "percentage": round(100 * current / total, 2),
        "eta": round((total - current) / rate, 1) if rate > 0 and known else None,
    }
