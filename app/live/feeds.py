"""Who watches which job, and which workspace's jobs: one feed for all who watch the same."""

from __future__ import annotations

import time
from functools import partial

from synthmill.app.core.jobs.events import Event, workspace_channel
from synthmill.app.core.jobs.watch import JobProgress, look
from synthmill.app.core.services import Services
from synthmill.app.live.channel import Channel, Latest
from synthmill.app.live.connection import Connection
from synthmill.app.live.frames import text_frame
from synthmill.app.live.hub import Hub
from synthmill.app.live.job_feed import LOOK_SECONDS, JobFeed


class WorkspaceFeed:
    """Events of all of a workspace's jobs as they happen. What was missed is not made up for: each job's own
    feed does that."""

    def __init__(self, hub: Hub, services: Services, workspace_id: str) -> None:
        self._hub, self._services = hub, services
        self._channel_name = workspace_channel(workspace_id)
        self._watchers = Channel()
        self._notes = Latest(hub, self._watchers.send_frame)
        services.bus.subscribe(self._channel_name, self.receive)

    def __len__(self) -> int:
        return len(self._watchers)

    def end(self) -> None:
        """Nobody watches any more."""
        self._services.bus.unsubscribe(self._channel_name, self.receive)

    def join(self, connection: Connection) -> None:
        self._watchers.join(connection)

    def leave(self, connection: Connection) -> None:
        self._watchers.leave(connection)

    def receive(self, message: str) -> None:
        """A live message; called by the bus."""
        self._hub.call(self._forward, message)

    def _forward(self, message: str) -> None:
        event = Event.loads(message)
        if event.seq is None:
            self._notes.put(event.id, text_frame(message))
        else:
            self._notes.forget(event.id)
            self._watchers.send(message)


class Feeds:
    """All feeds of this process; each lives from its first watcher to its last. For the hub's thread."""

    def __init__(self, hub: Hub, services: Services) -> None:
        self._hub, self._services = hub, services
        self._jobs: dict[str, JobFeed] = {}
        self._workspaces: dict[str, WorkspaceFeed] = {}
        self._looking = False

    def watch_job(self, connection: Connection, job_id: str, after: int) -> None:
        if job_id not in self._jobs:
            self._jobs[job_id] = JobFeed(self._hub, self._services, job_id)
        self._jobs[job_id].join(connection, after)

    def leave_job(self, connection: Connection, job_id: str) -> None:
        feed = self._jobs.get(job_id)
        if feed is not None:
            feed.leave(connection)
            if not len(feed):
                del self._jobs[job_id]
                feed.end()

    def watch_workspace(self, connection: Connection, workspace_id: str) -> None:
        if workspace_id not in self._workspaces:
            self._workspaces[workspace_id] = WorkspaceFeed(self._hub, self._services, workspace_id)
        self._workspaces[workspace_id].join(connection)

    def leave_workspace(self, connection: Connection, workspace_id: str) -> None:
        feed = self._workspaces.get(workspace_id)
        if feed is not None:
            feed.leave(connection)
            if not len(feed):
                del self._workspaces[workspace_id]
                feed.end()

    def start(self) -> None:
        """Look from now on whether silent jobs have gone on."""
        self._hub.every(LOOK_SECONDS / 2, self._look)

    def _look(self) -> None:
        """One query for all feeds that have heard nothing for a second."""
        now = time.monotonic()
        silent = [job_id for job_id, feed in self._jobs.items() if feed.is_silent(now)]
        if silent and not self._looking:
            self._looking = True
            self._hub.work(
                partial(look, self._services, silent), partial(self._looked, silent), self._look_failed
            )

    def _looked(self, job_ids: list[str], reached: dict[str, JobProgress]) -> None:
        self._looking = False
        for job_id in job_ids:
            if job_id in self._jobs:
                self._jobs[job_id].looked(reached.get(job_id))

    def _look_failed(self) -> None:
        self._looking = False


class JobWatcher:
    """The peer of a connection to /ws/jobs/{id}."""

    def __init__(self, feeds: Feeds, job_id: str, after: int) -> None:
        self._feeds, self._job_id, self._after = feeds, job_id, after

    def opened(self, connection: Connection) -> None:
        self._feeds.watch_job(connection, self._job_id, self._after)

    def on_message(self, connection: Connection, message: str | bytes) -> None:
        """A watcher has nothing to say."""

    def on_close(self, connection: Connection) -> None:
        self._feeds.leave_job(connection, self._job_id)


class WorkspaceWatcher:
    """The peer of a connection to /ws/jobs."""

    def __init__(self, feeds: Feeds, workspace_id: str) -> None:
        self._feeds, self._workspace_id = feeds, workspace_id

    def opened(self, connection: Connection) -> None:
        self._feeds.watch_workspace(connection, self._workspace_id)

    def on_message(self, connection: Connection, message: str | bytes) -> None:
        """A watcher has nothing to say."""

    def on_close(self, connection: Connection) -> None:
        self._feeds.leave_workspace(connection, self._workspace_id)


class Refused:
    """The peer of a connection that gets a close frame and nothing else."""

    def __init__(self, code: int, reason: str) -> None:
        self._code, self._reason = code, reason

    def opened(self, connection: Connection) -> None:
        connection.close(self._code, self._reason)

    def on_message(self, connection: Connection, message: str | bytes) -> None:
        """It is closing."""

    def on_close(self, connection: Connection) -> None:
        """It was nowhere."""
