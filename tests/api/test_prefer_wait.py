from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from synthmill.app.core.services import Services
from tests.api.caller import REQUEST, Caller


def test_a_job_that_ends_in_time_is_answered_inline(
    api: Caller, services: Services, work: Callable[[], None]
) -> None:
    done = threading.Event()

    def work_when_asked() -> None:
        while not done.is_set():
            work()
            time.sleep(0.02)

    worker = threading.Thread(target=work_when_asked)
    worker.start()
    try:
        answer = api.post("/generate", json=REQUEST, headers={"Prefer": "wait=30"})
    finally:
        done.set()
        worker.join()
    assert answer.status_code == 200
    assert answer.headers["Preference-Applied"] == "wait=30"
    assert "Retry-After" not in answer.headers
    job = answer.json["data"]
    assert job["state"] == "completed"
    assert answer.headers["Location"] == f"/api/v1/jobs/{job['id']}"
    assert job["files"]


@pytest.mark.parametrize("wish", ["wait=0", "wait=1", "respond-async, wait=1", 'WAIT = "1"', "x; y, wait=1"])
def test_a_job_that_takes_longer_is_answered_with_202(api: Caller, wish: str) -> None:
    answer = api.post("/generate", json=REQUEST, headers={"Prefer": wish})
    assert answer.status_code == 202
    assert answer.headers["Preference-Applied"] in ("wait=0", "wait=1")
    assert answer.json["data"]["state"] == "queued"
    assert "Retry-After" in answer.headers


@pytest.mark.parametrize("wish", ["", "wait", "wait=soon", "wait=-1", "handling=strict", "await=1"])
def test_what_is_no_wish_to_wait_is_passed_over(api: Caller, wish: str) -> None:
    answer = api.post("/generate", json=REQUEST, headers={"Prefer": wish})
    assert answer.status_code == 202
    assert "Preference-Applied" not in answer.headers


def test_nobody_waits_longer_than_a_minute(api: Caller, services: Services, work: Callable[[], None]) -> None:
    job = api.post("/generate", json=REQUEST, headers={"Idempotency-Key": "one"}).json["data"]
    work()
    headers = {"Idempotency-Key": "one", "Prefer": "wait=86400"}
    answer = api.post("/generate", json=REQUEST, headers=headers)
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (200, "wait=60")
    assert answer.json["data"]["id"] == job["id"]
    assert answer.headers["Idempotency-Replayed"] == "true"
