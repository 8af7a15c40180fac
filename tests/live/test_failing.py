"""A server whose database fails: sockets are closed with a code, and the process goes on."""

from __future__ import annotations

from pathlib import Path

from synthmill.app.core.settings import Settings
from synthmill.app.core.storage import open_storage
from synthmill.servers.valkey import Valkey
from tests.live.web import hear, running_web


def test_an_unexpected_error_closes_with_1011_and_tells_nothing(tmp_path: Path, valkey: Valkey) -> None:
    never_migrated = Settings(data=tmp_path, redis_url=valkey.url)
    open_storage(never_migrated).ensure()
    with running_web(never_migrated, token="") as web:
        for _ in range(3):
            events, code, reason = hear(web.connect("/ws/jobs?ticket=x", key=False))
            assert (events, code) == ([], 1011)
            assert "table" not in reason
        answer = web.http.get("/jobs", headers={"X-API-Key": "smk_live_x"})
        assert answer.status_code == 401
