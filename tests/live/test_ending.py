"""A web process that is asked to end: waiting clients are notified, and none of them keeps it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from synthmill.app.core.services import Services
from synthmill.app.core.settings import Settings
from tests.live.crowd import add_event, crowd_of
from tests.live.web import Watcher, Web, listen_to_all, running_web
from tests.waiting import PATIENCE, wait_until


@pytest.mark.slow
def test_watchers_are_told_1012_at_once_and_the_process_ends(
    own_web: Web, services: Services, workspace: str
) -> None:
    job = own_web.submit()
    watchers = [own_web.watch(f"/ws/jobs/{job}") for _ in range(10)]
    watchers.append(Watcher(listen_to_all(own_web, services, workspace)))
    own_web.end()
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
            add_event(services, job)
            before.listen_until(2, PATIENCE)
            web.end()
            before.listen(PATIENCE, until_closed=True)
            assert before.codes() == {1012: 50}
            seen = {watcher.seen for watcher in before.watchers}
    add_event(services, job)
    with running_web(settings, token) as web, crowd_of(web, job, after=2) as again:
        assert seen == {2}
        again.come(50)
        work(job)
        again.listen(PATIENCE, until_closed=True)
        assert again.codes() == {1000: 50}
        numbers = [event["seq"] for event in web.events(job)]
        for watcher in again.watchers:
            assert (watcher.seen, watcher.out_of_turn) == (numbers[-1], 0)


def test_streams_and_waits_end_too(own_web: Web) -> None:
    job = own_web.submit()
    answers: dict[str, Any] = {}
    streaming = threading.Event()

    def stream() -> None:
        accept = {"Accept": "text/event-stream"}
        with own_web.http.stream("GET", f"/jobs/{job}/events", headers=accept, timeout=PATIENCE) as answer:
            lines = answer.iter_lines()
            answers["stream"] = [next(line for line in lines if line.startswith("event:"))]
            streaming.set()
            answers["stream"] += lines

    def wait() -> None:
        body = {"template": "retail", "rows": 400, "dataset": "waited-for"}
        prefer = {"X-API-Key": own_web.token, "Prefer": "wait=60"}
        answers["wait"] = httpx.post(
            f"{own_web.http.base_url}generate", json=body, headers=prefer, timeout=PATIENCE
        )

    callers = [threading.Thread(target=target, daemon=True) for target in (stream, wait)]
    for caller in callers:
        caller.start()
    assert streaming.wait(PATIENCE), "no event came"
    wait_until(lambda: "waited-for" in own_web.http.get("/jobs").text, "the job that is waited for")
    own_web.end()
    for caller in callers:
        caller.join(PATIENCE)
        assert not caller.is_alive(), f"an answer has not ended: {answers}"
    assert (answers["wait"].status_code, answers["wait"].json()["data"]["state"]) == (202, "queued")
    assert answers["stream"][0] == "event: init"


def test_an_idle_process_does_not_wait_for_the_time_that_requests_have_to_end(
    settings: Settings, token: str
) -> None:
    with running_web(settings, token, "--graceful-timeout 600") as web:
        web.end()
