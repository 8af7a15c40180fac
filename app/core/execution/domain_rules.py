"""A job's domain rules, checked when all its rows are made and before its files are put together.

A dataset is a function of its recipe, so the rows are made once more, in a confined process and without
what no rule reads: whoever sent the request wrote the queries, and no file has to be fetched.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from synthmill.app.core.confined.caller import caller_gone
from synthmill.app.core.confined.executor import Questions
from synthmill.app.core.confined.limits import Limits
from synthmill.app.core.errors import BusyError, CallerGoneError, LimitExceededError
from synthmill.app.core.execution.context import JobContext
from synthmill.app.core.execution.leases import AbandonedError
from synthmill.app.core.jobs.kind import FinaliserLease, JobFailedError
from synthmill.app.core.services import Services
from synthmill.app.core.uploads.inputs import questions_about_inputs

_BUSY_SECONDS = 600.0
_LOOK_SECONDS = 0.5


def check_domain_rules(
    services: Services, context: JobContext, lease: FinaliserLease, must_hold: bool
) -> dict[str, Any]:
    """What the rows say to the recipe's rules, as a job's result has it.

    Raises JobFailedError where one is broken that `must_hold`, AbandonedError where the lease was lost.
    """
    report = _report(services, context, lease)
    if must_hold and report["failed"]:
        raise JobFailedError(report["summary"])
    return report


def _report(services: Services, context: JobContext, lease: FinaliserLease) -> dict[str, Any]:
    limits = Limits.of_rules(services.settings)
    arguments = {
        "recipe": context.recipe.to_dict(),
        # The process has the rows beside what queries take, and says so itself where its time is up.
        "seconds": limits.cpu_seconds / 2,
        "memory_bytes": limits.memory_bytes // 2,
    }
    with questions_about_inputs(services, context.workspace_id) as questions, _watched(services, lease):
        try:
            report: dict[str, Any] = _run(services, lease, arguments, questions, limits)
        except CallerGoneError:
            raise AbandonedError(f"{lease.job_id} has ended, or is finalised elsewhere") from None
        except LimitExceededError as error:
            reason = f"the domain rules couldn't be checked: checking them {error.errors[0].reason}"
            count = len(context.recipe.rules)
            return {"checked": 0, "failed": count, "summary": reason, "rules": []}
    return report


def _run(
    services: Services,
    lease: FinaliserLease,
    arguments: Mapping[str, Any],
    questions: Questions,
    limits: Limits,
) -> Any:
    """What the confined process answers. A worker's first one takes its time to start, and nobody waits."""
    end = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            return services.executor.run("check_rules", arguments, questions, limits).value()
        except BusyError:
            lease.check(services)
            if time.monotonic() > end:
                raise
            time.sleep(_LOOK_SECONDS)


@contextmanager
def _watched(services: Services, lease: FinaliserLease) -> Iterator[None]:
    """Inside, the work is given up once the job has ended."""

    def gone() -> bool:
        try:
            lease.check(services)
        except AbandonedError:
            return True
        return False

    token = caller_gone.set(gone)
    try:
        yield
    finally:
        caller_gone.reset(token)
