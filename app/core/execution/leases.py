"""Claims: a worker's hold on parts, and how it is kept.

Each statement is fenced on the claim's own attempt number, so a worker that was away too long finds out
the moment it touches the part again. How a part ends is in outcomes.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, ScalarSelect, Select, Update, case, func, select, tuple_, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from synthmill.app.core.db import built_once, db_now, models
from synthmill.app.core.db.models import Work
from synthmill.app.core.errors import CoreError
from synthmill.app.core.jobs import events
from synthmill.app.core.jobs.state import JobState
from synthmill.app.core.jobs.workers import live_workers, matches_engine, parts_of
from synthmill.app.core.services import Services

Job, Part = models.Job, models.Part


class LeaseLostError(CoreError):
    """Somebody else has the part by now; what was made is theirs to make again."""


class AbandonedError(CoreError):
    """The job has ended: the part in hand is of no use."""


class PartReturnedError(CoreError):
    """The part can't be finished as it was begun; it is given back, and done again by the next worker."""


@dataclass(frozen=True)
class Claim:
    job_id: str
    workspace_id: str
    kind: str
    """The job's."""
    number: int
    attempt: int
    stage: str | None
    work: Work
    """Of meaning to the kind alone."""
    units: int
    losses: int
    lease_seconds: float

    @property
    def mine(self) -> ColumnElement[bool]:
        return still_held([self])


@dataclass(frozen=True)
class ClaimBatch:
    """The parts of one job that a worker has claimed together."""

    claims: Sequence[Claim]
    """One at least."""
    at: Claim | None = None
    """The one in work: it alone is blamed where the worker dies after reporting it."""

    @property
    def job_id(self) -> str:
        return self.claims[0].job_id

    def renew(self, session: Session) -> None:
        """Another lease for those that are still ours, and a mark on the one in work."""
        if self.at is None:
            session.execute(*_renewed(self.job_id, self._held, self._lease))
        else:
            session.execute(*_renewed_and_marked(self.job_id, self._held, self._lease, self.at.number))

    def renew_with(self, session: Session, units: int) -> bool:
        """The same, with the units done so far of the one in work; whether that one is still ours."""
        assert self.at is not None
        renewal = _reported(self.job_id, self._held, self._lease, self.at.number, units)
        return self.at.number in session.execute(*renewal).scalars().all()

    @property
    def _held(self) -> list[tuple[int, int]]:
        return [(claim.number, claim.attempt) for claim in self.claims]

    @property
    def _lease(self) -> float:
        return self.claims[0].lease_seconds


def still_held(claims: Sequence[Claim]) -> ColumnElement[bool]:
    """Of the parts' rows: those that these claims of one job still hold."""
    return _held_parts(claims[0].job_id, [(claim.number, claim.attempt) for claim in claims])


def _held_parts(job_id: str, held: Sequence[tuple[int, int]]) -> ColumnElement[bool]:
    """`held`: their numbers and attempts."""
    own = tuple_(Part.number, Part.attempt).in_(held)
    return (Part.job_id == job_id) & (Part.state == "running") & own


def _renewal(job_id: str, held: Sequence[tuple[int, int]], lease: float) -> Update:
    return update(Part).where(_held_parts(job_id, held)).values(lease_until=db_now() + lease)


_renewed = built_once(_renewal)


@built_once
def _renewed_and_marked(job_id: str, held: Sequence[tuple[int, int]], lease: float, at: int) -> Update:
    return _renewal(job_id, held, lease).values(begun=Part.number == at)


@built_once
def _reported(
    job_id: str, held: Sequence[tuple[int, int]], lease: float, at: int, units: int
) -> ReturningUpdate[int]:
    made = case((Part.number == at, units), else_=Part.rows_made)
    renewal = _renewal(job_id, held, lease).values(begun=Part.number == at, rows_made=made)
    return renewal.returning(Part.number)


def claim_parts(services: Services, job_id: str, worker: str, most: int = 1) -> list[Claim]:
    """The next parts of the job that may be made now: `most`, or as many as are this worker's share."""
    lease = services.settings.lease_seconds
    with services.db.write() as session:
        # The lock on the job's row makes pausing exact: after its answer no claim can follow.
        job = session.execute(*_workable(job_id)).one_or_none()
        if job is None or job.state not in (JobState.QUEUED, JobState.RUNNING):
            return []
        # Counted when the lock is had: what was counted with it may be older.
        running, of_workspace, workers = session.execute(*_under_way(job_id, job.workspace_id)).one()
        if most > 1:
            # Near the end nobody should sit on parts that another could make meanwhile.
            left = job.parts_total - job.parts_done - running
            most = max(1, min(most, left // (2 * max(1, workers))))
        # Two jobs that ask in the same instant may both get what room their workspace has left.
        room = services.settings.max_running_parts - of_workspace
        most = min(most, job.max_parallel - running, room)
        if job.waiting_for is not None:
            most = min(most, 1 - running)  # One part finds out whether it has still to wait.
        numbers = _next_numbers(session, job_id, most) if most >= 1 else []
        if not numbers:
            return []
        parts = session.execute(*_claimed(job_id, numbers, worker, lease)).all()
        if parts and job.state == JobState.QUEUED:
            session.execute(*_started(job_id))
            events.append(session, job_id, "start", {"worker": worker})
    return [
        Claim(
            job_id,
            job.workspace_id,
            job.kind,
            part.number,
            part.attempt,
            part.stage,
            part.work,
            part.rows,
            part.losses,
            lease,
        )
        for part in sorted(parts, key=lambda part: part.number)
    ]


@built_once
def _workable(job_id: str) -> Select[str, str, str, int, int, int, str | None]:
    return (
        select(
            Job.kind, Job.state, Job.workspace_id, Job.max_parallel, Job.parts_done, Job.parts_total,
            Job.waiting_for,
        )
        .where(Job.id == job_id, Job.deleted.is_(False), Job.hold_until <= db_now(), matches_engine())
        .with_for_update()
    )  # fmt: skip


@built_once
def _under_way(job_id: str, workspace_id: str) -> Select[int, int, int]:
    return select(parts_of(job_id, Part.state == "running"), _running_parts_of(workspace_id), live_workers())


@built_once
def _claimed(
    job_id: str, numbers: Sequence[int], worker: str, lease: float
) -> ReturningUpdate[int, int, str | None, Work, int, int]:
    return (
        update(Part)
        .where(Part.job_id == job_id, Part.number.in_(numbers), Part.state == "pending")
        .values(
            state="running",
            attempt=Part.attempt + 1,
            worker=worker,
            lease_until=db_now() + lease,
            rows_made=0,
            begun=False,
            begun_block=None,
        )
        .returning(Part.number, Part.attempt, Part.stage, Part.work, Part.rows, Part.losses)
    )


@built_once
def _started(job_id: str) -> Update:
    return (
        update(Job)
        .where(Job.id == job_id)
        .values(
            state=JobState.RUNNING,
            running_since=db_now(),
            started_at=func.coalesce(Job.started_at, db_now()),
        )
    )


def _running_parts_of(workspace_id: str) -> ScalarSelect[int]:
    """How many parts of all jobs of a workspace are in hand."""
    theirs = select(Job.id).where(
        Job.workspace_id == workspace_id, Job.state.in_((JobState.QUEUED, JobState.RUNNING, JobState.PAUSED))
    )
    return (
        select(func.count())
        .select_from(Part)
        .where(Part.job_id.in_(theirs), Part.state == "running")
        .scalar_subquery()
    )


def _next_numbers(session: Session, job_id: str, most: int) -> Sequence[int]:
    """Parts that never lost a worker, in their order; else one that did, of those the one that did least.

    So a part that kills workers takes no other part with it, and comes when the others are done.
    """
    # Not a part of the UPDATE: PostgreSQL then reads all parts of the job, 70 ms for 3,000 of them.
    found = session.execute(*next_parts(job_id, most)).all()
    unharmed = [part.number for part in found if not part.losses]
    return unharmed or [part.number for part in found[:1]]


@built_once
def next_parts(job_id: str, most: int) -> Select[int, int]:
    return (
        select(Part.number, Part.losses)
        .where(Part.job_id == job_id, Part.state == "pending", Part.not_before <= db_now())
        .order_by(Part.losses, Part.number)
        .limit(most)
    )
