from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from synthmill.app.core.db import models
from synthmill.app.core.errors import StorageError
from synthmill.app.core.execution.sweeper import sweep
from synthmill.app.core.services import Services
from tests.api.caller import Caller


def test_a_deleted_job_leaves_nothing(api: Caller, completed: dict[str, Any], services: Services) -> None:
    answer = api.delete(f"/jobs/{completed['id']}")
    assert (answer.status_code, answer.data) == (204, b"")
    for path in ("", "/events"):
        api.refused(404, "GET", f"/jobs/{completed['id']}{path}")
    api.refused(404, "GET", f"/downloads/{completed['id']}/orders.csv")
    assert api.get("/jobs").json["data"] == []
    assert api.get("/datasets").json["data"] == []
    assert list(services.storage.list("")) == []


def test_deleting_it_again_is_404(api: Caller, completed: dict[str, Any]) -> None:
    api.delete(f"/jobs/{completed['id']}")
    api.refused(404, "DELETE", f"/jobs/{completed['id']}")


@pytest.mark.parametrize("verb", ["stop", "delete"])
def test_storage_that_is_away_delays_the_files_alone(
    api: Caller,
    submit: Callable[..., dict[str, Any]],
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
    verb: str,
) -> None:
    job = submit()["id"]
    services.storage.put(f"jobs/{job}/files/orders.csv", b"made so far")
    with monkeypatch.context() as away:
        away.setattr(services.storage, "delete_prefix", _refuse)
        answer = api.post(f"/jobs/{job}/stop") if verb == "stop" else api.delete(f"/jobs/{job}")
    assert answer.status_code == (200 if verb == "stop" else 204)
    with services.db.write() as session:
        session.execute(update(models.Job).values(finalise_until=0.0))  # The lease of who began.
    sweep(services, "sweeper")
    assert list(services.storage.list("")) == []
    with services.db.read() as session:
        left = session.execute(select(models.Job.cleaned)).scalars().all()
    assert left == ([True] if verb == "stop" else [])


def _refuse(prefix: str) -> None:
    raise StorageError("storage is away")


def test_an_active_job_is_stopped_first(
    api: Caller, submit: Callable[..., dict[str, Any]], work: Callable[[], None], services: Services
) -> None:
    job = submit()["id"]
    assert api.delete(f"/jobs/{job}").status_code == 204
    work()
    assert list(services.storage.list("")) == []
