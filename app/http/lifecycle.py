"""What happens around every request, whichever view answers it: it is a span, and counted; its answer gets
the headers that all have.

A span is of the caller's trace, if it sends a `traceparent`, else of a new one.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from functools import partial

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram

from synthmill.app.core.confined.caller import caller, caller_gone
from synthmill.app.core.observability import tracing
from synthmill.app.http.client_socket import client_has_left
from synthmill.app.http.context import request_id

POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""Answers are data: a browser that is led to one loads and runs nothing. A page sets its own policy."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60)


class RequestCounts:
    """How many requests were answered, and in what time: for metrics."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Counter(
            "synthmill_http_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=registry,
        )
        self._seconds = Histogram(
            "synthmill_http_request_seconds",
            "Time until the answer's first byte.",
            ["method", "route"],
            buckets=_SECONDS,
            registry=registry,
        )

    def count(self, response: Response) -> Response:
        rule = request.url_rule
        if rule is None or not rule.websocket:
            route = "unknown" if rule is None else rule.rule
            # A made-up method must not become a label, or a stranger could fill the memory with them.
            method = request.method if request.method in _METHODS else "OTHER"
            self._requests.labels(method, route, response.status_code).inc()
            self._seconds.labels(method, route).observe(time.perf_counter() - g.began)
        return response


def _begin() -> None:
    g.began = time.perf_counter()
    # The work may go on in a process of its own, and ends there with its caller.
    caller.set("")
    caller_gone.set(partial(client_has_left, request.environ))
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


def _add_headers(response: Response) -> Response:
    response.headers["X-Request-Id"] = request_id()
    for name, value in {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Content-Security-Policy": POLICY,
        "Cache-Control": "no-store",
    }.items():
        response.headers.setdefault(name, value)
    return response


def install(app: Flask, registry: CollectorRegistry) -> None:
    """Before everything that may log. The counts go into `registry`."""
    app.before_request(_begin)
    # The last that is named is called first.
    for called in (_add_headers, RequestCounts(registry).count):
        app.after_request(called)
    app.teardown_request(_end)
