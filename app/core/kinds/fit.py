"""The kind `fit`: a model of a workspace's uploads, learnt by one worker at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from synthmill.app.core.db import models
from synthmill.app.core.db.models import Work
from synthmill.app.core.execution.fitting import (
    STEPS,
    Fitted,
    discard_fits,
    fit_part,
    forget_fit,
    keep_fitted,
    record_fit,
    table_inputs,
)
from synthmill.app.core.jobs.kind import (
    Claim,
    Completed,
    FinaliserLease,
    Layout,
    PartPlan,
    Report,
    Submission,
)
from synthmill.app.core.learned.storing import check_room
from synthmill.app.core.services import Services
from synthmill.app.core.uploads.inputs import use_inputs
from synthmill.app.core.uploads.sizes import check_files


class FitKind:
    name = "fit"
    unit = "steps"

    def lay_out(self, services: Services, workspace_id: str, submission: Submission) -> Layout:
        request = submission.request
        check_room(services, workspace_id)
        inputs = table_inputs(request["tables"])
        size = check_files(services, workspace_id, inputs)
        services.executor.run("check_fit", {"parameters": request["parameters"]})
        return Layout([PartPlan(Work(), STEPS)], STEPS, size, inputs=inputs)

    def store(self, session: Session, job_id: str, layout: Layout) -> None:
        pass

    def run(self, services: Services, claim: Claim, report: Report) -> Fitted:
        with services.db.read() as session:
            request = session.get_one(models.Job, claim.job_id).request
        return fit_part(services, claim, request, report)

    def record(self, session: Session, done: Sequence[tuple[Claim, Fitted]]) -> None:
        for claim, fitted in done:
            record_fit(session, claim, fitted)

    def follow_up(self, services: Services, claims: Sequence[Claim]) -> None:
        pass

    def discard(self, services: Services, claims: Sequence[Claim]) -> None:
        discard_fits(services, claims)

    def finish(self, services: Services, lease: FinaliserLease) -> Completed:
        keep = keep_fitted(services, lease)
        return Completed(lambda session, job: keep(session), leftovers=True)

    def reset(self, session: Session, job: models.Job) -> None:
        use_inputs(session, job.workspace_id, table_inputs(job.request["tables"]))
        forget_fit(session, job.id)

    def submission_of(self, job: models.Job) -> Submission:
        return Submission(job.request, max_parallel=job.max_parallel, raw=job.request, kind=self.name)

    def describe(self, session: Session, jobs: Sequence[models.Job]) -> Mapping[str, Mapping[str, Any]]:
        return {job.id: {} for job in jobs}


KIND = FitKind()
