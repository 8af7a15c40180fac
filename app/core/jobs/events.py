"""Events: numbered, stored facts about a job, and the passing notes (without a number) between them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Insert, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from synthmill.app.core.db import built_once, db_now, models
from synthmill.app.core.ids import timestamp
from synthmill.app.core.messaging.outbox import outbox

TERMINAL = frozenset({"complete", "error", "shutdown"})
"""The last event of a job is one of these: completed, failed, stopped."""


@dataclass(frozen=True)
class Event:
    id: str
    """The job's."""
    seq: int | None
    """1, 2, 3 ... without a gap within a job; None for progress inside a part, which isn't stored."""
    type: str
    timestamp: str
    data: dict[str, Any]

    def dumps(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def loads(cls, message: str) -> Event:
        return cls(**json.loads(message))


def job_channel(job_id: str) -> str:
    return f"synthmill:job:{job_id}"


def workspace_channel(workspace_id: str) -> str:
    return f"synthmill:workspace:{workspace_id}"


@built_once
def _next_seq(job_id: str) -> ReturningUpdate[int, float, str]:
    return (
        update(models.Job)
        .where(models.Job.id == job_id)
        .values(last_seq=models.Job.last_seq + 1)
        .returning(models.Job.last_seq, db_now(), models.Job.workspace_id)
    )


@built_once
def _storing(job_id: str, seq: int, kind: str, now: float, data: dict[str, Any]) -> Insert:
    return insert(models.Event).values(job_id=job_id, seq=seq, type=kind, created_at=now, data=data)


def append(session: Session, job_id: str, kind: str, data: dict[str, Any]) -> Event:
    """Store the job's next event in the transaction that makes it true; it is published after the commit."""
    seq, now, workspace_id = session.execute(*_next_seq(job_id)).one()
    session.execute(*_storing(job_id, seq, kind, now, data))
    event = Event(job_id, seq, kind, timestamp(now), data)
    outbox(session).events += 1
    announce(session, workspace_id, event)
    return event


def announce(session: Session, workspace_id: str, event: Event) -> None:
    """Publish an event once the transaction is committed, to those who watch then."""
    message = event.dumps()
    outbox(session).messages += [
        (channel, message) for channel in (job_channel(event.id), workspace_channel(workspace_id))
    ]


def stored(session: Session, job_id: str, after: int, limit: int) -> list[Event]:
    """Numbered events after `after`, in order, at most `limit`."""
    rows = session.execute(
        select(models.Event)
        .where(models.Event.job_id == job_id, models.Event.seq > after)
        .order_by(models.Event.seq)
        .limit(limit)
    ).scalars()
    return [Event(row.job_id, row.seq, row.type, timestamp(row.created_at), row.data) for row in rows]
