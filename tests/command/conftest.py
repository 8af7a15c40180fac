from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from synthmill.command import main
from tests.client.fixtures import client, completed, no_server_in_environment, server
from tests.client.server import SHOP, RunningServer

__all__ = ["client", "completed", "no_server_in_environment", "server"]


@dataclass
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command as a person would, off a terminal."""

    def run(*arguments: object) -> Ran:
        code = main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run


@pytest.fixture
def run_there(run: Run, server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The same, with the environment naming a server."""
    monkeypatch.setenv("SYNTHMILL_URL", server.url)
    monkeypatch.setenv("SYNTHMILL_API_KEY", server.key)
    return run


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A recipe file."""
    file = tmp_path / "shop.json"
    file.write_text(json.dumps(SHOP))
    return file
