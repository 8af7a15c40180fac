"""Profiles of parts, merged in a tree while others are still made: little is left to the end of a job.

A node of level 1 is the profile of 64 neighbouring parts of a table, one of level 2 that of 64 such nodes,
up to the level that has at most 64 of them. Whoever finishes the last part of a node merges it. What is
merged is no longer kept by itself. Merging is in the order of the rows, so a profile depends neither on who
merged nor when; and a node is a function of the recipe, so one that is missing, since its worker died, is
merged at the end of the job, and one that is merged twice is the same twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, delete, func, insert, select, update
from sqlalchemy.orm import Session

from synthmill.app.core.db import DATABASE_AWAY, built_once, models
from synthmill.app.core.execution.context import JobContext
from synthmill.app.core.jobs.kind import Claim
from synthmill.app.core.jobs.state import JobState
from synthmill.app.core.services import Services
from synthmill.generators.datasets.profile.table import TableProfile
from synthmill.generators.engine.plan import TablePlan

GROUP = 64
"""Profiles that are merged into one."""
_AT_ONCE = 32
"""Profiles that are in memory together, packed."""
_TRIES = 5

log = logging.getLogger(__name__)

Job, Part, Profile = models.Job, models.Part, models.Profile


@dataclass(frozen=True)
class _Tree:
    """The profiles of one table of a job."""

    job_id: str
    table: TablePlan
    parts: int
    first_part: int
    """The number of the table's first part in the job."""

    def size(self, level: int) -> int:
        """How many profiles a level has."""
        return -(-self.parts // int(GROUP**level))

    @property
    def top(self) -> int:
        """The lowest level with no more than one group."""
        level = 0
        while self.size(level) > GROUP:
            level += 1
        return level

    def children(self, level: int, number: int) -> range:
        """The numbers, on the level below, of what a node is of."""
        return range(GROUP * number, min(GROUP * (number + 1), self.size(level - 1)))

    def done_parts(self, pieces: range) -> ColumnElement[bool]:
        first = self.first_part + pieces.start
        return (
            (Part.job_id == self.job_id)
            & Part.number.between(first, first + len(pieces) - 1)
            & (Part.state == "done")
            & Part.profile.is_not(None)
        )

    def nodes(self, level: int, numbers: range) -> ColumnElement[bool]:
        return (
            (Profile.job_id == self.job_id)
            & (Profile.table == self.table.name)
            & (Profile.level == level)
            & Profile.number.between(numbers.start, numbers.stop - 1)
        )


def merge_groups(services: Services, context: JobContext, claims: Sequence[Claim]) -> None:
    """Merge what is whole since these parts are done.

    Raises nothing that an outage or a lack of memory causes: what isn't merged now is merged at the end.
    """
    try:
        for table in {claim.work.table for claim in claims}:
            own = [claim for claim in claims if claim.work.table == table]
            tree = _tree(services, context, own[0])
            numbers: Iterable[int] = {claim.work.piece for claim in own}
            for level in range(1, tree.top + 1):
                touched = sorted({number // GROUP for number in numbers})
                numbers = [number for number in touched if _merge(services, tree, level, number)]
    except DATABASE_AWAY as error:
        log.warning("profiles are merged later, the database is away: %s", type(error).__name__)
    except MemoryError:
        log.warning("profiles are merged later: not enough memory")


def _tree(services: Services, context: JobContext, claim: Claim) -> _Tree:
    with services.db.read() as session:
        parts = session.execute(*_parts_of(claim.job_id, claim.work.table)).scalar_one()
    return _Tree(claim.job_id, context.plan.table(claim.work.table), parts, claim.number - claim.work.piece)


@built_once
def _parts_of(job_id: str, table: str) -> Select[int]:
    return select(models.File.parts).where(models.File.job_id == job_id, models.File.table == table)


def _merge(services: Services, tree: _Tree, level: int, number: int) -> bool:
    """Make a node of the profiles below it, if all are there; whether it was this call that did."""
    below = tree.children(level, number)
    with services.db.read() as session:
        before = _fence(session, tree, level, below)
        if before is None:
            return False
        packed = _read(session, tree, level - 1, below)
    merged = TableProfile(tree.table)
    for one in packed:
        merged.merge(TableProfile.unpack(tree.table, one))
    stored = merged.pack()
    with services.db.write() as session:
        # The job's row first, as all do who change several of its parts.
        state = session.execute(
            select(Job.state).where(Job.id == tree.job_id).with_for_update()
        ).scalar_one_or_none()
        running = state in (JobState.RUNNING, JobState.PAUSED)
        if not running or _fence(session, tree, level, below) != before:
            return False
        # It is there already where all of its parts were lost from storage and made again.
        session.execute(delete(Profile).where(tree.nodes(level, range(number, number + 1))))
        session.execute(
            insert(Profile).values(
                job_id=tree.job_id,
                table=tree.table.name,
                level=level,
                number=number,
                attempts=before,
                packed=stored,
            )
        )
        if level == 1:
            session.execute(update(Part).where(tree.done_parts(below)).values(profile=None))
        else:
            session.execute(delete(Profile).where(tree.nodes(level - 1, below)))
    return True


def _fence(session: Session, tree: _Tree, level: int, below: range) -> int | None:
    """The attempts that made what a node is of, added up: they only grow. None where something is missing."""
    if level == 1:
        query = select(func.count(), func.sum(Part.attempt)).where(tree.done_parts(below))
    else:
        query = select(func.count(), func.sum(Profile.attempts)).where(tree.nodes(level - 1, below))
    count, attempts = session.execute(query).one()
    return int(attempts) if count == len(below) else None


def _read(session: Session, tree: _Tree, level: int, numbers: range) -> Sequence[bytes]:
    """Those of these profiles that are there, packed, in the order of their rows."""
    if level == 0:
        parts = select(Part.profile).where(tree.done_parts(numbers)).order_by(Part.number)
        return [packed for packed in session.execute(parts).scalars() if packed is not None]
    nodes = select(Profile.packed).where(tree.nodes(level, numbers)).order_by(Profile.number)
    return session.execute(nodes).scalars().all()


def forget_profiles(session: Session, job_id: str, table: str | None = None) -> None:
    """Drop what was merged of a job's parts, or of those of one table: they are made again, or have ended."""
    query = delete(Profile).where(Profile.job_id == job_id)
    session.execute(query if table is None else query.where(Profile.table == table))


@built_once
def _first_part(job_id: str, table: str) -> Select[int]:
    return select(func.min(Part.number)).where(Part.job_id == job_id, Part.table == table)


@built_once
def _merged_already(job_id: str, table: str) -> Select[int, int]:
    return select(Profile.level, Profile.number).where(Profile.job_id == job_id, Profile.table == table)


def merged_profile(
    services: Services, context: JobContext, file: models.File, check: Callable[[], None]
) -> TableProfile:
    """The profile of a whole table, all of whose parts are done.

    At most 64 are left to merge, unless a worker died before it merged some, or is still at it.
    """
    with services.db.read() as session:
        first: int = session.execute(*_first_part(file.job_id, file.table)).scalar_one()
    tree = _Tree(file.job_id, context.plan.table(file.table), file.parts, first)
    for _ in range(_TRIES):
        merged = _merged(services, tree, check)
        if merged is not None:
            return merged
    raise LookupError(f"there is no profile of some parts of {file.table}")


def _merged(services: Services, tree: _Tree, check: Callable[[], None]) -> TableProfile | None:
    """None where somebody merged some of it meanwhile, and it has to be looked for again."""
    merged = TableProfile(tree.table)
    for level, numbers in _cover(services, tree):
        with services.db.read() as session:
            packed = _read(session, tree, level, numbers)
        if len(packed) < len(numbers):
            return None
        for one in packed:
            check()
            merged.merge(TableProfile.unpack(tree.table, one))
    return merged


def _cover(services: Services, tree: _Tree) -> list[tuple[int, range]]:
    """Levels and numbers of profiles that together are the table's, each row in one, in their order."""
    with services.db.read() as session:
        found = session.execute(*_merged_already(tree.job_id, tree.table.name)).all()
    there = {(level, number) for level, number in found}

    def below(level: int, number: int) -> list[tuple[int, int]]:
        if level == 0 or (level, number) in there:
            return [(level, number)]
        return [one for child in tree.children(level, number) for one in below(level - 1, child)]

    runs: list[tuple[int, range]] = []
    for number in range(tree.size(tree.top)):
        for level, place in below(tree.top, number):
            last = runs[-1] if runs else (-1, range(0))
            if last[0] == level and last[1].stop == place and len(last[1]) < _AT_ONCE:
                runs[-1] = (level, range(last[1].start, place + 1))
            else:
                runs.append((level, range(place, place + 1)))
    return runs
