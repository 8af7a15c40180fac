"""Whatever is asked of a web process, its log holds no key."""

from __future__ import annotations

import json

import httpx
import pytest
import websocket

from synthmill.app.core.settings import Settings
from tests.live.web import hear, running_web


@pytest.mark.slow
def test_neither_keys_nor_tickets_reach_the_log_and_each_line_is_json(
    settings: Settings, token: str, capfd: pytest.CaptureFixture[str]
) -> None:
    capfd.readouterr()
    with running_web(settings, token) as web:
        job = web.submit()
        ticket = web.post("/tickets", {"job_id": job})["ticket"]
        web.post(f"/jobs/{job}/stop")
        hear(web.connect(f"/ws/jobs/{job}?ticket={ticket}", key=False))
        hear(web.connect(f"/ws/jobs/{job}?ticket={ticket}", key=False))
        for headers in ({"X-API-Key": token + "x"}, {"Authorization": f"Bearer {token}", "X-API-Key": "y"}):
            assert httpx.get(f"{web.http.base_url}jobs", headers=headers).status_code == 401
        web.http.get(f"/jobs/{token}")
        web.http.get("/jobs", params={"key": token})
        web.http.post("/generate", json={"template": token})
        with pytest.raises(websocket.WebSocketBadStatusException):
            web.connect(f"/ws/jobs/{token}", key=False)
    written = capfd.readouterr().err
    lines = [json.loads(line) for line in written.splitlines() if line]
    assert any(line["event"] == "job accepted" and line["job_id"] == job for line in lines)
    assert token not in written
    assert ticket not in written
