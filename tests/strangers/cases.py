"""Requests that schemathesis makes of the OpenAPI document, alone and along links, and what must hold."""

from __future__ import annotations

import contextlib
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import FlakyStrategyDefinition
from schemathesis import Case, Response
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]
"""Not that every request of the schema is taken: what a recipe means is checked beyond its schema."""
MAX_SECONDS = 2.0
"""Of a processor: others that use the machine change no answer."""


@dataclass
class Findings:
    """What came of some cases."""

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)
    """By operation and kind, the first of each."""

    def note(self, case: Case, error: Exception) -> None:
        for one in getattr(error, "exceptions", [error]):
            name = f"{case.operation.label}: {type(one).__name__}"
            self.failures.setdefault(name, f"{one}\n{case.as_curl_command()}"[:2_000])


class Strangers:
    """Somebody with a key who knows nothing but the document."""

    def __init__(self, app: Flask, token: str) -> None:
        self.findings = Findings()
        self._token = token
        self._schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)

    def operations(self) -> list[Any]:
        return [result.ok() for result in self._schema.get_all_operations()]

    def send(self, case: Case) -> None:
        """Send one request, and keep what is wrong with its answer."""
        before = time.thread_time()
        response = case.call(headers=self.headers(case))
        self.judge(case, response, time.thread_time() - before)

    def headers(self, case: Case) -> dict[str, str]:
        """Our key, and no other that the document's security schemes made up."""
        for name in ("Authorization", "X-API-Key"):
            case.headers.pop(name, None)
        own = {"X-API-Key": self._token}
        if case.method == "POST" and case.path.endswith("/uploads"):
            # It comes back as what it was said to be, and schemathesis would read any bytes as that.
            own["Content-Type"] = "application/octet-stream"
        return own

    def judge(self, case: Case, response: Response, seconds: float) -> None:
        self.findings.cases += 1
        self.findings.statuses[response.status_code] += 1
        # An upload comes back as what it was said to be: as JSON, too, which schemathesis would read.
        taken_as_json = case.path.endswith("/uploads/{upload_id}/content") and response.status_code < 400
        checks = [one for one in CHECKS if not (taken_as_json and one is response_schema_conformance)]
        try:
            case.validate_response(response, checks=checks)
            assert seconds < MAX_SECONDS, f"it took {seconds:.1f} s of a processor"
        except Exception as error:
            self.findings.note(case, error)

    def alone(self, operation: Any, examples: int, derandomize: bool) -> None:
        """So many requests for one operation, of what its schema allows and of what it doesn't."""

        @_quiet(examples, derandomize)
        @given(case=operation.as_strategy() | operation.as_strategy(schemathesis.GenerationMode.NEGATIVE))
        def ask(case: Case) -> None:
            self.send(case)

        ask()

    def along_links(self, runs: int, steps: int, derandomize: bool) -> None:
        """Runs of requests, each of which may use what an earlier one was answered."""
        strangers = self

        class Machine(self._schema.as_state_machine()):  # type: ignore[misc]
            def get_call_kwargs(self, case: Case) -> dict[str, Any]:
                self.began = time.thread_time()
                return {"headers": strangers.headers(case)}

            def validate_response(self, response: Response, case: Case, **_: Any) -> None:
                strangers.judge(case, response, time.thread_time() - self.began)

        for run in range(runs):
            # Answers hold ids and times of their own, so that Hypothesis can't play one run's beginning again
            # for the next and would give up: each has its own seed (and its first example is always empty).
            seed(run if derandomize else random.randrange(2**32))(Machine)
            with contextlib.suppress(FlakyStrategyDefinition):
                Machine.run(settings=settings(_quiet(2, derandomize), stateful_step_count=steps))


def _quiet(examples: int, derandomize: bool) -> settings:
    return settings(
        max_examples=examples,
        derandomize=derandomize,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
