from __future__ import annotations

from typing import Any

import httpx
import pytest
import websocket

from synthmill.app.core.access import keys
from synthmill.app.core.db import models
from synthmill.app.core.services import Services
from tests.live.web import Web, hear

UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket"}


def refused(web: Web, path: str, **options: Any) -> tuple[int, dict[str, Any]]:
    """Status and problem of a handshake that is refused over HTTP."""
    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        web.connect(path, **options)
    assert refusal.value.resp_headers is not None
    assert refusal.value.resp_headers["content-type"] == "application/problem+json"
    body: Any = refusal.value.resp_body
    return refusal.value.status_code, httpx.Response(200, content=body).json()


@pytest.mark.parametrize("path", ["/ws/jobs", "/ws/jobs/job_nothing", "/ws/jobs?after=1"])
@pytest.mark.parametrize("header", [{}, {"X-API-Key": "nonsense"}, {"Authorization": "Bearer smk_live_x"}])
def test_no_valid_key_is_401_before_the_handshake(web: Web, path: str, header: dict[str, str]) -> None:
    status, problem = refused(web, path, key=False, header=header)
    assert (status, problem["status"]) == (401, 401)


@pytest.mark.parametrize("header", [{"X-API-Key": "{}"}, {"Authorization": "Bearer {}"}])
def test_a_key_is_taken_from_either_header(web: Web, completed: str, header: dict[str, str]) -> None:
    given = {name: value.format(web.token) for name, value in header.items()}
    events, code, _ = hear(web.connect(f"/ws/jobs/{completed}", key=False, header=given))
    assert code == 1000
    assert events


def test_a_ticket_opens_the_door_once(web: Web, completed: str) -> None:
    ticket = web.post("/tickets", {"job_id": completed})["ticket"]
    events, code, _ = hear(web.connect(f"/ws/jobs/{completed}?ticket={ticket}", key=False))
    assert (bool(events), code) == (True, 1000)
    events, code, reason = hear(web.connect(f"/ws/jobs/{completed}?ticket={ticket}", key=False))
    assert (events, code) == ([], 1008)
    assert "ticket is unknown" in reason


def test_a_ticket_is_for_the_job_that_it_was_asked_for(web: Web, completed: str, job: str) -> None:
    for wanted, path in [(completed, f"/ws/jobs/{job}"), (completed, "/ws/jobs"), (None, f"/ws/jobs/{job}")]:
        ticket = web.post("/tickets", {"job_id": wanted})["ticket"]
        events, code, reason = hear(web.connect(f"{path}?ticket={ticket}", key=False))
        assert (events, code) == ([], 1008)
        assert "for another WebSocket; ask for one with" in reason


@pytest.mark.parametrize("ticket", ["", "x", "smt_" + "x" * 43, "%00", "%ff"])
def test_a_ticket_that_was_never_issued_opens_nothing(web: Web, completed: str, ticket: str) -> None:
    events, code, _ = hear(web.connect(f"/ws/jobs/{completed}?ticket={ticket}", key=False))
    assert (events, code) == ([], 1008)


@pytest.mark.parametrize("job_id", ["job_nothing", "x" * 300, "%f0%9f%92%a5" * 40])
def test_a_job_that_is_not_there_closes_with_1008(web: Web, job_id: str) -> None:
    events, code, reason = hear(web.connect(f"/ws/jobs/{job_id}"))
    assert (events, code) == ([], 1008)
    assert reason.startswith("no job")


def test_a_job_of_another_workspace_looks_as_if_it_were_not_there(
    web: Web, completed: str, services: Services
) -> None:
    with services.db.write() as session:
        session.add(models.Workspace(id="ws_other", name="other", created_at=0.0))
        session.flush()
    token = keys.create(services, "ws_other", "other")[1]
    events, code, reason = hear(web.connect(f"/ws/jobs/{completed}", key=False, header={"X-API-Key": token}))
    assert (events, code) == ([], 1008)
    assert reason == f"no job {completed!r} in this workspace"


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "", "9" * 30, "%D9%A3", "0x1"])
def test_an_after_that_is_no_number_closes_with_1008(web: Web, completed: str, after: str) -> None:
    events, code, reason = hear(web.connect(f"/ws/jobs/{completed}?after={after}"))
    assert (events, code) == ([], 1008)
    assert "after" in reason


def test_an_unknown_parameter_closes_with_1008(web: Web, completed: str) -> None:
    events, code, reason = hear(web.connect(f"/ws/jobs/{completed}?since=1"))
    assert (events, code) == ([], 1008)
    assert "since" in reason


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "https://app.example.evil"]
)
def test_a_page_from_elsewhere_may_not_open_a_socket(web: Web, origin: str) -> None:
    status, problem = refused(web, "/ws/jobs", origin=origin, suppress_origin=False)
    assert (status, problem["status"]) == (403, 403)


def test_pages_of_this_server_and_of_the_allowed_origins_may(web: Web, completed: str) -> None:
    for origin in (f"http://127.0.0.1:{web.port}", "https://app.example"):
        client = web.connect(f"/ws/jobs/{completed}", origin=origin, suppress_origin=False)
        assert hear(client)[1] == 1000


@pytest.mark.parametrize(
    "headers",
    [
        {},
        UPGRADE,
        {**UPGRADE, "Sec-WebSocket-Version": "13"},
        {**UPGRADE, "Sec-WebSocket-Version": "8", "Sec-WebSocket-Key": "x"},
        {"Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "x"},
    ],
)
def test_what_is_no_handshake_is_a_problem(web: Web, headers: dict[str, str]) -> None:
    address = f"http://127.0.0.1:{web.port}/ws/jobs"
    answer = httpx.get(address, headers={**headers, "X-API-Key": web.token})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_compression_is_never_agreed_on(web: Web, completed: str) -> None:
    offer = {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}
    client = web.connect(f"/ws/jobs/{completed}", header=offer)
    assert "sec-websocket-extensions" not in (client.headers or {})
    assert hear(client)[1] == 1000


def test_a_job_whose_name_can_not_be_stored_is_404(web: Web) -> None:
    status, problem = refused(web, "/ws/jobs/%00")
    assert (status, problem["status"]) == (404, 404)
