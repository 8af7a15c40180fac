from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tests.api.caller import Caller
from tests.api.world import shared_world as world

__all__ = ["world"]

PAGES = {"/api/v1/openapi.json", "/api/v1/docs", "/api/v1/docs/start.js", "/api/v1/docs/assets/{name}"}


@pytest.fixture
def document(anonymous: Any) -> dict[str, Any]:
    document: dict[str, Any] = anonymous.get("/api/v1/openapi.json").json
    return document


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                yield method.upper(), path, operation


def test_the_document_has_every_route_and_no_other(app: Flask, document: dict[str, Any]) -> None:
    routes = {
        (method, re.sub(r"<(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(("/api/v1", "/v1"))
    }
    assert {(method, path) for method, path, _ in operations(document)} == {
        (method, path) for method, path in routes if path not in PAGES
    }


def test_every_operation_has_a_name_a_summary_and_its_refusals(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))
    for method, path, operation in operations(document):
        assert operation["summary"], path
        assert {"422", "default"} <= set(operation["responses"]), path
        needs_key = operation.get("security") != []
        assert ("401" in operation["responses"]) is needs_key, path
        assert ("requestBody" in operation) is ("413" in operation["responses"]), (method, path)


def test_a_body_may_be_left_out_exactly_where_the_document_says_so(
    api: Caller, document: dict[str, Any]
) -> None:
    stream = api.post("/stream/start").json["data"]["id"]
    for method, path, operation in operations(document):
        if "requestBody" in operation:
            filled = path.format(stream_id=stream, pattern="month_end", name="mine")
            headers = {"X-API-Key": api.token}
            answer = api.app.test_client().open(filled, method=method, headers=headers)
            refused = answer.status_code in (400, 415, 422)
            assert operation["requestBody"]["required"] is refused, f"{path}: {answer.status_code}"


def test_links_lead_to_operations_whose_paths_they_fill(document: dict[str, Any]) -> None:
    by_name = {operation["operationId"]: path for _, path, operation in operations(document)}
    seen = 0
    for _, _, operation in operations(document):
        for response in operation["responses"].values():
            for link in response.get("links", {}).values():
                path = by_name[link["operationId"]]
                assert all(f"{{{name}}}" in path for name in link["parameters"]), path
                seen += 1
    assert seen > 40


def test_security_is_documented_for_all_but_the_public_routes(document: dict[str, Any]) -> None:
    assert document["security"] == [{"apiKey": []}, {"bearer": []}]
    assert set(document["components"]["securitySchemes"]) == {"apiKey", "bearer"}
    public = {path for _, path, operation in operations(document) if operation.get("security") == []}
    assert public == {"/api/v1/health", "/api/v1/ready"}


def test_refusals_are_problems(document: dict[str, Any]) -> None:
    refusal = document["components"]["responses"]["NOT_FOUND"]["content"]
    assert refusal == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert "errors" in document["components"]["schemas"]["Problem"]["properties"]


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                yield node["$ref"]
            for value in node.values():
                yield from references(value)
        elif isinstance(node, list):
            for value in node:
                yield from references(value)

    found = set(references(document))
    assert len(found) > 20
    for reference in found:
        place: Any = document
        for name in reference.removeprefix("#/").split("/"):
            place = place[name]


def test_the_body_of_generate_names_all_that_can_be_asked_for(document: dict[str, Any]) -> None:
    body = document["paths"]["/api/v1/generate"]["post"]["requestBody"]["content"]["application/json"][
        "schema"
    ]
    schema = document["components"]["schemas"][body["$ref"].rsplit("/", 1)[1]]
    assert set(schema["properties"]) == {
        "strategy", "template", "parameters", "rows", "seed", "format", "compression", "workspace", "dataset",
        "part_rows", "max_parallel", "plugins", "sha256", "domain_rules", "rules",
    }  # fmt: skip
    assert all(field.get("description") for field in schema["properties"].values())


def test_parameters_in_headers_and_queries_are_documented(document: dict[str, Any]) -> None:
    def named(path: str, method: str = "get") -> set[str]:
        item = document["paths"][path]
        given = [*item.get("parameters", []), *item[method].get("parameters", [])]
        return {parameter["name"] for parameter in given}

    assert named("/api/v1/generate", "post") == {"Idempotency-Key", "Prefer"}
    assert named("/api/v1/jobs") == {
        "after", "limit", "state", "kind", "strategy", "template", "dataset"
    }  # fmt: skip
    assert named("/api/v1/jobs/{job_id}/events") == {"job_id", "after", "limit", "Last-Event-ID"}
    assert named("/api/v1/downloads/{job_id}/{file_name}") == {
        "job_id", "file_name", "Range", "If-Range", "If-None-Match",
    }  # fmt: skip
