"""A job's parts, and what they gave until its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, composite, mapped_column

from synthmill.app.core.db.models.base import Base


@dataclass(frozen=True)
class Work:
    """What a part is to do. Its job's kind alone reads it; a dataset's rows have all four of a table."""

    table: str = ""
    piece: int = 0
    """Place in the table's file, from 0."""
    first_block: int = 0
    last_block: int = 0
    """One past the last."""

    def __str__(self) -> str:
        return self.table


class Part(Base):
    """A contiguous range of whole blocks: the unit of work, retry and checkpoint."""

    __tablename__ = "parts"
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """Place in the job, from 0."""
    stage: Mapped[str | None] = mapped_column(String(64))
    """The stage that it is of; None: of the rows."""
    table: Mapped[str] = mapped_column(String(128))
    piece: Mapped[int]
    first_block: Mapped[int]
    last_block: Mapped[int]
    work: Mapped[Work] = composite(Work, "table", "piece", "first_block", "last_block")
    rows: Mapped[int]
    """In the units of its kind, or of its stage."""
    state: Mapped[str] = mapped_column(String(16), default="pending")
    attempt: Mapped[int] = mapped_column(default=0)
    errors: Mapped[int] = mapped_column(default=0)
    losses: Mapped[int] = mapped_column(default=0)
    """How often its worker died, and no other part of the same hand is known to have been in work."""
    begun: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Of the parts that its worker claimed together, the one that was in work when it was last reported."""
    begun_block: Mapped[int | None]
    """The block that is being made, where the part has lost a worker before; None before the first."""
    block_losses: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """By block (empty: before the first) how often its worker died there."""
    worker: Mapped[str | None] = mapped_column(String(128))
    lease_until: Mapped[float | None]
    not_before: Mapped[float] = mapped_column(default=0.0)
    rows_made: Mapped[int] = mapped_column(default=0)
    """Rows encoded so far by the present attempt."""
    size: Mapped[int | None]
    etag: Mapped[str | None] = mapped_column(String(128))
    """As storage answered for a piece of an upload; None where the piece is an object of its own, empty where
    it went into the upload together with the piece before it."""
    blocks: Mapped[bytes | None]
    """The blocks made, packed by synthmill.app.core.execution.part."""
    profile: Mapped[bytes | None] = mapped_column(deferred=True)
    """What its columns hold, packed by generators.datasets.profile; dropped when merged with others'."""
    result: Mapped[bytes | None] = mapped_column(deferred=True)
    """Of a stage: what its blocks combined to (None: it is in storage), or the sha256 of each block kept."""

    __table_args__ = (
        Index(
            "ix_parts_pending",
            "job_id",
            "losses",
            "number",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_parts_running",
            "job_id",
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
        Index(
            "ix_parts_leases",
            "lease_until",
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
    )


class StageResult(Base):
    """A stage of a job, and what it gave once it has been run."""

    __tablename__ = "stage_results"
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    """Place among the job's stages, from 0."""
    name: Mapped[str] = mapped_column(String(64))
    stage: Mapped[dict[str, Any]]
    """All that its strategy said of it."""
    sha256: Mapped[str | None] = mapped_column(String(64))
    """Set when it has been run."""
    data: Mapped[bytes | None] = mapped_column(deferred=True)
    """What its blocks combined to, where that is small; else it is in storage."""
    attempt: Mapped[int | None]
    """Of the finaliser that combined it: part of the key in storage."""


class Profile(Base):
    """Profiles of neighbouring parts of a table merged into one, see core/execution/files/profiles.py."""

    __tablename__ = "profiles"
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    table: Mapped[str] = mapped_column(String(128), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True)
    """1: of parts; each higher one: of profiles of the level below."""
    number: Mapped[int] = mapped_column(primary_key=True)
    """Place in its level, from 0."""
    attempts: Mapped[int]
    """The sum of the attempts of the parts that it is of: another where one of them was made again."""
    packed: Mapped[bytes] = mapped_column(deferred=True)
