"""`python -m tests.fuzz.costs --minutes 60`: large recipes, until one takes more than a request may.

Each is previewed, laid out and asked for as a stream, in processes as a server has them. A finding is a fault
of ours (what a server would answer with 500), or a request that went on long after its limits.
What the estimates let through and the limits then ended is counted, and reported by the kind of recipe.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from contextlib import closing
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings

from synthmill.app.core.confined.limits import Limits
from synthmill.app.core.confined.pool import Pool
from synthmill.app.core.errors import CoreError, LimitExceededError
from synthmill.generators.errors import InvalidRequestError
from tests.fuzz.large_recipes import limits, requests

LIMITS = Limits(cpu_seconds=1.0, seconds=120.0, memory_bytes=200 * 2**20, answer_bytes=32 * 2**20)
SLOWEST = 20.0
"""Seconds of a request of one second of CPU, were the machine its own."""


class Trial:
    """Requests tried so far, and what became of them."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.outcomes: Counter[str] = Counter()
        self.ended: Counter[str] = Counter()

    def try_all(self, request: dict[str, Any], limit: int) -> None:
        """Raises AssertionError, or the fault, where one of the works takes more than it may."""
        preview = {"request": request, "limit": limit, "table": None, "columns": None}
        self._try("preview", preview, request)
        self._try("lay_out", {"request": request, "min_piece": 5 * 2**20, "plan_seconds": 0.8}, request)
        table = next(iter(request.get("parameters", {}).get("tables", [])), {}).get("name")
        self._try("endless", {"request": {**request, **({"table": table} if table else {})}}, request)

    def _try(self, work: str, arguments: dict[str, Any], request: dict[str, Any]) -> None:
        began = time.monotonic()
        try:
            self.pool.run(work, arguments)
            outcome = "answered"
        except LimitExceededError as refused:
            outcome = "refused by estimate"
            if "takes more than" in refused.errors[0].reason:
                outcome = "ended by a limit"
                self.ended[f"{work} {_kind(request)}: {refused.errors[0].reason}"] += 1
        except (InvalidRequestError, CoreError):
            outcome = "refused"
        self.outcomes[f"{work} {outcome}"] += 1
        took = time.monotonic() - began
        if took > SLOWEST:
            busy = _seconds_of_a_cpu_second()
            assert took < SLOWEST * busy, (
                f"{work} of {_kind(request)} took {took:.0f} s at {busy:.1f} for one"
            )


def _seconds_of_a_cpu_second() -> float:
    """How long a second of a processor takes now, beside what else the machine does."""
    began, worked = time.monotonic(), time.process_time()
    while time.process_time() - worked < 0.2:
        pass
    return max(1.0, (time.monotonic() - began) / 0.2)


def _kind(request: dict[str, Any]) -> str:
    if "template" in request:
        return str(request["template"])
    if request["strategy"] != "tabular":
        return str(request["strategy"])
    columns = [column for table in request["parameters"]["tables"] for column in table["columns"]]
    return next((one["kind"] for one in columns if one["name"] == "subject"), "tabular")


def run(trial: Trial, examples: int, derandomize: bool = False) -> None:
    """Try so many requests, the same ones every time if they are to be. Raises what was found."""

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=derandomize,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(requests(), limits())
    def tried(request: dict[str, Any], limit: int) -> None:
        trial.try_all(request, limit)

    tried()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=60)
    minutes = parser.parse_args().minutes
    end = time.monotonic() + 60 * minutes
    with closing(Pool(1, 60.0, LIMITS)) as pool:
        trial = Trial(pool)
        while (left := end - time.monotonic()) > 0:
            run(trial, 20)
            print(f"{trial.outcomes.total():,} requests held, {left / 60:.0f} minutes are left", flush=True)
    for outcome, count in sorted(trial.outcomes.items()):
        print(f"{count:7,} {outcome}")
    for ended, count in trial.ended.most_common(30):
        print(f"{count:7,} {ended}")


if __name__ == "__main__":
    main()
