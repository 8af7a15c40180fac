"""`synthmill prepare`: a server made ready without a supervisor."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from synthmill.app.core.access.keys import authenticate
from synthmill.app.core.services import build
from synthmill.app.core.settings import Settings
from synthmill.commands.server.prepare import prepare
from synthmill.servers.errors import StackError
from synthmill.servers.seaweedfs import SeaweedFS
from synthmill.supervisor.preparing import key_line
from tests.stack.postgres import Postgres


def test_an_empty_server_gets_schema_bucket_and_key(
    monkeypatch: pytest.MonkeyPatch, postgres: Postgres, seaweedfs: SeaweedFS
) -> None:
    environment = {
        "SYNTHMILL_DATABASE_URL": postgres.new_database(),
        "SYNTHMILL_STORAGE_URL": "s3://prepared",
        "SYNTHMILL_S3_ENDPOINT": seaweedfs.endpoint,
        "SYNTHMILL_S3_ACCESS_KEY": seaweedfs.access_key,
        "SYNTHMILL_S3_SECRET_KEY": seaweedfs.secret_key,
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    first = CliRunner().invoke(prepare, catch_exceptions=False)
    again = CliRunner().invoke(prepare, catch_exceptions=False)
    assert again.output == "Ready; there are API keys already.\n"
    services = build(Settings.from_env(environment))
    try:
        token = first.output.removeprefix("API key, shown this once: ").strip()
        assert authenticate(services, token).workspace == "default"
        services.storage.check()
    finally:
        services.storage.close()
        services.close()


def test_a_key_is_told_whole_only_when_it_is_made() -> None:
    key = "smk_live_UaumBY82UtBSFPXu2Dqeh7kcPIRr8HnO4UOFrT"
    assert key in key_line(key, is_new=True)
    later = key_line(key, is_new=False)
    assert key[:14] in later
    assert key[:20] not in later


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTHMILL_NO_SUCH", "1")
    with pytest.raises(StackError, match="SYNTHMILL_NO_SUCH is no setting"):
        CliRunner().invoke(prepare, catch_exceptions=False)


def test_a_storage_that_can_not_be_made_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "objects").touch()
    monkeypatch.setattr("synthmill.supervisor.preparing.BUCKET_SECONDS", 0.1)
    monkeypatch.setenv("SYNTHMILL_DATA", str(tmp_path))
    with pytest.raises(StackError, match="the storage can't be used: can't make the folder"):
        CliRunner().invoke(prepare, catch_exceptions=False)
