"""Templates that a workspace has made for itself."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from synthmill.app.core import templates
from synthmill.generators.recipes.template import templates as ours
from tests.api.caller import Caller, fields

SHOP: dict[str, Any] = {
    "name": "shop",
    "title": "A shop",
    "description": "Orders and who makes them.",
    "strategy": "tabular",
    "main": "orders",
    "default_rows": 30,
    "rows": {"people": {"ratio": "1/3"}},
    "parameters": {
        "tables": [
            {"name": "people", "primary_key": ["id"], "columns": [{"name": "id", "kind": "sequence"}]},
            {
                "name": "orders",
                "columns": [{"name": "by", "kind": "foreign_key", "table": "people"}],
            },
        ]
    },
}


def test_an_added_template_is_used_by_its_name(api: Caller) -> None:
    added = api.post("/templates", json=SHOP)
    assert added.status_code == 201
    assert added.headers["Location"] == "/api/v1/templates/shop"
    shown = api.get("/templates/shop")
    assert shown.json["data"] == added.json["data"]
    assert shown.headers["ETag"] == added.headers["ETag"]
    data = shown.json["data"]
    assert (data["own"], data["rows"], data["defaults"]) == (True, SHOP["rows"], SHOP["parameters"])
    seen = api.post("/preview", json={"template": "shop", "rows": 9, "seed": 1, "limit": 100}).json["data"]
    assert [table["rows_total"] for table in seen["tables"]] == [3, 9]
    job = api.post("/generate", json={"template": "shop", "seed": 1})
    assert job.status_code == 202
    assert job.json["data"]["template"] == "shop"


def test_own_templates_are_listed_after_ours(api: Caller) -> None:
    api.post("/templates", json=SHOP)
    listed = api.get("/templates").json["data"]
    assert [one["name"] for one in listed] == [*ours(), "shop"]
    assert [one["own"] for one in listed] == [False] * len(ours()) + [True]


def test_a_template_is_its_workspaces_own(api: Caller, other: Caller) -> None:
    api.post("/templates", json=SHOP)
    other.refused(404, "GET", "/templates/shop")
    other.refused(404, "DELETE", "/templates/shop")
    other.refused(404, "PUT", "/templates/shop", json=SHOP)
    problem = other.refused(422, "POST", "/generate", json={"template": "shop"})
    assert fields(problem) == ["template"]
    assert other.post("/templates", json=SHOP).status_code == 201


def test_what_is_replaced_has_another_etag(api: Caller) -> None:
    before = api.post("/templates", json=SHOP).headers["ETag"]
    after = api.call("PUT", "/templates/shop", json={**SHOP, "default_rows": 60})
    assert after.status_code == 200
    assert after.json["data"]["default_rows"] == 60
    assert after.headers["ETag"] != before
    again = api.call("PUT", "/templates/shop", json=SHOP)
    assert again.headers["ETag"] == before


def test_if_match_holds_back_who_has_an_old_one(api: Caller) -> None:
    old = api.post("/templates", json=SHOP).headers["ETag"]
    new = api.call("PUT", "/templates/shop", json={**SHOP, "default_rows": 60}, headers={"If-Match": old})
    assert new.status_code == 200
    for method, body in (("PUT", SHOP), ("DELETE", None)):
        problem = api.refused(412, method, "/templates/shop", json=body, headers={"If-Match": old})
        assert fields(problem) == ["If-Match"]
    assert api.get("/templates/shop").json["data"]["default_rows"] == 60
    assert api.delete("/templates/shop", headers={"If-Match": new.headers["ETag"]}).status_code == 204


def test_if_match_star_means_whatever_there_is(api: Caller) -> None:
    api.refused(404, "PUT", "/templates/shop", json=SHOP, headers={"If-Match": "*"})
    api.post("/templates", json=SHOP)
    assert api.delete("/templates/shop", headers={"If-Match": "*"}).status_code == 204
    api.refused(404, "GET", "/templates/shop")


def test_names_that_are_taken_are_refused(api: Caller) -> None:
    api.post("/templates", json=SHOP)
    for name in ("shop", "retail"):
        problem = api.refused(409, "POST", "/templates", json={**SHOP, "name": name})
        assert name in problem["detail"]
    api.refused(409, "PUT", "/templates/retail", json={**SHOP, "name": "retail"})
    api.refused(409, "DELETE", "/templates/retail")


def test_a_template_keeps_its_name(api: Caller) -> None:
    api.post("/templates", json=SHOP)
    assert fields(api.refused(422, "PUT", "/templates/shop", json={**SHOP, "name": "other"})) == ["name"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "../x"}, "name"),
        ({"name": 5}, "name"),
        ({"main": "nothing"}, "main"),
        ({"default_rows": 0}, "default_rows"),
        ({"rows": {"people": {"ratio": 0}}}, "rows.people"),
        ({"rows": {"nobody": {"rows": 1}}}, "rows"),
        ({"strategy": "nothing"}, "strategy"),
        ({"parameters": []}, "parameters"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_can_not_be_is_refused_by_name(api: Caller, change: dict[str, Any], field: str) -> None:
    assert fields(api.refused(422, "POST", "/templates", json={**SHOP, **change})) == [field]
    assert api.refused(404, "GET", "/templates/shop")


def test_what_can_not_be_planned_is_refused(api: Caller) -> None:
    wrong = copy.deepcopy(SHOP)
    wrong["parameters"]["tables"][1]["columns"][0]["table"] = "nobody"
    problem = api.refused(422, "POST", "/templates", json=wrong)
    assert fields(problem) == ["parameters.tables[orders].columns[by].table"]


def test_there_is_a_limit(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "MAX_TEMPLATES", 1)
    api.post("/templates", json=SHOP)
    problem = api.refused(422, "POST", "/templates", json={**SHOP, "name": "shop2"})
    assert problem["type"].endswith("limit-exceeded")


def test_a_file_on_the_server_is_no_template(api: Caller) -> None:
    for name in ("templates/retail.yaml", "./retail.yaml", "/etc/passwd"):
        assert fields(api.refused(422, "POST", "/generate", json={"template": name})) == ["template"]


def test_the_templates_of_another_workspace_are_neither_listed_nor_counted_nor_named(
    api: Caller, other: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(templates, "MAX_TEMPLATES", 1)
    api.post("/templates", json={**SHOP, "name": "secret-plan"})
    assert [one["name"] for one in other.get("/templates").json["data"]] == [*ours()]
    (error,) = other.refused(422, "POST", "/generate", json={"template": "secret-plam"})["errors"]
    assert "secret-plan" not in str(error)
    assert "secret-plan" not in other.get("/templates/secret-plam").get_data(as_text=True)
    assert other.post("/templates", json=SHOP).status_code == 201
