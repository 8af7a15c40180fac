"""Headers of every answer: the request's id, and what a browser may do with it."""

from __future__ import annotations

from flask import Flask, Response

from synthmill.app.http.context import request_id

POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""Answers are data: a browser that is led to one loads and runs nothing. A page sets its own policy."""


def _add(response: Response) -> Response:
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


def install(app: Flask) -> None:
    app.after_request(_add)
