from __future__ import annotations

from synthmill.app.core.access import keys
from synthmill.app.core.services import Services
from tests.live.web import Watcher, Web, listen_to_all


def test_a_revoked_key_loses_its_sockets_and_others_keep_theirs(
    web: Web, services: Services, workspace: str, job: str
) -> None:
    key, token = keys.create(services, workspace, "for a while")
    own = {"key": False, "header": {"X-API-Key": token}}
    revoked = [
        Watcher(listen_to_all(web, services, workspace, **own)),
        web.watch(f"/ws/jobs/{job}", **own),
    ]
    other = web.watch(f"/ws/jobs/{job}")
    web.http.delete(f"/keys/{key.id}").raise_for_status()
    for watcher in revoked:
        _, code, reason = watcher.result()
        assert (code, reason) == (1008, "the key was revoked")
    web.post(f"/jobs/{job}/stop")
    assert other.result()[1] == 1000
