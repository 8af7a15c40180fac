"""Watching streams: the events up to now, then each as its moment comes; nothing but the watcher runs.

A watcher reads the stream's row, with the database's time, twice a second, and goes by that clock in between.
It shows no event later than a second after its last look, and an order takes effect two seconds after it was
given (see control.py). So every watcher of every process shows the same events, and none that is undone.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import load_only

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.services import Services
from synthmill.app.core.streams.queries import Stream, default_stream, moment, now_us, require_stream
from synthmill.app.core.streams.state import SECOND_US, STOPPED
from synthmill.app.core.streams.timeline import Timeline
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.streams import Events

HORIZON_US = SECOND_US
"""How far beyond its last look at the row a watcher goes."""
LOOK_SECONDS = 0.5
PACE_SECONDS = 0.02
"""Events that come closer together are shown together."""
KEEP_ALIVE_SECONDS = 1.0
MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class StreamEvent:
    id: str
    """The stream's."""
    seq: int
    """1, 2, 3 ... without a gap."""
    type: str
    """The table of which it is a row."""
    at_us: int
    pattern: str | None
    text: str
    """The row as a JSON object."""

    @property
    def timestamp(self) -> str:
        return moment(self.at_us)

    def dumps(self) -> str:
        pattern = "null" if self.pattern is None else json.dumps(self.pattern)
        return (
            f'{{"id":"{self.id}","seq":{self.seq},"type":"{self.type}","timestamp":"{self.timestamp}",'
            f'"pattern":{pattern},"data":{self.text}}}'
        )


@dataclass(frozen=True)
class Snapshot:
    """What a stream's row said when it was read; it may be gone by for a second."""

    timeline: Timeline
    last: int
    """Number of the last event that there will be, as things are."""
    read_us: int
    """By the database's clock."""
    read: float
    """By the clock of this process that never goes back."""

    @classmethod
    def of(cls, stream: Stream, read_us: int) -> Snapshot:
        timeline = Timeline.load(stream.timeline)
        last = timeline.segments[-1].before if stream.state == STOPPED else stream.max_events
        return cls(timeline, last, read_us, time.monotonic())

    @property
    def age(self) -> float:
        """Seconds since the row was read."""
        return time.monotonic() - self.read

    @property
    def now_us(self) -> int:
        """The database's time, no later than it is, and no later than may be shown."""
        return self.read_us + min(round(self.age * SECOND_US), HORIZON_US)

    @property
    def position(self) -> int:
        """Number of the last event that may be shown."""
        return min(self.timeline.position(self.now_us), self.last)

    def seconds_to(self, number: int) -> float | None:
        """Until an event's moment; None if it never comes as things are."""
        at_us = None if number > self.last else self.timeline.time_of(number)
        return None if at_us is None else (at_us - self.now_us) / SECOND_US


class Playback:
    """The events of one stream by what was last seen of it. May be used by several threads."""

    def __init__(self, stream: Stream, read_us: int) -> None:
        """Raises InvalidRequestError for a stream of another engine version."""
        self.id, self.table = stream.id, stream.table
        self.snapshot = Snapshot.of(stream, read_us)
        """Replaced with every look at the row."""
        self._events = Events(Recipe.from_dict(stream.recipe), stream.table)

    def is_over(self, seen: int) -> bool:
        """Whether no event comes after this one any more."""
        return seen >= self.snapshot.last

    def events(self, after: int, most: int) -> list[StreamEvent]:
        """Those after a number that may be shown, `most` at most."""
        snapshot = self.snapshot
        last = min(snapshot.position, after + most)
        if last <= after:
            return []
        rows = zip(snapshot.timeline.moments(after, last), self._events.texts(after, last), strict=True)
        return [
            StreamEvent(self.id, number, self.table, at_us, pattern, text)
            for number, ((at_us, pattern), text) in enumerate(rows, after + 1)
        ]

    def pause(self, seen: int) -> float:
        """Seconds until there may be something after this event, or the row is to be looked at again."""
        snapshot = self.snapshot
        until = snapshot.seconds_to(seen + 1)
        look = max(LOOK_SECONDS - snapshot.age, 0.0)
        return look if until is None else min(max(until, PACE_SECONDS), look)


def open_playback(services: Services, principal: Principal, stream_id: str) -> Playback:
    """The playback of a stream that the principal may see. Raises NotFoundError and InvalidRequestError."""
    with services.db.read() as session:
        # The time before the row, which is then at least as new.
        read_us = now_us(session)
        stream = require_stream(session, principal, stream_id)
    return Playback(stream, read_us)


def open_default(services: Services, workspace_id: str) -> Playback | None:
    """The playback of the workspace's default stream, if there ever was one."""
    with services.db.read() as session:
        read_us = now_us(session)
        stream = default_stream(session, workspace_id)
    return None if stream is None else Playback(stream, read_us)


def look_at(services: Services, stream_ids: Sequence[str]) -> dict[str, Snapshot]:
    """What these streams' rows say now; those that are gone are missing."""
    with services.db.read() as session:
        read_us = now_us(session)
        needed = load_only(Stream.state, Stream.timeline, Stream.max_events)
        streams = session.execute(select(Stream).where(Stream.id.in_(stream_ids)).options(needed)).scalars()
        return {stream.id: Snapshot.of(stream, read_us) for stream in streams}


class StreamWatch:
    """One watcher's place in a stream. Opening it raises NotFoundError."""

    def __init__(self, services: Services, principal: Principal, stream_id: str, after: int = 0) -> None:
        self._services = services
        self._playback = open_playback(services, principal, stream_id)
        self.seen = after
        self.over = self._playback.is_over(after)

    def take(self, most: int = MOST_AT_ONCE) -> list[StreamEvent]:
        """What has come since the last call; sets `over` when nothing comes any more."""
        if self._playback.snapshot.age >= LOOK_SECONDS:
            snapshot = look_at(self._services, [self._playback.id]).get(self._playback.id)
            if snapshot is None:
                self.over = True
                return []
            self._playback.snapshot = snapshot
        events = self._playback.events(self.seen, most)
        self.seen += len(events)
        self.over = self._playback.is_over(self.seen)
        return events

    def pause(self) -> float:
        """Seconds until it is worth to take again."""
        return self._playback.pause(self.seen)


def follow_stream(watch: StreamWatch) -> Iterator[StreamEvent | None]:
    """Events as they come; ends when the stream has. None stands for a second without any."""
    spoke = time.monotonic()
    while True:
        events = watch.take()
        yield from events
        if events:
            spoke = time.monotonic()
        if watch.over:
            return
        if len(events) < MOST_AT_ONCE:
            time.sleep(watch.pause())
        if time.monotonic() - spoke >= KEEP_ALIVE_SECONDS:
            spoke = time.monotonic()
            yield None


def read_stream(
    services: Services, principal: Principal, stream_id: str, after: int, limit: int
) -> list[dict[str, Any]]:
    """The events so far after a number, at most `limit`."""
    playback = open_playback(services, principal, stream_id)
    return [json.loads(event.dumps()) for event in playback.events(after, limit)]
