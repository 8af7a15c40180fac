"""How tests let time pass in streams: a row whose moments lie further back is one that is older."""

from __future__ import annotations

from typing import Any

from synthmill.app.core.db import models
from synthmill.app.core.services import Services
from synthmill.app.core.streams.state import SECOND_US


def let_pass(services: Services, stream_id: str, seconds: float) -> None:
    """As if so many seconds had gone by since all that happened to the stream."""
    us = round(seconds * SECOND_US)
    with services.db.write() as session:
        stream: Any = session.get(models.Stream, stream_id)
        stream.timeline = [[start - us, *rest] for start, *rest in stream.timeline]
        stream.changed_us -= us
        stream.ends_at = None if stream.ends_at is None else stream.ends_at - seconds
