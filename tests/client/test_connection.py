from __future__ import annotations

import json
from pathlib import Path

import pytest

from synthmill.client.connection import find_connection
from synthmill.errors import UnreachableError


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "connection.json").write_text(
        json.dumps({"url": "http://file/", "api_key": "file-key", "pids": {}})
    )
    return tmp_path


def test_arguments_win_over_the_environment(data: Path) -> None:
    env = {"SYNTHMILL_URL": "http://env", "SYNTHMILL_API_KEY": "env-key", "SYNTHMILL_DATA": "nowhere"}
    by_url = find_connection("http://argument", "key", environment=env)
    by_data = find_connection(data=data, environment=env)
    assert (by_url.url, by_url.key) == ("http://argument", "key")
    assert (by_data.url, by_data.key) == ("http://file", "file-key")


def test_the_environment_names_an_address_or_a_folder(data: Path) -> None:
    by_url = find_connection(
        environment={"SYNTHMILL_URL": "https://env", "SYNTHMILL_API_KEY": "k", "SYNTHMILL_DATA": "x"}
    )
    by_data = find_connection(environment={"SYNTHMILL_DATA": str(data)})
    assert (by_url.url, by_url.key) == ("https://env", "k")
    assert (by_data.url, by_data.key) == ("http://file", "file-key")


def test_a_key_given_wins_over_the_key_in_the_folder(data: Path) -> None:
    assert find_connection(key="mine", data=data, environment={}).key == "mine"


def test_the_folder_data_is_the_last_resort(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnreachableError, match="no server is named"):
        find_connection(environment={})
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "connection.json").write_text('{"url": "http://here", "api_key": "k"}')
    assert find_connection(environment={}).url == "http://here"


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"url": "http://x"}'])
def test_a_damaged_connection_file_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "connection.json").write_text(content)
    with pytest.raises(UnreachableError, match=r"not a connection file"):
        find_connection(data=tmp_path, environment={})


def test_not_being_reachable_is_a_connection_error_like_any_other() -> None:
    with pytest.raises(ConnectionError):
        find_connection("ftp://x", environment={})
