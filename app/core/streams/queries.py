"""Reading streams: the view that every face shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import db_now, models
from synthmill.app.core.errors import NotFoundError
from synthmill.app.core.ids import timestamp
from synthmill.app.core.pagination import Page
from synthmill.app.core.services import Services
from synthmill.app.core.streams.state import COMPLETED, SECOND_US
from synthmill.app.core.streams.timeline import Timeline

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Stream = models.Stream


@dataclass(frozen=True)
class StreamView:
    id: str
    state: str
    """As last ordered, from event `effective_seq` on; completed when `max_events` have come."""
    strategy: str
    template: str | None
    table: str
    seed: int
    recipe: dict[str, Any]
    events_per_second: int
    max_events: int
    position: int
    """Number of the last event so far."""
    rate: float
    """Events a second at this moment."""
    pattern: str | None
    """What was triggered, while it lasts."""
    effective_seq: int
    """Number of the first event for which the last order holds."""
    effective_at: str
    created_at: str


def moment(us: int) -> str:
    """RFC 3339 in UTC with microseconds, from microseconds since 1970."""
    return (_EPOCH + timedelta(microseconds=us)).isoformat(timespec="microseconds")[:26] + "Z"


def require_stream(session: Session, principal: Principal, stream_id: str) -> Stream:
    """The stream's row. Raises NotFoundError unless the principal's workspace has it."""
    stream = session.get(Stream, stream_id)
    if stream is None or stream.workspace_id != principal.workspace_id:
        raise NotFoundError("stream", stream_id)
    return stream


def default_stream(session: Session, workspace_id: str) -> Stream | None:
    """The workspace's default stream, running or not: the one that /stream/start made last."""
    return session.execute(
        select(Stream)
        .where(Stream.workspace_id == workspace_id, Stream.is_default)
        .order_by(Stream.id.desc())
        .limit(1)
    ).scalar_one_or_none()


def get_stream(services: Services, principal: Principal, stream_id: str) -> StreamView:
    with services.db.read() as session:
        return view(require_stream(session, principal, stream_id), now_us(session))


def list_streams(
    services: Services, principal: Principal, after: str | None = None, limit: int = 50
) -> Page[StreamView]:
    """Streams, the newest first."""
    query = (
        select(Stream)
        .where(Stream.workspace_id == principal.workspace_id)
        .order_by(Stream.id.desc())
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(Stream.id < after)
    with services.db.read() as session:
        streams = list(session.execute(query).scalars())
        now = now_us(session)
    page = [view(stream, now) for stream in streams[:limit]]
    return Page(page, page[-1].id if len(streams) > limit else None)


def now_us(session: Session) -> int:
    """Microseconds since 1970 by the database's clock."""
    return round(session.execute(select(db_now())).scalar_one() * SECOND_US)


def view(stream: Stream, now: int) -> StreamView:
    timeline = Timeline.load(stream.timeline)
    position = min(timeline.position(now), stream.max_events)
    over = position == stream.max_events
    segment = timeline.at(now)
    return StreamView(
        id=stream.id,
        state=COMPLETED if over else stream.state,
        strategy=stream.recipe["strategy"],
        template=stream.template,
        table=stream.table,
        seed=stream.recipe["seed"],
        recipe=stream.recipe,
        events_per_second=stream.events_per_second,
        max_events=stream.max_events,
        position=position,
        rate=0.0 if over else segment.rate / 1_000,
        pattern=None if over else segment.pattern,
        effective_seq=timeline.position(stream.changed_us) + 1,
        effective_at=moment(stream.changed_us),
        created_at=timestamp(stream.created_at),
    )
