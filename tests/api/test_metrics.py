from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.api.caller import Caller


def read(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def labelled(**labels: str) -> frozenset[tuple[str, str]]:
    return frozenset(labels.items())


def test_jobs_parts_and_workers_are_counted(
    api: Caller, submit: Callable[..., dict[str, Any]], completed: dict[str, Any]
) -> None:
    parts = submit()["parts_total"]
    counts = read(api.get("/metrics").text)
    assert counts["synthmill_jobs", labelled(state="completed")] == 1
    assert counts["synthmill_jobs", labelled(state="queued")] == 1
    assert counts["synthmill_jobs", labelled(state="failed")] == 0
    assert counts["synthmill_parts", labelled(state="pending")] == parts
    assert counts["synthmill_workers", labelled()] == 1
    assert counts["synthmill_queue_messages", labelled(queue="bulk")] == 0
    assert counts["synthmill_queue_oldest_seconds", labelled(queue="interactive")] > 0
    assert counts["synthmill_queue_oldest_seconds", labelled(queue="bulk")] == 0
    assert counts["synthmill_leases_run_out", labelled()] == 0
    assert counts["synthmill_rows_made_total", labelled()] >= completed["rows_total"]
    assert counts["synthmill_websockets_open", labelled()] == 0


def test_streams_that_go_on_are_counted(api: Caller) -> None:
    body = {"template": "retail", "table": "orders"}
    ids = [api.post("/streams", json=body).json["data"]["id"] for _ in range(2)]
    api.post(f"/streams/{ids[0]}/pause")
    counts = read(api.get("/metrics").text)
    assert counts["synthmill_streams", labelled(state="running")] == 1
    assert counts["synthmill_streams", labelled(state="paused")] == 1


def test_names_follow_the_conventions_of_prometheus(api: Caller, completed: dict[str, Any]) -> None:
    for family in text_string_to_metric_families(api.get("/metrics").text):
        assert family.name.startswith("synthmill_")
        assert family.documentation
        if family.type == "counter":
            assert all(sample.name.endswith(("_total", "_created")) for sample in family.samples)


def test_requests_are_counted_by_route_and_not_by_what_strangers_write(api: Caller) -> None:
    for path in ("/jobs/a", "/jobs/b", "/jobs/c"):
        api.get(path)
    api.call("BREW", "/jobs")
    api.get("/made-up")
    counts = read(api.get("/metrics").text)
    job = {"method": "GET", "route": "/api/v1/jobs/<job_id>"}
    assert counts["synthmill_http_requests_total", labelled(**job, status="404")] == 3
    assert counts["synthmill_http_request_seconds_count", labelled(**job)] == 3
    assert (
        counts["synthmill_http_requests_total", labelled(method="OTHER", route="unknown", status="405")] == 1
    )
    assert counts["synthmill_http_requests_total", labelled(method="GET", route="unknown", status="404")] == 1


@pytest.mark.parametrize("path", ["/metrics", "/api/v1/metrics"])
def test_counts_are_for_those_with_a_key(anonymous: Any, token: str, path: str) -> None:
    assert anonymous.get(path).status_code == 401
    answer = anonymous.get(path, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=0.0.4")
