"""Every route but the public ones needs a key, and no key sees another workspace: of all routes there are."""

from __future__ import annotations

import re
import tempfile
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from synthmill.app.core.access import keys
from synthmill.app.core.db import Database
from synthmill.app.core.services import Services
from synthmill.app.core.settings import Settings
from synthmill.app.core.storage import open_storage
from synthmill.app.factory import create_app
from tests.api.caller import Caller, check_answer
from tests.api.genesis import Page
from tests.api.world import World
from tests.api.world import shared_world as world
from tests.fakes import MemoryBus, RecordingQueue
from tests.learnt import fit_request, fitted

__all__ = ["world"]

PUBLIC = {
    "/health",
    "/ready",
    "/api/v1/health",
    "/api/v1/ready",
    "/api/v1/openapi.json",
    "/api/v1/docs",
    "/api/v1/docs/start.js",
    "/api/v1/docs/assets/<name>",
}
HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}


def _routes() -> list[tuple[str, str, bool]]:
    """Method, path and whether it is a WebSocket, of every route of the application."""
    settings = Settings(storage_url=f"file://{tempfile.gettempdir()}")
    database, storage = Database(settings.database_url), open_storage(settings)
    app = create_app(services=Services(settings, database, storage, MemoryBus(), RecordingQueue()))
    return sorted(
        (method, rule.rule, bool(rule.websocket))
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    )


ROUTES = _routes()


def _path(rule: str, **parts: str) -> str:
    return re.sub(r"<(\w+)>", lambda part: parts.get(part[1], "x"), rule)


@pytest.mark.parametrize(
    ("method", "rule", "websocket"), [route for route in ROUTES if route[1] not in PUBLIC]
)
@pytest.mark.parametrize("key", [None, "", "nonsense", "smk_live_" + "0" * 38, "known-workspace"])
def test_a_route_answers_401_without_a_valid_key(
    anonymous: Any, method: str, rule: str, websocket: bool, key: str | None
) -> None:
    headers = {**(HANDSHAKE if websocket else {}), **({} if key is None else {"X-API-Key": key})}
    answer = anonymous.open(_path(rule), method=method, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    check_answer(answer)


@pytest.mark.parametrize("rule", sorted(PUBLIC))
def test_a_public_route_answers_everybody(anonymous: Any, rule: str) -> None:
    assert anonymous.get(_path(rule, name="swagger-ui.css"), buffered=True).status_code == 200


def test_the_public_routes_are_these_and_no_others(app: Flask, anonymous: Any) -> None:
    def is_public(rule: Rule) -> bool:
        method = next(iter((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        headers = HANDSHAKE if rule.websocket else {}
        answer = anonymous.open(_path(rule.rule), method=method, headers=headers, buffered=True)
        return bool(answer.status_code != 401)

    assert {rule.rule for rule in app.url_map.iter_rules() if is_public(rule)} == PUBLIC


@pytest.mark.parametrize(
    "headers",
    [{"X-API-Key": "{}"}, {"Authorization": "Bearer {}"}, {"Authorization": "bearer {}"},
     {"X-API-Key": "{}", "Authorization": "Bearer {}"}],
)  # fmt: skip
def test_a_key_is_taken_from_either_header(anonymous: Any, token: str, headers: dict[str, str]) -> None:
    given = {name: value.format(token) for name, value in headers.items()}
    assert anonymous.get("/api/v1/jobs", headers=given).status_code == 200


@pytest.mark.parametrize("form", ["Basic {}", "{}", "Bearer", "Bearer {} {}", "Token {}"])
def test_another_form_of_authorization_is_none(anonymous: Any, token: str, form: str) -> None:
    answer = anonymous.get("/api/v1/jobs", headers={"Authorization": form.format(token, token)})
    assert answer.status_code == 401


def test_two_different_keys_are_refused(anonymous: Any, token: str, services: Services) -> None:
    second = keys.create(services, keys.authenticate(services, token).workspace_id, "second")[1]
    answer = anonymous.get("/api/v1/jobs", headers={"X-API-Key": token, "Authorization": f"Bearer {second}"})
    assert answer.status_code == 401


@pytest.mark.parametrize("place", ["api_key", "key", "token"])
def test_a_key_in_the_address_opens_nothing(anonymous: Any, token: str, place: str) -> None:
    assert anonymous.get(f"/api/v1/jobs?{place}={token}").status_code == 401


@pytest.fixture(scope="module")
def owned(world: World) -> dict[str, str]:
    """One thing of each kind that the first workspace has, by the name that routes have for it."""
    api = Caller(world.app, world.token)
    job = world.completed["id"]
    stream = api.post("/streams", json={"template": "retail", "table": "orders"}).json["data"]["id"]
    upload = api.post("/uploads", data=b"ours").json["data"]["id"]
    model = fitted(api, world.work)["id"]
    return {
        "model_id": model,
        "evaluation_id": _evaluated(api, world),
        "job_id": job,
        "dataset_id": api.get("/datasets").json["data"][0]["id"],
        "key_id": api.get("/keys").json["data"][0]["id"],
        "stream_id": stream,
        "upload_id": upload,
    }


def _evaluated(api: Caller, world: World) -> str:
    tables = fit_request(api)["tables"]
    api.post("/evaluate", json={"real": tables, "synthetic": tables})
    world.work()
    evaluation: str = api.get("/evaluations").json["data"][0]["id"]
    return evaluation


def test_every_kind_of_id_in_a_route_is_one_that_is_tested(owned: dict[str, str]) -> None:
    named = {name for _, rule, _ in ROUTES for name in re.findall(r"<(\w+_id)>", rule)}
    assert named == set(owned)


@pytest.mark.parametrize(
    ("method", "rule"),
    [(method, rule) for method, rule, websocket in ROUTES if "_id>" in rule and not websocket],
)
def test_what_another_workspace_has_looks_as_if_it_were_not_there(
    api: Caller, other: Caller, owned: dict[str, str], completed: dict[str, Any], method: str, rule: str
) -> None:
    rest = {"file_name": "orders.csv", "pattern": "month_end"}
    call = other.call if rule.startswith("/api/v1") else Page(other.app, other.token).call
    answer = call(method, _path(rule, **owned, **rest).removeprefix("/api/v1"))
    assert answer.status_code == 404
    missing = call(method, _path(rule, **rest).removeprefix("/api/v1"))
    assert missing.status_code == 404
    if method != "HEAD":
        known, unknown = answer.json["detail"], missing.json["detail"]
        for id_ in owned.values():
            known = known.replace(id_, "x")
        assert known == unknown
    assert api.get(f"/jobs/{completed['id']}").json["data"] == completed
    assert api.get(f"/streams/{owned['stream_id']}").json["data"]["state"] == "running"
    assert api.get(f"/uploads/{owned['upload_id']}/content").data == b"ours"
    assert api.get(f"/models/{owned['model_id']}").status_code == 200


def test_lists_show_a_workspace_its_own_things_only(
    api: Caller, other: Caller, completed: dict[str, Any]
) -> None:
    assert other.get("/jobs").json["data"] == []
    assert other.get("/datasets").json["data"] == []
    assert other.get("/models").json["data"] == []
    assert other.get("/evaluations").json["data"] == []
    assert [key["name"] for key in other.get("/keys").json["data"]] == ["other"]
