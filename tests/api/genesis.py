"""Calls of the Genesis page's paths, each answered while a worker works."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask

from tests.api.document import check_documented


class Page:
    """The page's client, which sends a key beside."""

    def __init__(self, app: Flask, token: str) -> None:
        self.app, self.token = app, token

    def call(self, method: str, path: str, **options: Any) -> Any:
        headers = {"X-API-Key": self.token, **options.pop("headers", {})}
        with self.app.test_client() as client:
            answer = client.open(path, method=method, headers=headers, buffered=True, **options)
        check_documented(self.app, answer)
        return answer

    def refused(self, status: int, method: str, path: str, **options: Any) -> dict[str, Any]:
        answer = self.call(method, path, **options)
        assert answer.status_code == status, f"{answer.status_code} {answer.text[:500]}"
        assert answer.content_type == "application/problem+json"
        problem: dict[str, Any] = answer.json
        return problem


@contextmanager
def working(work: Callable[[], None]) -> Iterator[None]:
    """A worker works meanwhile."""
    over = threading.Event()

    def run() -> None:
        while not over.wait(0.02):
            work()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
