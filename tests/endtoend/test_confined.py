"""A real server keeps its size and its word while requests ask for more than it has."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from tests.core.hostile import IMPORTS, PREVIEWS, Request
from tests.stack.stack import Stack, running_stack
from tests.waiting import is_gone, wait_until

pytestmark = pytest.mark.slow

MIB = 2**20
PLAIN = {"template": "retail", "rows": 400, "seed": 7}
SOME = (
    "100 texts of 1,000 words",
    "20 lists of 1,000",
    "loads with two lags",
    "60 alternatives with bounds",
    "formulas that double",
    "18 tables of 1,000 texts",
    "900 ARMA",
    "100 aggregates over 10,000 children",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("confined") / "data", workers=1) as running:
        yield running


@pytest.fixture
def api(server: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{server.url}/api/v1", headers=server.headers, timeout=100) as client:
        yield client


def web(server: Stack) -> psutil.Process:
    """The process that answers."""
    (worker,) = (one for one in psutil.Process(server.pids("web")[0]).children() if _is_web(one))
    return worker


def _is_web(process: psutil.Process) -> bool:
    return "gunicorn" in " ".join(process.cmdline())


def at_work(server: Stack) -> set[int]:
    """The confined processes there are, idle ones included."""
    return {one.pid for one in web(server).children(recursive=True)}


def ask(api: httpx.Client, name: str) -> httpx.Response:
    if name in PREVIEWS:
        return api.post("/preview", json={**PREVIEWS[name], "limit": 1_000})
    form, content = IMPORTS[name]
    return api.post("/recipes/import", json={"format": form, "content": content})


def test_the_web_process_keeps_its_size_whatever_is_asked_for(server: Stack, api: httpx.Client) -> None:
    for seed in range(20):
        assert api.post("/preview", json={**PLAIN, "seed": seed}).status_code == 200
    before = web(server).memory_info().rss
    for name in (*SOME, *IMPORTS):
        answer = ask(api, name)
        assert answer.status_code in (200, 422), answer.text
        if answer.status_code == 422:
            assert answer.json()["errors"][0]["fix"]
    assert web(server).memory_info().rss - before < 20 * MIB
    assert api.post("/generate", json=PLAIN).status_code == 202


def test_a_preview_is_answered_in_the_envelope_with_its_length(api: httpx.Client) -> None:
    answer = api.post("/preview", json=PLAIN)
    assert answer.json()["status"] == "success"
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert answer.json()["metadata"]["request_id"] == answer.headers["X-Request-Id"]


LONG: Request = {
    "strategy": "market",
    "parameters": {"table": "bars", "timeframe": "1h", "end": "2030-01-01T00:00:00Z"},
    "limit": 1_000,
}


def test_what_a_client_asked_for_who_has_gone_is_ended(server: Stack, api: httpx.Client) -> None:
    assert api.post("/preview", json=PLAIN).status_code == 200
    before = at_work(server)
    place = urlsplit(server.url)
    body = json.dumps(LONG).encode()
    head = f"POST /api/v1/preview HTTP/1.1\r\nHost: {place.netloc}\r\nX-API-Key: {server.api_key}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    for _ in range(4):
        with socket.create_connection((place.hostname, place.port)) as gone:
            gone.sendall(head.encode() + body)
    wait_until(lambda: before - at_work(server), "a process was ended")
    assert api.post("/preview", json=PLAIN).status_code == 200


def test_a_killed_web_process_leaves_none_behind(tmp_path: Path) -> None:
    with running_stack(tmp_path / "data", workers=1) as server:
        with httpx.Client(base_url=f"{server.url}/api/v1", headers=server.headers, timeout=100) as api:
            assert api.post("/preview", json=PLAIN).status_code == 200
        left = web(server).children(recursive=True)
        assert left
        web(server).kill()
        for process in left:
            wait_until(lambda process=process: is_gone(process), "it ends with the web process")
