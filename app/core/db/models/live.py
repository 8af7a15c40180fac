"""What is made as time goes by: streams and markets."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from synthmill.app.core.db.models.base import Base


class Stream(Base):
    """Endless data and a clock: which event it is at follows from the row and the time alone."""

    __tablename__ = "streams"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    key_id: Mapped[str] = mapped_column(ForeignKey("api_keys.id"))
    """Whose limit it counts for."""
    is_default: Mapped[bool] = mapped_column("usual")
    """Made by /stream/start: the newest such is the workspace's default stream."""
    state: Mapped[str] = mapped_column(String(16))
    """As last ordered; running also when `max_events` is reached."""
    template: Mapped[str | None] = mapped_column(String(128))
    recipe: Mapped[dict[str, Any]]
    table: Mapped[str] = mapped_column(String(128))
    events_per_second: Mapped[int]
    max_events: Mapped[int]
    timeline: Mapped[list[Any]] = mapped_column("course", JSON())
    """Since when it has run how fast, as synthmill.app.core.streams.timeline writes it."""
    changed_us: Mapped[int]
    """When the last order takes effect, in microseconds since 1970."""
    ends_at: Mapped[float | None]
    """When `max_events` is reached, unless something is changed before."""
    created_at: Mapped[float]

    __table_args__ = (
        Index("ix_streams_workspace_id_id", "workspace_id", "id"),
        Index("ix_streams_key_id", "key_id"),
    )


class MarketTicker(Base):
    """A ticker that a workspace added to its market."""

    __tablename__ = "market_tickers"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    symbol: Mapped[str] = mapped_column(String(16), primary_key=True)
    parameters: Mapped[dict[str, Any]]
    created_at: Mapped[float]


class MarketDay(Base):
    """A closed day of a ticker, minute by minute: a cache of what can be computed again."""

    __tablename__ = "market_days"
    security: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The sha256 of all that its ticks follow from."""
    day: Mapped[int] = mapped_column(primary_key=True)
    """Counted from 1970."""
    minutes: Mapped[bytes]
    """Packed by synthmill.app.core.market.day_cache."""
    created_at: Mapped[float]

    __table_args__ = (Index("ix_market_days_created_at", "created_at"),)
