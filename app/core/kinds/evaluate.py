"""The kind `evaluate`: a report that compares synthetic tables with real ones, made by one worker at once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from synthmill.app.core.db import db_now, models
from synthmill.app.core.db.models import Work
from synthmill.app.core.evaluations import PAGE_NAME
from synthmill.app.core.execution.dataset_tables import read_dataset
from synthmill.app.core.execution.fitting import STEPS, table_inputs
from synthmill.app.core.ids import new_id
from synthmill.app.core.input_copies import discard_copies
from synthmill.app.core.jobs.kind import (
    Claim,
    Completed,
    FinaliserLease,
    JobFailedError,
    Layout,
    PartPlan,
    Report,
    Submission,
)
from synthmill.app.core.jobs.object_keys import file_key
from synthmill.app.core.learned.disclosures import count_evaluation
from synthmill.app.core.services import Services
from synthmill.app.core.uploads.inputs import held_inputs, use_inputs
from synthmill.app.core.uploads.sizes import check_files
from synthmill.generators.engine.inputs import Input
from synthmill.generators.errors import InvalidRequestError, UnknownNameError
from synthmill.generators.evaluation import evaluate
from synthmill.generators.importing.table_file import read_table_file

SIDES = ("real", "synthetic", "holdout")

Job, Part = models.Job, models.Part


@dataclass(frozen=True)
class Evaluated:
    """What the part gave: a report, whose page is in storage, or why there is none."""

    size: int
    report: Mapping[str, Any] | None
    refused: str | None = None


class EvaluateKind:
    name = "evaluate"
    unit = "steps"

    def lay_out(self, services: Services, workspace_id: str, submission: Submission) -> Layout:
        inputs = _inputs(submission.request)
        size = check_files(services, workspace_id, inputs)
        return Layout(
            [PartPlan(Work(), STEPS)],
            STEPS,
            size,
            inputs=inputs,
            data=(workspace_id, _real(submission.request), services.settings.evaluations_per_file),
        )

    def store(self, session: Session, job_id: str, layout: Layout) -> None:
        count_evaluation(session, *layout.data)

    def run(self, services: Services, claim: Claim, report: Report) -> Evaluated:
        with services.db.read() as session:
            job = session.get_one(Job, claim.job_id)
        request = job.request

        def progress(done: int, total: int, what: str) -> None:
            report(min(claim.units, claim.units * done // max(1, total)))

        try:
            sides = _tables(services, claim, request, report)
            found = evaluate(
                sides["real"],
                sides["synthetic"],
                holdout=sides.get("holdout"),
                keys=request["keys"],
                roles=request["roles"],
                targets=request["targets"],
                seed=request["seed"],
                sample=request["sample"],
                report=progress,
            )
        except (InvalidRequestError, UnknownNameError) as error:
            return Evaluated(0, None, str(error))
        finally:
            discard_copies(services, _real(request).values())
        page = found.html().encode()
        services.storage.put(file_key(claim.job_id, PAGE_NAME, job.run), page)
        report(claim.units)
        return Evaluated(len(page), found.as_dict())

    def record(self, session: Session, done: Sequence[tuple[Claim, Evaluated]]) -> None:
        for claim, made in done:
            this = (Part.job_id == claim.job_id) & (Part.number == claim.number)
            packed = json.dumps({"size": made.size, "report": made.report, "refused": made.refused})
            session.execute(update(Part).where(this).values(result=packed.encode()))

    def follow_up(self, services: Services, claims: Sequence[Claim]) -> None:
        pass

    def discard(self, services: Services, claims: Sequence[Claim]) -> None:
        pass

    def finish(self, services: Services, lease: FinaliserLease) -> Completed:
        with services.db.read() as session:
            query = select(Part.result).where(Part.job_id == lease.job_id)
            made = json.loads(session.execute(query).scalar_one() or b"{}")
        if made["refused"] is not None:
            raise JobFailedError(made["refused"])

        def record(session: Session, job: models.Job) -> dict[str, Any]:
            evaluation_id, report = new_id("ev"), made["report"]
            session.execute(
                insert(models.Evaluation).values(
                    id=evaluation_id,
                    workspace_id=job.workspace_id,
                    job_id=job.id,
                    sources=_sources(job.request),
                    report=report,
                    created_at=db_now(),
                )
            )
            return {
                "evaluation_id": evaluation_id,
                "passed": report["passed"],
                "differing": report["differing"],
                "page_bytes": made["size"],
            }

        return Completed(record)

    def reset(self, session: Session, job: models.Job) -> None:
        use_inputs(session, job.workspace_id, _inputs(job.request))
        session.execute(update(Part).where(Part.job_id == job.id).values(result=None))

    def submission_of(self, job: models.Job) -> Submission:
        return Submission(job.request, max_parallel=job.max_parallel, raw=job.request, kind=self.name)

    def describe(self, session: Session, jobs: Sequence[models.Job]) -> Mapping[str, Mapping[str, Any]]:
        return {job.id: {} for job in jobs}


def _inputs(request: Mapping[str, Any]) -> list[Input]:
    return [one for side in SIDES for one in table_inputs(request[side] or {}, side)]


def _real(request: Mapping[str, Any]) -> dict[str, str]:
    """The uploads of real rows, by the field that names each."""
    sides = [side for side in SIDES if side != "synthetic"]
    return {one.field: one.sha256 for side in sides for one in table_inputs(request[side] or {}, side)}


def _sources(request: Mapping[str, Any]) -> dict[str, Any]:
    sources: dict[str, Any] = {
        side: {name: one["upload"] for name, one in request[side].items()}
        for side in SIDES
        if request[side] is not None
    }
    if request["dataset_id"] is not None:
        sources["synthetic"] = {"dataset_id": request["dataset_id"]}
    return sources


def _tables(
    services: Services, claim: Claim, request: Mapping[str, Any], report: Report
) -> dict[str, dict[str, pa.Table]]:
    """The tables of each side that there is. Raises InvalidRequestError, and what `report` does."""
    sides: dict[str, dict[str, pa.Table]] = {}
    with ExitStack() as held:
        for side in SIDES:
            tables = request[side]
            if tables is None:
                continue
            paths = held.enter_context(held_inputs(services, claim.workspace_id, table_inputs(tables, side)))
            for name, one in tables.items():
                path = paths[one["upload"]]
                rows = services.settings.fit_rows
                sides.setdefault(side, {})[name] = read_table_file(path, name, one["format"], rows)
                report(0)
    if request["dataset_id"] is not None:
        sides["synthetic"] = read_dataset(services, claim.workspace_id, request["dataset_id"])
        report(0)
    return sides


KIND = EvaluateKind()
