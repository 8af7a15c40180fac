from __future__ import annotations

from collections.abc import Callable
from typing import Any

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


def test_an_active_job_is_stopped_first(
    api: Caller, submit: Callable[..., dict[str, Any]], work: Callable[[], None], services: Services
) -> None:
    job = submit()["id"]
    assert api.delete(f"/jobs/{job}").status_code == 204
    work()
    assert list(services.storage.list("")) == []
