"""Settings: what the environment may say, and what `.env.example` says of it."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from synthmill.app.core.settings import Settings, SettingsError

EXAMPLE = Path(__file__).parents[2] / ".env.example"


def test_the_example_file_lists_every_setting_with_its_default_and_help() -> None:
    text = EXAMPLE.read_text()
    given = dict(re.findall(r"^SYNTHMILL_([A-Z0-9_]+)=(.*)$", text, re.MULTILINE))
    assert given == {field.name.upper(): str(field.default) for field in fields(Settings)}
    for field in fields(Settings):
        assert f"# {field.metadata['help']}\nSYNTHMILL_{field.name.upper()}=" in text


def test_an_unknown_variable_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match="SYNTHMILL_PROT"):
        Settings.from_env({"SYNTHMILL_PROT": "80"})


def test_a_bad_value_names_its_variable() -> None:
    with pytest.raises(SettingsError, match="SYNTHMILL_PORT='eighty' is not a int"):
        Settings.from_env({"SYNTHMILL_PORT": "eighty"})


def test_ticks_have_to_divide_a_minute() -> None:
    with pytest.raises(SettingsError, match="SYNTHMILL_MARKET_INTERVAL_MS=70"):
        Settings.from_env({"SYNTHMILL_MARKET_INTERVAL_MS": "70"})


def test_the_data_folder_gives_database_and_storage_their_place(tmp_path: Path) -> None:
    settings = Settings.from_env({"SYNTHMILL_DATA": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{tmp_path}/synthmill.db"
    assert settings.storage_url == f"file://{tmp_path}/objects"


def test_the_clients_variables_and_those_of_others_are_passed_over() -> None:
    settings = Settings.from_env({"SYNTHMILL_URL": "http://x", "SYNTHMILL_API_KEY": "k", "PATH": "/bin"})
    assert settings == Settings()
