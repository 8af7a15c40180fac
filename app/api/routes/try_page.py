"""The page to try the API on: Swagger UI, every byte of it served from here."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

page = Blueprint("try_page", __name__)

ASSETS = {
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "favicon-32x32.png": "image/png",
}
# Swagger UI sets style attributes; scripts come from files only, and nothing from elsewhere.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Synthmill API</title>
<link rel="stylesheet" href="docs/assets/swagger-ui.css">
<link rel="icon" href="docs/assets/favicon-32x32.png">
</head>
<body>
<div id="reference"></div>
<script src="docs/assets/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
_START = """SwaggerUIBundle({
  url: new URL("openapi.json", document.baseURI).href,
  dom_id: "#reference",
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
});
"""


def _assets_folder() -> Path:
    spec = find_spec("flask_swagger_ui")
    if spec is None or not spec.submodule_search_locations:
        raise NotFound("the package flask-swagger-ui is not installed")
    return Path(spec.submodule_search_locations[0]) / "dist"


@page.get("/docs")
def show_reference() -> Response:
    return Response(
        _PAGE, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": _POLICY}
    )


@page.get("/docs/start.js")
def start_reference() -> Response:
    return Response(_START, content_type="text/javascript; charset=utf-8")


@page.get("/docs/assets/<name>")
def get_asset(name: str) -> Response:
    if name not in ASSETS:
        raise NotFound(f"no asset {name!r}")
    response = Response(_asset(name), content_type=ASSETS[name])
    response.headers["Cache-Control"] = "public, max-age=86400"
    response.add_etag()
    response.make_conditional(request)
    return response


@cache
def _asset(name: str) -> bytes:
    """Kept in memory: strangers who ask for it again and again, or don't read it, cost no copy."""
    return (_assets_folder() / name).read_bytes()
