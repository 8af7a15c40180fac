"""What has to be true when everything has ended, whatever was done to it; violations in words."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from synthmill.app.core.db import db_now, models
from synthmill.app.core.execution.context import job_context
from synthmill.app.core.jobs.events import TERMINAL
from synthmill.app.core.jobs.object_keys import file_key
from synthmill.app.core.jobs.state import ENDED
from synthmill.app.core.learned.object_key import model_key
from synthmill.app.core.services import Services
from synthmill.app.core.storage import FolderStorage
from synthmill.app.core.storage.folder import DRAFTS
from synthmill.app.core.storage.storage import etag_of
from synthmill.generators.datasets import manifest
from synthmill.generators.datasets.blocks import file_prefix
from tests.roots import root_of

_TERMINAL_OF = {"completed": "complete", "failed": "error", "cancelled": "shutdown"}


@dataclass
class Expected:
    """What one job has to come to."""

    job_id: str
    ends: tuple[str, ...]
    files: Mapping[str, Mapping[str, Any]]
    """What the manifest of an undisturbed run says of each, by name."""
    seen: list[tuple[int, str]] = field(default_factory=list)
    """Numbered events that its watcher got; none where it had no watcher."""
    model: str | None = None
    """The sha256 of the model that an undisturbed run fits, for a job of that kind."""


@dataclass(frozen=True)
class Allowed:
    """What the faults of the run may have cost, all jobs together."""

    losses: float = 0
    returned: float = 0
    errors: float = 0


def violations(services: Services, jobs: Iterable[Expected], allowed: Allowed) -> list[str]:
    """Everything that is not as promised, the stack being at rest."""
    found: list[str] = []
    expected = list(jobs)
    for job in expected:
        with services.db.read() as session:
            row = session.get(models.Job, job.job_id)
        if row is None:
            found.append(f"{job.job_id}: it was accepted and is not there")
            continue
        found += [
            f"{job.job_id}: {what}"
            for check in (_end, _events, _watcher)
            for what in check(services, row, job)
        ]
        if row.state == "completed" and job.model is not None:
            found += [f"{job.job_id}: {what}" for what in _model(services, row, job)]
        elif row.state == "completed":
            found += [f"{job.job_id}: {what}" for what in _files(services, row, job)]
            found += [f"{job.job_id}: {what}" for what in _pieces(services, row)]
    found += _leftovers(services)
    found += _repeats(services, [job.job_id for job in expected], allowed)
    return found


def leftovers(services: Services) -> list[str]:
    """What is left of work that has ended; empty where the stack is at rest."""
    return list(_leftovers(services))


def _end(services: Services, row: models.Job, job: Expected) -> Iterator[str]:
    if row.state not in ENDED:
        yield f"it never ended: {row.state}, {row.parts_done} of {row.parts_total} parts"
    elif row.state not in job.ends:
        yield f"it is {row.state} ({row.error}), not {' or '.join(job.ends)}"
    if row.state == "completed" and (row.parts_done, row.rows_done) != (row.parts_total, row.rows_total):
        yield f"it counts {row.parts_done}/{row.parts_total} parts, {row.rows_done}/{row.rows_total} rows"
    with services.db.read() as session:
        datasets = session.execute(
            select(func.count()).select_from(models.Dataset).where(models.Dataset.job_id == row.id)
        ).scalar_one()
    if datasets != (row.state == "completed" and job.model is None):
        yield f"it is {row.state} and has {datasets} datasets"


def _events(services: Services, row: models.Job, job: Expected) -> Iterator[str]:
    with services.db.read() as session:
        events = session.execute(
            select(models.Event.seq, models.Event.type)
            .where(models.Event.job_id == row.id)
            .order_by(models.Event.seq)
        ).all()
    numbers = [seq for seq, _ in events]
    if numbers != list(range(1, row.last_seq + 1)):
        yield f"its events are not numbered 1 to {row.last_seq}: {_gaps(numbers, row.last_seq)}"
    *before, last = _runs([kind for _, kind in events])
    ends = [kind for kind in last if kind in TERMINAL]
    if ends != [_TERMINAL_OF.get(row.state)] or last[-1] != ends[0]:
        yield f"it is {row.state} and its terminal events are {ends}, the last one {events[-1:]}"
    for run in before:
        if sum(kind in TERMINAL for kind in run) != 1 or run[-1] not in TERMINAL:
            yield f"it was retried, and before that its events were {run}"


def _runs(events: list[str]) -> list[list[str]]:
    """The events of a job from each time on that it began; there are several where it was retried."""
    starts = sorted({0, *(at for at, kind in enumerate(events) if kind == "init")})
    return [events[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]


def _gaps(numbers: list[int], last: int) -> str:
    missing = sorted(set(range(1, last + 1)) - set(numbers))
    return f"missing {missing[:5]}" if missing else f"{numbers[:5]} ... {numbers[-3:]}"


def _watcher(services: Services, row: models.Job, job: Expected) -> Iterator[str]:
    if not job.seen:
        return
    numbers = [seq for seq, _ in job.seen]
    if numbers != list(range(1, len(numbers) + 1)) or numbers[-1] != row.last_seq:
        yield f"its watcher saw {_gaps(numbers, row.last_seq)} of {row.last_seq} events"


def _model(services: Services, row: models.Job, job: Expected) -> Iterator[str]:
    if left := list(services.storage.list(f"jobs/{row.id}/")):
        yield f"a fit has left {left}"
    result = row.result or {}
    if result.get("sha256") != job.model:
        yield f"its model {result.get('sha256')} is not the one that an undisturbed run gives"
    with services.db.read() as session:
        model = session.get(models.Model, result.get("model_id"))
    if model is None or model.state != "stored" or model.sha256 != result.get("sha256"):
        yield f"its model is {model and (model.state, model.sha256)}"
        return
    stored = services.storage.get(model_key(model.id, str(model.sha256)))
    if hashlib.sha256(stored).hexdigest() != model.sha256:
        yield "its model's file is not the model"


def _files(services: Services, row: models.Job, job: Expected) -> Iterator[str]:
    storage = services.storage
    wanted = {
        file_key(row.id, name, row.run) for name in (*job.files, manifest.FILE_NAME, manifest.PROFILE_NAME)
    }
    there = set(storage.list(f"jobs/{row.id}/"))
    if there != wanted:
        yield f"storage lacks {sorted(wanted - there)} and has {sorted(there - wanted)} beside"
    with services.db.read() as session:
        recorded = dict(
            session.execute(
                select(models.File.name, models.File.root).where(models.File.job_id == row.id)
            ).all()
        )
    for name, entry in job.files.items():
        if file_key(row.id, name, row.run) in there:
            stored = storage.get(file_key(row.id, name, row.run))
            if len(stored) != entry["size"] or root_of(stored, entry) != entry["root"]:
                yield f"{name} is not what an undisturbed run gives"
        if recorded.get(name) != entry["root"]:
            yield f"the recorded root of {name} is not that of an undisturbed run"


def _pieces(services: Services, row: models.Job) -> Iterator[str]:
    """Recorded etags against the bytes that the object has where that piece went."""
    etag = _crc if isinstance(services.storage, FolderStorage) else _md5
    with services.db.read() as session:
        files = session.execute(select(models.File).where(models.File.job_id == row.id)).scalars().all()
        parts = session.execute(
            select(models.Part).where(models.Part.job_id == row.id).order_by(models.Part.piece)
        ).scalars().all()  # fmt: skip
    context = job_context(services, row.id)
    for file in files:
        own = [part for part in parts if part.table == file.table]
        if not any(part.etag for part in own):
            continue
        content = services.storage.get(file_key(row.id, file.name, row.run))
        start = len(file_prefix(context.plan.table(file.table), context.output))
        for place, (recorded, size) in enumerate(_merged(own)):
            first = 0 if place == 0 else start
            # S3 gives what it copied itself an etag of another kind, with a dash.
            if "-" not in (recorded or "") and etag(content[first : start + size]) != recorded:
                yield f"piece {place} of {file.name} is not the one whose etag is recorded"
            start += size


def _merged(parts: list[models.Part]) -> list[tuple[str | None, int]]:
    """Etags with the bytes that they are of: a piece without one went in with the piece before it."""
    pieces: list[tuple[str | None, int]] = []
    for part in parts:
        if part.etag == "" and pieces:
            pieces[-1] = (pieces[-1][0], pieces[-1][1] + (part.size or 0))
        elif part.etag is not None:
            pieces.append((part.etag, part.size or 0))
    return pieces


def _crc(content: bytes) -> str:
    return etag_of([content])


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _leftovers(services: Services) -> Iterator[str]:
    storage = services.storage
    for key, _ in storage.uploads(""):
        yield f"an unfinished upload of {key} is left"
    if isinstance(storage, FolderStorage):
        for draft in (storage.root / DRAFTS).iterdir():
            yield f"the temporary file {draft.name} is left"
    with services.db.read() as session:
        states = dict(session.execute(select(models.Job.id, models.Job.state)).all())
        held = session.execute(
            select(models.Part.job_id, models.Part.number).where(models.Part.state == "running")
        ).all()
        leased = session.execute(select(models.Job.id).where(models.Job.finalise_until > db_now())).scalars()
        for job_id, number in held:
            yield f"part {number} of {job_id} is still leased"
        for job_id in leased:
            yield f"{job_id} is still leased by a finaliser"
    for key in storage.list("jobs/"):
        job_id = key.split("/")[1]
        if "/stages/" in key:
            yield f"{key} is left of a stage"
        elif states.get(job_id) != "completed":
            yield f"{key} is left of a job that is {states.get(job_id, 'gone')}"
    for queue in ("interactive", "bulk"):
        waiting = services.queue.waiting(queue)
        if waiting != 0:
            yield f"{'unknown' if waiting is None else waiting} slots are left in the queue {queue}"


def _repeats(services: Services, jobs: list[str], allowed: Allowed) -> Iterator[str]:
    with services.db.read() as session:
        parts = session.execute(select(models.Part).where(models.Part.job_id.in_(jobs))).scalars().all()
    total: Counter[str] = Counter()
    for part in parts:
        total["losses"] += part.losses
        total["errors"] += part.errors
        unfinished = part.state != "done" and part.attempt > 0
        total["returned"] += max(0, part.attempt - 1 - part.losses - part.errors) if not unfinished else 0
    for what in ("losses", "returned", "errors"):
        if total[what] > getattr(allowed, what):
            due = getattr(allowed, what)
            yield f"parts made again ({what}): {total[what]}, the faults account for {due:g}"
