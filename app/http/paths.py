"""What stands in a path is a name of something stored, so a name that can't be stored names nothing."""

from __future__ import annotations

from flask import Flask, request
from werkzeug.exceptions import NotFound


def _refuse_unstorable() -> None:
    # PostgreSQL takes no U+0000 in text, not even to look for it.
    if any("\0" in str(part) for part in (request.view_args or {}).values()):
        raise NotFound("a path with U+0000 names nothing")


def install(app: Flask) -> None:
    app.before_request(_refuse_unstorable)
