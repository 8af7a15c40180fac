"""Domain rules of templates and of jobs, as requests and answers have them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from synthmill.app.core.services import Services
from synthmill.generators.recipes.template import get_template
from tests.api.caller import Caller

SHOP = {
    "strategy": "tabular",
    "parameters": {
        "tables": [
            {
                "name": "orders",
                "rows": 100,
                "columns": [
                    {"name": "id", "kind": "sequence"},
                    {"name": "amount", "kind": "integer", "min": 1, "max": 500},
                ],
            }
        ]
    },
    "seed": 7,
}
HOLDS = {
    "name": "positive",
    "says": "An order is worth something.",
    "query": "SELECT amount > 0, id FROM orders",
}
BROKEN = {"name": "small", "says": "No order is above 250.", "query": "SELECT amount <= 250, id FROM orders"}

Work = Callable[[], None]


def ended(api: Caller, work: Work, **changes: Any) -> dict[str, Any]:
    """The job of such a request, and all of its events, once it has ended."""
    answer = api.post("/generate", json={**SHOP, **changes})
    assert answer.status_code == 202, answer.json
    work()
    job: dict[str, Any] = api.get(f"/jobs/{answer.json['data']['id']}").json["data"]
    return job


def errors(answer: Any) -> dict[str, Any]:
    return {error["field"]: error for error in answer.json["errors"]}


def last_event(api: Caller, job: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"/jobs/{job['id']}/events").json["data"][-1]
    return found


def test_a_job_that_must_keep_its_rules_completes_and_says_so(api: Caller, work: Work) -> None:
    job = ended(api, work, domain_rules=[HOLDS], rules="fail")
    assert job["state"] == "completed"
    report = job["result"]["rules"]
    assert (report["checked"], report["failed"], report["summary"]) == (1, 0, "all 1 domain rules hold")
    assert report["rules"][0]["says"] == "An order is worth something."
    assert (report["rules"][0]["checked"], report["rules"][0]["broken"]) == (100, 0)
    assert last_event(api, job)["data"]["rules"] == report


def test_a_job_that_must_keep_its_rules_fails_with_the_sentence(api: Caller, work: Work) -> None:
    job = ended(api, work, domain_rules=[HOLDS, BROKEN], rules="fail")
    assert (job["state"], job["files"]) == ("failed", [])
    assert job["error"].startswith("1 of 2 domain rules don't hold: No order is above 250. (small: ")
    assert api.get("/datasets").json["data"] == []


def test_a_job_that_is_to_warn_completes_with_what_was_found(api: Caller, work: Work) -> None:
    job = ended(api, work, domain_rules=[HOLDS, BROKEN], rules="warn")
    assert job["state"] == "completed"
    report = job["result"]["rules"]
    assert (report["checked"], report["failed"]) == (2, 1)
    assert [one["passed"] for one in report["rules"]] == [True, False]
    assert len(report["rules"][1]["examples"]) == 3


def test_rules_that_nobody_asked_to_check_are_not_checked(api: Caller, work: Work) -> None:
    job = ended(api, work, domain_rules=[BROKEN])
    assert (job["state"], "rules" in job["result"]) == ("completed", False)
    assert job["recipe"]["rules"] == [{**BROKEN, "at_most": 0.0}]


def test_a_clone_checks_what_its_job_did(api: Caller, work: Work) -> None:
    job = ended(api, work, domain_rules=[BROKEN], rules="warn")
    clone = api.post(f"/jobs/{job['id']}/clone").json["data"]
    work()
    assert api.get(f"/jobs/{clone['id']}").json["data"]["result"]["rules"] == job["result"]["rules"]


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"rules": "fail"}, "rules", "there are no domain rules to check"),
        ({"rules": "perhaps", "domain_rules": [HOLDS]}, "rules", "none of its values"),
        ({"domain_rules": "all"}, "domain_rules", "isn't a list of objects"),
        ({"domain_rules": [{"name": "x", "says": "y"}]}, "domain_rules[x].query", "is missing"),
        ({"domain_rules": [{**HOLDS, "at_most": 2}]}, "domain_rules[positive].at_most", "outside the limits"),
        ({"domain_rules": [{**HOLDS, "share": 2}]}, "domain_rules[positive].share", "no such parameter"),
        (
            {"domain_rules": [{**HOLDS, "query": "COPY orders TO 'x'"}]},
            "domain_rules[positive].query",
            "isn't a SELECT",
        ),
        (
            {"domain_rules": [{**HOLDS, "query": "SELECT amont > 0 FROM orders"}]},
            "domain_rules[positive].query",
            "amont",
        ),
    ],
)
def test_what_can_not_be_checked_is_refused_at_once(
    api: Caller, changes: dict[str, Any], field: str, reason: str
) -> None:
    answer = api.post("/generate", json={**SHOP, **changes})
    assert answer.status_code == 422
    found = errors(answer)
    assert list(found) == [field]
    assert reason in found[field]["reason"]
    assert found[field]["fix"]


def test_more_rows_than_can_be_checked_are_refused_at_once(api: Caller, services: Services) -> None:
    object.__setattr__(services, "settings", replace(services.settings, rules_rows=99))
    answer = api.post("/generate", json={**SHOP, "domain_rules": [HOLDS], "rules": "warn"})
    assert answer.status_code == 422
    assert "100 rows are too many to be checked" in errors(answer)["rules"]["reason"]


def test_a_rule_of_the_request_is_laid_over_the_templates(api: Caller) -> None:
    rules = [{"name": "few_items_come_back", "at_most": 0.5}, {**HOLDS, "query": "SELECT id > 0 FROM orders"}]
    request = {"template": "retail", "rows": 50, "seed": 1, "domain_rules": rules}
    job = api.post("/generate", json=request).json["data"]
    found = {one["name"]: one for one in job["recipe"]["rules"]}
    own = [rule.name for rule in get_template("retail").rules]
    assert list(found) == [*own, "positive"]
    assert found["few_items_come_back"]["at_most"] == 0.5


def test_a_template_shows_its_rules(api: Caller) -> None:
    rules = api.get("/templates/retail").json["data"]["rules"]
    assert rules == [rule.to_dict() for rule in get_template("retail").rules]


def test_a_template_whose_rule_is_broken_is_refused(api: Caller) -> None:
    content = {
        "name": "mine",
        "title": "Mine",
        "description": "Orders.",
        "main": "orders",
        "default_rows": 10,
        "parameters": {"tables": [{"name": "orders", "columns": [{"name": "id", "kind": "sequence"}]}]},
        "rules": [{"name": "positive", "says": "It is.", "query": "SELECT amount > 0 FROM orders"}],
    }
    answer = api.post("/templates", json=content)
    assert answer.status_code == 422
    assert "rules[positive].query" in errors(answer)
    content["rules"][0]["query"] = "SELECT id > 0 FROM orders"
    assert api.post("/templates", json=content).status_code == 201
    job = api.post("/generate", json={"template": "mine", "rules": "fail"}).json["data"]
    assert [one["name"] for one in job["recipe"]["rules"]] == ["positive"]
