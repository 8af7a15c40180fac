"""A second kind of job, to show that what all jobs have in common is the same for it."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.jobs.kind import Submission, kinds
from synthmill.app.core.jobs.queries import JobView
from synthmill.app.core.jobs.submit import submit
from synthmill.app.core.services import Services

FOUND = Path(__file__).parent / "found"


@contextmanager
def sums_known() -> Iterator[None]:
    """The kind `sum` is found in this process."""
    package = importlib.import_module("synthmill.app.core.kinds")
    package.__path__.append(str(FOUND))
    kinds.cache_clear()
    yield
    package.__path__.remove(str(FOUND))
    kinds.cache_clear()


def submit_sum(services: Services, principal: Principal, **changes: Any) -> JobView:
    """A job that sums numbers: ten parts, unless `numbers` and `part` say otherwise."""
    request = {"numbers": 1_000, "part": 100, "broken": None, **changes}
    return submit(services, principal, Submission(request, raw=request, kind="sum"))[0]
