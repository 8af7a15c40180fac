from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from synthmill.app.core.confined.executor import InProcessExecutor
from synthmill.app.core.db import Database
from synthmill.app.core.services import Services
from synthmill.app.core.settings import Settings
from synthmill.app.core.storage import open_storage
from synthmill.app.factory import create_app
from tests.api.caller import check_answer
from tests.fakes import RecordingQueue


@pytest.mark.parametrize("path", ["/health", "/api/v1/health", "/ready", "/api/v1/ready"])
def test_a_healthy_server_says_so_to_everybody(anonymous: Any, path: str) -> None:
    answer = anonymous.get(path)
    check_answer(answer)
    assert answer.status_code == 200
    assert answer.json["data"]["state"] in ("alive", "ready")


class AwayQueue(RecordingQueue):
    """A broker that doesn't answer."""

    def waiting(self, queue: str) -> int | None:
        return None


def test_a_server_without_its_broker_is_alive_but_not_ready(services: Services) -> None:
    client: Any = create_app(services=replace(services, queue=AwayQueue())).test_client()
    assert client.get("/health").status_code == 200
    answer = client.get("/ready")
    check_answer(answer)
    assert answer.status_code == 503
    assert [error["field"] for error in answer.json["errors"]] == ["broker"]
    assert answer.headers["Retry-After"]


class StartingExecutor(InProcessExecutor):
    """Its processes aren't there yet."""

    def is_ready(self) -> bool:
        return False


def test_a_server_whose_first_preview_would_wait_is_not_ready(services: Services) -> None:
    client: Any = create_app(services=replace(services, executor=StartingExecutor())).test_client()
    answer = client.get("/ready")
    check_answer(answer)
    assert [error["field"] for error in answer.json["errors"]] == ["processes"]


def test_a_server_without_its_database_or_storage_is_not_ready(services: Services, tmp_path: Path) -> None:
    gone = tmp_path / "a file"
    gone.write_text("where a folder is wanted")
    settings = Settings(data=gone)
    broken = replace(services, db=Database(settings.database_url), storage=open_storage(settings))
    answer: Any = create_app(services=broken).test_client().get("/ready")
    check_answer(answer)
    assert [error["field"] for error in answer.json["errors"]] == ["database", "storage"]
    assert str(tmp_path) not in answer.text
