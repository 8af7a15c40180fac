"""What workspaces keep: uploads and templates."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from synthmill.app.core.db.models.base import Base


class Upload(Base):
    """A file that a workspace has sent, or is sending: an input that recipes can name."""

    __tablename__ = "uploads"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    """Of one attempt to send it: its object's key has it too, so a broken attempt never shows."""
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    state: Mapped[str] = mapped_column(String(16))
    """`receiving`, `stored` or `removing`."""
    sha256: Mapped[str | None] = mapped_column(String(64))
    """Of a stored one; a workspace stores equal bytes once."""
    size: Mapped[int]
    """Bytes; of one that is being received, what is reserved for it."""
    media_type: Mapped[str] = mapped_column(String(255))
    name: Mapped[str | None] = mapped_column(String(255))
    lease_until: Mapped[float]
    """A receiver that hasn't renewed it by then has died."""
    created_at: Mapped[float]
    used_at: Mapped[float]
    """When it was last uploaded or named by a new job: retention counts from then."""

    __table_args__ = (
        UniqueConstraint("workspace_id", "sha256"),
        Index("ix_uploads_workspace_id_id", "workspace_id", "id"),
        Index("ix_uploads_state_lease_until", "state", "lease_until"),
    )


class Template(Base):
    """A template that a workspace has made for itself."""

    __tablename__ = "templates"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(128), primary_key=True)
    content: Mapped[dict[str, Any]]
    """What its file would say."""
    etag: Mapped[str] = mapped_column(String(64))
    """The sha256 of the content."""
    updated_at: Mapped[float]
