"""A job's plan may take more than a preview's, and what it may take is the operator's to say."""

from __future__ import annotations

import pytest

from synthmill.app.core.confined.executor import InProcessExecutor
from synthmill.app.core.confined.limits import Limits
from synthmill.app.core.errors import LimitExceededError
from synthmill.app.core.settings import Settings

LARGE = {"template": "banking", "rows": 3_000_000, "seed": 1}
"""Its accounts' transactions are counted while it is planned: about a second of CPU by estimate."""


def lay_out(seconds: float) -> object:
    arguments = {"request": LARGE, "min_piece": 5 * 2**20, "plan_seconds": seconds}
    return InProcessExecutor().run("lay_out", arguments).value()


def test_a_job_is_laid_out_that_is_too_large_for_a_preview() -> None:
    with pytest.raises(LimitExceededError, match="to be planned"):
        InProcessExecutor().run("preview", {"request": LARGE, "limit": 10, "table": None, "columns": None})
    with pytest.raises(LimitExceededError, match="to be planned"):
        lay_out(0.5)
    assert lay_out(4.0)


def test_the_limit_of_a_plan_names_its_own_setting() -> None:
    limits = Limits.of_jobs(Settings(plan_cpu_seconds=7.0))
    assert (limits.cpu_seconds, limits.cpu_setting) == (7.0, "SYNTHMILL_PLAN_CPU_SECONDS")
    assert Limits.of(Settings()).cpu_setting == "SYNTHMILL_REQUEST_CPU_SECONDS"
