from __future__ import annotations

from pathlib import Path

from synthmill.client.client import Client
from synthmill.client.job import Job
from tests.client.server import SHOP, RunningServer
from tests.command.conftest import Run


def test_every_path_is_printed(run_there: Run, completed: Job) -> None:
    ran = run_there("download", completed.id, "--out", "got")
    assert ran.code == 0
    assert [Path(line).name for line in ran.out.splitlines()] == [
        "customers.csv",
        "orders.csv",
        "profile.json",
        "manifest.json",
    ]
    assert all(Path(line).is_file() for line in ran.out.splitlines())


def test_json_has_the_paths(run_there: Run, completed: Job) -> None:
    ran = run_there("download", completed.id, "--out", "got", "--json")
    assert ran.json == {
        "job": completed.id,
        "paths": ["got/customers.csv", "got/orders.csv", "got/profile.json", "got/manifest.json"],
    }


def test_damaged_bytes_are_one_line_and_exit_code_1(
    run_there: Run, server: RunningServer, completed: Job
) -> None:
    server.network.garble_body("orders.csv", times=2)
    ran = run_there("download", completed.id, "--out", "got")
    assert ran.code == 1
    assert ran.err.startswith("error: orders.csv arrived damaged twice")
    assert not Path("got/orders.csv").exists()


def test_a_job_without_a_dataset_yet_says_so(run_there: Run, client: Client) -> None:
    ran = run_there("download", client.submit(**SHOP).id, "--out", "got")
    assert ran.code == 1
    assert "is queued; its files come when it has completed" in ran.err


def test_a_stopped_job_is_exit_code_5(run_there: Run, client: Client) -> None:
    job = client.submit(**SHOP).stop()
    assert run_there("download", job.id, "--out", "got").code == 5


def test_an_unknown_job_is_exit_code_4(run_there: Run) -> None:
    assert run_there("download", "nope", "--out", "got").code == 4


def test_out_has_to_be_given(run_there: Run, completed: Job) -> None:
    ran = run_there("download", completed.id)
    assert ran.code == 2
    assert "--out" in ran.err
