"""The kind `dataset`: rows of tables, made in parts and put together as files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from synthmill.app.core.confined.budgets import ESTIMATED_SHARE
from synthmill.app.core.confined.limits import Limits
from synthmill.app.core.db import models
from synthmill.app.core.errors import MissingUploadError
from synthmill.app.core.execution.context import job_context, rows_context
from synthmill.app.core.execution.domain_rules import check_domain_rules
from synthmill.app.core.execution.files.finalise import finalise
from synthmill.app.core.execution.files.layout import parts_of_files, store_files
from synthmill.app.core.execution.files.multipart import forget_upload
from synthmill.app.core.execution.files.profiles import forget_profiles, merge_groups
from synthmill.app.core.execution.leases import PartReturnedError
from synthmill.app.core.execution.part import discard_pieces, make_part, record_parts
from synthmill.app.core.execution.stages import (
    finish_stage,
    record_stage_parts,
    restart_stages,
    run_stage_part,
    stage_parts,
    store_stage,
)
from synthmill.app.core.jobs.kind import (
    Claim,
    Completed,
    FinaliserLease,
    Layout,
    MoreParts,
    Outcome,
    Report,
    Submission,
)
from synthmill.app.core.jobs.state import JobState
from synthmill.app.core.questions import questions_of
from synthmill.app.core.services import Services
from synthmill.app.core.uploads.inputs import use_inputs
from synthmill.generators.datasets.file_layout import FileLayout
from synthmill.generators.domain_rules.made import refuse_unmakeable
from synthmill.generators.engine.recipe import Output, Recipe
from synthmill.generators.engine.stages import Stage
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.recipes.request import Generation

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")

Part, File = models.Part, models.File


def _asked(request: Generation | Mapping[str, Any]) -> dict[str, Any]:
    """A generation request, not read yet, or what was made of one before, as the executor takes it."""
    if not isinstance(request, Generation):
        return {"request": request}
    return {**vars(request), "recipe": request.recipe.to_dict(), "output": request.output.to_dict()}


def _recorded(
    completed: Completed, report: Mapping[str, Any], session: Session, job: models.Job
) -> dict[str, Any]:
    """The job's result, with what the rows say to its domain rules."""
    return {**completed.record(session, job), "rules": report}


class DatasetKind:
    name = "dataset"
    unit = "rows"

    def lay_out(self, services: Services, workspace_id: str, submission: Submission) -> Layout:
        if submission.dataset is not None and not _NAME.fullmatch(submission.dataset):
            raise InvalidRequestError.one(
                "dataset",
                "not a name",
                "1 to 128 letters, digits, dots, dashes and underscores, no sign first",
            )
        limits = Limits.of_jobs(services.settings)
        arguments = {
            **_asked(submission.request),
            "min_piece": services.storage.min_piece,
            "plan_seconds": ESTIMATED_SHARE * limits.cpu_seconds,
        }
        with questions_of(services, workspace_id) as questions:
            laid_out = services.executor.run("lay_out", arguments, questions, limits).value()
        recipe, output = Recipe.from_dict(laid_out["recipe"]), Output.from_dict(laid_out["output"])
        files = [FileLayout.from_dict(file) for file in laid_out["files"]]
        if laid_out["rules"] is not None:
            refuse_unmakeable(sum(file.rows for file in files), services.settings.rules_rows)
        stage = None if laid_out["stage"] is None else Stage.from_dict(laid_out["stage"])
        return Layout(
            parts=list(parts_of_files(files)) if stage is None else stage_parts(stage),
            units=sum(file.rows for file in files),
            size=round(sum(file.size for file in files)),
            columns={
                "strategy": recipe.strategy,
                "template": laid_out["template"],
                "dataset": submission.dataset or laid_out["template"] or recipe.strategy,
                "recipe": laid_out["recipe"],
                "output": laid_out["output"],
                "part_rows": laid_out["part_rows"],
            },
            event_data={"tables": {file.table: file.rows for file in files}},
            stage=None if stage is None else stage.name,
            engine=recipe.engine,
            inputs=recipe.inputs,
            plugins=laid_out["plugins"],
            data=stage or (files, output),
        )

    def store(self, session: Session, job_id: str, layout: Layout) -> None:
        if isinstance(layout.data, Stage):
            store_stage(session, job_id, 0, layout.data)
        else:
            store_files(session, job_id, *layout.data)

    def run(self, services: Services, claim: Claim, report: Report) -> Outcome:
        if claim.stage is not None:
            return run_stage_part(services, job_context(services, claim.job_id), claim, report)
        try:
            return make_part(services, rows_context(services, claim.job_id), claim, report)
        except MissingUploadError as error:
            forget_upload(services, claim.job_id, claim.work.table, error.upload_id)
            raise PartReturnedError(str(error)) from error

    def record(self, session: Session, done: Sequence[tuple[Any, Any]]) -> None:
        (record_parts if done[0][0].stage is None else record_stage_parts)(session, done)

    def follow_up(self, services: Services, claims: Sequence[Claim]) -> None:
        if claims[0].stage is None:
            merge_groups(services, job_context(services, claims[0].job_id), claims)

    def discard(self, services: Services, claims: Sequence[Claim]) -> None:
        discard_pieces(services, [claim for claim in claims if claim.stage is None])

    def finish(self, services: Services, lease: FinaliserLease) -> Completed | MoreParts | None:
        context = job_context(services, lease.job_id)
        if context.staged and (following := finish_stage(services, context, lease)) is not None:
            return following
        if context.rules is None:
            return finalise(services, rows_context(services, lease.job_id), lease)
        report = check_domain_rules(services, context, lease, must_hold=context.rules == "fail")
        completed = finalise(services, rows_context(services, lease.job_id), lease)
        return completed and replace(completed, record=partial(_recorded, completed, report))

    def reset(self, session: Session, job: models.Job) -> None:
        use_inputs(session, job.workspace_id, Recipe.from_dict(job.recipe).inputs)
        forget_profiles(session, job.id)
        if restart_stages(session, job):
            return
        of_job = Part.job_id == job.id
        session.execute(update(Part).where(of_job).values(etag=None, blocks=None, profile=None))
        session.execute(
            update(File)
            .where(File.job_id == job.id)
            .values(upload_id=None, upload_until=None, size=None, root=None, sha256=None)
        )

    def submission_of(self, job: models.Job) -> Submission:
        generation = Generation(
            recipe=Recipe.from_dict(job.recipe),
            output=Output.from_dict(job.output),
            part_rows=job.part_rows,
            template=job.template,
            rules=job.request.get("rules"),
        )
        return Submission(generation, job.dataset, None, job.max_parallel, job.request)

    def describe(self, session: Session, jobs: Sequence[models.Job]) -> Mapping[str, Mapping[str, Any]]:
        files: dict[str, list[dict[str, Any]]] = {}
        completed = [job.id for job in jobs if job.state == JobState.COMPLETED]
        of_jobs = select(models.Dataset.job_id, models.Dataset.manifest)
        for job_id, manifest in (
            session.execute(of_jobs.where(models.Dataset.job_id.in_(completed))) if completed else ()
        ):
            files[job_id] = [
                {key: file[key] for key in ("name", "table", "rows", "size", "root", "sha256") if key in file}
                for file in manifest["files"]
            ]
        return {
            job.id: {
                "strategy": job.strategy,
                "template": job.template,
                "dataset": job.dataset,
                "dataset_version": job.dataset_version,
                "format": job.output["format"],
                "compression": job.output["compression"],
                "seed": job.recipe["seed"],
                "recipe": job.recipe,
                "part_rows": job.part_rows,
                "files": files.get(job.id, []),
            }
            for job in jobs
        }


KIND = DatasetKind()
