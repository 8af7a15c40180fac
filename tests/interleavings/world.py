"""A server in one process: jobs, workers and owners, whose transactions come in the order that steps say."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import delete, update

from synthmill.app.core.access import keys
from synthmill.app.core.db import models
from synthmill.app.core.execution.lease_expiry import give_back_process
from synthmill.app.core.execution.slot import work_slot
from synthmill.app.core.execution.sweeper import sweep, tidy_up
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs import lifecycle
from synthmill.app.core.jobs.kind import Submission
from synthmill.app.core.jobs.submit import submit
from synthmill.app.core.services import Services
from synthmill.app.core.settings import Settings
from synthmill.generators.recipes.request import parse
from tests.fakes import MemoryBus, RecordingQueue
from tests.interleavings.actors import Actor, OneAtATimeDatabase, OneAtATimeStorage, own_clock
from tests.job_kinds import submit_sum, sums_known

_numbers = itertools.count()
_principals: dict[str, keys.Principal] = {}
LEASE = 50.0
"""Seconds; a run takes less, and `time` lets it pass."""
_LONG = 1_000.0
_MOST_JOBS = 3
_WORKERS = 3

Step = tuple[Any, ...]
"""`("submit", kind)`, `("begin", verb, job)`, `("go", actor)`, `("end", actor)`, `("hurt", actor)`,
`("kill", actor)`, `("time",)` or `("beat", worker)`. Numbers count round and round among those there are."""

OWNER = ("pause", "resume", "stop", "retry", "clone", "delete")
SERVER = ("slot", "sweep", "tidy", "bury")
KINDS = ("sum", "dataset")

SUM = {"numbers": 40, "part": 20}
DATASET = {
    "strategy": "tabular",
    "parameters": {
        "tables": [
            {"name": "many", "rows": 40_000, "columns": [{"name": "id", "kind": "sequence"}]},
            {"name": "few", "rows": 3, "columns": [{"name": "id", "kind": "sequence"}]},
        ]
    },
    "seed": 7,
    "format": "csv",
    "part_rows": 1,
}


_LATER = [
    update(models.Part).values(lease_until=models.Part.lease_until - _LONG, not_before=0.0),
    update(models.Job).values(
        finalise_until=models.Job.finalise_until - _LONG,
        woken_at=models.Job.woken_at - _LONG,
        waiting_since=models.Job.waiting_since - _LONG,
        hold_until=models.Job.hold_until - _LONG,
    ),
    update(models.File).values(upload_until=models.File.upload_until - _LONG),
]
_EMPTY = [delete(table) for table in (models.Job, models.Worker, models.Lock)]


@dataclass
class Asked:
    """A job, and what was asked of it."""

    job_id: str
    kind: str
    stopped: bool = False
    removing: bool = False
    """Somebody has begun to delete it."""
    deleted: bool = False
    """The answer has been given: nobody may see it any more."""
    retried: bool = False
    state: str = "queued"
    """As last seen."""
    attempts: int = 0
    """At all of its parts, as last seen."""


@dataclass
class World:
    services: Services
    principal: keys.Principal
    jobs: list[Asked] = field(default_factory=list)
    actors: list[Actor] = field(default_factory=list)
    workers: list[WorkerProcess] = field(default_factory=list)
    idle: list[WorkerProcess] = field(default_factory=list)
    dead: list[WorkerProcess] = field(default_factory=list)
    seen: tuple[int, int] | None = None
    """How many transactions had written, and jobs been deleted, when somebody last looked at them all."""
    _of_actor: dict[Actor, WorkerProcess] = field(default_factory=dict)
    _gone: list[Actor] = field(default_factory=list)
    _pids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def play(self, step: Step) -> None:
        """One step; one that means nothing now does nothing."""
        name, *rest = step
        getattr(self, f"_{name}")(*rest)
        self.actors = [actor for actor in self.actors if not actor.over]

    def _submit(self, kind: str) -> None:
        if len(self.jobs) < _MOST_JOBS:
            self.jobs.append(Asked(self._new_job(kind), kind))

    def _new_job(self, kind: str) -> str:
        if kind == "sum":
            return submit_sum(self.services, self.principal, **SUM).id
        submission = Submission(parse(dict(DATASET)), raw=dict(DATASET))
        return submit(self.services, self.principal, submission)[0].id

    def _begin(self, verb: str, job: int = 0) -> None:
        do: Callable[[], object] | None
        worker: WorkerProcess | None = None
        if verb in ("sweep", "tidy"):
            round_ = sweep if verb == "sweep" else tidy_up
            do = lambda: round_(self.services, "sweeper")  # noqa: E731
        elif verb == "bury":
            if not self.dead:
                return
            buried = self.dead.pop()
            do = lambda: give_back_process(self.services, buried.host, buried.pid)  # noqa: E731
        elif not self.jobs or (verb == "slot" and not self.idle):
            return
        else:
            asked = self.jobs[job % len(self.jobs)]
            if verb == "slot":
                worker = slot_worker = self.idle.pop()
                do = lambda: self._slot(asked.job_id, slot_worker)  # noqa: E731
            else:
                do = lambda: self._order(verb, asked)  # noqa: E731
        actor = Actor(f"{verb} {job}", do)
        self.actors.append(actor)
        if worker is not None:
            self._of_actor[actor] = worker
        actor.go()

    def _order(self, verb: str, asked: Asked) -> None:
        asked.stopped |= verb == "stop"
        asked.retried |= verb == "retry"
        asked.removing |= verb == "delete"
        answer = getattr(lifecycle, verb)(self.services, self.principal, asked.job_id)
        if verb == "delete":
            asked.deleted = True
        if verb == "clone":
            self.jobs.append(Asked(answer.id, asked.kind))

    def _slot(self, job_id: str, worker: WorkerProcess) -> None:
        work_slot(self.services, job_id, worker)
        self.idle.append(worker)

    def _end(self, number: int) -> None:
        if self.actors:
            self.actors[number % len(self.actors)].end()

    def _go(self, number: int) -> None:
        if self.actors:
            self.actors[number % len(self.actors)].go()

    def _hurt(self, number: int) -> None:
        if self.actors:
            self.actors[number % len(self.actors)].hurt()

    def _kill(self, number: int) -> None:
        """End a worker, or a web process's request, at once and for good."""
        if not self.actors:
            return
        actor = self.actors.pop(number % len(self.actors))
        self._gone.append(actor)
        worker = self._of_actor.get(actor)
        if worker is not None:
            self.dead.append(worker)
            self.hire()

    def _time(self) -> None:
        """Long enough for every lease to run out, and every wait to end."""
        with self.services.db.write() as session:
            for statement in _LATER:
                session.execute(statement)

    def _beat(self, number: int) -> None:
        self.workers[number % len(self.workers)].beat(self.services)

    def hire(self) -> WorkerProcess:
        worker = WorkerProcess()
        worker.pid = next(self._pids)
        worker.register(self.services)
        self.workers = [one for one in self.workers if one not in self.dead] + [worker]
        self.idle.append(worker)
        return worker

    def leave(self) -> None:
        for actor in [*self.actors, *self._gone]:
            actor.leave()


@contextmanager
def opened(folder: Path, url: str) -> Iterator[Services]:
    """What worlds stand on, one after the other: a database with our tables, and a storage in this folder."""
    settings = Settings(
        data=folder, database_url=url, storage_url=f"file://{folder / 'objects'}", lease_seconds=LEASE
    )
    storage = OneAtATimeStorage(folder / "objects")
    services = Services(settings, OneAtATimeDatabase(url), storage, MemoryBus(), RecordingQueue())
    storage.ensure()
    # Drawn at random, ids would put the jobs of each run into another order.
    ids = patch("synthmill.app.core.jobs.submit.new_id", lambda kind: f"{kind}_{next(_numbers):026}")
    with closing(services), own_clock(), ids, sums_known():
        yield services


@contextmanager
def world(services: Services) -> Iterator[World]:
    """A new one: nothing of the one before is left."""
    principal = _principals.get(services.db.url)
    if principal is None:
        token = keys.first_key(services)
        assert token is not None, "another has made a key in this database"
        principal = _principals[services.db.url] = keys.authenticate(services, token)
    with services.db.write() as session:
        for statement in _EMPTY:
            session.execute(statement)
    services.storage.delete_prefix("jobs/")
    made = World(services, principal)
    for _ in range(_WORKERS):
        made.hire()
    try:
        yield made
    finally:
        made.leave()
