"""Requests counted in a sliding window, in Redis and without it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from synthmill.app.core import rate_limit
from synthmill.app.core.ids import new_id
from synthmill.app.core.rate_limit import WINDOW, LocalRateLimit, RateLimit, RedisRateLimit
from synthmill.servers.valkey import Valkey


@pytest.fixture(params=["redis", "alone"])
def limit(request: pytest.FixtureRequest, valkey: Valkey) -> Iterator[RateLimit]:
    limit: RateLimit = RedisRateLimit(valkey.url) if request.param == "redis" else LocalRateLimit()
    yield limit
    limit.close()


def test_so_many_requests_are_allowed_and_the_next_is_told_when_to_come_back(limit: RateLimit) -> None:
    client = new_id("client")
    verdicts = [limit.spend(client, 5) for _ in range(7)]
    assert [verdict.allowed for verdict in verdicts] == [True] * 5 + [False] * 2
    assert [verdict.remaining for verdict in verdicts] == [4, 3, 2, 1, 0, 0, 0]
    assert 1 <= verdicts[-1].reset <= 2 * WINDOW


def test_clients_are_counted_apart(limit: RateLimit) -> None:
    first, second = new_id("client"), new_id("client")
    while limit.spend(first, 3).allowed:
        pass
    assert limit.spend(second, 3).allowed


def test_processes_count_together_in_redis(valkey: Valkey) -> None:
    client = new_id("client")
    processes = [RedisRateLimit(valkey.url) for _ in range(3)]
    allowed = [process.spend(client, 4).allowed for process in processes * 3]
    assert sum(allowed) == 4
    for process in processes:
        process.close()


def test_without_redis_requests_are_counted_here_and_none_waits_long() -> None:
    limit = RedisRateLimit("redis://127.0.0.1:1/0")
    began = time.monotonic()
    assert [limit.spend("client", 3).allowed for _ in range(50)] == [True] * 3 + [False] * 47
    assert time.monotonic() - began < 20
    limit.close()


@example(times=[0.0] * 6, most=5)
@given(
    times=st.lists(st.floats(0, 3 * WINDOW), min_size=1, max_size=200).map(sorted),
    most=st.integers(1, 20),
)
def test_what_is_refused_is_allowed_when_it_was_told_to_come_back(times: list[float], most: int) -> None:
    clock = [0.0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rate_limit.time, "time", lambda: 1_000_000 * WINDOW + clock[0])
        limit = LocalRateLimit()
        accepted: list[float] = []
        for at in times:
            clock[0] = max(at, clock[0])
            verdict = limit.spend("client", most)
            if not verdict.allowed:
                clock[0] += verdict.reset
                assert limit.spend("client", most).allowed
            accepted.append(clock[0])
    for at in accepted:
        # Of a window that is two stretches of the clock in part, the estimate may be off by one of them.
        assert sum(at - WINDOW < other <= at for other in accepted) <= 2 * most
