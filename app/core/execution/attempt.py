"""One attempt at parts, or at what follows when all are done: done, given back, or counted as failed."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from sqlalchemy import Update, select, update

from synthmill.app.core.db import DATABASE_AWAY, built_once, models
from synthmill.app.core.errors import StorageError
from synthmill.app.core.execution.finaliser import Finalising, claim_finalising, finalise
from synthmill.app.core.execution.hand import Hand
from synthmill.app.core.execution.instrumentation import tracked_part
from synthmill.app.core.execution.leases import (
    AbandonedError,
    Claim,
    LeaseLostError,
    PartReturnedError,
)
from synthmill.app.core.execution.outcomes import Done, fail, fail_job, finish, refuse, release
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs.cleanup import clean
from synthmill.app.core.jobs.kind import JobFailedError, Outcome, Report, job_kind
from synthmill.app.core.jobs.state import ENDED
from synthmill.app.core.jobs.waiting import wait_for_storage
from synthmill.app.core.resources import give_memory_back
from synthmill.app.core.services import Services
from synthmill.generators.errors import InvalidRequestError

_DATABASE_WAIT = 0.5
"""Seconds between two tries to reach a database that is away."""

log = logging.getLogger(__name__)

Job = models.Job


def attempt_parts(services: Services, claims: Sequence[Claim], worker: WorkerProcess) -> None:
    """Make parts of one job, and record how that went. Raises nothing that a part can cause."""
    done: list[Done] = []
    refused: StorageError | None = None
    hand = Hand(services, claims, worker)
    for place, claim in enumerate(claims):
        if place and worker.stopping_since() is not None:
            release(services, claims[place:])
            break
        try:
            made = _attempt(services, claim, hand)
        except (LeaseLostError, AbandonedError) as reason:
            log.info("part given up: %s", reason)
            _give_up(services, claims[place:])
            break
        except StorageError as error:
            log.warning("part %s of %s waits for storage: %s", claim.number, claim.job_id, error)
            release(services, claims[place:])
            refused = error
            break
        if made is not None:
            done.append((claim, made))
    if done:
        _finish(services, done)
    if refused is not None:
        # Behind what was recorded as done: that says that storage takes bytes.
        wait_for_storage(services, claims[0].job_id, str(refused))


@tracked_part
def _run(services: Services, claim: Claim, report: Report) -> Outcome:
    return job_kind(claim.kind).run(services, claim, report)


def _attempt(services: Services, claim: Claim, hand: Hand) -> Outcome | None:
    """The part, in storage; None where it failed, which is recorded.

    Raises what makes it useless, and StorageError.
    """
    try:
        # Imports the engine in a new worker; one that dies meanwhile dies of no part.
        job_kind(claim.kind)
        hand.take(claim)
        return _run(services, claim, hand)
    except (LeaseLostError, AbandonedError, StorageError):
        raise
    except PartReturnedError as error:
        log.warning("part %s of %s is made again: %s", claim.number, claim.job_id, error)
        release(services, [claim])
    except DATABASE_AWAY as error:
        log.warning("part %s of %s waits for the database: %s", claim.number, claim.job_id, error)
        _give_back_when_possible(services, [claim])
    except MemoryError as error:
        # One that escapes would take the whole Celery worker down.
        why = str(error) or "more than the worker may have"
        log.warning("part %s of %s needs too much memory: %s", claim.number, claim.job_id, why)
        fail(services, claim, f"not enough memory for this part: {why}; ask for fewer part_rows")
        error.__traceback__ = None  # Its frames hold the blocks made so far.
        give_memory_back()
    except InvalidRequestError as error:
        log.info("part %s of %s can't be made: %s", claim.number, claim.job_id, error)
        refuse(services, claim, str(error))
    except Exception as error:
        log.exception("part %s of %s failed", claim.number, claim.job_id)
        fail(services, claim, f"{type(error).__name__}: {error}")
    return None


def _finish(services: Services, done: Sequence[Done]) -> None:
    claims = [claim for claim, _ in done]
    try:
        lost = finish(services, done)
    except AbandonedError as reason:
        log.info("parts given up: %s", reason)
        lost = claims
    except DATABASE_AWAY as error:
        log.warning("%s parts of %s wait for the database: %s", len(done), claims[0].job_id, error)
        _give_back_when_possible(services, claims)
        return
    kept = [claim for claim in claims if claim not in lost]
    if kept:
        job_kind(kept[0].kind).follow_up(services, kept)
    if lost:
        _give_up(services, lost)


def _give_back_when_possible(services: Services, claims: Sequence[Claim]) -> None:
    """The heartbeat has kept the parts ours where the outage was short; else their leases run out."""
    end = time.monotonic() + claims[0].lease_seconds
    while True:
        try:
            return release(services, claims)
        except DATABASE_AWAY:
            if time.monotonic() > end:
                raise
            time.sleep(_DATABASE_WAIT)


def _give_up(services: Services, claims: Sequence[Claim]) -> None:
    """Give back what is still ours, and leave nothing in storage of a job that has ended.

    Whoever ended the job may have cleared storage before our last pieces came in.
    """
    release(services, claims)
    job_id = claims[0].job_id
    with services.db.read() as session:
        state = session.execute(select(Job.state).where(Job.id == job_id)).scalar_one_or_none()
    if state is None or state in ENDED:
        job_kind(claims[0].kind).discard(services, claims)


def attempt_finalising(services: Services, job_id: str, worker: WorkerProcess) -> None:
    """Put together what the job's parts gave, if all are done and nobody else is at it."""
    lease = claim_finalising(services, job_id, worker.id)
    if lease is None:
        return
    worker.hold(lease)
    try:
        finalise(services, lease)
    except AbandonedError as reason:
        log.warning("finalising given up: %s", reason)
    except StorageError as error:
        log.warning("finalising of %s waits for storage: %s", job_id, error)
        wait_for_storage(services, job_id, str(error))
    except DATABASE_AWAY:
        raise
    except JobFailedError as error:
        log.info("%s failed: %s", lease.job_id, error)
        _fail(services, lease, str(error))
    except Exception as error:
        log.exception("finalising %s failed", lease.job_id)
        _fail(services, lease, f"putting the results together: {type(error).__name__}: {error}")
    finally:
        worker.hold(None)
        with services.db.write() as session:
            session.execute(*_given_up(lease.job_id, lease.attempt))
    clean(services, lease.job_id)


@built_once
def _given_up(job_id: str, attempt: int) -> Update:
    mine = (Job.id == job_id) & (Job.finalise_attempt == attempt)
    return update(Job).where(mine).values(finalise_until=None)


def _fail(services: Services, lease: Finalising, reason: str) -> None:
    with services.db.write() as session:
        if session.execute(select(Job.id).where(lease.mine).with_for_update()).one_or_none():
            fail_job(session, lease.job_id, reason)
