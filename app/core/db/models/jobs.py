"""Jobs, what they are made with, and what has happened to them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from synthmill.app.core.db.models.base import Base


class Job(Base):
    """One request of a kind, with parts and a result."""

    __tablename__ = "jobs"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    kind: Mapped[str] = mapped_column(String(32), default="dataset", server_default="dataset")
    """What is asked for: a file of app/core/kinds."""
    state: Mapped[str] = mapped_column(String(16))
    strategy: Mapped[str] = mapped_column(String(128), default="")
    template: Mapped[str | None] = mapped_column(String(128))
    dataset: Mapped[str] = mapped_column(String(128), default="")
    dataset_version: Mapped[int | None]
    recipe: Mapped[dict[str, Any]] = mapped_column(default=dict)
    output: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """From `strategy` to here of jobs of the kind `dataset` alone, as is `part_rows`; empty in others."""
    request: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What a completed job gave, as its kind says it."""
    engine: Mapped[str] = mapped_column(String(32))
    """The recipe's engine version: no other makes the job's parts."""
    unmanned_since: Mapped[float | None]
    """Since when the sweeper has found no living worker of that engine version."""
    queue: Mapped[str] = mapped_column(String(16))
    part_rows: Mapped[int | None]
    max_parallel: Mapped[int]
    rows_total: Mapped[int] = mapped_column()
    """In the units of its kind, which are rows for a dataset; the units of stages are counted apart."""
    rows_done: Mapped[int] = mapped_column(default=0)
    stage: Mapped[str | None] = mapped_column(String(64))
    """The stage that it is at; None while there is none, or all have been run."""
    stage_units: Mapped[int] = mapped_column(default=0, server_default="0")
    stage_units_done: Mapped[int] = mapped_column(default=0, server_default="0")
    stage_began: Mapped[float] = mapped_column(default=0.0, server_default="0")
    """How long it had been running when its present stage, or the rows after the last, began."""
    bytes_done: Mapped[int] = mapped_column(default=0)
    bytes_expected: Mapped[int] = mapped_column(default=0, server_default="0")
    """Of its files, as estimated from a sample when it was accepted."""
    parts_total: Mapped[int]
    """That there are by now: those of a further stage, and of the rows after it, come when it begins."""
    parts_done: Mapped[int] = mapped_column(default=0)
    first_attempt: Mapped[int] = mapped_column(default=0, server_default="0")
    """Attempts at its parts up to this one are of before it was last retried."""
    last_seq: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[float]
    started_at: Mapped[float | None]
    finished_at: Mapped[float | None]
    running_since: Mapped[float | None]
    """Start of the present stretch of running; None while queued, paused or ended."""
    ran_seconds: Mapped[float] = mapped_column(default=0.0)
    """Length of the earlier stretches, pauses left out."""
    progress_at: Mapped[float] = mapped_column(default=0.0)
    """When the last numbered progress event was written."""
    woken_at: Mapped[float] = mapped_column(default=0.0)
    """When slots were last asked for, or one last began."""
    waiting_for: Mapped[str | None]
    """What storage, or a disk, said when it last took nothing of the job; None once it takes bytes again."""
    waiting_since: Mapped[float | None]
    """Since when it has been so."""
    hold_until: Mapped[float] = mapped_column(default=0.0, server_default="0")
    """Until then no part of it is claimed: storage that takes nothing is tried now and then, by one part."""
    run: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often it has been retried: part of its files' keys."""
    finalise_attempt: Mapped[int] = mapped_column(default=0)
    finalise_until: Mapped[float | None]
    """Until when somebody puts the files together, or clears them away."""
    finaliser: Mapped[str | None] = mapped_column(String(128))
    """The worker that puts the files together."""
    cleaned: Mapped[bool] = mapped_column(default=False)
    """An ended job's pieces, uploads and (unless it completed) files are gone from storage."""
    deleted: Mapped[bool] = mapped_column(default=False)
    """Invisible from now on; its rows go when its objects are gone."""
    error: Mapped[str | None]
    traceparent: Mapped[str | None] = mapped_column(String(55))
    """The W3C trace of the request that made it."""

    __table_args__ = (
        Index("ix_jobs_workspace_id_id", "workspace_id", "id"),
        Index(
            "ix_jobs_finished_at",
            "finished_at",
            sqlite_where=text("finished_at IS NOT NULL"),
            postgresql_where=text("finished_at IS NOT NULL"),
        ),
        Index(
            "ix_jobs_unfinished",
            "state",
            sqlite_where=text("state IN ('queued', 'running', 'paused')"),
            postgresql_where=text("state IN ('queued', 'running', 'paused')"),
        ),
        Index(
            "ix_jobs_uncleaned", "id", sqlite_where=text("cleaned = 0"), postgresql_where=text("NOT cleaned")
        ),
        Index("ix_jobs_deleted", "id", sqlite_where=text("deleted = 1"), postgresql_where=text("deleted")),
    )


class JobPlugin(Base):
    """Something of a plugin that a job is made with: only workers that have it make the job's parts."""

    __tablename__ = "job_plugins"
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    plugin: Mapped[str] = mapped_column(String(512), primary_key=True)
    """An entry's identity: `synthmill-example==1.0 formats/markdown`."""


class JobInput(Base):
    """An upload that a job's recipe names; it can't be removed before the job has ended."""

    __tablename__ = "job_inputs"
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    field: Mapped[str]
    """The first of the recipe's parameters that names it."""

    __table_args__ = (Index("ix_job_inputs_sha256", "sha256"),)


class Idempotency(Base):
    """Which job an Idempotency-Key made, and from what body."""

    __tablename__ = "idempotency"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    body_sha256: Mapped[str] = mapped_column(String(64))
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    created_at: Mapped[float]


class Event(Base):
    """A numbered, stored fact about a job."""

    __tablename__ = "events"
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[float]
    data: Mapped[dict[str, Any]]
