"""What a transaction says to the world: gathered while it runs, sent once it is committed, or never.

Commit first, then publish, then wake workers: a listener that gets a message finds its facts in the database.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from synthmill.app.core.messaging.bus import Bus
from synthmill.app.core.messaging.queue import Queue
from synthmill.app.core.observability import counters

_KEY = "outbox"


@dataclass
class Outbox:
    messages: list[tuple[str, str]] = field(default_factory=list)
    """(channel, message) for those who listen now."""
    slots: list[tuple[str, str, int]] = field(default_factory=list)
    """(job, queue, how many) for workers."""
    events: int = 0
    """How many of the messages' events were stored."""


def outbox(session: Session) -> Outbox:
    """The outbox of the session's transaction."""
    found: Outbox = session.info.setdefault(_KEY, Outbox())
    return found


def deliver(session: Session, bus: Bus, queue: Queue) -> None:
    """Send what the session's transaction, which is committed, has to say."""
    content: Outbox | None = session.info.pop(_KEY, None)
    if content is None:
        return
    counters.count("events", content.events)
    if content.messages:
        bus.publish(content.messages)
    for job_id, name, slots in content.slots:
        queue.wake(job_id, name, slots)
