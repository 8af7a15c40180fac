from __future__ import annotations

import re
from typing import Any

import pytest


def test_the_page_and_all_that_it_loads_come_from_here(anonymous: Any) -> None:
    answer = anonymous.get("/api/v1/docs")
    assert answer.mimetype == "text/html"
    loaded = re.findall(r'(?:src|href)="([^"]+)"', answer.text)
    assert len(loaded) >= 3
    for path in loaded:
        assert "//" not in path
        assert anonymous.get(f"/api/v1/{path}", buffered=True).status_code == 200
    assert "<script>" not in answer.text
    assert "openapi.json" in anonymous.get("/api/v1/docs/start.js").text


def test_the_page_may_run_only_scripts_from_here(anonymous: Any) -> None:
    policy = anonymous.get("/api/v1/docs").headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "http" not in policy


def test_assets_have_their_types_and_may_be_kept(anonymous: Any) -> None:
    for name, media_type in [("swagger-ui.css", "text/css"), ("swagger-ui-bundle.js", "text/javascript")]:
        answer = anonymous.get(f"/api/v1/docs/assets/{name}", buffered=True)
        assert answer.mimetype == media_type
        assert "max-age" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "name", ["index.html", "oauth2-redirect.html", "..%2f__init__.py", "../__init__.py", "%00"]
)
def test_nothing_else_of_that_package_is_served(anonymous: Any, name: str) -> None:
    assert anonymous.get(f"/api/v1/docs/assets/{name}").status_code == 404
