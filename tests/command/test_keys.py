from __future__ import annotations

from tests.client.server import RunningServer
from tests.command.conftest import Run


def test_a_new_key_is_shown_once_and_opens_the_server(run_there: Run, server: RunningServer) -> None:
    made = run_there("keys", "create", "laptop")
    key = made.out.strip()
    assert made.code == 0
    assert run_there("jobs", "--url", server.url, "--key", key).code == 0
    listed = run_there("keys", "list")
    assert "laptop" in listed.out
    assert key not in listed.out


def test_a_revoked_key_opens_nothing(run_there: Run, server: RunningServer) -> None:
    made = run_there("keys", "create", "laptop", "--json").json
    assert run_there("keys", "revoke", made["id"]).out == f"{made['id']} revoked\n"
    assert run_there("jobs", "--url", server.url, "--key", made["key"]).code == 3
    (listed,) = [key for key in run_there("keys", "list", "--json").json if key["id"] == made["id"]]
    assert listed["revoked_at"]


def test_an_unknown_key_is_exit_code_4(run_there: Run) -> None:
    assert run_there("keys", "revoke", "nope").code == 4
