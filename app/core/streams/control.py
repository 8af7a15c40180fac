"""What an owner can do with a stream. Each verb changes its row, and nothing else in the world.

A change takes effect a while after it is ordered. Whoever watches looks at the row more often than that, and
shows nothing beyond what he has looked at, so nobody has seen an event that a change does away with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import models
from synthmill.app.core.errors import ConflictError, LimitExceededError, NotFoundError, TooManyRequestsError
from synthmill.app.core.ids import new_id
from synthmill.app.core.services import Services
from synthmill.app.core.streams.bursts import DEFAULT_SECONDS, UNIFORM, Trigger, burst_rate, check_uniform
from synthmill.app.core.streams.queries import (
    Stream,
    StreamView,
    default_stream,
    now_us,
    require_stream,
    view,
)
from synthmill.app.core.streams.state import PAUSED, RUNNING, SECOND_US, STOPPED, has_ended
from synthmill.app.core.streams.timeline import Timeline
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.streams import Endless

LEAD_US = 2 * SECOND_US
"""From an order until it takes effect."""
MAX_SEGMENTS = 2_000
"""Of one stream's timeline: about a thousand orders."""
_COME_BACK_SECONDS = 10


@dataclass(frozen=True)
class StreamRequest:
    """A stream to be."""

    source: Endless
    events_per_second: int = 10
    max_events: int | None = None
    """None: as many as there can be."""


def create(
    services: Services, principal: Principal, wanted: StreamRequest, default: bool = False
) -> StreamView:
    """A stream that runs from now on; a default one becomes the workspace's default stream.

    Raises InvalidRequestError, LimitExceededError, and ConflictError where the default stream hasn't ended.
    """
    count = wanted.source.count
    if wanted.max_events is not None and wanted.max_events > count:
        raise InvalidRequestError.one(
            "max_events", f"there can't be more than {count:,} events", f"a whole number up to {count}"
        )
    with services.db.write(durable=True) as session:
        # One at a time in a workspace, so that limits are kept.
        session.execute(
            select(models.Workspace.id)
            .where(models.Workspace.id == principal.workspace_id)
            .with_for_update(key_share=True)
        )
        now = now_us(session)
        _check_number(session, principal, services.settings.max_streams)
        if default:
            _check_default(session, principal, now)
        stream = Stream(
            id=new_id("stream"),
            workspace_id=principal.workspace_id,
            key_id=principal.key_id,
            is_default=default,
            state=RUNNING,
            template=wanted.source.template,
            recipe=wanted.source.recipe.to_dict(),
            table=wanted.source.table,
            events_per_second=wanted.events_per_second,
            max_events=wanted.max_events or count,
            created_at=now / SECOND_US,
        )
        _set_timeline(stream, Timeline.begun(now, 1_000 * wanted.events_per_second), now)
        session.add(stream)
        return view(stream, now)


def pause(services: Services, principal: Principal, stream_id: str) -> StreamView:
    """No further event comes after the one in the answer. Pausing a paused stream changes nothing."""

    def order(stream: Stream, timeline: Timeline, at: int) -> Timeline | None:
        return _moved(stream, (RUNNING,), PAUSED, timeline.changed(at, 0))

    return _order(services, principal, stream_id, order)


def resume(services: Services, principal: Principal, stream_id: str) -> StreamView:
    """Go on with the next number. Resuming a running stream changes nothing."""

    def order(stream: Stream, timeline: Timeline, at: int) -> Timeline | None:
        return _moved(stream, (PAUSED,), RUNNING, timeline.changed(at, 1_000 * stream.events_per_second))

    return _order(services, principal, stream_id, order)


def stop(services: Services, principal: Principal, stream_id: str) -> StreamView:
    """End the stream for good; its events stay. Stopping a stopped one changes nothing."""

    def order(stream: Stream, timeline: Timeline, at: int) -> Timeline | None:
        return _moved(stream, (RUNNING, PAUSED), STOPPED, timeline.changed(at, 0))

    return _order(services, principal, stream_id, order)


def trigger(services: Services, principal: Principal, stream_id: str, wanted: Trigger) -> StreamView:
    """From the event in the answer on, and for some seconds, more happens; then it is as before."""

    def order(stream: Stream, timeline: Timeline, at: int) -> Timeline | None:
        base = 1_000 * stream.events_per_second
        if wanted.pattern == UNIFORM:
            check_uniform(wanted)
            return _moved(stream, (RUNNING,), None, timeline.changed(at, base))
        until = at + SECOND_US * (wanted.seconds or DEFAULT_SECONDS)
        rate = burst_rate(wanted, stream.events_per_second)
        return _moved(stream, (RUNNING,), None, timeline.changed(at, rate, wanted.pattern, until))

    return _order(services, principal, stream_id, order)


def delete(services: Services, principal: Principal, stream_id: str) -> None:
    """The stream is gone at once, for those who watch it too."""
    with services.db.write(durable=True) as session:
        session.delete(require_stream(session, principal, stream_id))


def default_id(services: Services, principal: Principal) -> str:
    """The id of the workspace's default stream. Raises NotFoundError where none was ever started."""
    with services.db.read() as session:
        stream = default_stream(session, principal.workspace_id)
    if stream is None:
        raise NotFoundError("stream", "default")
    return stream.id


def _order(
    services: Services,
    principal: Principal,
    stream_id: str,
    order: Callable[[Stream, Timeline, int], Timeline | None],
) -> StreamView:
    with services.db.write(durable=True) as session:
        require_stream(session, principal, stream_id)
        stream = session.execute(
            select(Stream)
            .where(Stream.id == stream_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).scalar_one_or_none()
        if stream is None:
            raise NotFoundError("stream", stream_id)
        now = now_us(session)
        timeline = Timeline.load(stream.timeline)
        if timeline.position(now) >= stream.max_events:
            raise ConflictError("the stream has completed", "start another one")
        # A clock that was set back must not undo what was ordered, and maybe seen, before.
        at = max(now + LEAD_US, stream.changed_us)
        changed = order(stream, timeline, at)
        if changed is not None:
            _set_timeline(stream, changed, at)
        return view(stream, now)


def _moved(stream: Stream, before: tuple[str, ...], after: str | None, timeline: Timeline) -> Timeline | None:
    """The timeline, and the row's state set; None where the state is already the one wished for."""
    if after is not None and stream.state == after:
        return None
    if stream.state not in before:
        fix = {PAUSED: "resume it first", STOPPED: "start another one"}.get(stream.state, "")
        raise ConflictError(f"the stream is {stream.state}", fix)
    stream.state = after or stream.state
    return timeline


def _set_timeline(stream: Stream, timeline: Timeline, at: int) -> None:
    if len(timeline.segments) > MAX_SEGMENTS:
        raise LimitExceededError(
            "stream", "it was paused, resumed and triggered as often as a stream can be", "start another one"
        )
    stream.timeline = timeline.dump()
    stream.changed_us = at
    end = timeline.time_of(stream.max_events)
    stream.ends_at = None if end is None else end / SECOND_US


def _check_number(session: Session, principal: Principal, most: int) -> None:
    count = session.execute(
        select(func.count()).select_from(Stream).where(Stream.key_id == principal.key_id, ~has_ended())
    ).scalar_one()
    if count >= most:
        raise TooManyRequestsError(
            f"this key has {count} streams that haven't ended",
            _COME_BACK_SECONDS,
            "stream",
            "stop some before the next",
        )


def _check_default(session: Session, principal: Principal, now: int) -> None:
    stream = default_stream(session, principal.workspace_id)
    if stream is not None and (state := view(stream, now).state) in (RUNNING, PAUSED):
        raise ConflictError(
            f"the default stream is {state}", "resume it, or stop it before you start another"
        )
