"""Each request is a span: of the caller's trace, if it sends a `traceparent`, else of a new one."""

from __future__ import annotations

from contextlib import ExitStack

from flask import Flask, g, request

from synthmill.app.core.observability import tracing
from synthmill.app.http.context import request_id


def _begin() -> None:
    route = "unknown" if request.url_rule is None else request.url_rule.rule
    g.span = ExitStack()
    g.span.enter_context(
        tracing.span(
            f"{request.method} {route}",
            request.headers.get("traceparent"),
            request_id=request_id(),
            method=request.method,
            route=route,
        )
    )


def _end(_: BaseException | None) -> None:
    if "span" in g:
        g.span.close()


def install(app: Flask) -> None:
    """Before everything that may log."""
    app.before_request(_begin)
    app.teardown_request(_end)
