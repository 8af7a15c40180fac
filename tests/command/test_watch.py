from __future__ import annotations

import json

import pytest

from synthmill.client.client import Client
from synthmill.client.job import Job
from tests.client.server import SHOP, RunningServer
from tests.command.conftest import Run


def test_it_stays_until_the_end_and_says_how_it_ended(
    run_there: Run, server: RunningServer, client: Client
) -> None:
    job = client.submit(**SHOP)
    with server.working():
        ran = run_there("watch", job.id)
    assert ran.code == 0
    assert "completed" in ran.out
    assert ran.err == ""  # too quick for a line of progress


def test_off_a_terminal_progress_is_plain_lines(
    run_there: Run, server: RunningServer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("synthmill.client.progress.LINE_SECONDS", 0.0)
    job = client.submit(**SHOP)
    with server.working():
        ran = run_there("watch", job.id)
        quiet = run_there("watch", job.id, "--quiet")
    lines = ran.err.splitlines()
    assert "70,050/70,050 rows, 100 %" in lines[-1]
    assert "\x1b" not in ran.err
    assert quiet.err == ""


def test_json_prints_every_event_once_a_line(run_there: Run, completed: Job) -> None:
    ran = run_there("watch", completed.id, "--json")
    events = [json.loads(line) for line in ran.out.splitlines()]
    numbers = [event["seq"] for event in events if event["seq"] is not None]
    assert numbers == list(range(1, completed.last_seq + 1))
    assert set(events[0]) == {"id", "seq", "type", "timestamp", "data"}
    later = run_there("watch", completed.id, "--json", "--after", completed.last_seq - 1)
    assert [json.loads(line)["type"] for line in later.out.splitlines()] == ["complete"]


def test_a_stopped_job_is_exit_code_5(run_there: Run, client: Client) -> None:
    job = client.submit(**SHOP)
    job.stop()
    assert run_there("watch", job.id).code == 5
    assert run_there("watch", job.id, "--json").code == 5


def test_an_unknown_job_is_exit_code_4(run_there: Run) -> None:
    ran = run_there("watch", "nope")
    assert (ran.code, len(ran.err.splitlines())) == (4, 1)


def test_a_number_to_begin_after_is_refused_where_it_would_be_ignored(run_there: Run, completed: Job) -> None:
    ran = run_there("watch", completed.id, "--after", 3)
    assert (ran.code, ran.out) == (2, "")
    assert "--after goes with --json" in ran.err
