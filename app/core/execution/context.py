"""What every part of a job needs: its recipe, output and plan, made once per process."""

from __future__ import annotations

from dataclasses import dataclass, replace

from synthmill.app.core.db import models
from synthmill.app.core.execution.stage_results import results_of
from synthmill.app.core.services import Services
from synthmill.app.core.uploads.inputs import held_inputs
from synthmill.generators.engine.contract import STRATEGIES, StagedStrategy
from synthmill.generators.engine.pipeline import make_plan
from synthmill.generators.engine.plan import Plan
from synthmill.generators.engine.recent import Recent
from synthmill.generators.engine.recipe import Output, Recipe
from synthmill.generators.engine.stages import NO_RESULTS, Results

_REMEMBERED_BYTES = 256 * 2**20


@dataclass(frozen=True)
class JobContext:
    job_id: str
    workspace_id: str
    recipe: Recipe
    output: Output
    part_rows: int | None
    plan: Plan
    staged: bool
    """Whether its rows follow from stages."""
    rules: str | None = None
    """`fail` or `warn` where the recipe's domain rules are to be checked."""
    results: Results = NO_RESULTS
    """What its stages gave, where that is asked for; see `rows_context`."""


_contexts: Recent[JobContext] = Recent(
    _REMEMBERED_BYTES, lambda context: context.plan.memory + context.recipe.memory
)


def job_context(services: Services, job_id: str) -> JobContext:
    """The job's context; a job's recipe and output never change, so remembering them is safe."""
    return _contexts.get(job_id, lambda: _context(services, job_id))


def _context(services: Services, job_id: str) -> JobContext:
    with services.db.read() as session:
        job = session.get_one(models.Job, job_id)
    recipe = Recipe.from_dict(job.recipe)
    with held_inputs(services, job.workspace_id, recipe.inputs) as inputs:
        plan = make_plan(recipe, inputs)
    return JobContext(
        job_id,
        job.workspace_id,
        recipe,
        Output.from_dict(job.output),
        job.part_rows,
        plan,
        isinstance(STRATEGIES.get(recipe.strategy), StagedStrategy),
        job.request.get("rules"),
    )


def rows_context(services: Services, job_id: str) -> JobContext:
    """The context of a job whose stages, if it has any, are done: their results in it."""
    context = job_context(services, job_id)
    if not context.staged:
        return context
    return replace(context, results=results_of(services, job_id, complete=True))
