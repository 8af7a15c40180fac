"""A stream's events as their moments come, for all in this process who watch it.

Events follow from the stream's row, so nothing has to be kept for anybody: each watcher gets the events after
the last one that he has, a page at a time, when he has taken the page before. A slow one falls behind and
misses nothing; those who are at the same event share one page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from synthmill.app.core.streams.watch import MOST_AT_ONCE, PACE_SECONDS, Playback, Snapshot
from synthmill.app.live.connection import Connection
from synthmill.app.live.frames import text_frame
from synthmill.app.live.hub import Hub
from synthmill.app.live.timers import Timer

PAGE_BYTES = 128 * 1024
"""What is sent at once, or one event, if that alone is more; it fits an empty outbox."""
MOST_PAGES = 20
"""Made in one go: a page is quick, but a crowd that comes back to as many places isn't."""

Over = Callable[[Connection], object]


@dataclass(frozen=True)
class Page:
    frames: bytes
    last: int
    """The last event in it."""
    full: bool
    """Whether there is more."""


Pages = dict[int, Page]
"""By the last event that was seen."""


class StreamFeed:
    """The watchers of one stream. For the hub's thread."""

    def __init__(self, hub: Hub, playback: Playback) -> None:
        self._hub, self._playback = hub, playback
        self._seen: dict[Connection, int] = {}
        self._over: dict[Connection, Over] = {}
        self._timer: Timer | None = None
        self._working = False

    def __len__(self) -> int:
        return len(self._seen)

    def join(self, connection: Connection, after: int | None, over: Over) -> None:
        """Send this watcher what comes after a number (None: from now on), and call `over` after the last."""
        self._seen[connection] = self._playback.snapshot.position if after is None else after
        self._over[connection] = over
        connection.on_drained = self._turn
        self._turn()

    def leave(self, connection: Connection) -> None:
        if self._seen.pop(connection, None) is not None:
            del self._over[connection]
            connection.on_drained = None

    def looked(self, snapshot: Snapshot | None) -> None:
        """What a look at the stream's row has shown; None: it is gone."""
        if snapshot is None:
            self._end(list(self._seen))
        else:
            self._playback.snapshot = snapshot
            self._turn()

    def _turn(self) -> None:
        """Have pages made for those who are behind the clock and have taken what they got."""
        if self._working:
            return
        taken = {connection: seen for connection, seen in self._seen.items() if connection.drained}
        self._end([connection for connection, seen in taken.items() if self._playback.is_over(seen)])
        position = self._playback.snapshot.position
        behind = {seen for seen in taken.values() if seen < position}
        if behind:
            self._working = True
            # Those at the front first: they are the many.
            places = sorted(behind, reverse=True)[:MOST_PAGES]
            self._hub.work(partial(_pages, self._playback, places), self._send, self._failed)
        elif self._seen:
            self._turn_later(self._playback.pause(max(position, min(self._seen.values()))))

    def _send(self, pages: Pages) -> None:
        self._working = False
        more = False
        for connection, seen in list(self._seen.items()):
            if seen in pages and connection.drained:
                page = pages[seen]
                self._seen[connection] = page.last
                connection.send(page.frames)
                more |= page.full
        if more:
            self._turn()
        elif self._seen:
            self._turn_later(PACE_SECONDS)

    def _failed(self) -> None:
        """The log has it. The next look at the row tries again."""
        self._working = False

    def _turn_later(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._hub.later(max(seconds, PACE_SECONDS), self._turn)

    def _end(self, connections: list[Connection]) -> None:
        for connection in connections:
            over = self._over[connection]
            self.leave(connection)
            over(connection)


def _pages(playback: Playback, places: list[int]) -> Pages:
    return {seen: _page(playback, seen) for seen in places}


def _page(playback: Playback, seen: int) -> Page:
    frames: list[bytes] = []
    size = 0
    events = playback.events(seen, MOST_AT_ONCE)
    for event in events:
        frame = text_frame(event.dumps())
        size += len(frame)
        if frames and size > PAGE_BYTES:
            break
        frames.append(frame)
    full = len(events) == MOST_AT_ONCE or len(frames) < len(events)
    return Page(b"".join(frames), seen + len(frames), full)
