"""What jobs make: files while they come together, and datasets when they have."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, column_property, mapped_column

from synthmill.app.core.db.models.base import Base
from synthmill.app.core.db.models.jobs import Job


class File(Base):
    """One file of a job: all of one table."""

    __tablename__ = "files"
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    table: Mapped[str] = mapped_column(String(128), primary_key=True)
    position: Mapped[int]
    """Place of the table in the recipe."""
    name: Mapped[str] = mapped_column(String(160))
    parts: Mapped[int]
    direct: Mapped[bool]
    """Pieces go straight into the file's one multipart upload; else each is an object until the end."""
    upload_id: Mapped[str | None]
    upload_until: Mapped[float | None]
    """While a worker begins the upload: when another may take that over."""
    size: Mapped[int | None]
    root: Mapped[str | None] = mapped_column(String(64))
    """Set when the file is whole in storage."""
    sha256: Mapped[str | None] = mapped_column(String(64))
    """Set with it where the output asks for it."""
    run: Mapped[int] = column_property(
        select(Job.run).where(Job.id == job_id).correlate_except(Job).scalar_subquery().label("run")
    )
    """The job's, when this was read."""


class Dataset(Base):
    """The finished, unchanging result of a job; versioned inside a workspace."""

    __tablename__ = "datasets"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    name: Mapped[str] = mapped_column(String(128))
    version: Mapped[int]
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), unique=True)
    rows: Mapped[int]
    size: Mapped[int]
    manifest: Mapped[dict[str, Any]]
    created_at: Mapped[float]

    __table_args__ = (UniqueConstraint("workspace_id", "name", "version"),)
