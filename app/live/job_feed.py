"""What the watchers of one job are sent, without a gap or a repeat, by one subscription for all of them.

A watcher is either *current*: it has every event up to the feed's position, and the next live one goes to all
current ones as one frame; or it is *behind* some number, and rows are read for it, page by page as it takes
them. A live number out of turn, or a second without one and rows that say more, puts everybody behind.
"""

from __future__ import annotations

import time
from functools import partial

from synthmill.app.core.jobs.events import TERMINAL, Event, job_channel
from synthmill.app.core.jobs.watch import JobProgress, look, read_on
from synthmill.app.core.services import Services
from synthmill.app.live.channel import Channel, Latest
from synthmill.app.live.connection import Connection
from synthmill.app.live.frames import NORMAL, text_frame
from synthmill.app.live.hub import Hub

LOOK_SECONDS = 1.0
_PAGE = 100
"""Events read at once for those behind; they fit an empty outbox."""
_RETRY_SECONDS = 1.0

Page = tuple[list[Event], bytes, JobProgress | None]
"""Events, their frames in one, and how far the job had come."""


class JobFeed:
    """The watchers of one job in this process. For the hub's thread, but for `receive`."""

    def __init__(self, hub: Hub, services: Services, job_id: str) -> None:
        self.job_id = job_id
        self._hub, self._services = hub, services
        self._position = 0
        self._current = Channel()
        self._behind: dict[Connection, int] = {}
        self._reading: set[int] = set()
        self._notes = Latest(hub, self._current.send_frame)
        self._heard_at = time.monotonic()
        services.bus.subscribe(job_channel(job_id), self.receive)

    def __len__(self) -> int:
        return len(self._current) + len(self._behind)

    def end(self) -> None:
        """Nobody watches any more."""
        self._services.bus.unsubscribe(job_channel(self.job_id), self.receive)

    def join(self, connection: Connection, after: int) -> None:
        """Send this watcher what comes after a number."""
        self._behind[connection] = after
        self._read(after)

    def leave(self, connection: Connection) -> None:
        connection.on_drained = None
        self._current.leave(connection)
        self._behind.pop(connection, None)

    def receive(self, message: str) -> None:
        """A live message; called by the bus."""
        self._hub.call(self._forward, message)

    def is_silent(self, now: float) -> bool:
        """Whether it is time to look whether live events were lost."""
        return len(self._current) > 0 and now - self._heard_at >= LOOK_SECONDS

    def looked(self, reached: JobProgress | None) -> None:
        """What a look at the job's row has shown."""
        if reached is None:
            self._close([*self._current.members(), *self._behind])
            return
        self._advance(reached.last_seq)
        if reached.ended and reached.last_seq == self._position:
            self._close(self._current.members())

    def _forward(self, message: str) -> None:
        event = Event.loads(message)
        frame = text_frame(message)
        if event.seq is None:
            self._notes.put(self.job_id, frame)
            return
        self._notes.forget(self.job_id)
        self._heard_at = time.monotonic()
        if event.seq == self._position + 1:
            self._position = event.seq
            self._current.send_frame(frame)
        else:
            self._advance(event.seq)
        if event.type in TERMINAL:
            # It may have been tried again since, so only the row says whether this was the end.
            self._hub.work(
                partial(look, self._services, [self.job_id]),
                lambda reached: self.looked(reached.get(self.job_id)),
            )

    def _advance(self, position: int) -> None:
        """There are events up to this number that nobody current has seen."""
        if position <= self._position:
            return
        before, self._position = self._position, position
        members = self._current.members()
        for connection in members:
            self._current.leave(connection)
            self._behind[connection] = before
        if members:
            self._read(before)

    def _read(self, after: int) -> None:
        """Have rows read for all who are behind this number."""
        if after not in self._reading:
            self._reading.add(after)
            self._hub.work(
                partial(_read_page, self._services, self.job_id, after),
                partial(self._serve, after),
                partial(self._try_again, after),
            )

    def _try_again(self, after: int) -> None:
        self._reading.discard(after)
        if after in self._behind.values():
            self._hub.later(_RETRY_SECONDS, partial(self._read, after))

    def _serve(self, after: int, page: Page) -> None:
        """Send those who are behind this number what was read for them."""
        self._reading.discard(after)
        waiting = [connection for connection, seen in self._behind.items() if seen == after]
        events, frames, reached = page
        if reached is None:
            self._close(waiting)
            return
        if frames:
            for connection in waiting:
                connection.send(frames)
        if len(events) == _PAGE:
            self._go_on(waiting, events[-1].seq or after)
            return
        # A watcher that claims to have seen more than there is has seen all.
        seen = events[-1].seq if events else reached.last_seq
        self._advance(seen or 0)
        if seen != self._position:
            self._go_on(waiting, seen or 0)
            return
        self._catch_up(waiting)
        if reached.ended and seen == reached.last_seq:
            self._close(waiting)

    def _go_on(self, connections: list[Connection], seen: int) -> None:
        """These have seen so much, and the next page is for them as soon as they have taken this one."""
        for connection in connections:
            if connection.open:
                self._behind[connection] = seen
                if connection.drained:
                    self._read(seen)
                else:
                    connection.on_drained = partial(self._drained, connection)

    def _drained(self, connection: Connection) -> None:
        connection.on_drained = None
        if connection in self._behind:
            self._read(self._behind[connection])

    def _catch_up(self, connections: list[Connection]) -> None:
        for connection in connections:
            if self._behind.pop(connection, None) is not None:
                self._current.join(connection)

    def _close(self, connections: list[Connection]) -> None:
        for connection in connections:
            connection.close(NORMAL, "the job has ended")


def _read_page(services: Services, job_id: str, after: int) -> Page:
    events, reached = read_on(services, job_id, after, _PAGE)
    return events, b"".join(text_frame(event.dumps()) for event in events), reached
