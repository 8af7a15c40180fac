from __future__ import annotations

import time

from synthmill.app.core.access import keys
from synthmill.app.core.services import Services
from tests.live.web import Watcher, Web


def test_a_revoked_key_loses_its_sockets_and_others_keep_theirs(
    web: Web, services: Services, job: str
) -> None:
    workspace = keys.authenticate(services, web.token).workspace_id
    key, token = keys.create(services, workspace, "for a while")
    header = {"X-API-Key": token}
    revoked = [
        Watcher(web.connect(path, key=False, header=header)) for path in ("/ws/jobs", f"/ws/jobs/{job}")
    ]
    other = Watcher(web.connect(f"/ws/jobs/{job}"))
    time.sleep(0.5)
    web.http.delete(f"/keys/{key.id}").raise_for_status()
    began = time.monotonic()
    for watcher in revoked:
        _, code, reason = watcher.result()
        assert (code, reason) == (1008, "the key was revoked")
    assert time.monotonic() - began < 10
    web.post(f"/jobs/{job}/stop")
    assert other.result()[1] == 1000
