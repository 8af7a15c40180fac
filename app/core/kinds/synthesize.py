"""The kind `synthesize`: rows like those of an upload, in one request: a model is fitted, then rows are made.

Where a model is named the rows alone are made. They are one JSON array, for an answer; datasets of any size
are jobs of the kind `dataset` with the strategy `model`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from synthmill.app.core.db import models
from synthmill.app.core.db.models import Work
from synthmill.app.core.execution.fitting import (
    STEPS,
    Fitted,
    discard_fits,
    fit_part,
    keep_fitted,
    record_fit,
    table_inputs,
)
from synthmill.app.core.execution.sampling import Sampled, model_input, packed, sample_part
from synthmill.app.core.jobs.kind import (
    Claim,
    Completed,
    FinaliserLease,
    JobFailedError,
    Layout,
    MoreParts,
    Outcome,
    PartPlan,
    Report,
    Submission,
    add_parts,
)
from synthmill.app.core.learned.storing import check_room
from synthmill.app.core.services import Services
from synthmill.app.core.uploads.inputs import note_inputs, use_inputs
from synthmill.app.core.uploads.sizes import check_files
from synthmill.generators.engine.inputs import Input

FIT = "fit"
"""The stage that comes before the rows."""
_BYTES_OF_A_ROW = 200
"""As estimated before anything is known of the columns."""

Job, Part = models.Job, models.Part


class SynthesizeKind:
    name = "synthesize"
    unit = "rows"

    def lay_out(self, services: Services, workspace_id: str, submission: Submission) -> Layout:
        request = submission.request
        inputs, rows = _inputs(request), request["rows"]
        size = check_files(services, workspace_id, inputs) + rows * _BYTES_OF_A_ROW
        if request["model"] is not None:
            return Layout([PartPlan(Work(), rows)], rows, size, inputs=inputs)
        check_room(services, workspace_id)
        services.executor.run("check_fit", {"parameters": request["parameters"]})
        return Layout([PartPlan(Work(), STEPS)], rows, size, stage=FIT, inputs=inputs)

    def store(self, session: Session, job_id: str, layout: Layout) -> None:
        pass

    def run(self, services: Services, claim: Claim, report: Report) -> Outcome:
        with services.db.read() as session:
            job = session.get_one(Job, claim.job_id)
            fitted = None if claim.number == 0 else _fitted(session, claim.job_id)
        if claim.stage == FIT:
            return fit_part(services, claim, job.request, report)
        model = job.request["model"] if fitted is None else fitted["sha256"]
        return sample_part(services, claim, model, job.request, job.run, report)

    def record(self, session: Session, done: Sequence[tuple[Claim, Any]]) -> None:
        for claim, outcome in done:
            if isinstance(outcome, Fitted):
                record_fit(session, claim, outcome)
            else:
                assert isinstance(outcome, Sampled)
                this = (Part.job_id == claim.job_id) & (Part.number == claim.number)
                session.execute(update(Part).where(this).values(result=packed(outcome)))

    def follow_up(self, services: Services, claims: Sequence[Claim]) -> None:
        pass

    def discard(self, services: Services, claims: Sequence[Claim]) -> None:
        discard_fits(services, [claim for claim in claims if claim.stage == FIT])

    def finish(self, services: Services, lease: FinaliserLease) -> Completed | MoreParts:
        with services.db.read() as session:
            job = session.get_one(Job, lease.job_id)
        if job.stage == FIT:
            return self._rows_follow(services, lease, job.request["rows"])
        with services.db.read() as session:
            query = select(Part.result).where(Part.job_id == lease.job_id).order_by(Part.number.desc())
            sampled = json.loads(session.execute(query.limit(1)).scalar_one() or b"{}")
            model = (
                _fitted(session, lease.job_id)
                if job.request["model"] is None
                else {"model_id": job.request["model_id"], "sha256": job.request["model"]}
            )
        if sampled["refused"] is not None:
            raise JobFailedError(sampled["refused"])
        drawn = {"rows": job.request["rows"], "seed": job.request["seed"], "bytes": sampled["size"]}
        result = {**model, **drawn}
        return Completed(lambda session, job: result, leftovers=True)

    def _rows_follow(self, services: Services, lease: FinaliserLease, rows: int) -> MoreParts:
        keep = keep_fitted(services, lease)

        def record(session: Session, job: models.Job) -> None:
            kept = keep(session)
            this = (Part.job_id == job.id) & (Part.number == 0)
            session.execute(update(Part).where(this).values(result=json.dumps(kept).encode()))
            use_inputs(session, job.workspace_id, [model_input(kept["sha256"])])
            note_inputs(session, job.id, [model_input(kept["sha256"])])

        return MoreParts([PartPlan(Work(), rows)], None, record, {"done": {"stage": FIT}})

    def reset(self, session: Session, job: models.Job) -> None:
        use_inputs(session, job.workspace_id, _inputs(job.request))
        if job.request["model"] is not None:
            session.execute(update(Part).where(Part.job_id == job.id).values(result=None))
            return
        session.execute(delete(Part).where(Part.job_id == job.id))
        fitted = models.JobInput.field == model_input("").field
        session.execute(delete(models.JobInput).where(models.JobInput.job_id == job.id, fitted))
        add_parts(session, job.id, [PartPlan(Work(), STEPS)], FIT, first_attempt=job.first_attempt)
        values = {"parts_total": 1, "stage": FIT, "stage_units": STEPS, "stage_units_done": 0}
        session.execute(update(Job).where(Job.id == job.id).values(stage_began=0.0, **values))

    def submission_of(self, job: models.Job) -> Submission:
        return Submission(job.request, max_parallel=job.max_parallel, raw=job.request, kind=self.name)

    def describe(self, session: Session, jobs: Sequence[models.Job]) -> Mapping[str, Mapping[str, Any]]:
        return {job.id: {} for job in jobs}


def _inputs(request: Mapping[str, Any]) -> list[Input]:
    if request["model"] is not None:
        return [model_input(request["model"])]
    return table_inputs(request["tables"])


def _fitted(session: Session, job_id: str) -> dict[str, Any]:
    """What was kept of the stage: the model's id and sha256 among it."""
    query = select(Part.result).where(Part.job_id == job_id, Part.number == 0)
    found: dict[str, Any] = json.loads(session.execute(query).scalar_one() or b"{}")
    return found


KIND = SynthesizeKind()
