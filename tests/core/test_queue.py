"""Asking workers while the broker is away."""

from __future__ import annotations

import time

import pytest

from synthmill.app.core.messaging import queue
from synthmill.app.core.messaging.queue import CeleryQueue


def test_a_broker_that_is_away_is_tried_once_and_then_left_alone_for_a_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = CeleryQueue("redis://127.0.0.1:9/0")
    tries: list[str] = []
    real = asked._app.send_task
    monkeypatch.setattr(asked._app, "send_task", lambda *a, **k: (tries.append(a[0]), real(*a, **k)))
    began = time.monotonic()
    for _ in range(20):
        asked.wake("job", "bulk", 3)
    # Kombu's own way takes six seconds for each of the twenty.
    assert time.monotonic() - began < 60
    assert len(tries) < 10
    monkeypatch.setattr(queue, "_MUTE_SECONDS", 0.0)
    time.sleep(1.1)
    asked.wake("job", "bulk")
    asked.wake("job", "bulk")
    assert len(tries) >= 3
    assert asked.waiting("bulk") is None
    asked.close()
