from __future__ import annotations

import json
from collections.abc import Callable

from synthmill.app.core.access import keys
from synthmill.app.core.db import models
from synthmill.app.core.services import Services
from tests.live.web import Web, hear, listen_to_all


def test_events_of_all_jobs_come_as_they_happen(
    web: Web, services: Services, workspace: str, work: Callable[[str], None]
) -> None:
    client = listen_to_all(web, services, workspace)
    jobs = {web.submit(), web.submit()}
    for job in jobs:
        work(job)
    ended: set[str] = set()
    while ended < jobs:
        event = json.loads(client.recv())
        assert set(event) == {"id", "seq", "type", "timestamp", "data"}
        if event["type"] == "complete":
            ended.add(event["id"])
    client.close()


def test_another_workspace_hears_nothing(web: Web, services: Services, work: Callable[[str], None]) -> None:
    with services.db.write() as session:
        session.add(models.Workspace(id="ws_quiet", name="quiet", created_at=0.0))
        session.flush()
    token = keys.create(services, "ws_quiet", "quiet")[1]
    client = listen_to_all(web, services, "ws_quiet", key=False, header={"X-API-Key": token})
    work(web.submit())
    answer = web.http.post(
        "/generate", json={"template": "retail", "rows": 400}, headers={"X-API-Key": token}
    )
    own = answer.json()["data"]["id"]
    assert json.loads(client.recv())["id"] == own
    client.close()


def test_a_ticket_without_a_job_is_for_all_of_them(web: Web, services: Services, workspace: str) -> None:
    ticket = web.post("/tickets")["ticket"]
    client = listen_to_all(web, services, workspace, f"/ws/jobs?ticket={ticket}", key=False)
    job = web.submit()
    assert json.loads(client.recv())["id"] == job
    client.close()


def test_an_unknown_parameter_closes_with_1008(web: Web) -> None:
    assert hear(web.connect("/ws/jobs?before=1"))[1] == 1008
