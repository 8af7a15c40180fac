"""What processes tell each other of themselves: workers, counters, locks."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from synthmill.app.core.db.models.base import Base


class Worker(Base):
    """A worker process that has given a sign of life."""

    __tablename__ = "workers"
    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    host: Mapped[str] = mapped_column(String(128))
    pid: Mapped[int]
    engine: Mapped[str] = mapped_column(String(32))
    queues: Mapped[str] = mapped_column(String(256), server_default="interactive,bulk")
    """Those that it takes slots from, separated by commas."""
    started_at: Mapped[float]
    heartbeat_at: Mapped[float]


class WorkerPlugin(Base):
    """Something of a plugin that a worker can use."""

    __tablename__ = "worker_plugins"
    worker_id: Mapped[str] = mapped_column(ForeignKey("workers.id", ondelete="CASCADE"), primary_key=True)
    plugin: Mapped[str] = mapped_column(String(512), primary_key=True)


class Counter(Base):
    """What all processes together have counted so far; see app/core/observability/counters.py."""

    __tablename__ = "counters"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[int]


class Lock(Base):
    """A name that one holder has until a time: elects the sweeper."""

    __tablename__ = "locks"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    holder: Mapped[str] = mapped_column(String(128))
    until: Mapped[float]
    reap_after: Mapped[float] = mapped_column(default=0.0)
    """Before that no lease is taken for lost: nobody could renew one while the database was away."""
