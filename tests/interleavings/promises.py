"""What holds after every step, and what holds when everybody has come to an end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Row, func, select

import synthmill
from synthmill.app.core.db import models
from synthmill.app.core.execution.slot import work_slot
from synthmill.app.core.execution.sweeper import sweep
from synthmill.app.core.jobs import lifecycle
from synthmill.app.core.jobs.state import ACTIVE, ENDED
from synthmill.generators.datasets.manifest import FILE_NAME, parse
from tests.chaos.invariants import Allowed, Expected, violations
from tests.interleavings.world import DATASET, SUM, Asked, Step, World

Job, Part, Event = models.Job, models.Part, models.Event

_ROUNDS = 60
"""Of work until everything has ended; five are enough as a rule."""
_ANY = Allowed(losses=float("inf"), returned=float("inf"), errors=0)


def play(world: World, steps: Iterable[Step]) -> None:
    """Take these steps, and hold what is promised while they are taken and in the end."""
    for step in steps:
        world.play(step)
        _look(world)
    _come_to_rest(world)
    _check(world)


def _look(world: World) -> None:
    """What nobody may ever see otherwise."""
    database: Any = world.services.db
    now = (database.written, sum(asked.deleted for asked in world.jobs))
    if now == world.seen:
        return  # All that has been begun since stands before its next transaction.
    world.seen = now
    with world.services.db.read() as session:
        jobs = {job.id: job for job in session.execute(_JOBS)}
    for asked in world.jobs:
        job = jobs.get(asked.job_id)
        if job is None:
            assert asked.removing, f"{asked.job_id} is gone, and nobody deleted it"
            asked.state = "gone"
            continue
        _look_at(asked, job)
        assert (job.events, job.last_event) == (job.last_seq, job.last_seq), (
            "events are numbered without a gap"
        )
        assert (job.parts_done, job.rows_done) == (job.done, job.rows), "what is done is counted"
        assert job.datasets == (job.state == "completed" and job.kind == "dataset")


def _of(model: Any, what: Any, *which: Any) -> Any:
    return select(what).where(model.job_id == Job.id, *which).scalar_subquery()


_JOBS = select(
    Job.id, Job.kind, Job.state, Job.deleted, Job.cleaned, Job.last_seq, Job.parts_done, Job.rows_done,
    _of(Event, func.count()).label("events"),
    _of(Event, func.max(Event.seq)).label("last_event"),
    _of(Part, func.count(), Part.state == "done").label("done"),
    _of(Part, func.coalesce(func.sum(Part.rows), 0), Part.state == "done").label("rows"),
    _of(Part, func.sum(Part.attempt)).label("attempts"),
    _of(models.Dataset, func.count()).label("datasets"),
)  # fmt: skip
"""Each as it is, and what there is of it. Built once: a play asks it after each step."""


def _look_at(asked: Asked, job: Row[Any]) -> None:
    assert not (asked.deleted and not job.deleted), f"{job.id} was deleted and is seen again"
    assert not (job.deleted and (job.cleaned or job.state not in ENDED)), f"{job.id} stays for good"
    if asked.state == job.state == "paused":
        assert job.attempts == asked.attempts, "a paused job has a part begun"
    if asked.state in ENDED and job.state != asked.state:
        again = asked.state != "completed" and asked.retried and job.state in ACTIVE
        gone = job.deleted and job.state == "cancelled" and asked.retried
        assert again or gone, f"{job.id} was {asked.state} and is {job.state}"
    asked.state, asked.attempts = job.state, job.attempts


def _come_to_rest(world: World) -> None:
    """Let everybody end who can, time pass, and workers do what is left."""
    while world.actors:
        for actor in world.actors:
            actor.end()
            # Two at once could retry a stopped job and complete it, and nobody would see it in between.
            _look(world)
        world.actors = [actor for actor in world.actors if not actor.over]
    for asked in world.jobs:
        if asked.state == "paused":
            lifecycle.resume(world.services, world.principal, asked.job_id)
    worker = world.hire()
    queue: Any = world.services.queue
    for _ in range(_ROUNDS):
        queue.slots.clear()
        # On a machine with much else to do the last sign of life may be long ago.
        worker.beat(world.services)
        world.play(("time",))
        sweep(world.services, "sweeper")
        while queue.slots:
            work_slot(world.services, queue.slots.pop(0), worker)
        _look(world)
        if _at_rest(world):
            return
    raise AssertionError("something never ends")


def _at_rest(world: World) -> bool:
    with world.services.db.read() as session:
        busy = session.execute(
            select(Job.id).where(Job.state.in_(ACTIVE) | Job.deleted | ~Job.cleaned).limit(1)
        ).one_or_none()
    return busy is None


def _check(world: World) -> None:
    """Every job has ended as it was asked to, with the bytes of an undisturbed run, and nothing is left."""
    kept = [asked for asked in world.jobs if not asked.deleted]
    with world.services.db.read() as session:
        rows = {job.id: job for job in session.execute(select(Job)).scalars()}
    assert not {asked.job_id for asked in world.jobs if asked.deleted} & rows.keys()
    kept = [asked for asked in kept if asked.job_id in rows]
    ends = {True: ("completed", "cancelled"), False: ("completed",)}
    expected = [
        Expected(asked.job_id, ends[asked.stopped], _files() if asked.kind == "dataset" else {})
        for asked in kept
        if asked.kind == "dataset"
    ]
    assert violations(world.services, expected, _ANY) == []
    for asked in kept:
        row = rows[asked.job_id]
        assert row.state in ends[asked.stopped], f"{row.id} is {row.state}: {row.error}"
        if asked.kind == "sum" and row.state == "completed":
            assert row.result == {"sum": sum(range(SUM["numbers"]))}


@cache
def _files() -> Mapping[str, Mapping[str, Any]]:
    """What the manifest of an undisturbed run says of each file."""
    with TemporaryDirectory() as folder:
        synthmill.generate(**DATASET, out=Path(folder))
        return {file["name"]: file for file in parse((Path(folder) / FILE_NAME).read_bytes())["files"]}
