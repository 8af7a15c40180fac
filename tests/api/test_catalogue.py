from __future__ import annotations

import pytest

from synthmill.generators.engine.contract import STRATEGIES
from synthmill.generators.recipes.template import templates
from synthmill.generators.version import VERSION
from tests.api.caller import Caller
from tests.api.world import shared_world as world

__all__ = ["world"]


def test_every_strategy_is_listed(api: Caller) -> None:
    listed = api.get("/strategies").json["data"]
    assert [one["name"] for one in listed] == list(STRATEGIES.usable())
    assert all(set(one) == {"name", "title", "description"} for one in listed)


def test_a_strategy_comes_with_the_json_schema_of_its_parameters(api: Caller) -> None:
    for name in STRATEGIES.usable():
        strategy = api.get(f"/strategies/{name}").json["data"]
        schema = strategy["parameters"]
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert schema["type"] == "object"
        assert schema["properties"]


def test_every_template_is_listed(api: Caller) -> None:
    listed = api.get("/templates").json["data"]
    assert [one["name"] for one in listed] == list(templates())
    assert all(
        set(one) == {"name", "title", "description", "strategy", "main", "default_rows", "own"}
        for one in listed
    )


def test_a_template_comes_with_its_parameters_and_their_schema(api: Caller) -> None:
    template = api.get("/templates/retail").json["data"]
    assert (template["strategy"], template["main"]) == ("tabular", "order_items")
    assert template["parameters"] == api.get("/strategies/tabular").json["data"]["parameters"]
    assert {table["name"] for table in template["defaults"]["tables"]} >= {"customers", "orders"}


@pytest.mark.parametrize("path", ["/strategies/nothing", "/templates/nothing", "/templates/..%2fretail"])
def test_an_unknown_name_in_a_path_is_404(api: Caller, path: str) -> None:
    assert api.refused(404, "GET", path)["type"] == "urn:synthmill:problem:not-found"


def test_plugins_are_listed_after_synthmill_itself(api: Caller) -> None:
    (own,) = api.get("/plugins").json["data"]
    assert (own["name"], own["version"], own["state"], own["reason"]) == ("synthmill", VERSION, "ok", None)
    named = {(entry["group"], entry["name"]) for entry in own["entries"]}
    assert named >= {("strategies", "tabular"), ("column_kinds", "uuid"), ("formats", "csv")}
    assert all((entry["state"], entry["reason"]) == ("ok", None) for entry in own["entries"])


def test_a_request_for_a_plugin_that_is_not_there_says_what_to_install(api: Caller) -> None:
    wanted = {"strategy": "tournament", "plugins": ["synthmill-example==1.0"]}
    refusal = api.refused(422, "POST", "/generate", json=wanted)
    assert refusal["errors"] == [
        {
            "field": "plugins",
            "reason": "synthmill-example==1.0 is needed, and it isn't installed here",
            "fix": "pip install synthmill-example==1.0",
        }
    ]
