"""Who watches which stream, and who waits for a workspace's default stream to be started."""

from __future__ import annotations

from functools import partial

from synthmill.app.core.services import Services
from synthmill.app.core.streams.watch import LOOK_SECONDS, Playback, Snapshot, look_at, open_default
from synthmill.app.live.connection import Connection
from synthmill.app.live.frames import NORMAL
from synthmill.app.live.hub import Hub
from synthmill.app.live.stream_feed import Over, StreamFeed

Look = tuple[dict[str, Snapshot], dict[str, Playback | None]]
"""Of streams that are watched by id, of default streams that are waited for by workspace."""


class StreamFeeds:
    """All feeds of streams of this process; each lives from its first watcher to its last. For the hub's
    thread."""

    def __init__(self, hub: Hub, services: Services) -> None:
        self._hub, self._services = hub, services
        self._feeds: dict[str, StreamFeed] = {}
        self._waiting: dict[DefaultWatcher, Connection] = {}
        self._looking = False

    def start(self) -> None:
        """Look from now on what was ordered."""
        self._hub.every(LOOK_SECONDS, self._look)

    def watch(self, connection: Connection, playback: Playback, after: int | None, over: Over) -> None:
        """See StreamFeed.join; of a stream that is watched already, what is known of it is kept."""
        feed = self._feeds.setdefault(playback.id, StreamFeed(self._hub, playback))
        feed.join(connection, after, over)

    def leave(self, connection: Connection, stream_id: str) -> None:
        feed = self._feeds.get(stream_id)
        if feed is not None:
            feed.leave(connection)
            if not len(feed):
                del self._feeds[stream_id]

    def wait(self, connection: Connection, watcher: DefaultWatcher) -> None:
        """Notify this watcher when there is another default stream."""
        self._waiting[watcher] = connection

    def wait_no_more(self, watcher: DefaultWatcher) -> None:
        self._waiting.pop(watcher, None)

    def _look(self) -> None:
        """One look for all feeds, and one for each workspace that waits."""
        workspaces = {watcher.workspace_id for watcher in self._waiting}
        if (self._feeds or workspaces) and not self._looking:
            self._looking = True
            look = partial(_look, self._services, list(self._feeds), workspaces)
            self._hub.work(look, partial(self._looked, list(self._feeds)), self._failed)

    def _looked(self, asked: list[str], look: Look) -> None:
        self._looking = False
        snapshots, default = look
        for stream_id in asked:
            if stream_id in self._feeds:
                self._feeds[stream_id].looked(snapshots.get(stream_id))
        for watcher, connection in list(self._waiting.items()):
            playback = default.get(watcher.workspace_id)
            if playback is not None and playback.id != watcher.stream_id:
                self.wait_no_more(watcher)
                watcher.watch(connection, playback, 0)

    def _failed(self) -> None:
        self._looking = False


class StreamWatcher:
    """The peer of a connection to /ws/streams/{id}."""

    def __init__(self, feeds: StreamFeeds, playback: Playback, after: int) -> None:
        self._feeds, self._playback, self._after = feeds, playback, after

    def opened(self, connection: Connection) -> None:
        self._feeds.watch(connection, self._playback, self._after, self._over)

    def on_message(self, connection: Connection, message: str | bytes) -> None:
        """A watcher has nothing to say."""

    def on_close(self, connection: Connection) -> None:
        self._feeds.leave(connection, self._playback.id)

    def _over(self, connection: Connection) -> None:
        connection.close(NORMAL, "the stream has ended")


class DefaultWatcher:
    """The peer of a connection to /ws/events: of the default stream, then of the one that is started next."""

    def __init__(
        self, feeds: StreamFeeds, workspace_id: str, playback: Playback | None, after: int | None
    ) -> None:
        self._feeds, self.workspace_id = feeds, workspace_id
        self._playback, self._after = playback, after
        self.stream_id: str | None = None

    def opened(self, connection: Connection) -> None:
        if self._playback is None:
            self._feeds.wait(connection, self)
        else:
            self.watch(connection, self._playback, self._after)

    def watch(self, connection: Connection, playback: Playback, after: int | None) -> None:
        self.stream_id = playback.id
        self._feeds.watch(connection, playback, after, self._over)

    def on_message(self, connection: Connection, message: str | bytes) -> None:
        """A watcher has nothing to say."""

    def on_close(self, connection: Connection) -> None:
        self._feeds.wait_no_more(self)
        if self.stream_id is not None:
            self._feeds.leave(connection, self.stream_id)

    def _over(self, connection: Connection) -> None:
        if self.stream_id is not None:
            self._feeds.leave(connection, self.stream_id)
        self._feeds.wait(connection, self)


def _look(services: Services, stream_ids: list[str], workspaces: set[str]) -> Look:
    return look_at(services, stream_ids), {one: open_default(services, one) for one in workspaces}
