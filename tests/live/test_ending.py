"""A web process that is told to end: whoever waits is told, and nobody keeps it."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from synthmill.app.core.services import Services
from synthmill.app.core.settings import Settings
from tests.live.crowd import crowd_of, tell
from tests.live.web import Watcher, Web, running_web

GRACE = 15


def end(web: Web) -> float:
    """Send SIGTERM; seconds until the process was gone."""
    began = time.monotonic()
    web.process.send_signal(signal.SIGTERM)
    assert web.process.wait(GRACE) == 0
    return time.monotonic() - began


@pytest.mark.slow
def test_watchers_are_told_1012_at_once_and_the_process_ends(own_web: Web) -> None:
    job = own_web.submit()
    watchers = [Watcher(own_web.connect(path)) for path in ("/ws/jobs", *[f"/ws/jobs/{job}"] * 10)]
    time.sleep(0.3)
    end(own_web)
    for watcher in watchers:
        _, code, reason = watcher.result()
        assert code == 1012
        assert "after=" in reason


@pytest.mark.slow
def test_who_comes_back_after_a_restart_misses_nothing_and_hears_nothing_twice(
    settings: Settings, token: str, services: Services, work: Callable[[str], None]
) -> None:
    with running_web(settings, token) as web:
        job = web.submit()
        with crowd_of(web, job) as before:
            before.come(50)
            tell(services, job)
            before.listen_until(2, GRACE)
            end(web)
            before.listen(GRACE, until_closed=True)
            assert before.codes() == {1012: 50}
            seen = {watcher.seen for watcher in before.watchers}
    tell(services, job)
    with running_web(settings, token) as web, crowd_of(web, job, after=2) as again:
        assert seen == {2}
        again.come(50)
        work(job)
        again.listen(GRACE, until_closed=True)
        assert again.codes() == {1000: 50}
        numbers = [event["seq"] for event in web.events(job)]
        for watcher in again.watchers:
            assert (watcher.seen, watcher.out_of_turn) == (numbers[-1], 0)


def test_streams_and_waits_end_too(own_web: Web) -> None:
    job = own_web.submit()
    answers: dict[str, Any] = {}
    headers = {"X-API-Key": own_web.token}

    def stream() -> None:
        accept = {**headers, "Accept": "text/event-stream"}
        answers["stream"] = httpx.get(f"{own_web.http.base_url}jobs/{job}/events", headers=accept, timeout=30)

    def wait() -> None:
        body = {"template": "retail", "rows": 400}
        prefer = {**headers, "Prefer": "wait=60"}
        answers["wait"] = httpx.post(
            f"{own_web.http.base_url}generate", json=body, headers=prefer, timeout=30
        )

    callers = [threading.Thread(target=target) for target in (stream, wait)]
    for caller in callers:
        caller.start()
    time.sleep(0.5)
    end(own_web)
    for caller in callers:
        caller.join(GRACE)
    assert (answers["wait"].status_code, answers["wait"].json()["data"]["state"]) == (202, "queued")
    assert "event: init" in answers["stream"].text


def test_an_idle_process_ends_quickly(own_web: Web) -> None:
    assert end(own_web) < 8
