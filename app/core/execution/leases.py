"""Claims: a worker's hold on parts, and how it is kept.

Each statement is fenced on the claim's own attempt number, so a worker that was away too long finds out
the moment it touches the part again. How a part ends is in outcomes.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, ScalarSelect, Select, Update, case, func, select, tuple_, update
from sqlalchemy.orm import Session, load_only

from synthmill.app.core.db import db_now, models
from synthmill.app.core.db.models import Work
from synthmill.app.core.errors import CoreError
from synthmill.app.core.ids import timestamp
from synthmill.app.core.jobs import events
from synthmill.app.core.jobs.state import JobState, job_progress
from synthmill.app.core.jobs.workers import live_workers, matches_engine, parts_of
from synthmill.app.core.services import Services

Job, Part = models.Job, models.Part

ONLY_PROGRESS = load_only(
    Job.state, Job.deleted, Job.rows_done, Job.rows_total, Job.parts_done, Job.parts_total,
    Job.stage, Job.stage_units, Job.stage_units_done, Job.stage_began,
    Job.running_since, Job.ran_seconds, Job.progress_at, Job.waiting_for,
)  # fmt: skip
"""A job without its recipe, which may be long."""


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
        session.execute(self._renewal())

    def renew_with(self, session: Session, units: int) -> bool:
        """The same, with the units done so far of the one in work; whether that one is still ours."""
        assert self.at is not None
        at = Part.number == self.at.number
        made = case((at, units), else_=Part.rows_made)
        kept = session.execute(self._renewal().values(rows_made=made).returning(Part.number)).scalars()
        return self.at.number in list(kept)

    def _renewal(self) -> Update:
        renewal = update(Part).where(still_held(self.claims))
        renewal = renewal.values(lease_until=db_now() + self.claims[0].lease_seconds)
        return renewal if self.at is None else renewal.values(begun=Part.number == self.at.number)


def still_held(claims: Sequence[Claim]) -> ColumnElement[bool]:
    """Of the parts' rows: those that these claims of one job still hold."""
    held = tuple_(Part.number, Part.attempt).in_([(claim.number, claim.attempt) for claim in claims])
    return (Part.job_id == claims[0].job_id) & (Part.state == "running") & held


def claim_parts(services: Services, job_id: str, worker: str, most: int = 1) -> list[Claim]:
    """The next parts of the job that may be made now: `most`, or as many as are this worker's share."""
    lease = services.settings.lease_seconds
    with services.db.write() as session:
        # The lock on the job's row makes pausing exact: after its answer no claim can follow.
        job = session.execute(
            select(
                Job.kind, Job.state, Job.workspace_id, Job.max_parallel, Job.parts_done, Job.parts_total,
                Job.waiting_for,
            )
            .where(Job.id == job_id, Job.deleted.is_(False), Job.hold_until <= db_now(), matches_engine())
            .with_for_update()
        ).one_or_none()  # fmt: skip
        if job is None or job.state not in (JobState.QUEUED, JobState.RUNNING):
            return []
        # Counted when the lock is had: what was counted with it may be older.
        running, of_workspace, workers = session.execute(
            select(
                parts_of(job_id, Part.state == "running"), _running_parts_of(job.workspace_id), live_workers()
            )
        ).one()
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
        parts = session.execute(
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
        ).all()
        if parts and job.state == JobState.QUEUED:
            session.execute(
                update(Job)
                .where(Job.id == job_id)
                .values(
                    state=JobState.RUNNING,
                    running_since=db_now(),
                    started_at=func.coalesce(Job.started_at, db_now()),
                )
            )
            events.append(session, job_id, "start", {"worker": worker})
    parts = sorted(parts, key=lambda part: part.number)
    return [Claim(job_id, job.workspace_id, job.kind, *part, lease) for part in parts]


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
    found = session.execute(next_parts(job_id, most)).all()
    unharmed = [part.number for part in found if not part.losses]
    return unharmed or [part.number for part in found[:1]]


def next_parts(job_id: str, most: int) -> Select[int, int]:
    return (
        select(Part.number, Part.losses)
        .where(Part.job_id == job_id, Part.state == "pending", Part.not_before <= db_now())
        .order_by(Part.losses, Part.number)
        .limit(most)
    )


def begin_block(services: Services, claim: Claim, block: int | None) -> None:
    """Write down which block of a part is begun (None: none yet), for a part that has lost a worker before.

    Raises LeaseLostError.
    """
    with services.db.write() as session:
        kept = session.execute(
            update(Part).where(claim.mine).values(begun=True, begun_block=block).returning(Part.number)
        ).one_or_none()
    if kept is None:
        raise _lost(claim)


def pulse(services: Services, batch: ClaimBatch, units: int) -> None:
    """Say how far the part in work is, to its watchers too, and learn how the job is.

    Raises LeaseLostError or AbandonedError where the part need not be finished.
    """
    claim = batch.at
    assert claim is not None
    with services.db.write() as session:
        if not batch.renew_with(session, units):
            raise _lost(claim)
        job = session.get_one(Job, claim.job_id, options=[ONLY_PROGRESS])
        if job.deleted or job.state not in (JobState.RUNNING, JobState.PAUSED):
            raise AbandonedError(f"{claim.job_id} is {job.state}")
        now = session.execute(select(db_now())).scalar_one()
        data = job_progress(job, units_in_hand(session, job.id), now)
        # Not stored: it has no number.
        events.announce(
            session, claim.workspace_id, events.Event(job.id, None, "progress", timestamp(now), data)
        )


def _lost(claim: Claim) -> LeaseLostError:
    return LeaseLostError(f"part {claim.number} of {claim.job_id} was given to another worker")


def units_in_hand(session: Session, job_id: str) -> int:
    """Units done of parts that aren't done yet."""
    return int(
        session.execute(
            select(func.coalesce(func.sum(Part.rows_made), 0)).where(
                Part.job_id == job_id, Part.state == "running"
            )
        ).scalar_one()
    )
