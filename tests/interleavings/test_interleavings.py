"""Whatever order the transactions of owners, workers and sweepers come in, what is promised of a job holds.

`python -m tests.interleavings --examples 100000` tries more orders than the tests do.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings

from synthmill.app.core.services import Services
from tests.examples import examples
from tests.interleavings.promises import play
from tests.interleavings.steps import PLAY
from tests.interleavings.world import Step, world

QUIETLY = {
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    "deadline": None,
}

KEPT: dict[str, Sequence[Step]] = {
    # The stop has taken the lease to clear away, and is at storage.
    "a job is deleted while a stop clears it away": [
        ("submit", "sum"),
        ("begin", "stop", 0),
        ("go", 0),
        ("go", 0),
        ("go", 0),
        ("begin", "delete", 0),
        ("end", 1),
    ],
    "a dataset is retried, and has an end of each run": [
        ("submit", "dataset"),
        ("begin", "stop", 0),
        ("end", 0),
        ("begin", "retry", 0),
        ("end", 0),
    ],
    # The parts that are tried again have to wait for storage that took nothing.
    "time passes for a job that waits for storage": [
        ("submit", "sum"),
        ("begin", "slot", 0),
        ("go", 0),
        ("go", 0),
        ("go", 0),
        ("go", 0),
        ("hurt", 0),
        ("end", 0),
    ],
    "a job is deleted while a retry clears it away": [
        ("submit", "sum"),
        ("begin", "stop", 0),
        ("go", 0),
        ("kill", 0),
        ("begin", "retry", 0),
        ("go", 0),
        ("go", 0),
        ("begin", "delete", 0),
        ("end", 1),
    ],
}


@pytest.mark.parametrize("steps", KEPT.values(), ids=KEPT)
def test_an_order_that_broke_a_promise_once_holds(services: Services, steps: Sequence[Step]) -> None:
    with world(services) as made:
        play(made, steps)


@settings(max_examples=examples(8, 500), **QUIETLY)
@given(PLAY)
def test_any_order_of_transactions_keeps_what_is_promised(services: Services, steps: Sequence[Step]) -> None:
    with world(services) as made:
        play(made, steps)


@pytest.mark.slow
@settings(max_examples=examples(80, 5_000), **QUIETLY)
@given(PLAY)
def test_many_orders_of_transactions_keep_what_is_promised(services: Services, steps: Sequence[Step]) -> None:
    with world(services) as made:
        play(made, steps)
