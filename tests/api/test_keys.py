from __future__ import annotations

import re

import pytest
from flask import Flask

from synthmill.app.core.db import models
from synthmill.app.core.services import Services
from tests.api.caller import Caller, fields


def test_a_new_key_is_shown_once_and_opens_the_door(api: Caller, app: Flask) -> None:
    answer = api.post("/keys", json={"name": "laptop"})
    assert answer.status_code == 201
    made = answer.json["data"]
    assert re.fullmatch(r"smk_live_[0-9A-Za-z]{38}", made["key"])
    assert made["key"].startswith(made["prefix"])
    assert Caller(app, made["key"]).get("/jobs").status_code == 200
    listed = {key["id"]: key for key in api.get("/keys").json["data"]}
    assert listed[made["id"]]["name"] == "laptop"
    assert all("key" not in key for key in listed.values())


def test_keys_are_nowhere_in_the_database(api: Caller, services: Services, token: str) -> None:
    made = api.post("/keys", json={"name": "laptop"}).json["data"]["key"]
    with services.db.read() as session:
        stored = [vars(key) for key in session.query(models.ApiKey)]
    assert len(stored) == 2
    assert not any(secret in str(row) for row in stored for secret in (made, token))


def test_a_revoked_key_opens_nothing(api: Caller, app: Flask) -> None:
    made = api.post("/keys", json={"name": "laptop"}).json["data"]
    revoked = api.delete(f"/keys/{made['id']}")
    assert (revoked.status_code, revoked.json["data"]["revoked_at"] is not None) == (200, True)
    Caller(app, made["key"]).refused(401, "GET", "/jobs")
    again = api.delete(f"/keys/{made['id']}").json["data"]
    assert again["revoked_at"] == revoked.json["data"]["revoked_at"]


def test_a_key_that_is_not_there_is_404(api: Caller) -> None:
    api.refused(404, "DELETE", "/keys/key_nothing")


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "x" * 129}, {"name": 1}, {"name": None}])
def test_a_key_needs_a_name(api: Caller, body: dict[str, object]) -> None:
    assert fields(api.refused(422, "POST", "/keys", json=body)) == ["name"]
    assert len(api.get("/keys").json["data"]) == 1


def test_nobody_can_choose_workspace_or_key(api: Caller) -> None:
    body = {"name": "x", "workspace_id": "ws_other", "key": "mine"}
    assert sorted(fields(api.refused(422, "POST", "/keys", json=body))) == ["key", "workspace_id"]
