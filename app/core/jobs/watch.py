"""Watching jobs: what was stored first, then what happens, without a gap or a repeat.

Subscribe, read rows, then forward live messages. A live message that doesn't follow on from the last
number shows that some were lost, and the rows are read again; a silent second makes that certain. So a
Redis that forgets everything costs a watcher a second.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import models
from synthmill.app.core.jobs import events
from synthmill.app.core.jobs.events import TERMINAL, Event
from synthmill.app.core.jobs.queries import require_job
from synthmill.app.core.jobs.state import ENDED
from synthmill.app.core.services import Services

KEEP_ALIVE_SECONDS = 1.0
"""A watch gives None after so long without an event, so that its face can look whether to go on."""
_LOOK_SECONDS = 1.0
_READ_AT_ONCE = 500
_LOOK_AT_ONCE = 1_000


def follow_job(
    services: Services, principal: Principal, job_id: str, after: int = 0
) -> Iterator[Event | None]:
    """The job's numbered events after `after`, and progress as it comes; ends with the terminal one.

    None stands for a second without anything: a moment to look whether the watcher is still there. A job
    that is deleted meanwhile ends the watch. Raises NotFoundError at once, before the first event.
    """
    require_watchable(services, principal, job_id)
    return _follow(services, job_id, after)


def require_watchable(services: Services, principal: Principal, job_id: str) -> None:
    """Raises NotFoundError where this principal sees no such job."""
    with services.db.read() as session:
        require_job(session, principal, job_id)


def _follow(services: Services, job_id: str, seen: int) -> Iterator[Event | None]:
    with services.bus.listen(events.job_channel(job_id)) as listener:
        spoke = time.monotonic()
        live: Event | None = None
        while True:
            if live is not None and live.seq is None:
                yield live
            elif live is not None and live.seq == seen + 1:
                seen += 1
                yield live
            elif live is None or (live.seq or 0) > seen:
                for event in _stored(services, job_id, seen):
                    seen = event.seq or seen
                    spoke = time.monotonic()
                    yield event
            if (live is None or live.type in TERMINAL) and _over(services, job_id, seen):
                return
            message = listener.get(_LOOK_SECONDS)
            live = None if message is None else Event.loads(message)
            if live is not None:
                spoke = time.monotonic()
            elif time.monotonic() - spoke >= KEEP_ALIVE_SECONDS:
                spoke = time.monotonic()
                yield None


def _stored(services: Services, job_id: str, after: int) -> Iterator[Event]:
    while True:
        with services.db.read() as session:
            page = events.stored(session, job_id, after, _READ_AT_ONCE)
        yield from page
        if len(page) < _READ_AT_ONCE:
            return
        after = page[-1].seq or after


def _over(services: Services, job_id: str, seen: int) -> bool:
    """Whether the job has ended and all of its events are seen, or it is gone."""
    reached = look(services, [job_id]).get(job_id)
    return reached is None or (reached.ended and reached.last_seq <= seen)


@dataclass(frozen=True)
class JobProgress:
    """How far a job has come."""

    last_seq: int
    ended: bool


def look(services: Services, job_ids: Sequence[str]) -> dict[str, JobProgress]:
    """How far these jobs have come; those that are gone are missing."""
    with services.db.read() as session:
        return {job_id: reached for ids in _chunks(job_ids) for job_id, reached in _progress(session, ids)}


def read_on(
    services: Services, job_id: str, after: int, limit: int
) -> tuple[list[Event], JobProgress | None]:
    """Numbered events after `after`, at most `limit`, and how far the job had come before they were read."""
    with services.db.read() as session:
        reached = dict(_progress(session, [job_id])).get(job_id)
        return events.stored(session, job_id, after, limit), reached


def _progress(session: Session, job_ids: Sequence[str]) -> list[tuple[str, JobProgress]]:
    rows = session.execute(
        select(models.Job.id, models.Job.last_seq, models.Job.state).where(models.Job.id.in_(job_ids))
    )
    return [(job_id, JobProgress(last_seq, state in ENDED)) for job_id, last_seq, state in rows]


def _chunks(job_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(job_ids), _LOOK_AT_ONCE):
        yield job_ids[start : start + _LOOK_AT_ONCE]


def read_events(
    services: Services, principal: Principal, job_id: str, after: int = 0, limit: int = 100
) -> list[Event]:
    """Numbered events after `after`, at most `limit`."""
    with services.db.read() as session:
        require_job(session, principal, job_id)
        return events.stored(session, job_id, after, limit)
