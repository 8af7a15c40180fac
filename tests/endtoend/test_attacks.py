"""What `python -m benchmarks.attacks` measures, without the clock: answers and sizes are as promised."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.attackers import attacks, key_of_their_own, send_all
from benchmarks.attacks import Clients, Watch, report, warm_up
from benchmarks.slow_clients import serving
from tests.stack.stack import running_stack


@pytest.mark.slow
@pytest.mark.timeout(1_200)
def test_hostile_requests_are_answered_as_promised_and_nothing_grows_beyond_its_limit(tmp_path: Path) -> None:
    with running_stack(tmp_path / "data", workers=1) as stack:
        warm_up(stack)
        web, clients = serving(stack), Clients(stack, 5)
        before = web.memory_info().rss
        with Watch(web) as watch, clients.working():
            outcome = send_all(stack.url, key_of_their_own(stack), 2, lambda: True)
        assert outcome.statuses.total() >= len(attacks()) > 120
        assert outcome.statuses[422] > 50
        assert report(outcome, clients.failed, watch.most, web.memory_info().rss - before) == []
        assert clients.took
