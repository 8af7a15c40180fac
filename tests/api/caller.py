"""Calls the API as a program with a key would, and checks what holds for every answer."""

from __future__ import annotations

from typing import Any

from flask import Flask

from tests.api.document import check_documented

REQUEST = {"template": "retail", "rows": 400, "seed": 7}
"""A small dataset of four tables."""


class Caller:
    def __init__(self, app: Flask, token: str) -> None:
        self.app, self.token = app, token

    def call(self, method: str, path: str, **options: Any) -> Any:
        headers = {"X-API-Key": self.token, **options.pop("headers", {})}
        with self.app.test_client() as client:
            answer = client.open(f"/api/v1{path}", method=method, headers=headers, **options)
        check_answer(answer)
        check_documented(self.app, answer)
        return answer

    def get(self, path: str, **options: Any) -> Any:
        return self.call("GET", path, **options)

    def post(self, path: str, **options: Any) -> Any:
        return self.call("POST", path, **options)

    def delete(self, path: str, **options: Any) -> Any:
        return self.call("DELETE", path, **options)

    def refused(self, status: int, method: str, path: str, **options: Any) -> dict[str, Any]:
        """The problem that this call is answered with."""
        answer = self.call(method, path, **options)
        assert answer.status_code == status, f"{answer.status_code} {answer.text[:500]}"
        problem: dict[str, Any] = answer.json
        return problem


def check_answer(answer: Any) -> None:
    """What every answer has, whatever it says."""
    assert answer.headers["X-Request-Id"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    if answer.request.method == "HEAD":
        assert answer.data == b""
        return
    if answer.status_code >= 400:
        assert answer.content_type == "application/problem+json"
        problem = answer.json
        assert set(problem) == {"type", "title", "status", "detail", "instance", "request_id", "errors"}
        assert problem["status"] == answer.status_code
        assert problem["request_id"] == answer.headers["X-Request-Id"]
        assert problem["type"].startswith("urn:synthmill:problem:")
        assert problem["detail"]
        assert all(set(error) == {"field", "reason", "fix"} for error in problem["errors"])
    elif answer.content_type == "application/json" and "ETag" not in answer.headers:
        assert answer.json["status"] == "success"
        assert set(answer.json["metadata"]) - {"next"} == {"timestamp", "request_id", "version"}
        assert answer.json["metadata"]["request_id"] == answer.headers["X-Request-Id"]


def fields(problem: dict[str, Any]) -> list[str]:
    return [error["field"] for error in problem["errors"]]
