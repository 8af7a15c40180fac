"""What a kind of job is: the page that its author writes against, and where kinds are found.

A job is a kind, a request, parts and a result. State, events, claims, leases, fences, pause, stop, retry,
limits, watching and metrics are the same for all; what a part does, and what comes of all of them, is the
kind's affair.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any, Protocol

from sqlalchemy import ColumnElement, insert
from sqlalchemy.orm import Session

from synthmill.app.core.db import models
from synthmill.app.core.db.models import Work
from synthmill.app.core.errors import CoreError
from synthmill.app.core.services import Services
from synthmill.generators.engine.inputs import Input
from synthmill.generators.version import ENGINE_VERSION


class Report(Protocol):
    """What a part says of itself while it is done. Both methods raise what makes the part useless:
    AbandonedError where its job has ended, LeaseLostError where it was given to another worker."""

    def begins(self, block: int) -> None:
        """Called before each block: where a worker dies in this block again and again, its job fails and
        names it. A kind without blocks need not call it."""

    def __call__(self, units: int) -> None:
        """Called between blocks, at least once a second, with the units done so far of the part."""


@dataclass(frozen=True)
class Submission:
    """A job to be."""

    request: Any
    """What the kind's `lay_out` takes: for a dataset a generation request, or the Generation that one was."""
    dataset: str | None = None
    """Name of the dataset that it makes, where it makes one."""
    workspace: str | None = None
    max_parallel: int | None = None
    raw: dict[str, Any] | None = None
    """The request as it was sent: what an Idempotency-Key stands for."""
    kind: str = "dataset"


@dataclass(frozen=True)
class PartPlan:
    """A part to be."""

    work: Work
    units: int


@dataclass(frozen=True)
class Layout:
    """A job before it is stored."""

    parts: Sequence[PartPlan]
    """The first ones: a kind may add others when these are done. One at least."""
    units: int
    """What there is to do in all, stages left out."""
    size: int
    """Estimated bytes of what it makes, or reads, for limits."""
    columns: Mapping[str, Any] = field(default_factory=dict)
    """Of the job's row: those that are the kind's own."""
    event_data: Mapping[str, Any] = field(default_factory=dict)
    """What the event `init` says beside the totals."""
    stage: str | None = None
    """The stage that its first parts are of."""
    engine: str = ENGINE_VERSION
    """No worker of another version does its parts."""
    inputs: Sequence[Input] = ()
    """Uploads that it needs until it has ended."""
    plugins: Sequence[str] = ()
    """What of plugins its parts need, as `plugins_needed` says it: no worker without it does them."""
    data: Any = None
    """The kind's own, for `store`."""


class Outcome(Protocol):
    """What a part gave; it is in storage."""

    @property
    def size(self) -> int:
        """Bytes that it adds to what the job makes."""


class Claim(Protocol):
    """What a kind may know of a worker's hold on a part."""

    @property
    def job_id(self) -> str: ...

    @property
    def workspace_id(self) -> str: ...

    @property
    def number(self) -> int: ...

    @property
    def attempt(self) -> int:
        """Another number for each worker that ever had the part, retries of the job included."""

    @property
    def stage(self) -> str | None: ...

    @property
    def work(self) -> Work: ...

    @property
    def units(self) -> int: ...


class FinaliserLease(Protocol):
    """What a kind may know of the hold on a job whose parts are all done."""

    @property
    def job_id(self) -> str: ...

    @property
    def attempt(self) -> int:
        """Another number for each worker that ever finalised the job."""

    @property
    def mine(self) -> ColumnElement[bool]:
        """Of the job's row: whether the lease still holds."""

    def check(self, services: Services) -> None:
        """Raises AbandonedError once it doesn't; quick enough to be called all the time."""


@dataclass(frozen=True)
class Completed:
    """All is made: `record` stores what the job gave, in the transaction that completes it."""

    record: Callable[[Session, models.Job], dict[str, Any]]
    """The job's result, which its event `complete` carries too."""
    event_data: Mapping[str, Any] = field(default_factory=dict)
    """What that event says beside it."""
    leftovers: bool = False
    """Objects are left in storage that clearing away has to remove."""


@dataclass(frozen=True)
class MoreParts:
    """These are done, and others follow from what they gave."""

    parts: Sequence[PartPlan]
    stage: str | None
    """The stage that the new ones are of; None: the last ones."""
    record: Callable[[Session, models.Job], None]
    """Stores what the done ones gave, in the transaction that adds the new ones."""
    event_data: Mapping[str, Any] = field(default_factory=dict)
    """What the event `stage` says beside the new totals."""


class JobFailedError(CoreError):
    """What the job made isn't what was asked for: it fails, for the reason that the text says."""


class JobKind(Protocol):
    """A kind of job: one file of app/core/kinds, found by its `KIND`."""

    @property
    def name(self) -> str: ...

    @property
    def unit(self) -> str:
        """What progress is counted in, in the plural: `rows`."""

    def lay_out(self, services: Services, workspace_id: str, submission: Submission) -> Layout:
        """The job that is asked for. Raises InvalidRequestError, LimitExceededError for one not to be had."""

    def store(self, session: Session, job_id: str, layout: Layout) -> None:
        """Store the kind's own rows, in the transaction that stores the job and its parts."""

    def run(self, services: Services, claim: Claim, report: Report) -> Outcome:
        """Do a part, and have what it gave in storage afterwards.

        May be done twice, at the same time: what one attempt stores must not spoil what another one stored.
        Raises PartReturnedError where the part has to be done again at once, StorageError where storage is
        away; any other exception counts against the part.
        """

    def record(self, session: Session, done: Sequence[tuple[Any, Any]]) -> None:
        """Store what these parts of one job gave, each (claim, outcome), in the transaction that has found
        them still held and counts them as done."""

    def follow_up(self, services: Services, claims: Sequence[Claim]) -> None:
        """These parts are recorded as done: the kind may do some of what `finish` would have to do.

        Raises nothing that an outage or a lack of memory causes.
        """

    def discard(self, services: Services, claims: Sequence[Claim]) -> None:
        """Remove what these parts stored: their job has ended otherwise, and was cleared away before."""

    def finish(self, services: Services, lease: FinaliserLease) -> Completed | MoreParts | None:
        """All parts are done: put together what they gave. None: some are to be done again, as is recorded.

        Can be begun again at any point. Raises AbandonedError where the lease was lost, StorageError, and
        JobFailedError where what was made can't be the job's result.
        """

    def reset(self, session: Session, job: models.Job) -> None:
        """A retry: forget what the job gave so far. All of its parts are pending again.

        New ones have attempts from `job.first_attempt` on, so that none is one that a worker still has.
        """

    def submission_of(self, job: models.Job) -> Submission:
        """What was asked for, for a clone."""

    def describe(self, session: Session, jobs: Sequence[models.Job]) -> Mapping[str, Mapping[str, Any]]:
        """By job: fields of a JobView that are the kind's own."""


@cache
def kinds() -> Mapping[str, JobKind]:
    """All kinds by name, in alphabetical order."""
    package = importlib.import_module("synthmill.app.core.kinds")
    modules = (
        importlib.import_module(f"{package.__name__}.{found.name}")
        for found in pkgutil.iter_modules(package.__path__)
    )
    found = {module.KIND.name: module.KIND for module in modules}
    return MappingProxyType(dict(sorted(found.items())))


def job_kind(name: str) -> JobKind:
    """The kind of this name, which a stored job has."""
    return kinds()[name]


def add_parts(
    session: Session,
    job_id: str,
    parts: Sequence[PartPlan],
    stage: str | None = None,
    first_number: int = 0,
    first_attempt: int = 0,
) -> None:
    """Store parts of a job."""
    session.execute(
        insert(models.Part),
        [
            {
                "job_id": job_id,
                "number": number,
                "stage": stage,
                "work": part.work,
                "rows": part.units,
                "attempt": first_attempt,
            }
            for number, part in enumerate(parts, first_number)
        ],
    )
