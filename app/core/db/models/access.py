"""Who may see what: workspaces, keys, tickets."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from synthmill.app.core.db.models.base import Base


class Workspace(Base):
    """Who owns things; the limit of what a key can see."""

    __tablename__ = "workspaces"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(128), unique=True)
    created_at: Mapped[float]


class ApiKey(Base):
    """An API key; the token itself is never stored, only its hash."""

    __tablename__ = "api_keys"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    name: Mapped[str] = mapped_column(String(128))
    prefix: Mapped[str] = mapped_column(String(20))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[float]
    last_used_at: Mapped[float | None]
    revoked_at: Mapped[float | None]


class Ticket(Base):
    """A one-time pass for a WebSocket, so that no key stands in an address."""

    __tablename__ = "tickets"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    key_id: Mapped[str] = mapped_column(ForeignKey("api_keys.id", ondelete="CASCADE"))
    job_id: Mapped[str | None] = mapped_column(String(40))
    expires_at: Mapped[float]
