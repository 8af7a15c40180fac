"""The sweeper puts right what died half-way. Every worker runs it; a row in `locks` says whose turn it is."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import (
    ColumnElement,
    Select,
    Update,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.dml import ReturningUpdate

from synthmill.app.core.db import built_once, db_now, models
from synthmill.app.core.errors import StorageError
from synthmill.app.core.execution.lease_expiry import give_back_expired
from synthmill.app.core.execution.outcomes import fail_job
from synthmill.app.core.jobs.cleanup import clean
from synthmill.app.core.jobs.state import ENDED, JobState
from synthmill.app.core.jobs.workers import has_compatible_worker, note_waiting, waiting_too_long, wake
from synthmill.app.core.learned.removal import remove_unkept
from synthmill.app.core.messaging.queue import QUEUES
from synthmill.app.core.services import Services
from synthmill.app.core.streams.state import has_ended
from synthmill.app.core.uploads.removal import remove_broken, remove_expired

_TURN = 0.2
"""Of a lease: a sweeper that hasn't come back by then has lost its turn."""
_SILENCE = 0.5
"""Of a lease: where nobody swept for so long after a turn's end, the database was away, and nobody could
renew a lease either. With the turn it is less than any lease has left: no outage that ends one is missed."""
_IDLE_WAIT = 1.0
"""An idle queue and a job with work left: its slots are lost if none began for so long."""
_BUSY_WAIT = 30.0
"""The same while the queue isn't empty, and the slots may just be waiting in it."""
_FORGET_WORKER = 600.0
"""A worker that has been silent for so long is taken off the list."""
_AT_ONCE = 100
_DAY = 86_400.0

Job, Part, Lock = models.Job, models.Part, models.Lock


def sweep(services: Services, holder: str) -> None:
    """One round of what jobs wait for, if it is this holder's turn."""
    if _have_turn(services, holder):
        give_back_expired(services, _while_it_lasts(holder))
        _wake_forgotten(services)
        _clear_away(services)


def tidy_up(services: Services, holder: str) -> None:
    """One round of what nobody waits for, if it is this holder's turn. It costs as much as `sweep`, and need
    not come so often."""
    if _have_turn(services, holder):
        _fail_unmanned(services)
        _forget(services)
        with suppress(StorageError):
            remove_broken(services)
            remove_expired(services)
            remove_unkept(services)
            services.storage.tidy()


def _have_turn(services: Services, holder: str) -> bool:
    """Take the turn or keep it. After an outage every lease counts for one more of its length."""
    with services.db.read() as session:
        # All the other workers come to this every second: it must not be a transaction that writes.
        if session.execute(*_anothers_turn(holder)).one_or_none() is not None:
            return False
    lease = services.settings.lease_seconds
    with services.db.write() as session:
        if session.execute(*_turn_taken(holder, lease)).one_or_none() is not None:
            return True
        if session.execute(select(Lock.name).where(Lock.name == "sweeper")).one_or_none() is not None:
            return False
    try:
        with services.db.write() as session:
            until = db_now() + _TURN * lease
            session.execute(insert(Lock).values(name="sweeper", holder=holder, until=until, reap_after=0.0))
    except IntegrityError:
        return False
    return True


@built_once
def _anothers_turn(holder: str) -> Select[str]:
    return select(Lock.name).where(Lock.name == "sweeper", Lock.holder != holder, Lock.until >= db_now())


@built_once
def _turn_taken(holder: str, lease: float) -> ReturningUpdate[str]:
    outage = Lock.until.between(1.0, db_now() - _SILENCE * lease)
    return (
        update(Lock)
        .where(Lock.name == "sweeper", or_(Lock.holder == holder, Lock.until < db_now()))
        .values(
            holder=holder,
            until=db_now() + _TURN * lease,
            reap_after=case((outage, db_now() + lease), else_=Lock.reap_after),
        )
        .returning(Lock.name)
    )


def _while_it_lasts(holder: str) -> ColumnElement[bool]:
    """The turn is still this holder's, and no outage was lately: a database that stood still since the turn
    was taken must not make leases look lost."""
    return (
        select(Lock.name)
        .where(
            Lock.name == "sweeper",
            Lock.holder == holder,
            Lock.until > db_now(),
            Lock.reap_after <= db_now(),
        )
        .exists()
    )


def _fail_unmanned(services: Services) -> None:
    """Note the jobs that nobody can do, and end those that waited too long, with that reason."""
    seconds = services.settings.engine_wait_seconds
    with services.db.write() as session:
        note_waiting(session)
        for job_id, lack in waiting_too_long(session, seconds):
            fail_job(session, job_id, f"there was {lack.reason} for {seconds:g} s: {lack.fix}")


_CLAIMABLE = (
    select(Part.number)
    .where(Part.job_id == Job.id, Part.state == "pending", Part.not_before <= db_now())
    .exists()
)
_UNFINALISED = (Job.parts_done == Job.parts_total) & (func.coalesce(Job.finalise_until, 0.0) < db_now())
_SILENT = (
    select(Job.id, db_now() - Job.woken_at)
    .where(
        Job.queue == bindparam("queue"),
        Job.state.in_((JobState.QUEUED, JobState.RUNNING)),
        Job.deleted.is_(False),
        Job.woken_at < db_now() - _IDLE_WAIT,
        Job.hold_until <= db_now(),
        has_compatible_worker(),
        or_(_CLAIMABLE, _UNFINALISED),
    )
    .order_by(Job.woken_at)
    .limit(_AT_ONCE)
)
"""Built once: that takes longer than what the database does with it, and a sweep comes every second."""


def _wake_forgotten(services: Services) -> None:
    """Slots get lost with workers and brokers: ask again for jobs that have work and no worker on it."""
    for queue in QUEUES:
        with services.db.read() as session:
            silent = session.execute(_SILENT, {"queue": queue}).all()
        waiting = services.queue.waiting(queue) if silent else None
        if waiting is None:
            continue  # The broker is away, and nothing could be asked for; or nothing needs to be.
        for job_id, seconds in silent:
            if not waiting or seconds > _BUSY_WAIT:
                with services.db.write() as session:
                    wake(session, job_id)


_LEFT_BEHIND = (
    select(Job.id)
    .where(~Job.cleaned, Job.state.in_(ENDED))
    # Whatever else their rows say. As a query of its own, for the index.
    .union(select(Job.id).where(Job.deleted))
    .limit(_AT_ONCE)
)


def _clear_away(services: Services) -> None:
    with services.db.read() as session:
        jobs = session.execute(_LEFT_BEHIND).scalars().all()
    for job_id in jobs:
        try:
            clean(services, job_id)
        except StorageError:
            return  # Storage is away: the next round tries again.


def deletes_old_jobs(days: int) -> Update:
    """Deletes the jobs that ended more than so many days ago."""
    return (
        update(Job)
        .where(Job.state.in_(ENDED), Job.deleted.is_(False), Job.finished_at < db_now() - days * _DAY)
        .values(deleted=True, cleaned=False)
    )


def _forget(services: Services) -> None:
    """Rows that have served their time, and, where retention is set, jobs and streams that have."""
    with services.db.write() as session:
        session.execute(delete(models.Ticket).where(models.Ticket.expires_at < db_now()))
        session.execute(delete(models.Worker).where(models.Worker.heartbeat_at < db_now() - _FORGET_WORKER))
        session.execute(
            delete(models.MarketDay).where(
                models.MarketDay.created_at < db_now() - services.settings.market_cache_days * _DAY
            )
        )
        session.execute(delete(models.Idempotency).where(models.Idempotency.created_at < db_now() - _DAY))
        if services.settings.retention_days:
            session.execute(deletes_old_jobs(services.settings.retention_days))
            session.execute(delete(models.Stream).where(has_ended(services.settings.retention_days)))
