"""The kind `sum`: adds the numbers below one, a range of them a part, and knows no table, file or recipe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from synthmill.app.core.db import models
from synthmill.app.core.db.models import Work
from synthmill.app.core.jobs.kind import (
    Claim,
    Completed,
    FinaliserLease,
    Layout,
    PartPlan,
    Report,
    Submission,
)
from synthmill.app.core.jobs.object_keys import pieces_prefix
from synthmill.app.core.services import Services

Job, Part = models.Job, models.Part


@dataclass(frozen=True)
class Summed:
    size: int
    total: int


def _key(claim: Claim) -> str:
    return f"{pieces_prefix(claim.job_id)}{claim.number}-{claim.attempt}"


class SumKind:
    name = "sum"
    unit = "numbers"

    def lay_out(self, services: Services, workspace_id: str, submission: Submission) -> Layout:
        numbers, part = submission.request["numbers"], submission.request["part"]
        ranges = [(first, min(first + part, numbers)) for first in range(0, numbers, part)]
        parts = [PartPlan(Work(first_block=first, last_block=last), last - first) for first, last in ranges]
        return Layout(parts, numbers, 8 * len(parts))

    def store(self, session: Session, job_id: str, layout: Layout) -> None:
        pass

    def run(self, services: Services, claim: Claim, report: Report) -> Summed:
        with services.db.read() as session:
            request = session.get_one(Job, claim.job_id).request
        if request["broken"] == claim.number:
            raise ValueError(f"{claim.work.first_block} is no number to add")
        total = sum(range(claim.work.first_block, claim.work.last_block))
        report(claim.units)
        services.storage.put(_key(claim), str(total).encode())
        return Summed(8, total)

    def record(self, session: Session, done: Sequence[tuple[Claim, Summed]]) -> None:
        for claim, summed in done:
            this = (Part.job_id == claim.job_id) & (Part.number == claim.number)
            session.execute(update(Part).where(this).values(result=str(summed.total).encode()))

    def follow_up(self, services: Services, claims: Sequence[Claim]) -> None:
        pass

    def discard(self, services: Services, claims: Sequence[Claim]) -> None:
        services.storage.delete(map(_key, claims))

    def finish(self, services: Services, lease: FinaliserLease) -> Completed:
        with services.db.read() as session:
            results = session.execute(select(Part.result).where(Part.job_id == lease.job_id)).scalars().all()
        total = sum(int(result or b"") for result in results)
        return Completed(lambda session, job: {"sum": total}, leftovers=True)

    def reset(self, session: Session, job: models.Job) -> None:
        session.execute(update(Part).where(Part.job_id == job.id).values(result=None))

    def submission_of(self, job: models.Job) -> Submission:
        return Submission(job.request, max_parallel=job.max_parallel, raw=job.request, kind="sum")

    def describe(self, session: Session, jobs: Sequence[models.Job]) -> Mapping[str, Mapping[str, Any]]:
        return {job.id: {} for job in jobs}


KIND = SumKind()
