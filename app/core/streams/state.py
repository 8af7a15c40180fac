"""The states of a stream, without all that reading one needs: workers look for ended ones, too."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func

from synthmill.app.core.db import db_now, models

RUNNING, PAUSED, STOPPED, COMPLETED = STATES = ("running", "paused", "stopped", "completed")
SECOND_US = 1_000_000

Stream = models.Stream


def has_ended(days_ago: float = 0.0) -> ColumnElement[bool]:
    """Whether a stream was stopped, or has completed, so many days ago."""
    then = db_now() - days_ago * 86_400
    stopped = (Stream.state == STOPPED) & (Stream.changed_us < then * SECOND_US)
    return stopped | func.coalesce(Stream.ends_at < then, False)
