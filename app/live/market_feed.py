"""Ticks as their moments come, for all who are subscribed to their ticker.

A ticker's minutes are made ahead, by a function of time that every process has, and each tick is sent when
the clock reaches it. So nothing is asked of a broker, and all processes send the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial

from synthmill.app.core.errors import NotFoundError
from synthmill.app.core.market import queries
from synthmill.app.core.market.queries import Tick
from synthmill.app.core.services import Services
from synthmill.app.live.channel import Channel
from synthmill.app.live.connection import Connection
from synthmill.app.live.frames import text_frame
from synthmill.app.live.hub import Hub

MINUTE_MS = 60_000
AHEAD_MS = 10_000
"""A minute is made so long before it begins."""
_RETRY_SECONDS = 1.0

Frames = list[bytes] | None
"""Of a minute's ticks, in order; None where there is no such ticker."""
Place = tuple[str, str]
"""A workspace and a symbol."""


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class TickerFeed:
    """The subscribers of one ticker in this process. For the hub's thread."""

    def __init__(self, interval_ms: int, minute: int, frames: list[bytes]) -> None:
        self.subscribers = Channel()
        self._interval_ms = interval_ms
        self._minutes = {minute: frames}
        # The clock may have left the minute while it was made.
        self._sent_ms = min(self._newest(), (minute + 1) * MINUTE_MS - interval_ms)

    def put(self, minute: int, frames: list[bytes]) -> None:
        self._minutes[minute] = frames

    def missing(self) -> list[int]:
        """Minutes that have to be made now."""
        first, last = self._sent_ms // MINUTE_MS, (now_ms() + AHEAD_MS) // MINUTE_MS
        return [minute for minute in range(first, last + 1) if minute not in self._minutes]

    def last(self) -> bytes:
        """The frame of the tick that was sent last."""
        return self._minutes[self._sent_ms // MINUTE_MS][self._sent_ms % MINUTE_MS // self._interval_ms]

    def send_due(self) -> None:
        """Send every tick that has come since the last call; one that isn't made yet waits until it is."""
        for at_ms in range(self._sent_ms + self._interval_ms, self._newest() + 1, self._interval_ms):
            if at_ms // MINUTE_MS not in self._minutes:
                break
            self._sent_ms = at_ms
            self.subscribers.send_frame(self.last())
        for minute in [minute for minute in self._minutes if minute < self._sent_ms // MINUTE_MS]:
            del self._minutes[minute]

    def _newest(self) -> int:
        now = now_ms()
        return now - now % self._interval_ms


class MarketFeeds:
    """All tickers that somebody in this process is subscribed to. For the hub's thread."""

    def __init__(self, hub: Hub, services: Services) -> None:
        self._hub, self._services = hub, services
        self._interval_ms = services.settings.market_interval_ms
        self._feeds: dict[Place, TickerFeed] = {}
        self._making: set[tuple[Place, int]] = set()
        self._ticking = False

    def find(
        self,
        workspace_id: str,
        symbols: Iterable[str],
        then: Callable[[list[str]], object],
        failed: Callable[[], object],
    ) -> None:
        """Call `then` with those of the symbols that are tickers, all of them ready to be joined."""
        minute = now_ms() // MINUTE_MS
        places = [(workspace_id, symbol) for symbol in symbols]

        def found(made: dict[Place, Frames]) -> None:
            for place, frames in made.items():
                if frames is not None and place not in self._feeds:
                    self._feeds[place] = TickerFeed(self._interval_ms, minute, frames)
            then([symbol for (_, symbol), frames in made.items() if frames is not None])
            self._drop_unused()
            if self._feeds and not self._ticking:
                self._ticking = True
                self._turn()

        self._hub.work(partial(_made, self._services, places, minute), found, failed)

    def join(self, connection: Connection, place: Place) -> None:
        """Send this one the last tick at once, then each as it comes. The place was found just now."""
        feed = self._feeds[place]
        feed.send_due()
        connection.send(feed.last())
        feed.subscribers.join(connection)

    def leave(self, connection: Connection, places: Iterable[Place]) -> None:
        for place in places:
            if place in self._feeds:
                self._feeds[place].subscribers.leave(connection)
        self._drop_unused()

    def _drop_unused(self) -> None:
        self._feeds = {place: feed for place, feed in self._feeds.items() if len(feed.subscribers)}

    def _turn(self) -> None:
        for place, feed in list(self._feeds.items()):
            feed.send_due()
            for minute in feed.missing():
                self._make(place, minute)
        self._ticking = bool(self._feeds)
        if self._ticking:
            self._hub.later((self._interval_ms - now_ms() % self._interval_ms) / 1_000, self._turn)

    def _make(self, place: Place, minute: int) -> None:
        if (place, minute) in self._making:
            return
        self._making.add((place, minute))

        def put(made: dict[Place, Frames]) -> None:
            self._making.discard((place, minute))
            frames = made[place]
            if frames is None:
                self._feeds.pop(place, None)  # Removed: nothing comes any more.
            elif place in self._feeds:
                self._feeds[place].put(minute, frames)

        def failed() -> None:
            self._hub.later(_RETRY_SECONDS, lambda: self._making.discard((place, minute)))

        self._hub.work(partial(_made, self._services, [place], minute), put, failed)


def _made(services: Services, places: list[Place], minute: int) -> dict[Place, Frames]:
    return {place: _frames(services, place, minute) for place in places}


def _frames(services: Services, place: Place, minute: int) -> Frames:
    workspace_id, symbol = place
    try:
        ticks = queries.minute_ticks(services, workspace_id, symbol, minute)
    except NotFoundError:
        return None
    return [text_frame(_message(symbol, tick)) for tick in ticks]


def _message(symbol: str, tick: Tick) -> str:
    # A decimal's text is a JSON number, with as many digits as the tick size has.
    return (
        f'{{"type":"tick","data":{{"ticker":"{symbol}","price":{tick.price:f},"volume":{tick.volume},'
        f'"bid":{tick.bid:f},"ask":{tick.ask:f},"timestamp":{tick.time_ms}}}}}'
    )
