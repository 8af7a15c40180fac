"""What was learnt from real data: models, which of them have left, reports, and how often they were made."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from synthmill.app.core.db.models.base import Base


class Model(Base):
    """A model that a workspace has fitted: an input that recipes can name, whatever becomes of its data."""

    __tablename__ = "models"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    """Its object's key has it too, so what a broken attempt stored never shows."""
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    state: Mapped[str] = mapped_column(String(16))
    """`storing`, `stored` or `removing`."""
    sha256: Mapped[str | None] = mapped_column(String(64))
    """Of a stored one; a workspace stores equal models once."""
    size: Mapped[int]
    """Bytes of its file."""
    name: Mapped[str] = mapped_column(String(128))
    method: Mapped[str] = mapped_column(String(32))
    """As it was asked for."""
    method_used: Mapped[str] = mapped_column(String(32))
    privacy: Mapped[str] = mapped_column(String(16))
    """`careful`, `open` or `dp`: an open one leaves only by an explicit flag."""
    sources: Mapped[dict[str, Any]]
    """By table, the sha256 of the upload that it was fitted on."""
    description: Mapped[dict[str, Any]]
    """What the model says of itself: tables, columns, rows, subjects, privacy statement, warnings."""
    job_id: Mapped[str | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"))
    """The job that fitted it, while that is there."""
    lease_until: Mapped[float]
    """One who stores or removes it and hasn't ended by then has died."""
    created_at: Mapped[float]

    __table_args__ = (
        UniqueConstraint("workspace_id", "sha256"),
        Index("ix_models_workspace_id_id", "workspace_id", "id"),
        Index("ix_models_state_lease_until", "state", "lease_until"),
        Index("ix_models_job_id", "job_id"),
    )


class ModelExport(Base):
    """That the file of an open model has left the workspace: when, and by which key."""

    __tablename__ = "model_exports"
    model_id: Mapped[str] = mapped_column(ForeignKey("models.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """1, 2, 3 ... of the model."""
    key_id: Mapped[str] = mapped_column(String(40))
    exported_at: Mapped[float]


class Disclosure(Base):
    """What has been asked about the bytes of a real file: it outlives the upload, for answers can't be taken
    back."""

    __tablename__ = "disclosures"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    evaluations: Mapped[int] = mapped_column(default=0)
    """Reports that compared something with it."""


class Evaluation(Base):
    """A report that compares synthetic data with real data."""

    __tablename__ = "evaluations"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), unique=True)
    sources: Mapped[dict[str, Any]]
    """By role (`real`, `synthetic`, `holdout`) and table, the sha256 of what was compared."""
    report: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    created_at: Mapped[float]

    __table_args__ = (Index("ix_evaluations_workspace_id_id", "workspace_id", "id"),)
